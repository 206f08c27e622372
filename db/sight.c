#include "sight.h"

#include "lib/area.h"
#include "sql.h"

static bool read_sight(struct query *q, struct sight *s)
{
    *s = (struct sight){ .device_id = sql_col_int(q) };
    s->area = sql_col_bool(q);
    s->live = sql_col_bool(q);
    s->since = sql_col_opt_time(q);
    s->latest_id = sql_col_id(q);
    s->latest_fix = sql_col_opt_time(q).t;
    return sql_readable(q, s->device_id);
}

enum db_rc db_sight(struct db *db, struct viewer v, int64_t device_id, struct sight *out)
{
    *out = (struct sight){ .device_id = device_id };
    if (v.is_staff)
        return DB_OK;
    struct query q = sql_query(db, SQL_SIGHT);
    sql_bind_int(&q, device_id);
    sql_bind_int(&q, v.user_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_sight(&q, out))
        rc = DB_NONE; /* nothing is safer than too much */
    sql_end(&q);
    return rc;
}

enum db_rc db_sights(struct db *db, struct arena *a, int64_t user_id, struct sight **out, size_t *n)
{
    struct query q = sql_query(db, SQL_SIGHTS);
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, user_id);
    while ((rc = sql_step(&q)) == DB_OK && *n < SIGHTS_MAX) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        *n += read_sight(&q, *out + *n) ? 1 : 0;
    }
    sql_end(&q);
    return rc == DB_OK ? DB_FAIL : rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_sight_limits(struct db *db, bool *any)
{
    struct query q = sql_query(db, SQL_SIGHT_LIMITS);
    int64_t n = 1;
    enum db_rc rc = sql_one_int(&q, &n);

    *any = n != 0;
    return rc;
}

enum db_rc db_sight_audience(struct db *db, struct arena *a, int64_t device_id,
                             struct onlooker **out, size_t *n)
{
    struct query q = sql_query(db, SQL_SIGHT_AUDIENCE);
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, device_id);
    while ((rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        (*out)[*n].user_id = sql_col_int(&q);
        *n += read_sight(&q, &(*out)[*n].sight) ? 1 : 0;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

bool sight_is_whole(const struct sight *s)
{
    return !s->area && !s->live && !s->since.set;
}

const struct sight *sight_of(const struct sight *v, size_t n, int64_t device_id)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].device_id == device_id)
            return &v[i];
    return NULL;
}

bool sight_shows(const struct sight *s, int64_t location_id, usec_t fix)
{
    return (!s->live || location_id == s->latest_id) && (!s->since.set || fix >= s->since.t);
}

bool sight_narrow(const struct sight *s, struct opt_usec *from, struct opt_usec *to)
{
    usec_t first = s->live ? s->latest_fix : s->since.t;

    if (s->live && s->latest_id == 0)
        return false;
    if ((s->live || s->since.set) && (!from->set || from->t < first))
        *from = (struct opt_usec){ true, first };
    if (s->live && (!to->set || to->t > first))
        *to = (struct opt_usec){ true, first };
    return !from->set || !to->set || from->t <= to->t;
}

void sight_blur(const struct sight *s, struct location *l)
{
    if (s->area)
        area_location(l);
}
