#include "links.h"

#include "sql.h"

#define USED_EVERY (60 * USEC_PER_SEC)
#define KEPT (INT64_C(7) * 24 * 3600 * USEC_PER_SEC)

static bool read_link(struct query *q, struct arena *a, struct link_row *l)
{
    *l = (struct link_row){ .id = sql_col_int(q) };
    l->sight.device_id = sql_col_int(q);
    l->device_id = sql_col_text(q, a);
    l->device_name = sql_col_text(q, a);
    l->label = sql_col_text(q, a);
    l->sight.area = sql_col_bool(q);
    l->trail = sql_col_bool(q);
    l->created_at = sql_col_time(q);
    l->expires_at = sql_col_time(q);
    l->used_at = sql_col_opt_time(q);
    l->sight.latest_id = sql_col_id(q);
    l->sight.since = (struct opt_usec){ true, l->created_at };
    return sql_readable(q, l->id);
}

static enum db_rc room_for_one(struct db *db, int64_t owner)
{
    struct query q = sql_query(db, SQL_LINK_COUNT);
    int64_t n = 0;

    sql_bind_int(&q, owner);
    enum db_rc rc = sql_one_int(&q, &n);
    return rc == DB_OK && n >= LINKS_MAX ? DB_CONFLICT : rc;
}

static enum db_rc insert(struct db *db, int64_t owner, struct str device_id, struct str token,
                         const struct link_row *l)
{
    struct query q = sql_query(db, SQL_LINK_ADD);

    sql_bind_int(&q, owner);
    sql_bind_text(&q, token);
    sql_bind_text(&q, device_id);
    sql_bind_text(&q, l->label);
    sql_bind_text(&q, l->sight.area ? STR("area") : STR("exact"));
    sql_bind_bool(&q, l->trail);
    sql_bind_time(&q, l->created_at);
    sql_bind_time(&q, l->expires_at);
    return sql_exec_some(&q);
}

enum db_rc db_link_add(struct db *db, int64_t owner, struct str device_id, struct str token,
                       struct link_row *l)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = room_for_one(db, owner);
    if (rc == DB_OK)
        rc = insert(db, owner, device_id, token, l);
    l->id = sqlite3_last_insert_rowid(db->h);
    return db_end(db, rc);
}

enum db_rc db_link_list(struct db *db, int64_t owner, link_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_LINK_LIST);
    struct link_row l;
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, owner);
    sql_bind_int(&q, LINKS_MAX);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_link(&q, db->scratch, &l))
            more = row(ctx, &l);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_link_remove(struct db *db, int64_t owner, int64_t id)
{
    struct query q = sql_query(db, SQL_LINK_REMOVE);

    sql_bind_int(&q, owner);
    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_link_open(struct db *db, struct arena *a, struct str token, usec_t now,
                        struct link_row *out)
{
    struct query q = sql_query(db, SQL_LINK_OPEN);

    sql_bind_text(&q, token);
    sql_bind_time(&q, now);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_link(&q, a, out))
        rc = DB_FAIL;
    sql_end(&q);
    return rc;
}

enum db_rc db_link_used(struct db *db, int64_t id, usec_t now)
{
    struct query q = sql_query(db, SQL_LINK_USED);

    sql_bind_int(&q, id);
    sql_bind_time(&q, now);
    sql_bind_time(&q, now - USED_EVERY);
    return sql_exec(&q);
}

enum db_rc db_links_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_LINKS_TRIM);

    sql_bind_time(&q, now - KEPT);
    return sql_exec(&q);
}
