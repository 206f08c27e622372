/* GET /api/public/position/: what a visitor with a public link sees. Nothing in it says who the
 * owner is, what the device is called, or what else there is. */
#include "api.h"
#include "db/tracks.h"
#include "handlers.h"
#include "lib/log.h"
#include "public_link.h"

#define TRAIL_POINTS 1000
#define TRAIL_TOLERANCE 5 /* metres */

static bool add_point(void *ctx, const struct track_point *p)
{
    track_add(ctx, p);
    return true;
}

static enum db_rc put_trail(struct request *r, const struct link_row *l)
{
    struct json *j = &r->reply.json;
    struct track *t = track_new(r->arena, TRAIL_POINTS, TRAIL_TOLERANCE);
    enum db_rc rc = db_track(r->app->db, &l->sight, l->created_at, l->expires_at, 0, add_point, t);
    double tolerance;
    size_t n;

    if (rc != DB_OK) {
        return rc;
    }
    const struct track_point *v = track_finish(t, &n, &tolerance);
    json_k(j, "trail");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        json_array(j);
        json_float(j, v[i].lat / 1e6);
        json_float(j, v[i].lon / 1e6);
        json_end(j);
    }
    json_end(j);
    return DB_OK;
}

static void put_position(struct json *j, const struct location *l)
{
    json_k(j, "position");
    if (l == NULL) {
        json_null(j);
        return;
    }
    json_object(j);
    json_k(j, "lat");
    json_float(j, dec10_double(l->latitude));
    json_k(j, "lon");
    json_float(j, dec10_double(l->longitude));
    json_k(j, "accuracy");
    if (l->accuracy.set) {
        json_int(j, l->accuracy.v);
    } else {
        json_null(j);
    }
    json_k(j, "at");
    json_int(j, clock_sec(l->timestamp));
    json_end(j);
}

/* The latest position, also when it is older than the link. DB_NONE: there is none. */
static enum db_rc latest(struct request *r, const struct link_row *l, struct location *out)
{
    const struct viewer everything = { .is_staff = true }; /* the link says what may be seen */
    bool may_write;

    if (l->sight.latest_id == 0) {
        return DB_NONE;
    }
    enum db_rc rc =
        db_location_get(r->app->db, r->arena, everything, l->sight.latest_id, out, &may_write);
    if (rc == DB_OK) {
        sight_blur(&l->sight, out);
    }
    return rc;
}

static int show(struct request *r, const struct link_row *l)
{
    struct location where;
    enum db_rc rc = latest(r, l, &where);

    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "label");
    json_str(j, l->label);
    json_k(j, "expires_at");
    json_int(j, clock_sec(l->expires_at));
    json_k(j, "now");
    json_int(j, clock_sec(r->now));
    json_k(j, "area");
    json_bool(j, l->sight.area);
    put_position(j, rc == DB_OK ? &where : NULL);
    rc = l->trail ? put_trail(r, l) : DB_OK;
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int public_position(struct request *r)
{
    struct link_row l;
    enum db_rc rc = public_link_of(r, &l);

    reply_cache(r, STR("no-store"));
    reply_header(r, "X-Robots-Tag", STR("noindex"));
    reply_header(r, "Referrer-Policy", STR("no-referrer"));
    if (rc == DB_NONE) {
        return api_error(r, 404, STR("This link has ended."));
    }
    if (rc == DB_OK && db_link_used(r->app->db, l.id, r->now) != DB_OK) {
        log_warning("link-use-not-noted", LOG_I("link", l.id));
    }
    return rc == DB_OK ? show(r, &l) : error_of_db(rc);
}
