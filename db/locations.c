#include "locations.h"
#include "keys.h"
#include "sight.h"

#include "lib/represent.h"

#include <assert.h>

bool location_read(struct query *q, struct arena *a, struct location *l)
{
    *l = (struct location){ 0 };
    l->id = sql_col_int(q);
    l->device_id = sql_col_int(q);
    struct str device_id = sql_col_text(q, a);
    struct str owner = sql_col_text(q, a);
    l->device_key = device_display(a, owner, device_id);
    l->owner_id = sql_col_id(q);
    l->latitude = sql_col_dec10(q);
    l->longitude = sql_col_dec10(q);
    l->timestamp = sql_col_time(q);
    l->received_at = sql_col_time(q);
    l->owntracks_created_at = sql_col_opt_time(q);
    l->accuracy = sql_col_opt_int(q);
    l->altitude = sql_col_opt_int(q);
    l->velocity = sql_col_opt_int(q);
    l->battery_level = sql_col_opt_int(q);
    l->battery_status = sql_col_opt_int(q);
    l->vertical_accuracy = sql_col_opt_int(q);
    l->course = sql_col_opt_int(q);
    l->monitoring_mode = sql_col_opt_int(q);
    l->connection_type = sql_col_text(q, a);
    l->tracker_id = sql_col_text(q, a);
    l->received_via = sql_col_text(q, a);
    l->owntracks_message_id = sql_col_text(q, a);
    l->trigger = sql_col_text(q, a);
    l->fix_source = sql_col_text(q, a);
    l->wifi_bssid = sql_col_text(q, a);
    l->wifi_ssid = sql_col_text(q, a);
    l->ip_address = sql_col_text_or_null(q, a);
    l->in_regions = sql_col_text_or_null(q, a);
    return sql_readable(q, l->id);
}

/* ---------------------------------------------------------------- counting */
static bool is_filtered(const struct location_query *q)
{
    return q->since_id.set || q->from.set || q->to.set;
}

/* Of a live one there is the latest position, or nothing. */
static int64_t count_live(const struct location_query *q, const struct sight *s)
{
    struct opt_usec from = q->from, to = q->to;

    return sight_narrow(s, &from, &to) && (!q->since_id.set || s->latest_id > q->since_id.v) ? 1
                                                                                             : 0;
}

static enum db_rc count_device(struct db *db, const struct location_query *q,
                               const struct sight *sight, int64_t *n)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    int64_t since = q->since_id.set ? q->since_id.v : INT64_MIN;
    struct query s;
    if (sight->live) {
        *n = count_live(q, sight);
        return DB_OK;
    }
    if (!is_filtered(q) && !sight->since.set) {
        s = sql_query(db, SQL_COUNT_DEVICE);
        sql_bind_int(&s, sight->device_id);
    } else if (!q->from.set && !q->to.set && !sight->since.set) {
        s = sql_query(db, SQL_COUNT_DEVICE_SINCE);
        sql_bind_int(&s, sight->device_id);
        sql_bind_int(&s, since);
    } else {
        if (!keys_bounds(q, sight, from, to))
            return DB_OK;
        s = sql_query(db, SQL_COUNT_DEVICE_TIME);
        sql_bind_int(&s, sight->device_id);
        sql_bind_text(&s, str_of(from));
        sql_bind_text(&s, str_of(to));
        sql_bind_int(&s, since);
    }
    return sql_one_int(&s, n);
}

/* Device by device: only the indexes that begin with the device hold all that a count needs. */
static enum db_rc count_devices(struct db *db, const struct location_query *q, int64_t *total)
{
    struct sight *sights;
    size_t n;
    enum db_rc rc = keys_sights(db, db->work, q, &sights, &n);
    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        int64_t one = 0;
        rc = count_device(db, q, &sights[i], &one);
        *total += one;
    }
    arena_reset(db->work);
    return rc;
}

enum db_rc db_location_count(struct db *db, const struct location_query *q, int64_t *n)
{
    *n = 0;
    if (is_filtered(q) || q->device_id != 0 || !q->viewer.is_staff)
        return count_devices(db, q, n);
    struct query s = sql_query(db, SQL_COUNT_ALL);
    return sql_one_int(&s, n);
}

/* ---------------------------------------------------------------- lists */
/* The row of an id; DB_NONE also when it is gone or cannot be read. */
static enum db_rc location_by_id(struct db *db, struct arena *a, int64_t id, struct location *out)
{
    struct query q = sql_query(db, SQL_LOCATION_BY_ID);
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !location_read(&q, a, out))
        rc = DB_NONE;
    sql_end(&q);
    return rc;
}

enum db_rc db_location_list(struct db *db, const struct location_query *q, location_row_fn *row,
                            void *ctx)
{
    struct keys k;
    struct key key;
    bool more = true;
    enum db_rc rc = keys_open(&k, db, q);
    while (rc == DB_OK && more && (rc = keys_next(&k, &key)) == DB_OK) {
        struct location l;
        rc = location_by_id(db, db->scratch, key.id, &l);
        if (rc == DB_OK) {
            sight_blur(k.sight, &l);
            more = row(ctx, &l);
        } else if (rc == DB_NONE) {
            rc = DB_OK;
        }
        arena_reset(db->scratch);
    }
    keys_close(&k);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_location_keys(struct db *db, const struct location_query *q, location_key_fn *row,
                            void *ctx)
{
    struct keys k;
    struct key key;
    enum db_rc rc = keys_open(&k, db, q);
    while (rc == DB_OK && (rc = keys_next(&k, &key)) == DB_OK)
        if (!row(ctx, key.id, key.fix))
            break;
    keys_close(&k);
    return rc == DB_NONE ? DB_OK : rc;
}

static bool is_wanted(int64_t id, const int64_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return n == 0;
}

bool location_in_sight(struct db *db, struct arena *a, const struct sight *s, struct location *l)
{
    if (!sight_shows(s, l->id, l->timestamp) &&
        (s->latest_id == 0 || location_by_id(db, a, s->latest_id, l) != DB_OK ||
         !sight_shows(s, l->id, l->timestamp)))
        return false;
    sight_blur(s, l);
    return true;
}

/* What a list of rows leaves out and blurs. */
struct choice {
    struct db *db;
    const int64_t *device_ids; /* n 0: all */
    size_t n;
    const struct sight *sights; /* NULL: all is to be seen */
    size_t sights_n;
};

static bool choose(const struct choice *c, struct location *l)
{
    if (!is_wanted(l->device_id, c->device_ids, c->n))
        return false;
    if (c->sights == NULL)
        return true;
    const struct sight *s = sight_of(c->sights, c->sights_n, l->device_id);
    return s != NULL && location_in_sight(c->db, c->db->scratch, s, l);
}

/* Rows of a statement with LOCATION_COLUMNS. */
static enum db_rc each_location(struct query *q, const struct choice *c, location_row_fn *row,
                                void *ctx)
{
    struct arena *scratch = q->db->scratch;
    enum db_rc rc = DB_OK;
    bool more = true;
    assert(!q->db->listing);
    q->db->listing = true;
    while (more && (rc = sql_step(q)) == DB_OK) {
        struct location l;
        if (location_read(q, scratch, &l) && choose(c, &l))
            more = row(ctx, &l);
        arena_reset(scratch);
    }
    sql_end(q);
    q->db->listing = false;
    return more && rc != DB_NONE ? rc : DB_OK;
}

enum db_rc db_location_last_known(struct db *db, struct viewer v, const int64_t *device_ids,
                                  size_t n, location_row_fn *row, void *ctx)
{
    struct choice c = { .db = db, .device_ids = device_ids, .n = n };
    struct sight *sights = NULL;
    enum db_rc rc = v.is_staff ? DB_OK : db_sights(db, db->work, v.user_id, &sights, &c.sights_n);
    if (rc == DB_OK && (v.is_staff || c.sights_n > 0)) {
        struct query q = sql_query(db, v.is_staff ? SQL_LAST_KNOWN_ALL : SQL_LAST_KNOWN_VISIBLE);
        if (!v.is_staff)
            sql_bind_int(&q, v.user_id);
        c.sights = sights;
        rc = each_location(&q, &c, row, ctx);
    }
    arena_reset(db->work);
    return rc;
}

/* ---------------------------------------------------------------- one row */
enum db_rc db_location_get(struct db *db, struct arena *a, struct viewer v, int64_t id,
                           struct location *out, bool *may_write)
{
    struct sight sight;
    *may_write = false;
    enum db_rc rc = location_by_id(db, a, id, out);
    if (rc != DB_OK)
        return rc;
    if (v.is_staff || (v.user_id != 0 && out->owner_id == v.user_id)) {
        *may_write = true;
        return DB_OK;
    }
    rc = db_sight(db, v, out->device_id, &sight);
    if (rc == DB_OK && !sight_shows(&sight, out->id, out->timestamp))
        rc = DB_NONE;
    if (rc == DB_OK)
        sight_blur(&sight, out);
    return rc;
}

enum db_rc db_location_delete(struct db *db, const struct remover *by, int64_t id)
{
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = sql_run_with_id(db, SQL_LATEST_FORGET, id);
    if (rc == DB_OK || rc == DB_NONE)
        rc = db_removed_one(db, by, id);
    return db_end(db, rc);
}

/* ---------------------------------------------------------------- live feed */
enum db_rc db_location_feed(struct db *db, int64_t after_id, int64_t limit, location_row_fn *row,
                            void *ctx)
{
    struct query q = sql_query(db, SQL_LOCATION_FEED);
    sql_bind_int(&q, after_id);
    sql_bind_int(&q, limit);
    return each_location(&q, &(struct choice){ 0 }, row, ctx);
}

enum db_rc db_location_last_id(struct db *db, int64_t *id)
{
    struct query q = sql_query(db, SQL_LOCATION_LAST_ID);
    return sql_one_int(&q, id);
}

enum db_rc db_offline_feed(struct db *db, int64_t after_id, offline_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_OFFLINE_FEED);
    sql_bind_int(&q, after_id);
    enum db_rc rc;
    bool more = true;
    while (more && (rc = sql_step(&q)) == DB_OK) {
        int64_t id = sql_col_int(&q), device_id = sql_col_int(&q);
        struct str device = sql_col_text(&q, db->scratch);
        struct str owner = sql_col_text(&q, db->scratch);
        usec_t at = sql_col_time(&q);
        struct str display = device_display(db->scratch, owner, device);
        if (sql_readable(&q, id))
            more = row(ctx, id, device_id, display, device, at);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return more && rc != DB_NONE ? rc : DB_OK;
}

enum db_rc db_message_last_id(struct db *db, int64_t *id)
{
    struct query q = sql_query(db, SQL_MESSAGE_LAST_ID);
    return sql_one_int(&q, id);
}
