#include "removed_places.h"

#include "sql.h"

enum db_rc db_removed_place_keep(struct db *db, int64_t user_id, int64_t id, usec_t now)
{
    struct query q = sql_query(db, SQL_REMOVED_PLACE_KEEP);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    sql_bind_time(&q, now);
    return sql_exec_some(&q);
}

static bool read_row(struct query *q, struct arena *a, struct removed_place *p)
{
    p->id = sql_col_int(q);
    p->label = sql_col_text(q, a);
    p->owner = sql_col_text(q, a);
    p->rules = sql_col_int(q);
    p->removed_at = sql_col_time(q);
    return sql_readable(q, p->id);
}

enum db_rc db_removed_place_list(struct db *db, struct viewer v, int64_t most,
                                 removed_place_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_REMOVED_PLACE_LIST);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_bool(&q, v.is_staff);
    sql_bind_int(&q, v.user_id);
    sql_bind_int(&q, most);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        struct removed_place p;
        if (read_row(&q, db->scratch, &p))
            more = row(ctx, &p);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

/* DB_NONE: it is not there, or not the viewer's. */
static enum db_rc of_viewer(struct db *db, enum sql_id statement, struct viewer v, int64_t id)
{
    struct query q = sql_query(db, statement);

    sql_bind_int(&q, id);
    sql_bind_bool(&q, v.is_staff);
    sql_bind_int(&q, v.user_id);
    return sql_exec_some(&q);
}

enum db_rc db_removed_place_restore(struct db *db, struct viewer v, int64_t id)
{
    static const enum sql_id rest[] = { SQL_REMOVED_PLACE_MAILS, SQL_REMOVED_PLACE_RULES,
                                        SQL_REMOVED_PLACE_EVENTS };
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = of_viewer(db, SQL_REMOVED_PLACE_BACK, v, id);
    for (size_t i = 0; rc == DB_OK && i < sizeof rest / sizeof rest[0]; i++) {
        struct query q = sql_query(db, rest[i]);
        sql_bind_int(&q, id);
        rc = sql_exec(&q);
    }
    if (rc == DB_OK)
        rc = of_viewer(db, SQL_REMOVED_PLACE_FORGET, v, id);
    return db_end(db, rc);
}

enum db_rc db_removed_place_forget(struct db *db, struct viewer v, int64_t id)
{
    return of_viewer(db, SQL_REMOVED_PLACE_FORGET, v, id);
}

enum db_rc db_removed_places_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_REMOVED_PLACES_TRIM);

    sql_bind_time(&q, now - REMOVED_KEPT);
    return sql_exec(&q);
}
