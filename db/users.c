#include "users.h"

#include "sql.h"

enum db_rc db_user_list(struct db *db, user_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_USER_LIST);
    struct user u;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (sql_col_user(&q, db->scratch, &u))
            more = row(ctx, &u);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_user_set_active(struct db *db, int64_t id, bool active)
{
    struct query q = sql_query(db, SQL_USER_SET_ACTIVE);

    sql_bind_bool(&q, active);
    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_user_toggle_staff(struct db *db, int64_t id, bool *is_staff)
{
    struct query q = sql_query(db, SQL_USER_TOGGLE_STAFF);

    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        *is_staff = sql_col_bool(&q);
        rc = sql_exec(&q); /* to the end: only then it is stored */
    }
    return rc;
}

/* Django's order; foreign keys are checked at the end. */
static enum db_rc take_along(struct db *db, int64_t user)
{
    enum db_rc rc = DB_OK;

    for (enum sql_id id = SQL_USER_PLACE_RULES; rc == DB_OK && id <= SQL_USER_PLACES; id++) {
        struct query q = sql_query(db, id);
        sql_bind_int(&q, user);
        rc = sql_exec(&q);
    }
    return rc;
}

enum db_rc db_user_delete(struct db *db, int64_t id)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = take_along(db, id);
    if (rc == DB_OK) {
        struct query q = sql_query(db, SQL_USER_DELETE);
        sql_bind_int(&q, id);
        rc = sql_exec_some(&q);
    }
    return db_end(db, rc);
}
