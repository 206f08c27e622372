#include "export.h"

#include "sql.h"

static bool read_person(struct query *q, struct arena *a, struct export_person *p)
{
    *p = (struct export_person){ 0 };
    int64_t id = sql_col_int(q);
    p->username = sql_col_text(q, a);
    p->first_name = sql_col_text(q, a);
    p->last_name = sql_col_text(q, a);
    p->device_id = sql_col_text(q, a);
    p->located = sql_col_id(q) != 0;
    if (p->located) {
        p->latitude = sql_col_dec10(q);
        p->longitude = sql_col_dec10(q);
        p->accuracy = sql_col_opt_int(q);
        p->reported_at = sql_col_time(q);
        p->timestamp = sql_col_time(q);
    }
    return sql_readable(q, id);
}

enum db_rc db_export_people(struct db *db, export_person_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_EXPORT_PEOPLE);
    struct export_person p;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_person(&q, db->scratch, &p))
            more = row(ctx, &p);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

static bool read_place(struct query *q, struct arena *a, struct export_place *p)
{
    int64_t id = sql_col_int(q);
    p->username = sql_col_text(q, a);
    p->label = sql_col_text(q, a);
    p->latitude = sql_col_dec10(q);
    p->longitude = sql_col_dec10(q);
    p->radius = sql_col_int(q);
    p->rid = sql_col_text(q, a);
    return sql_readable(q, id);
}

enum db_rc db_export_places(struct db *db, export_place_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_EXPORT_PLACES);
    struct export_place p;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_place(&q, db->scratch, &p))
            more = row(ctx, &p);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}
