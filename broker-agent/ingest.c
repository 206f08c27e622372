/* Spool → database. Rows and the position behind them are committed together, some hundreds of
   messages at a time: each message is stored exactly once, whatever is killed when. */
#include "db/ingest.h"
#include "agent.h"
#include "db/account.h"
#include "db/outbox.h"
#include "lib/log.h"
#include "lib/weburl.h"
#include "rates.h"
#include "spool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCH_MAX 500
#define BATCH_BYTES (4u * 1024 * 1024) /* big payloads: commit sooner */
#define MESSAGE_CAP (48u * 1024 * 1024)
#define IDLE_WAIT_MS 60000
#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 5000
#define KNOWN_MAX 64

/* Senders of this batch; looked up again in the next one, so that a deactivation counts. */
struct known {
    char name[152];
    size_t name_n;
    bool active, superuser;
    int64_t id;
};

/* Of a batch: counted when it is committed. */
struct tally {
    uint64_t n[INGEST_RESULTS], bytes;
};

struct ingest {
    const struct agent *agent;
    struct db *db;
    struct arena *arena;
    struct spool_reader *reader;
    struct spool_position at; /* committed */
    struct known known[KNOWN_MAX];
    size_t known_n;
    bool
        careful; /* after a failed batch: one message a transaction, so that the bad one is found */
    int retry_ms;
};

static int wake_fd = -1;

static struct {
    struct rates read, stored;
    _Atomic uint64_t n[INGEST_RESULTS];
} numbers;

static void count(const struct tally *t)
{
    uint64_t read = 0;
    usec_t now = clock_mono();

    for (int i = 0; i < INGEST_RESULTS; i++) {
        read += t->n[i];
        atomic_fetch_add_explicit(&numbers.n[i], t->n[i], memory_order_relaxed);
    }
    rates_add(&numbers.read, now, read, t->bytes);
    rates_add(&numbers.stored, now, t->n[INGEST_STORED], 0);
}

void ingest_numbers(struct json *j, usec_t now)
{
    static const struct {
        const char *key;
        enum ingest_result result;
    } results[] = {
        { "repeated", INGEST_REPEATED },
        { "dropped", INGEST_DROPPED },
        { "quarantined", INGEST_QUARANTINE },
    };

    rates_put(j, STR("read"), &numbers.read, now);
    rates_put(j, STR("stored"), &numbers.stored, now);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        json_key(j, str_of(results[i].key));
        json_int(
            j, (int64_t)atomic_load_explicit(&numbers.n[results[i].result], memory_order_relaxed));
    }
}

void ingest_wake(void)
{
    uint64_t one = 1;

    if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0) {
        /* full: it is awake already */
    }
}

/* False: the database cannot be asked now. An unknown name gives an inactive one. */
static bool know(struct ingest *in, struct str name, const struct known **out)
{
    struct user u = { 0 };

    for (size_t i = 0; i < in->known_n; i++) {
        if (str_eq((struct str){ in->known[i].name, in->known[i].name_n }, name)) {
            *out = &in->known[i];
            return true;
        }
    }
    enum db_rc rc =
        name.n < sizeof in->known[0].name ? db_user_by_name(in->db, in->arena, name, &u) : DB_NONE;
    if (rc == DB_FAIL || rc == DB_BUSY) {
        return false;
    }
    struct known *k = &in->known[in->known_n < KNOWN_MAX ? in->known_n++ : KNOWN_MAX - 1];
    *k = (struct known){ .active = rc == DB_OK && u.is_active,
                         .superuser = rc == DB_OK && u.is_superuser,
                         .id = u.id };
    k->name_n = name.n < sizeof k->name ? name.n : 0;
    memcpy(k->name, name.p, k->name_n);
    *out = k;
    return true;
}

/* One record inside the open transaction. */
static enum ingest_result store(struct ingest *in, const struct spool_record *r)
{
    const struct known *k = NULL;
    struct str name = r->tls_cn.n > 0 ? r->tls_cn : r->username;

    if (!know(in, name, &k)) {
        return INGEST_BUSY;
    }
    if (!k->active) {
        return INGEST_DROPPED; /* deactivated while connected */
    }
    struct sender s = {
        .via = OT_MQTT,
        .user_id = k->id,
        .is_superuser = k->superuser,
        .username = name,
        .address = ip_canonical(in->arena, r->address),
        .received_at = r->received_at,
        .connected_at = r->connected_at,
        .mail_rate = config_int(in->agent->config, CFG_MAIL_RATE),
        .secret_key = in->agent->secret_key,
    };
    return ingest_mqtt(in->db, in->arena, &s, r->topic, r->payload);
}

/* What even ingest_mqtt could not bear (INGEST_FAIL alone in its transaction). */
static enum ingest_result set_aside(struct ingest *in, const struct spool_record *r)
{
    struct sender s = { .via = OT_MQTT, .username = r->username, .received_at = r->received_at };

    return ingest_quarantine(in->db, &s, r->topic, r->payload, "the database refused it");
}

enum batch { BATCH_EMPTY, BATCH_DONE, BATCH_RETRY };

/* Starts reading again at the committed position. */
static void rewind_reader(struct ingest *in)
{
    spool_reader_close(in->reader);
    in->reader = spool_reader_open(in->agent->spool_dir, in->at.segment, in->at.offset);
    if (in->reader == NULL) {
        log_error("spool_open_failed", LOG_Z("dir", in->agent->spool_dir));
        exit(1);
    }
}

static enum batch finish(struct ingest *in, struct spool_position to, const struct tally *t,
                         bool ok)
{
    bool new_segment = to.segment != in->at.segment;

    ok = ok && db_spool_advance(in->db, to) == DB_OK && db_commit(in->db) == DB_OK;
    if (!ok) {
        db_rollback(in->db);
        db_request_end(in->db);
        rewind_reader(in);
        in->careful = true;
        return BATCH_RETRY;
    }
    db_request_end(in->db);
    in->at = to;
    count(t);
    live_wake();
    if (db_outgoing(in->db)) {
        outbox_wake();
        commands_wake();
    }
    if (new_segment) {
        spool_delete_before(in->reader, to.segment);
    }
    return BATCH_DONE;
}

static enum batch run_batch(struct ingest *in)
{
    struct spool_position to = in->at;
    struct spool_record r;
    struct tally tally = { .bytes = 0 };
    int n = 0, limit = in->careful ? 1 : BATCH_MAX;
    bool ok = true;
    enum spool_rc rc = spool_next(in->reader, &r, &to.segment, &to.offset);

    if (rc != SPOOL_RECORD) {
        return rc == SPOOL_END ? BATCH_EMPTY : BATCH_RETRY;
    }
    in->known_n = 0;
    if (db_begin(in->db) != DB_OK) {
        db_request_end(in->db);
        rewind_reader(in);
        return BATCH_RETRY;
    }
    for (;;) {
        enum ingest_result stored = store(in, &r);
        if (stored == INGEST_FAIL && in->careful) {
            stored = set_aside(in, &r);
        }
        ok = stored != INGEST_FAIL && stored != INGEST_BUSY;
        arena_reset(in->arena);
        n++;
        tally.n[stored]++;
        tally.bytes += r.payload.n;
        if (!ok || n == limit || tally.bytes > BATCH_BYTES ||
            spool_next(in->reader, &r, &to.segment, &to.offset) != SPOOL_RECORD) {
            break;
        }
    }
    return finish(in, to, &tally, ok);
}

static void start(struct ingest *in)
{
    in->db = agent_open_db(in->agent, DB_WORKER);
    in->arena = arena_new(MESSAGE_CAP);
    enum db_rc rc = db_spool_position(in->db, &in->at);
    if (rc != DB_OK && rc != DB_NONE) {
        log_event(LOG_LVL_ERROR, "spool_position_unreadable", NULL);
        exit(1);
    }
    db_request_end(in->db);
    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    rewind_reader(in);
}

void *ingest_thread(void *arg)
{
    struct ingest in = { .agent = arg, .retry_ms = RETRY_MIN_MS };
    uint64_t count;

    start(&in);
    while (!atomic_load(&in.agent->stopping)) {
        switch (run_batch(&in)) {
        case BATCH_DONE:
            in.retry_ms = RETRY_MIN_MS;
            break;
        case BATCH_EMPTY:
            in.careful = false;
            spool_wait(in.reader, wake_fd, IDLE_WAIT_MS);
            (void)!read(wake_fd, &count, sizeof count);
            break;
        case BATCH_RETRY:
            log_warning("ingest_waits", LOG_I("ms", in.retry_ms));
            usleep((useconds_t)in.retry_ms * 1000);
            in.retry_ms = in.retry_ms * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : in.retry_ms * 2;
            break;
        }
    }
    spool_reader_close(in.reader);
    db_close(in.db);
    arena_free(in.arena);
    return NULL;
}
