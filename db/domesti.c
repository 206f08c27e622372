#include "domesti.h"

#include "sql.h"

/* The reference's defaults. */
static const struct domesti defaults = {
    .device_cooldown = 2,
    .user_cooldown = 30,
};

static int64_t cooldown(int64_t v)
{
    return v < 0 ? 0 : v > DOMESTI_COOLDOWN_MAX ? DOMESTI_COOLDOWN_MAX : v;
}

static void read_row(struct query *q, struct arena *a, struct domesti *out)
{
    out->stored = true;
    out->base_url = sql_col_text(q, a);
    out->update_url = sql_col_text(q, a);
    out->test_url = sql_col_text(q, a);
    out->sealed_key = arena_dup(a, sql_col_view(q));
    out->paired_at = sql_col_opt_time(q);
    out->updates_enabled = sql_col_bool(q);
    out->requests_enabled = sql_col_bool(q);
    out->device_cooldown = cooldown(sql_col_int(q));
    out->user_cooldown = cooldown(sql_col_int(q));
    out->log = sql_col_text(q, a);
    out->user_times = sql_col_text(q, a);
    out->device_times = sql_col_text(q, a);
}

enum db_rc db_domesti_get(struct db *db, struct arena *a, struct domesti *out)
{
    struct query q = sql_query(db, SQL_DOMESTI_GET);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK) {
        read_row(&q, a, out);
        if (!sql_readable(&q, 1))
            rc = DB_FAIL;
    } else if (rc == DB_NONE) {
        *out = defaults;
        out->base_url = out->update_url = out->test_url = out->sealed_key = STR("");
        out->log = STR("[]");
        out->user_times = out->device_times = STR("{}");
        rc = DB_OK;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_domesti_put(struct db *db, const struct domesti *d, usec_t now)
{
    struct query q = sql_query(db, SQL_DOMESTI_PUT);

    sql_bind_text(&q, d->base_url);
    sql_bind_text(&q, d->update_url);
    sql_bind_text(&q, d->test_url);
    sql_bind_blob(&q, d->sealed_key);
    sql_bind_opt_time(&q, d->paired_at);
    sql_bind_bool(&q, d->updates_enabled);
    sql_bind_bool(&q, d->requests_enabled);
    sql_bind_int(&q, d->device_cooldown);
    sql_bind_int(&q, d->user_cooldown);
    sql_bind_text(&q, d->log);
    sql_bind_text(&q, d->user_times);
    sql_bind_text(&q, d->device_times);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_domesti_load(struct db *db, struct arena *a, usec_t now, struct domesti *out)
{
    enum db_rc rc = db_domesti_get(db, a, out);

    if (rc != DB_OK || out->stored || (rc = db_begin(db)) != DB_OK)
        return rc;
    rc = db_domesti_get(db, a, out); /* somebody may have been faster */
    if (rc == DB_OK)
        rc = db_domesti_put(db, out, now);
    return db_end(db, rc);
}

static bool read_device(struct query *q, struct arena *a, int64_t id, struct domesti_device *out)
{
    out->device_id = sql_col_text(q, a);
    out->mqtt_user = sql_col_text(q, a);
    out->next = NULL;
    return sql_readable(q, id);
}

enum db_rc db_domesti_devices(struct db *db, struct arena *a, int64_t user_id, struct str id,
                              struct domesti_device **first)
{
    struct query q = sql_query(db, SQL_DOMESTI_DEVICES);
    struct domesti_device **end = first, d;
    enum db_rc rc;

    *first = NULL;
    sql_bind_int(&q, user_id);
    sql_bind_text(&q, id);
    while ((rc = sql_step(&q)) == DB_OK) {
        if (read_device(&q, a, user_id, &d)) {
            *end = ARENA_NEW(a, struct domesti_device);
            **end = d;
            end = &(*end)->next;
        }
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_domesti_device(struct db *db, struct arena *a, struct str username,
                             struct domesti_device *out)
{
    struct query q = sql_query(db, SQL_DOMESTI_DEVICE);

    sql_bind_text(&q, username);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_device(&q, a, 0, out))
        rc = DB_FAIL;
    sql_end(&q);
    return rc;
}

enum db_rc db_domesti_staff(struct db *db, struct arena *a, struct str *username)
{
    struct query q = sql_query(db, SQL_DOMESTI_STAFF);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK)
        *username = sql_col_text(&q, a);
    sql_end(&q);
    return rc;
}
