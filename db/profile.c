#include "profile.h"

#include "sql.h"

#include <stdio.h>

enum db_rc db_profile_get(struct db *db, struct arena *a, int64_t user_id, struct profile *out)
{
    struct query q = sql_query(db, SQL_PROFILE_GET);

    sql_bind_int(&q, user_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->created_at = sql_col_time(&q);
        out->updated_at = sql_col_time(&q);
        out->has_home =
            sql_col_opt_real(&q, &out->home_latitude) & sql_col_opt_real(&q, &out->home_longitude);
        out->home_label = sql_col_text(&q, a);
        if (!sql_readable(&q, user_id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

static enum db_rc make(struct db *db, int64_t user_id, usec_t now)
{
    struct query q = sql_query(db, SQL_PROFILE_INSERT);

    sql_bind_time(&q, now);
    sql_bind_int(&q, user_id);
    return sql_exec(&q);
}

enum db_rc db_profile_need(struct db *db, struct arena *a, int64_t user_id, usec_t now,
                           struct profile *out)
{
    enum db_rc rc = db_profile_get(db, a, user_id, out);

    if (rc != DB_NONE || (rc = db_begin(db)) != DB_OK)
        return rc;
    rc = make(db, user_id, now);
    rc = db_end(db, rc);
    /* DB_CONFLICT: another request was faster. */
    return rc == DB_OK || rc == DB_CONFLICT ? db_profile_get(db, a, user_id, out) : rc;
}

static enum db_rc touch(struct db *db, int64_t user_id, usec_t now)
{
    struct query q = sql_query(db, SQL_PROFILE_TOUCH);

    sql_bind_time(&q, now);
    sql_bind_int(&q, user_id);
    return sql_exec_some(&q);
}

enum db_rc db_user_set_names(struct db *db, const struct user *u, usec_t now)
{
    struct query q = sql_query(db, SQL_USER_SET_NAMES);

    sql_bind_text(&q, u->first_name);
    sql_bind_text(&q, u->last_name);
    sql_bind_text(&q, u->email);
    sql_bind_int(&q, u->id);
    enum db_rc rc = sql_exec_some(&q);
    if (rc == DB_OK && (rc = touch(db, u->id, now)) == DB_NONE)
        rc = make(db, u->id, now);
    return rc;
}

/* As Django stores the float of a form in a decimal column: 15 significant digits. */
static struct str decimal_text(double v, char out[32])
{
    return (struct str){ out, (size_t)snprintf(out, 32, "%.15g", v) };
}

enum db_rc db_profile_set_home(struct db *db, int64_t user_id, const struct profile *p)
{
    struct query q = sql_query(db, SQL_PROFILE_SET_HOME);
    char latitude[32], longitude[32];

    sql_bind_text(&q, p->has_home ? decimal_text(p->home_latitude, latitude) : STR_NULL);
    sql_bind_text(&q, p->has_home ? decimal_text(p->home_longitude, longitude) : STR_NULL);
    sql_bind_text(&q, p->home_label);
    sql_bind_int(&q, user_id);
    return sql_exec_some(&q);
}
