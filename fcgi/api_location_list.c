/* GET /api/locations/: filters, pages, thinning by time. */
#include "api.h"
#include "db/locations.h"
#include "handlers.h"
#include "lib/pystr.h"
#include "lib/represent.h"

#include <time.h>

struct filters {
    struct location_query q;
    bool thin; /* ?resolution= */
    int64_t resolution;
    int status; /* of a failure that has not been answered yet */
};

/* ---- parameters; each replies by itself to what it cannot read, and then is false */

static struct str given(struct request *r, struct str name)
{
    struct str text = request_query(r, name);

    return text.n == 0 ? STR_NULL : text; /* blank is absent */
}

static bool no_integer(struct request *r, const char *expected, const char *name, struct str text)
{
    api_error(r, 400,
              arena_printf(r->arena,
                           "Expected %s for %s, got invalid value: invalid literal for int() with "
                           "base 10: %.*s",
                           expected, name, STR_FMT(py_repr(r->arena, text))));
    return false;
}

static bool read_device(struct request *r, struct filters *f)
{
    struct str key = given(r, STR("device"));
    struct device d;
    enum db_rc rc;

    if (str_is_null(key)) {
        return true;
    }
    rc = db_device_find(r->app->db, r->arena, f->q.viewer, key, &d);
    if (rc == DB_OK) {
        f->q.device_id = d.id;
        return true;
    }
    f->status = api_device_error(r, key, rc);
    return false;
}

static bool read_since(struct request *r, struct location_query *q)
{
    static const struct {
        const char *name;
        enum location_order order;
    } orders[] = { { "-id", ORDER_ID_DESC },
                   { "timestamp", ORDER_FIX_ASC },
                   { "-timestamp", ORDER_FIX_DESC } };
    struct str text = given(r, STR("since_id")), ordering = request_query(r, STR("ordering"));

    if (str_is_null(text)) {
        return true;
    }
    if (!api_int(text, &q->since_id.v)) {
        return no_integer(r, "integer", "since_id", text);
    }
    q->since_id.set = true;
    q->order = ORDER_ID_ASC;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (str_eqz(ordering, orders[i].name)) {
            q->order = orders[i].order;
        }
    }
    return true;
}

static bool beyond_calendar(struct request *r, const char *name, int64_t sec)
{
    const time_t t = sec;
    struct tm tm;
    struct str why = STR("timestamp out of range for platform time_t");

    if (sec != INT64_MAX && sec != INT64_MIN && gmtime_r(&t, &tm) != NULL) {
        why = arena_printf(r->arena, "year must be in 1..9999, not %lld", tm.tm_year + 1900LL);
    }
    api_error(r, 400,
              arena_printf(r->arena, "Expected Unix timestamp for %s, got invalid value: %.*s",
                           name, STR_FMT(why)));
    return false;
}

static bool read_seconds(struct request *r, const char *name, struct str text, struct opt_usec *out)
{
    int64_t sec;

    if (!api_int(text, &sec)) {
        return no_integer(r, "Unix timestamp", name, text);
    }
    if (sec < CLOCK_MIN_SEC || sec > CLOCK_MAX_SEC) {
        return beyond_calendar(r, name, sec);
    }
    *out = (struct opt_usec){ true, sec * USEC_PER_SEC };
    return true;
}

/* The reference rewrites a Z before it reads, and shows what it read. */
static struct str without_z(struct arena *a, struct str text)
{
    if (!str_ends(text, STR("Z"))) {
        return text;
    }
    return arena_concat(a, (struct str[]){ str_sub(text, 0, text.n - 1), STR("+00:00"), STR_NULL });
}

/* TIME in Unix seconds wins over DATE in ISO 8601. */
static bool read_bound(struct request *r, const char *time, const char *date, struct opt_usec *out)
{
    struct str text = given(r, str_of(time));

    if (!str_is_null(text)) {
        return read_seconds(r, time, text, out);
    }
    text = given(r, str_of(date));
    if (str_is_null(text)) {
        return true;
    }
    out->set = clock_from_iso(text, &out->t);
    if (!out->set) {
        text = py_repr(r->arena, without_z(r->arena, text));
        api_error(r, 400,
                  arena_printf(r->arena,
                               "Expected ISO 8601 datetime for %s, got invalid format: Invalid "
                               "isoformat string: %.*s",
                               date, STR_FMT(text)));
    }
    return out->set;
}

static bool read_resolution(struct request *r, struct filters *f)
{
    struct str text = given(r, STR("resolution"));

    f->thin = !str_is_null(text);
    if (f->thin && !api_int(text, &f->resolution)) {
        api_error(
            r, 400,
            arena_concat(r->arena, (struct str[]){ STR("Expected integer for resolution, got '"),
                                                   text, STR("'"), STR_NULL }));
        return false;
    }
    return true;
}

static bool read_filters(struct request *r, struct filters *f)
{
    *f = (struct filters){ .q = { .viewer = api_viewer(r), .order = ORDER_FIX_DESC, .limit = -1 } };
    return read_device(r, f) && read_since(r, &f->q) &&
           read_bound(r, "start_time", "start_date", &f->q.from) &&
           read_bound(r, "end_time", "end_date", &f->q.to) && read_resolution(r, f);
}

/* ---- rows */

bool location_row(void *ctx, const struct location *l)
{
    struct request *r = ctx;

    represent_location(&r->reply.json, l);
    return buf_ok(&r->reply.body);
}

int location_page(struct request *r, struct location_query *q)
{
    struct page page;
    int64_t count;
    enum db_rc rc = db_location_count(r->app->db, q, &count);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    reply_prepare(r);
    page_read(r, &page);
    page_head(r, api_begin(r, 200), &page, count);
    q->limit = page.limit;
    q->offset = page_skip(&page);
    if (q->offset < count) {
        rc = db_location_list(r->app->db, q, location_row, r);
    }
    json_end(&r->reply.json);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static void thinned_head(struct request *r)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_k(j, "results");
    json_array(j);
}

static void thinned_tail(struct request *r, int64_t count, int64_t resolution)
{
    struct json *j = &r->reply.json;

    json_end(j);
    json_k(j, "count");
    json_int(j, count);
    json_k(j, "resolution_applied");
    json_int(j, resolution);
    json_end(j);
}

static int nothing(struct request *r)
{
    struct page page;

    page_read(r, &page);
    page_head(r, api_begin(r, 200), &page, 0);
    json_end(&r->reply.json);
    json_end(&r->reply.json);
    return 0;
}

/* ---- every row (resolution 0): streamed in one pass */

struct all {
    struct request *r;
    int64_t count;
};

static bool all_row(void *ctx, const struct location *l)
{
    struct all *all = ctx;

    if (all->count++ == 0) {
        thinned_head(all->r);
    }
    return location_row(all->r, l);
}

static int list_all(struct request *r, struct filters *f)
{
    struct all all = { r, 0 };
    enum db_rc rc;

    f->q.order = ORDER_FIX_DESC;
    f->q.limit = r->app->max_rows;
    rc = db_location_list(r->app->db, &f->q, all_row, &all);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (all.count == 0) {
        return nothing(r);
    }
    thinned_tail(r, all.count, f->resolution);
    return 0;
}

/* ---- thinned: the oldest point, then each that is at least the resolution after the last kept
   one, and always the newest. The keys are read oldest first; the ids that are kept pile up, so
   that the newest comes off first. */

#define IDS_PER_BLOCK 1000

struct id_block {
    struct id_block *older;
    size_t n;
    int64_t id[IDS_PER_BLOCK];
};

struct thinning {
    struct request *r;
    struct id_block *kept;
    usec_t step, last_kept;
    int64_t last_id, last_kept_id;
};

static void keep(struct thinning *t, int64_t id, usec_t timestamp)
{
    if (t->kept == NULL || t->kept->n == IDS_PER_BLOCK) {
        struct id_block *block = ARENA_NEW(t->r->arena, struct id_block);
        block->older = t->kept;
        t->kept = block;
    }
    t->kept->id[t->kept->n++] = id;
    t->last_kept_id = id;
    t->last_kept = timestamp;
}

static bool thin_key(void *ctx, int64_t id, usec_t timestamp)
{
    struct thinning *t = ctx;

    t->last_id = id;
    if (t->kept == NULL || timestamp - t->last_kept >= t->step) {
        keep(t, id, timestamp);
    }
    return true;
}

static enum db_rc write_kept(struct thinning *t, int64_t *count)
{
    struct request *r = t->r;
    struct viewer viewer = api_viewer(r);

    for (struct id_block *b = t->kept; b != NULL; b = b->older) {
        while (b->n > 0 && *count < r->app->max_rows) {
            struct location l;
            bool may_write;
            enum db_rc rc =
                db_location_get(r->app->db, r->app->scratch, viewer, b->id[--b->n], &l, &may_write);
            if (rc == DB_OK) {
                location_row(r, &l);
                (*count)++;
            }
            arena_reset(r->app->scratch);
            if (rc < DB_NONE || rc == DB_BUSY || !buf_ok(&r->reply.body)) {
                return rc;
            }
        }
    }
    return DB_OK;
}

static int list_thinned(struct request *r, struct filters *f)
{
    const int64_t most = CLOCK_MAX_SEC - CLOCK_MIN_SEC; /* a longer step means the same */
    struct thinning t = { .r = r };
    int64_t count = 0;
    enum db_rc rc;

    t.step = (f->resolution < most ? f->resolution : most) * USEC_PER_SEC;
    f->q.order = ORDER_FIX_ASC;
    rc = db_location_keys(r->app->db, &f->q, thin_key, &t);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (t.kept == NULL) {
        return nothing(r);
    }
    if (t.last_kept_id != t.last_id) {
        keep(&t, t.last_id, t.last_kept);
    }
    thinned_head(r);
    rc = write_kept(&t, &count);
    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    thinned_tail(r, count, f->resolution);
    return 0;
}

int location_list(struct request *r)
{
    struct filters f;

    if (!read_filters(r, &f)) {
        return f.status;
    }
    if (!f.thin) {
        return location_page(r, &f.q);
    }
    reply_prepare(r);
    return f.resolution > 0 ? list_thinned(r, &f) : list_all(r, &f);
}
