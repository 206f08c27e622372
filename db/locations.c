#include "locations.h"
#include "keys.h"

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

static enum db_rc count_device(struct db *db, const struct location_query *q, int64_t device_id,
                               int64_t *n)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    int64_t since = q->since_id.set ? q->since_id.v : INT64_MIN;
    struct query s;
    if (!is_filtered(q)) {
        s = sql_query(db, SQL_COUNT_DEVICE);
        sql_bind_int(&s, device_id);
    } else if (!q->from.set && !q->to.set) {
        s = sql_query(db, SQL_COUNT_DEVICE_SINCE);
        sql_bind_int(&s, device_id);
        sql_bind_int(&s, since);
    } else {
        keys_bounds(q, from, to);
        s = sql_query(db, SQL_COUNT_DEVICE_TIME);
        sql_bind_int(&s, device_id);
        sql_bind_text(&s, str_of(from));
        sql_bind_text(&s, str_of(to));
        sql_bind_int(&s, since);
    }
    return sql_one_int(&s, n);
}

/* Device by device: only the indexes that begin with the device hold all that a count needs. */
static enum db_rc count_devices(struct db *db, const struct location_query *q, int64_t *total)
{
    int64_t *ids;
    size_t n;
    enum db_rc rc = keys_devices(db, db->work, q, &ids, &n);
    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        int64_t one = 0;
        rc = count_device(db, q, ids[i], &one);
        *total += one;
    }
    arena_reset(db->work);
    return rc;
}

enum db_rc db_location_count(struct db *db, const struct location_query *q, int64_t *n)
{
    *n = 0;
    if (is_filtered(q) || q->device_id != 0)
        return count_devices(db, q, n);
    struct query s = sql_query(db, q->viewer.is_staff ? SQL_COUNT_ALL : SQL_COUNT_VISIBLE);
    if (!q->viewer.is_staff)
        sql_bind_int(&s, q->viewer.user_id);
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
        if (rc == DB_OK)
            more = row(ctx, &l);
        else if (rc == DB_NONE)
            rc = DB_OK;
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

/* Rows of a statement with LOCATION_COLUMNS, of all devices or of some. */
static enum db_rc each_location(struct query *q, const int64_t *device_ids, size_t n,
                                location_row_fn *row, void *ctx)
{
    struct arena *scratch = q->db->scratch;
    enum db_rc rc = DB_OK;
    bool more = true;
    assert(!q->db->listing);
    q->db->listing = true;
    while (more && (rc = sql_step(q)) == DB_OK) {
        struct location l;
        if (location_read(q, scratch, &l) && is_wanted(l.device_id, device_ids, n))
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
    struct query q = sql_query(db, v.is_staff ? SQL_LAST_KNOWN_ALL : SQL_LAST_KNOWN_VISIBLE);
    if (!v.is_staff)
        sql_bind_int(&q, v.user_id);
    return each_location(&q, device_ids, n, row, ctx);
}

/* ---------------------------------------------------------------- one row */
enum db_rc db_location_get(struct db *db, struct arena *a, struct viewer v, int64_t id,
                           struct location *out, bool *may_write)
{
    int64_t visible = 0;
    *may_write = false;
    enum db_rc rc = location_by_id(db, a, id, out);
    if (rc != DB_OK)
        return rc;
    if (v.is_staff || (v.user_id != 0 && out->owner_id == v.user_id)) {
        *may_write = true;
        return DB_OK;
    }
    struct query q = sql_query(db, SQL_DEVICE_VISIBLE);
    sql_bind_int(&q, out->device_id);
    sql_bind_int(&q, v.user_id);
    rc = sql_one_int(&q, &visible);
    return rc == DB_OK && !visible ? DB_NONE : rc;
}

enum db_rc db_location_delete(struct db *db, int64_t id)
{
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = sql_run_with_id(db, SQL_LATEST_FORGET, id);
    if (rc == DB_OK || rc == DB_NONE)
        rc = sql_run_with_id(db, SQL_LOCATION_DELETE, id);
    if (rc == DB_OK)
        return db_commit(db);
    db_rollback(db);
    return rc;
}

/* ---------------------------------------------------------------- live feed */
enum db_rc db_location_feed(struct db *db, int64_t after_id, int64_t limit, location_row_fn *row,
                            void *ctx)
{
    struct query q = sql_query(db, SQL_LOCATION_FEED);
    sql_bind_int(&q, after_id);
    sql_bind_int(&q, limit);
    return each_location(&q, NULL, 0, row, ctx);
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
