#include "addresses.h"

#include "sql.h"

#define WAITING_MOST 5                 /* questions of one user */
#define ADDRESSES_KEPT 20000           /* some 5 MB */
#define FAILED_FOR INT64_C(30)         /* seconds that a failure is told before it is tried again */
#define WAITING_FOR (INT64_C(15) * 60) /* seconds: a question that old is asked anew */

static void bind_point(struct query *q, const struct address_question *p)
{
    sql_bind_int(q, p->lat);
    sql_bind_int(q, p->lon);
    sql_bind_text(q, p->language);
}

/* *again: there is a row, but it is to be asked anew. */
static enum db_rc look(struct db *db, struct arena *a, const struct address_question *p,
                       int64_t now, struct address *out, bool *again)
{
    struct query q = sql_query(db, SQL_ADDRESS_GET);

    *again = false;
    bind_point(&q, p);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        struct str answer = sql_col_text_or_null(&q, a), failed = sql_col_text_or_null(&q, a);
        int64_t asked = sql_col_int(&q), answered = sql_col_id(&q);
        *out = !str_is_null(answer)   ? (struct address){ ADDRESS_KNOWN, answer }
               : !str_is_null(failed) ? (struct address){ ADDRESS_FAILED, failed }
                                      : (struct address){ ADDRESS_WAITS, STR("") };
        *again = (out->state == ADDRESS_FAILED && now - answered > FAILED_FOR) ||
                 (out->state == ADDRESS_WAITS && now - asked > WAITING_FOR);
    }
    sql_end(&q);
    return rc;
}

static enum db_rc put_down(struct db *db, const struct address_question *p, int64_t now)
{
    int64_t waiting = 0;
    struct query q = sql_query(db, SQL_ADDRESS_WAITING);

    sql_bind_int(&q, p->user_id);
    sql_bind_int(&q, now - WAITING_FOR);
    enum db_rc rc = sql_one_int(&q, &waiting);
    if (rc == DB_OK && waiting >= WAITING_MOST)
        return DB_CONFLICT;
    if (rc != DB_OK)
        return rc;
    q = sql_query(db, SQL_ADDRESS_ASK);
    bind_point(&q, p);
    sql_bind_int(&q, p->user_id);
    sql_bind_int(&q, now);
    rc = sql_exec(&q);
    db->outgoing |= rc == DB_OK;
    return rc;
}

enum db_rc db_address_ask(struct db *db, struct arena *a, const struct address_question *p,
                          usec_t at, struct address *out)
{
    bool again;
    int64_t now = clock_sec(at);
    enum db_rc rc = look(db, a, p, now, out, &again); /* polls take no lock */

    if (rc == DB_FAIL || rc == DB_BUSY || (rc == DB_OK && !again))
        return rc;
    *out = (struct address){ ADDRESS_WAITS, STR("") };
    rc = db_begin(db);
    if (rc == DB_OK)
        rc = put_down(db, p, now);
    return db_end(db, rc);
}

enum db_rc db_address_next(struct db *db, struct arena *a, struct address_question *out)
{
    struct query q = sql_query(db, SQL_ADDRESS_NEXT);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK) {
        out->id = sql_col_int(&q);
        out->lat = sql_col_int(&q);
        out->lon = sql_col_int(&q);
        out->language = sql_col_text(&q, a);
        out->user_id = sql_col_int(&q);
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_address_answer(struct db *db, int64_t id, bool known, struct str text, usec_t now)
{
    struct query q = sql_query(db, SQL_ADDRESS_ANSWER);

    sql_bind_int(&q, id);
    sql_bind_text(&q, known ? text : STR_NULL);
    sql_bind_text(&q, known ? STR_NULL : text);
    sql_bind_int(&q, clock_sec(now));
    return sql_exec(&q);
}

enum db_rc db_address_trim(struct db *db)
{
    struct query q = sql_query(db, SQL_ADDRESS_TRIM);

    sql_bind_int(&q, ADDRESSES_KEPT);
    return sql_exec(&q);
}
