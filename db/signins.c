#include "signins.h"

#include "sql.h"

#define SAME (3600 * USEC_PER_SEC)

/* DB_NONE: there is no such row of late. */
static enum db_rc count_again(struct db *db, const struct signin *s)
{
    struct query q = sql_query(db, SQL_SIGNIN_AGAIN);

    sql_bind_text(&q, s->username);
    sql_bind_text(&q, s->address);
    sql_bind_time(&q, s->at - SAME);
    sql_bind_time(&q, s->at);
    sql_bind_text(&q, s->way);
    return sql_exec_some(&q);
}

static enum db_rc insert(struct db *db, const struct signin *s)
{
    struct query q = sql_query(db, SQL_SIGNIN_INSERT);

    sql_bind_text(&q, s->username);
    sql_bind_int(&q, s->ok);
    sql_bind_text(&q, s->address);
    sql_bind_text(&q, s->agent);
    sql_bind_time(&q, s->at);
    sql_bind_text(&q, s->way);
    return sql_exec(&q);
}

enum db_rc db_signin_note(struct db *db, const struct signin *s)
{
    enum db_rc rc = s->ok ? DB_NONE : count_again(db, s);

    if (rc != DB_NONE)
        return rc;
    rc = insert(db, s);
    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_SIGNIN_TRIM);
    sql_bind_int(&q, SIGNINS_KEPT);
    return sql_exec(&q);
}

enum db_rc db_signin_list(struct db *db, struct str username, int64_t most, signin_row_fn *row,
                          void *ctx)
{
    struct query q = sql_query(db, SQL_SIGNIN_LIST);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_text(&q, username);
    sql_bind_int(&q, most);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        struct signin s;
        s.username = sql_col_text(&q, db->scratch);
        s.ok = sql_col_int(&q) != 0;
        s.times = sql_col_int(&q);
        s.address = sql_col_text(&q, db->scratch);
        s.agent = sql_col_text(&q, db->scratch);
        s.at = sql_col_time(&q);
        s.way = sql_col_text(&q, db->scratch);
        more = row(ctx, &s);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}
