#include "profile.h"

#include "sql.h"

enum db_rc db_profile_get(struct db *db, int64_t user_id, struct profile *out)
{
    struct query q = sql_query(db, SQL_PROFILE_GET);

    sql_bind_int(&q, user_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->created_at = sql_col_time(&q);
        out->updated_at = sql_col_time(&q);
        if (!sql_readable(&q, user_id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_profile_make(struct db *db, int64_t user_id, usec_t now)
{
    struct query q = sql_query(db, SQL_PROFILE_INSERT);

    sql_bind_time(&q, now);
    sql_bind_int(&q, user_id);
    return sql_exec(&q);
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
        rc = db_profile_make(db, u->id, now);
    return rc;
}
