#include "peers.h"

#include "locations.h"
#include "sight.h"
#include "sql.h"

static bool read_peer(struct query *q, struct arena *a, struct peer *p)
{
    p->device_id = sql_col_int(q);
    p->tid = sql_col_text_or_null(q, a);
    p->owner = sql_col_text(q, a);
    p->name = sql_col_text(q, a);
    p->face = sql_col_text(q, a);
    p->only_one = sql_col_bool(q);
    p->told_location = sql_col_id(q);
    p->told_card = sql_col_text(q, a);
    return location_read(q, a, &p->where) && sql_readable(q, p->device_id);
}

enum db_rc db_peer_list(struct db *db, struct arena *a, int64_t viewer_id, int64_t phone_id,
                        struct peer **out, size_t *n)
{
    struct sight *sights;
    size_t sights_n;
    enum db_rc rc = db_sights(db, a, viewer_id, &sights, &sights_n);

    *out = NULL;
    *n = 0;
    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_PEER_LIST);
    sql_bind_int(&q, viewer_id);
    sql_bind_int(&q, phone_id);
    sql_bind_int(&q, PEERS_MAX);
    while ((rc = sql_step(&q)) == DB_OK) {
        if (*out == NULL)
            *out = ARENA_ARRAY(a, PEERS_MAX, struct peer);
        struct peer *p = *out + *n;
        const struct sight *s =
            read_peer(&q, a, p) ? sight_of(sights, sights_n, p->device_id) : NULL;
        *n += s != NULL && location_in_sight(db, a, s, &p->where) ? 1 : 0;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_peer_name(struct db *db, int64_t viewer_id, int64_t device_id, struct str tid)
{
    struct query q = sql_query(db, SQL_PEER_NAME);

    sql_bind_int(&q, viewer_id);
    sql_bind_int(&q, device_id);
    sql_bind_text(&q, tid);
    enum db_rc rc = sql_exec_some(&q);
    return rc == DB_NONE ? DB_CONFLICT : rc;
}

enum db_rc db_peer_told(struct db *db, int64_t phone_id, int64_t device_id, int64_t location_id,
                        struct str card)
{
    struct query q = sql_query(db, SQL_PEER_TOLD);

    sql_bind_int(&q, phone_id);
    sql_bind_int(&q, device_id);
    sql_bind_int(&q, location_id);
    sql_bind_text(&q, card);
    return sql_exec(&q);
}

enum db_rc db_peer_news(struct db *db, int64_t location_id, bool *out)
{
    struct query q = sql_query(db, SQL_PEER_NEWS);
    int64_t n = 0;

    sql_bind_int(&q, location_id);
    enum db_rc rc = sql_one_int(&q, &n);
    *out = n > 0;
    return rc;
}

enum db_rc db_card_get(struct db *db, struct arena *a, int64_t user_id, struct card *out)
{
    struct query q = sql_query(db, SQL_CARD_GET);

    sql_bind_int(&q, user_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->name = sql_col_text(&q, a);
        out->face = sql_col_text(&q, a);
        out->updated_at = sql_col_time(&q);
        if (!sql_readable(&q, user_id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_card_put(struct db *db, int64_t user_id, const struct card *c)
{
    struct query q = sql_query(db, SQL_CARD_PUT);

    sql_bind_int(&q, user_id);
    sql_bind_text(&q, c->name);
    sql_bind_text(&q, c->face);
    sql_bind_time(&q, c->updated_at);
    return sql_exec(&q);
}

enum db_rc db_card_delete(struct db *db, int64_t user_id)
{
    struct query q = sql_query(db, SQL_CARD_DELETE);

    sql_bind_int(&q, user_id);
    return sql_exec_some(&q);
}

enum db_rc db_card_due(struct db *db, struct arena *a, struct card_due *out)
{
    struct query q = sql_query(db, SQL_CARD_DUE);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK) {
        out->user_id = sql_col_int(&q);
        out->device_id = sql_col_int(&q);
        out->device = sql_col_text(&q, a);
        out->mqtt_user = sql_col_text(&q, a);
        out->owner = sql_col_text(&q, a);
        out->name = sql_col_text(&q, a);
        out->face = sql_col_text(&q, a);
        if (!sql_readable(&q, out->user_id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_card_told(struct db *db, int64_t user_id, int64_t device_id)
{
    struct query q = sql_query(db, SQL_CARD_TOLD);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, device_id);
    return sql_exec(&q);
}
