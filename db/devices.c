#include "locations.h"
#include "sql.h"

#define AUDIENCE_MAX 100000 /* users that one device is shared with */

static bool read_device(struct query *q, struct arena *a, struct device *d)
{
    *d = (struct device){ 0 };
    d->id = sql_col_int(q);
    d->device_id = sql_col_text(q, a);
    d->name = sql_col_text(q, a);
    d->mqtt_user = sql_col_text(q, a);
    d->owner_id = sql_col_id(q);
    d->owner_username = sql_col_text(q, a);
    d->created_at = sql_col_time(q);
    d->last_seen = sql_col_time(q);
    d->last_location_at = sql_col_opt_time(q);
    d->is_online = sql_col_bool(q);
    d->latest_location_id = sql_col_id(q);
    d->location_count = sql_col_int(q);
    return sql_readable(q, d->id);
}

static bool counts_whole(struct viewer v, const struct device *d)
{
    return v.is_staff || d->owner_id == v.user_id;
}

/* A share's limits also hide how much there is. */
enum db_rc db_device_count_seen(struct db *db, struct viewer v, struct device *d)
{
    struct location_query q = { .viewer = v, .device_id = d->id };

    return counts_whole(v, d) ? DB_OK : db_location_count(db, &q, &d->location_count);
}

/* The one that was found, without a number that its viewer may not know. */
static enum db_rc found(enum db_rc rc, struct viewer v, struct device *d)
{
    if (rc == DB_OK && !counts_whole(v, d))
        d->location_count = 0;
    return rc;
}

/* The only row; a second one makes it DB_CONFLICT. */
static enum db_rc only_device(struct query *q, struct arena *a, struct device *out)
{
    enum db_rc rc = sql_step(q);
    if (rc == DB_OK && !read_device(q, a, out))
        rc = DB_FAIL;
    if (rc == DB_OK) {
        rc = sql_step(q);
        rc = rc == DB_OK ? DB_CONFLICT : rc == DB_NONE ? DB_OK : rc;
    }
    sql_end(q);
    return rc;
}

enum db_rc db_device_find_of(struct db *db, struct arena *a, struct viewer v, struct str owner,
                             struct str id, struct device *out)
{
    struct query q = sql_query(db, owner.n > 0 ? SQL_DEVICE_FIND_OWNED : SQL_DEVICE_FIND_OWNERLESS);
    if (owner.n > 0)
        sql_bind_text(&q, owner);
    sql_bind_text(&q, id);
    sql_bind_bool(&q, v.is_staff);
    sql_bind_int(&q, v.user_id);
    return found(only_device(&q, a, out), v, out);
}

enum db_rc db_device_find(struct db *db, struct arena *a, struct viewer v, struct str key,
                          struct device *out)
{
    struct str id = key, owner;
    if (str_split(&id, '/', &owner) && owner.n > 0 && !str_is_null(id)) {
        enum db_rc rc = db_device_find_of(db, a, v, owner, id, out);
        if (rc != DB_NONE)
            return rc;
    }
    /* A bare id may hold a slash itself. */
    struct query q = sql_query(db, SQL_DEVICE_FIND_BARE);
    sql_bind_text(&q, key);
    sql_bind_bool(&q, v.is_staff);
    sql_bind_int(&q, v.user_id);
    return found(only_device(&q, a, out), v, out);
}

enum db_rc db_device_by_id(struct db *db, struct arena *a, int64_t id, struct device *out)
{
    struct query q = sql_query(db, SQL_DEVICE_BY_ID);
    sql_bind_int(&q, id);
    return only_device(&q, a, out);
}

enum db_rc db_device_count(struct db *db, struct viewer v, int64_t *n)
{
    struct query q = sql_query(db, v.is_staff ? SQL_DEVICE_COUNT_ALL : SQL_DEVICE_COUNT_VISIBLE);
    if (!v.is_staff)
        sql_bind_int(&q, v.user_id);
    return sql_one_int(&q, n);
}

enum db_rc db_device_list(struct db *db, struct arena *a, struct viewer v, int64_t limit,
                          int64_t offset, device_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, v.is_staff ? SQL_DEVICE_LIST_ALL : SQL_DEVICE_LIST_VISIBLE);
    sql_bind_int(&q, limit);
    sql_bind_int(&q, offset);
    if (!v.is_staff)
        sql_bind_int(&q, v.user_id);
    enum db_rc rc;
    while ((rc = sql_step(&q)) == DB_OK) {
        struct device d;
        if (!read_device(&q, a, &d))
            continue;
        if ((rc = db_device_count_seen(db, v, &d)) != DB_OK || !row(ctx, &d))
            break;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_device_audience(struct db *db, struct arena *a, int64_t device_id, int64_t **ids,
                              size_t *n)
{
    struct query q = sql_query(db, SQL_DEVICE_AUDIENCE);
    sql_bind_int(&q, device_id);
    return sql_all_ints(&q, a, AUDIENCE_MAX, ids, n);
}
