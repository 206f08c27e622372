#include "push.h"

#include "sql.h"

static bool read_browser(struct query *q, struct arena *a, struct push_browser *b)
{
    *b = (struct push_browser){ .id = sql_col_int(q) };
    b->user_id = sql_col_int(q);
    b->endpoint = sql_col_text(q, a);
    b->p256dh = sql_col_text(q, a);
    b->auth = sql_col_text(q, a);
    b->language = sql_col_text(q, a);
    b->agent = sql_col_text(q, a);
    b->created_at = sql_col_time(q);
    b->told_at = sql_col_opt_time(q);
    return sql_readable(q, b->id);
}

enum db_rc db_push_list(struct db *db, struct arena *a, int64_t user_id, struct push_browser **out,
                        size_t *n)
{
    struct query q = sql_query(db, SQL_PUSH_LIST);
    enum db_rc rc;

    *out = ARENA_ARRAY(a, PUSH_MOST, struct push_browser);
    *n = 0;
    sql_bind_int(&q, user_id);
    sql_bind_int(&q, PUSH_MOST);
    while ((rc = sql_step(&q)) == DB_OK) {
        if (read_browser(&q, a, &(*out)[*n]))
            ++*n;
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_push_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                       struct push_browser *out)
{
    struct query q = sql_query(db, SQL_PUSH_GET);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_browser(&q, a, out))
        rc = DB_FAIL;
    sql_end(&q);
    return rc;
}

enum db_rc db_push_add(struct db *db, struct push_browser *b)
{
    struct query q = sql_query(db, SQL_PUSH_ADD);

    sql_bind_int(&q, b->user_id);
    sql_bind_text(&q, b->endpoint);
    sql_bind_text(&q, b->p256dh);
    sql_bind_text(&q, b->auth);
    sql_bind_text(&q, b->language);
    sql_bind_text(&q, b->agent);
    sql_bind_time(&q, b->created_at);
    sql_bind_int(&q, PUSH_MOST);
    enum db_rc rc = sql_one_int(&q, &b->id);
    return rc == DB_NONE ? DB_CONFLICT : rc;
}

enum db_rc db_push_remove(struct db *db, int64_t user_id, int64_t id)
{
    struct query q = sql_query(db, SQL_PUSH_REMOVE);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_push_told(struct db *db, int64_t id, usec_t now)
{
    struct query q = sql_query(db, SQL_PUSH_TOLD);

    sql_bind_int(&q, id);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_push_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_PUSH_TRIM);

    (void)now;
    return sql_exec(&q);
}
