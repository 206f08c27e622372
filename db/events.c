#include "events.h"

#include "lib/represent.h"
#include "sql.h"

static void read_transition(struct query *q, struct arena *a, struct transition *t)
{
    t->id = sql_col_int(q);
    t->device_id = sql_col_text(q, a);
    t->device_display = device_display(a, sql_col_text(q, a), t->device_id);
    t->event = sql_col_text(q, a);
    t->region_id = sql_col_text(q, a);
    t->description = sql_col_text(q, a);
    t->timestamp = sql_col_time(q);
    t->region = sql_col_text_or_null(q, a);
    t->received_at = sql_col_time(q);
}

enum db_rc db_transition_feed(struct db *db, int64_t after_id, int64_t limit,
                              transition_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_TRANSITION_FEED);
    struct transition t;
    enum db_rc rc;
    bool more = true;

    sql_bind_int(&q, after_id);
    sql_bind_int(&q, limit);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        read_transition(&q, db->scratch, &t);
        if (sql_readable(&q, t.id))
            more = row(ctx, &t);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return more && rc != DB_NONE ? rc : DB_OK;
}

enum db_rc db_transition_last_id(struct db *db, int64_t *id)
{
    struct query q = sql_query(db, SQL_TRANSITION_LAST_ID);
    return sql_one_int(&q, id);
}

enum db_rc db_region_news_feed(struct db *db, int64_t after_id, int64_t limit,
                               region_news_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_REGION_NEWS_FEED);
    struct region_news n;
    enum db_rc rc;
    bool more = true;

    sql_bind_int(&q, after_id);
    sql_bind_int(&q, limit);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        n.id = sql_col_int(&q);
        n.received_at = sql_col_time(&q);
        n.device = sql_col_text(&q, db->scratch);
        n.count = sql_col_int(&q);
        if (sql_readable(&q, n.id))
            more = row(ctx, &n);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return more && rc != DB_NONE ? rc : DB_OK;
}

enum db_rc db_region_news_last_id(struct db *db, int64_t *id)
{
    struct query q = sql_query(db, SQL_REGION_NEWS_LAST_ID);
    return sql_one_int(&q, id);
}

enum db_rc db_region_news_trim(struct db *db, usec_t before)
{
    struct query q = sql_query(db, SQL_REGION_NEWS_TRIM);

    sql_bind_time(&q, before);
    return sql_exec(&q);
}
