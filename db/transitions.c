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

enum db_rc db_passage_list(struct db *db, const struct transition_query *q, passage_row_fn *row,
                           void *ctx)
{
    struct query s = open_query(db, q);
    struct passage p;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(&s)) == DB_OK) {
        if (read_passage(&s, db->scratch, &p))
            more = row(ctx, &p);
        arena_reset(db->scratch);
    }
    sql_end(&s);
    return rc == DB_NONE ? DB_OK : rc;
}
