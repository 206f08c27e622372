#include "tracks.h"

#include "lib/area.h"
#include "sql.h"

#include <math.h>

static int32_t small(struct opt_int v)
{
    return v.set && v.v > INT32_MIN && v.v <= INT32_MAX ? (int32_t)v.v : TRACK_NONE;
}

static bool read_point(struct query *q, struct track_point *p)
{
    double lat, lon;

    p->id = sql_col_int(q);
    p->t = clock_sec(sql_col_time(q));
    bool known = sql_col_opt_real(q, &lat);
    known = sql_col_opt_real(q, &lon) && known;
    p->acc = small(sql_col_opt_int(q));
    p->vel = small(sql_col_opt_int(q));
    p->alt = small(sql_col_opt_int(q));
    known = known && fabs(lat) <= 90 && fabs(lon) <= 180;
    p->lat = known ? (int32_t)lround(lat * 1e6) : 0;
    p->lon = known ? (int32_t)lround(lon * 1e6) : 0;
    return q->bad == 0 && known;
}

enum db_rc db_track(struct db *db, const struct sight *s, usec_t from, usec_t to, int64_t accuracy,
                    track_point_fn *point, void *ctx)
{
    struct opt_usec first = { true, from }, last = { true, to };
    struct track_point p;
    enum db_rc rc = DB_OK;
    bool more = true;

    if (!sight_narrow(s, &first, &last))
        return DB_OK;
    struct query q = sql_query(db, SQL_TRACK);
    sql_bind_int(&q, s->device_id);
    sql_bind_time(&q, first.t);
    sql_bind_time(&q, last.t);
    sql_bind_int(&q, accuracy > 0 && !s->area ? accuracy : INT64_MAX);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_point(&q, &p) && (!s->live || p.id == s->latest_id)) {
            if (s->area)
                area_point(&p);
            more = point(ctx, &p);
        }
        q.bad = 0; /* what is no position is on no track */
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_track_count(struct db *db, const struct sight *s, usec_t from, usec_t to,
                          int64_t most, int64_t *out)
{
    struct opt_usec first = { true, from }, last = { true, to - 1 };

    *out = 0;
    if (!sight_narrow(s, &first, &last))
        return DB_OK;
    struct query q = sql_query(db, SQL_TRACK_COUNT);
    sql_bind_int(&q, s->device_id);
    sql_bind_time(&q, first.t);
    sql_bind_time(&q, last.t + 1);
    sql_bind_int(&q, s->live ? 1 : most);
    return sql_one_int(&q, out);
}
