#include "transitions.h"

#include "lib/represent.h"
#include "sql.h"

static bool read_passage(struct query *q, struct arena *a, struct passage *p)
{
    *p = (struct passage){ .id = sql_col_int(q) };
    struct str device_id = sql_col_text(q, a);
    p->device = device_display(a, sql_col_text(q, a), device_id);
    p->event = sql_col_text(q, a);
    p->place = sql_col_text(q, a);
    p->timestamp = sql_col_time(q);
    p->has_position = sql_col_opt_real(q, &p->latitude);
    p->has_position = sql_col_opt_real(q, &p->longitude) && p->has_position;
    return sql_readable(q, p->id);
}

static struct query open_query(struct db *db, const struct transition_query *by)
{
    bool everybodys = by->device_id == 0 && by->viewer.is_staff;
    enum sql_id id = by->device_id != 0 ? SQL_PASSAGES_OF_DEVICE
                     : everybodys       ? SQL_PASSAGES_ALL
                                        : SQL_PASSAGES_VISIBLE;
    struct query q = sql_query(db, id);

    sql_bind_time(&q, by->from);
    sql_bind_time(&q, by->to);
    sql_bind_int(&q, by->limit);
    if (!everybodys)
        sql_bind_int(&q, by->device_id != 0 ? by->device_id : by->viewer.user_id);
    return q;
}

/* DB_NONE: nothing of the query's one device is to be seen. */
static enum db_rc limit(struct db *db, struct transition_query *by)
{
    struct opt_usec from = { true, by->from }, to = { true, by->to };
    struct sight sight;

    if (by->device_id == 0)
        return DB_OK;
    enum db_rc rc = db_sight(db, by->viewer, by->device_id, &sight);
    if (rc == DB_OK && (sight.area || sight.live || !sight_narrow(&sight, &from, &to)))
        rc = DB_NONE;
    by->from = from.t;
    return rc;
}

enum db_rc db_passage_list(struct db *db, const struct transition_query *q, passage_row_fn *row,
                           void *ctx)
{
    struct transition_query by = *q;
    struct passage p;
    enum db_rc rc = limit(db, &by);
    bool more = true;

    if (rc != DB_OK)
        return rc == DB_NONE ? DB_OK : rc;
    struct query s = open_query(db, &by);

    while (more && (rc = sql_step(&s)) == DB_OK) {
        if (read_passage(&s, db->scratch, &p))
            more = row(ctx, &p);
        arena_reset(db->scratch);
    }
    sql_end(&s);
    return rc == DB_NONE ? DB_OK : rc;
}
