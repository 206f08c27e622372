#include "import.h"

#include "ingest_parts.h"
#include "lib/buf.h"
#include "lib/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 250                            /* positions that are gathered */
#define HOLD (15 * USEC_PER_SEC / 1000)      /* of the write lock, about */
#define REST_LEAST (2 * USEC_PER_SEC / 1000) /* others wait in naps of a millisecond */
#define TRIES 20                             /* at a lock that is not to be had */
#define REPORTED 20                          /* of those that were refused */
#define FIXES_CAP                                                                                \
    ((size_t)64 * 1024 * 1024)               /* BATCH fixes; texts as long as a message at worst \
                                              */
#define FIXES_FULL ((size_t)4 * 1024 * 1024) /* written before BATCH are there */
#define REPORT_MAX ((size_t)32 * 1024)
#define WHY_MAX 200
#define QUIET_AGE (INT64_C(86400) * USEC_PER_SEC)
#define IMPORT_AGE (INT64_C(90) * 86400 * USEC_PER_SEC)

struct import_writer {
    struct db *db;
    struct sender sender;
    struct device device;
    bool dry;
    int64_t id;
    struct import_counts counts;
    struct arena *texts; /* of the fixes that wait */
    struct ot_fix fix[BATCH];
    size_t n;
    struct {
        int64_t line;
        char why[WHY_MAX];
    } refused[REPORTED + 1]; /* room for why the file as a whole */
    size_t refusals;
    const struct import_source *source;
    void (*progress)(void *ctx, const struct import_counts *c);
    void *ctx;
    enum db_rc rc; /* DB_OK until something could not be stored */
};

static enum db_rc insert_row(struct import_writer *w, struct str name)
{
    struct query q = sql_query(w->db, SQL_IMPORT_BEGIN);

    sql_bind_int(&q, w->sender.user_id);
    sql_bind_int(&q, w->device.id);
    sql_bind_text(&q, name);
    sql_bind_int(&q, w->counts.size);
    sql_bind_time(&q, w->sender.received_at);
    enum db_rc rc = sql_exec(&q);
    w->id = rc == DB_OK ? sqlite3_last_insert_rowid(w->db->h) : 0;
    return rc;
}

struct import_writer *db_import_open(struct db *db, const struct sender *s, const struct device *d,
                                     struct str name, int64_t size, bool dry, enum db_rc *rc)
{
    struct import_writer *w = calloc(1, sizeof *w);

    *rc = DB_FAIL;
    if (!w)
        return NULL;
    w->db = db;
    w->sender = *s;
    w->sender.late = true;
    w->device = *d;
    w->dry = dry;
    w->counts.size = size;
    w->texts = arena_new(FIXES_CAP);
    *rc = dry ? DB_OK : insert_row(w, name);
    if (*rc != DB_OK) {
        db_import_close(w);
        return NULL;
    }
    return w;
}

void db_import_close(struct import_writer *w)
{
    if (!w)
        return;
    arena_free(w->texts);
    free(w);
}

const struct import_counts *db_import_counts(const struct import_writer *w)
{
    return &w->counts;
}

int64_t db_import_id(const struct import_writer *w)
{
    return w->id;
}

void db_import_report(const struct import_writer *w,
                      void (*say)(void *ctx, int64_t line, const char *why), void *ctx)
{
    for (size_t i = 0; i < w->refusals; i++)
        say(ctx, w->refused[i].line, w->refused[i].why);
}

enum ingest_result db_import_device(struct db *db, struct arena *a, const struct sender *s,
                                    struct str device_id, bool dry, struct device *out, bool *made)
{
    *out = (struct device){ .device_id = device_id };
    *made = false;
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return ingest_failed(rc);
    enum ingest_result result = ingest_device(db, a, s, STR_NULL, device_id, !dry, out);
    if (result != INGEST_STORED) {
        db_rollback(db);
        return dry && result == INGEST_DROPPED ? INGEST_STORED : result;
    }
    *made = out->created_at == s->received_at;
    rc = db_commit(db);
    return rc == DB_OK ? result : ingest_failed(rc);
}

/* ---------------------------------------------------------------- one */
static enum db_rc is_known(struct import_writer *w, const struct ot_fix *fix, bool *known)
{
    struct query q = sql_query(w->db, SQL_IMPORT_KNOWN);
    int64_t n = 0;

    sql_bind_int(&q, w->device.id);
    sql_bind_text(&q, fix->lat_text);
    sql_bind_text(&q, fix->lon_text);
    sql_bind_time(&q, fix->tst * USEC_PER_SEC);
    enum db_rc rc = sql_one_int(&q, &n);
    *known = n != 0;
    return rc;
}

/* What is stored in a transaction. */
struct batch {
    int64_t first, last, known; /* ids; 0: none */
    size_t newest;              /* of those that are stored: the latest report */
    int64_t newest_id;
};

static bool is_newer(const struct ot_fix *a, const struct ot_fix *b)
{
    return a->created_at.t != b->created_at.t ? a->created_at.t > b->created_at.t : a->tst > b->tst;
}

static enum db_rc insert(struct import_writer *w, size_t i, struct batch *b)
{
    const struct ot_fix *fix = &w->fix[i];
    struct query q = sql_query(w->db, SQL_IMPORT_LOCATION);

    ingest_bind_fix(&q, &w->device, fix);
    sql_bind_text(&q, w->sender.address);
    sql_bind_time(&q, w->sender.received_at);
    sql_bind_text(&q, STR("http"));
    enum db_rc rc = sql_exec_some(&q);
    if (rc == DB_NONE)
        b->known++;
    if (rc != DB_OK)
        return rc == DB_NONE ? DB_OK : rc;
    b->last = sqlite3_last_insert_rowid(w->db->h);
    b->first = b->first != 0 ? b->first : b->last;
    if (b->newest_id == 0 || is_newer(fix, &w->fix[b->newest])) {
        b->newest = i;
        b->newest_id = b->last;
    }
    return DB_OK;
}

/* ---------------------------------------------------------------- a transaction */
/* Nobody else writes in between: the ids of a batch are in a row. */
static enum db_rc keep_quiet(struct import_writer *w, const struct batch *b)
{
    static const enum sql_id ways[] = { SQL_IMPORT_QUIET_MORE, SQL_IMPORT_QUIET };
    enum db_rc rc = DB_NONE;

    for (size_t i = 0; rc == DB_NONE && i < sizeof ways / sizeof ways[0]; i++) {
        struct query q = sql_query(w->db, ways[i]);
        sql_bind_int(&q, b->first);
        sql_bind_int(&q, b->last);
        sql_bind_time(&q, w->sender.received_at);
        rc = sql_exec_some(&q);
    }
    return rc;
}

static struct str report_text(const struct import_writer *w, struct buf *out)
{
    struct json j;

    buf_init(out, REPORT_MAX);
    json_init(&j, out, JSON_PYTHON);
    json_array(&j);
    for (size_t i = 0; i < w->refusals; i++) {
        json_object(&j);
        json_k(&j, "line");
        json_int(&j, w->refused[i].line);
        json_k(&j, "why");
        json_str(&j, str_of(w->refused[i].why));
        json_end(&j);
    }
    json_end(&j);
    return buf_ok(out) ? buf_view(out) : STR("[]");
}

static enum db_rc put_progress(struct import_writer *w, enum import_state state)
{
    struct query q = sql_query(w->db, SQL_IMPORT_PROGRESS);
    struct buf report;

    sql_bind_int(&q, w->id);
    sql_bind_int(&q, state);
    sql_bind_int(&q, w->counts.done);
    sql_bind_int(&q, w->counts.found);
    sql_bind_int(&q, w->counts.stored);
    sql_bind_int(&q, w->counts.known);
    sql_bind_int(&q, w->counts.refused);
    sql_bind_text(&q, report_text(w, &report));
    sql_bind_time(&q, clock_now());
    enum db_rc rc = sql_exec_some(&q);
    buf_free(&report);
    return rc == DB_NONE ? DB_CONFLICT : rc; /* the device is gone, and the import with it */
}

static enum db_rc begin(struct db *db)
{
    enum db_rc rc = db_begin(db);

    for (int i = 1; rc == DB_BUSY && i < TRIES; i++)
        rc = db_begin(db);
    return rc;
}

/* Others get at least as long as we had. */
static void rest(usec_t held)
{
    usec_t t = held > REST_LEAST ? held : REST_LEAST;
    struct timespec pause = { .tv_sec = t / USEC_PER_SEC,
                              .tv_nsec = (long)(t % USEC_PER_SEC * 1000) };

    nanosleep(&pause, NULL);
}

/* From the *at-th on, until the lock was held long enough. */
static enum db_rc store_some(struct import_writer *w, size_t *at)
{
    struct batch b = { .first = 0 };
    struct import_counts before = w->counts;
    size_t i = *at;
    enum db_rc rc = begin(w->db);
    usec_t since = clock_mono();

    if (rc != DB_OK)
        return rc;
    for (; rc == DB_OK && i < w->n && (i == *at || clock_mono() - since < HOLD); i++)
        rc = insert(w, i, &b);
    w->counts.known += b.known;
    w->counts.stored += (int64_t)(i - *at) - b.known;
    if (rc == DB_OK && b.first != 0)
        rc = keep_quiet(w, &b);
    if (rc == DB_OK && b.first != 0)
        rc = ingest_latest(w->db, &w->sender, &w->device, &w->fix[b.newest], b.newest_id);
    if (rc == DB_OK)
        rc = put_progress(w, IMPORT_RUNS);
    if (rc == DB_OK)
        rc = db_commit(w->db);
    else
        db_rollback(w->db);
    if (rc != DB_OK) {
        w->counts = before;
        return rc;
    }
    *at = i;
    rest(clock_mono() - since);
    return rc;
}

static enum db_rc look(struct import_writer *w, size_t *at)
{
    bool known = false;
    enum db_rc rc = w->device.id != 0 ? is_known(w, &w->fix[*at], &known) : DB_OK;

    w->counts.known += known;
    w->counts.stored += rc == DB_OK && !known;
    (*at)++;
    return rc;
}

static enum db_rc flush(struct import_writer *w)
{
    enum db_rc rc = DB_OK;

    for (size_t at = 0; rc == DB_OK && at < w->n;)
        rc = w->dry ? look(w, &at) : store_some(w, &at);
    w->n = 0;
    arena_reset(w->texts);
    return rc;
}

/* ---------------------------------------------------------------- what comes */
static void own_text(struct arena *a, struct str *s)
{
    if (!str_is_null(*s))
        *s = arena_dup(a, *s);
}

static bool take_fix(void *ctx, const struct ot_fix *fix)
{
    struct import_writer *w = ctx;
    struct ot_fix *f = &w->fix[w->n++];

    *f = *fix;
    struct str *const texts[] = { &f->lat_text, &f->lon_text, &f->conn,  &f->tid,  &f->message_id,
                                  &f->trigger,  &f->source,   &f->bssid, &f->ssid, &f->in_regions };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        own_text(w->texts, texts[i]);
    w->counts.found++;
    if (w->n == BATCH || arena_used(w->texts) > FIXES_FULL)
        w->rc = flush(w);
    return w->rc == DB_OK;
}

static void put_refusal(struct import_writer *w, int64_t line, const char *why)
{
    w->refused[w->refusals].line = line;
    snprintf(w->refused[w->refusals++].why, WHY_MAX, "%s", why);
}

static void take_refusal(void *ctx, int64_t line, const char *why)
{
    struct import_writer *w = ctx;

    w->counts.found++;
    w->counts.refused++;
    if (w->refusals < REPORTED)
        put_refusal(w, line, why);
}

static int64_t read_part(void *ctx, char *p, size_t n)
{
    struct import_writer *w = ctx;
    int64_t got = w->source->read(w->source->ctx, p, n);

    w->counts.done += got > 0 ? got : 0;
    if (w->progress)
        w->progress(w->ctx, &w->counts);
    return got;
}

enum db_rc db_import_run(struct import_writer *w, const struct import_source *source,
                         void (*progress)(void *ctx, const struct import_counts *c), void *ctx,
                         const char **why)
{
    const struct import_source counted = { w, read_part, source->device_id, source->format };
    const struct import_sink sink = { w, take_fix, take_refusal };
    const char *reason = NULL;

    w->source = source;
    w->progress = progress;
    w->ctx = ctx;
    w->rc = DB_OK;
    *why = import_run(&counted, &sink, &reason) ? NULL : reason;
    if (w->rc == DB_OK)
        w->rc = flush(w);
    if (*why)
        put_refusal(w, 0, *why);
    if (w->dry)
        return w->rc;
    enum db_rc rc = put_progress(w, *why || w->rc != DB_OK ? IMPORT_STOPPED : IMPORT_DONE);
    return w->rc != DB_OK ? w->rc : rc;
}

/* ---------------------------------------------------------------- what was */
static bool read_import(struct query *q, struct arena *a, struct import_row *r)
{
    struct import_counts *c = &r->counts;

    r->id = sql_col_int(q);
    r->device_id = sql_col_text(q, a);
    r->owner = sql_col_text(q, a);
    r->name = sql_col_text(q, a);
    r->state = (enum import_state)sql_col_int(q);
    c->done = sql_col_int(q);
    c->size = sql_col_int(q);
    c->found = sql_col_int(q);
    c->stored = sql_col_int(q);
    c->known = sql_col_int(q);
    c->refused = sql_col_int(q);
    r->report = sql_col_text(q, a);
    r->started_at = sql_col_time(q);
    r->updated_at = sql_col_time(q);
    return sql_readable(q, r->id);
}

enum db_rc db_import_list(struct db *db, int64_t user_id, int64_t id, int64_t most,
                          import_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_IMPORT_LIST);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    sql_bind_int(&q, most);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        struct import_row r;
        if (read_import(&q, db->scratch, &r))
            more = row(ctx, &r);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_import_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_IMPORT_TRIM);

    sql_bind_time(&q, now - IMPORT_AGE);
    enum db_rc rc = sql_exec(&q);
    if (rc != DB_OK)
        return rc;
    q = sql_query(db, SQL_IMPORT_QUIET_TRIM);
    sql_bind_time(&q, now - QUIET_AGE);
    return sql_exec(&q);
}
