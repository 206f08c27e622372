/* Large histories: tracks reduced for the eye, days told as stays and moves, and which days there
 * are. */
#include "api.h"
#include "db/places.h"
#include "db/tracks.h"
#include "handlers.h"
#include "lib/represent.h"
#include "lib/stays.h"
#include "lib/track.h"
#include "track.h"

#include <math.h>

#define POINTS_DEFAULT 2000
#define POINTS_MOST 20000
#define TOLERANCE_MOST 100000.0
#define SPAN_DEFAULT INT64_C(86400)
#define DAYS_MOST 62
#define COUNT_MOST 1000 /* of a day: more is as many */

bool track_range(struct request *r, struct track_range *out, int *status)
{
    struct str key = request_query(r, STR("device"));

    *status = 0;
    *out = (struct track_range){ .end = clock_sec(r->now) };
    if (key.n == 0) {
        api_error(r, 400, STR("device is required"));
        return false;
    }
    enum db_rc rc = db_device_find(r->app->db, r->arena, api_viewer(r), key, &out->device);
    if (rc == DB_OK) {
        rc = db_sight(r->app->db, api_viewer(r), out->device.id, &out->sight);
    }
    if (rc != DB_OK) {
        *status = api_device_error(r, key, rc);
        return false;
    }
    if (!api_query_int(r, "end", CLOCK_MIN_SEC, CLOCK_MAX_SEC, &out->end)) {
        return false;
    }
    out->start = out->end - SPAN_DEFAULT < CLOCK_MIN_SEC ? CLOCK_MIN_SEC : out->end - SPAN_DEFAULT;
    return api_query_int(r, "start", CLOCK_MIN_SEC, CLOCK_MAX_SEC, &out->start) &&
           api_query_int(r, "accuracy", 0, 1000000, &out->accuracy);
}

static void put_head(struct request *r, struct json *j, const struct track_range *range)
{
    struct str owner = range->device.owner_username;

    json_object(j);
    json_put_str(j, "device", device_display(r->arena, owner, range->device.device_id));
    json_put_int(j, "start", range->start);
    json_put_int(j, "end", range->end);
}

enum db_rc track_read(struct request *r, const struct track_range *range, track_point_fn *point,
                      void *ctx)
{
    return db_track(r->app->db, &range->sight, range->start * USEC_PER_SEC,
                    range->end * USEC_PER_SEC + USEC_PER_SEC - 1, range->accuracy, point, ctx);
}

/* ---- stays and moves */

static bool gather(void *ctx, const struct track_point *p)
{
    stays_add(ctx, p);
    return true;
}

enum db_rc track_places(struct request *r, const struct track_range *range, struct place **places,
                        size_t *count)
{
    *places = NULL;
    *count = 0;
    /* The name of a place says more than an area. */
    return range->device.owner_id == 0 || range->sight.area
               ? DB_OK
               : db_place_list(r->app->db, r->arena, range->device.owner_id, places, count);
}

struct str track_place(const struct place *places, size_t n, const struct track_point *where)
{
    const struct place *best = NULL;

    for (size_t i = 0; i < n; i++) {
        struct track_point middle = {
            .lat = (int32_t)lround(dec10_double(places[i].latitude) * 1e6),
            .lon = (int32_t)lround(dec10_double(places[i].longitude) * 1e6)
        };
        if (track_metres(&middle, where) <= (double)places[i].radius &&
            (best == NULL || places[i].radius < best->radius)) {
            best = &places[i];
        }
    }
    return best == NULL ? STR_NULL : best->label;
}

static void put_span(struct json *j, const struct span *s, const struct place *places, size_t n)
{
    static const char *const kinds[] = { "stay", "move", "gap" };

    json_object(j);
    json_put_str(j, "type", str_of(kinds[s->kind]));
    json_put_int(j, "start", s->from);
    json_put_int(j, "end", s->to);
    json_put_int(j, "lat", s->where.lat);
    json_put_int(j, "lon", s->where.lon);
    json_put_int(j, "points", s->points);
    if (s->kind == SPAN_STAY) {
        struct str place = track_place(places, n, &s->where);
        json_k(j, "place");
        if (str_is_null(place)) {
            json_null(j);
        } else {
            json_str(j, place);
        }
    } else {
        json_put_int(j, "metres", llround(s->metres));
        json_k(j, "top_speed");
        if (s->top_speed == TRACK_NONE) {
            json_null(j);
        } else {
            json_int(j, s->top_speed);
        }
    }
    json_end(j);
}

static void put_spans(struct json *j, struct stays *s, const struct place *places, size_t count)
{
    size_t n;
    const struct span *spans = stays_finish(s, &n);

    json_k(j, "spans");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        put_span(j, &spans[i], places, count);
    }
    json_end(j);
}

int timeline_get(struct request *r)
{
    struct track_range range;
    struct place *places;
    size_t count;
    int status;

    if (!track_range(r, &range, &status)) {
        return status;
    }
    struct stays *s = stays_new(r->arena);
    enum db_rc rc = track_read(r, &range, gather, s);
    if (rc == DB_OK) {
        rc = track_places(r, &range, &places, &count);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    put_head(r, j, &range);
    put_spans(j, s, places, count);
    json_end(j);
    return 0;
}

/* ---- tracks */

struct reduction {
    struct track *track;
    int64_t seen, last; /* last: the highest row */
    struct way way;
    bool has_box, outside; /* outside: the last point was, and is held back */
    double west, south, east, north;
    struct track_point held;
    struct stays *stays; /* made from the same points; NULL: not asked for */
};

static bool in_box(const struct reduction *d, const struct track_point *p)
{
    double lat = p->lat * 1e-6, lon = p->lon * 1e-6;
    bool across = d->west > d->east; /* the box lies over the date line */

    return lat >= d->south && lat <= d->north &&
           (across ? lon >= d->west || lon <= d->east : lon >= d->west && lon <= d->east);
}

/* Of what is out of sight only the neighbours of what is in sight are needed. */
static bool reduce(void *ctx, const struct track_point *p)
{
    struct reduction *d = ctx;
    bool inside = !d->has_box || in_box(d, p);

    if (d->stays != NULL) {
        stays_add(d->stays, p);
    }
    (void)way_add(&d->way, p);
    d->last = p->id > d->last ? p->id : d->last;
    d->seen++;
    if (inside && d->outside) {
        track_add(d->track, &d->held);
    }
    if (inside || !d->outside) {
        track_add(d->track, p);
    }
    d->outside = !inside;
    d->held = *p;
    return true;
}

static bool take_box(struct request *r, struct reduction *d)
{
    struct str text = request_query(r, STR("bbox")), part;
    double *const to[] = { &d->west, &d->south, &d->east, &d->north };
    size_t n = 0;

    if (text.n == 0) {
        return true;
    }
    while (n < 4 && str_split(&text, ',', &part) && num_py_float(part, to[n]) == NUM_OK) {
        n++;
    }
    d->has_box = n == 4 && text.n == 0 && fabs(d->west) <= 180 && fabs(d->east) <= 180 &&
                 fabs(d->south) <= 90 && fabs(d->north) <= 90 && d->south <= d->north;
    if (!d->has_box) {
        api_error(r, 400, STR("bbox must be west,south,east,north in degrees"));
    }
    return d->has_box;
}

static bool take_tolerance(struct request *r, double *out)
{
    struct str text = request_query(r, STR("tolerance"));

    *out = 1;
    if (text.n > 0 && (num_py_float(text, out) != NUM_OK || *out < 0 || *out > TOLERANCE_MOST)) {
        api_error(r, 400, STR("tolerance must be a number of metres from 0 to 100000"));
        return false;
    }
    return true;
}

static int64_t column(const struct track_point *p, int which)
{
    const int64_t v[] = { p->t, p->lat, p->lon, p->acc, p->vel, p->alt };

    return v[which];
}

/* The first value, then by how much each is more than the one before; or the values themselves,
   null where the phone did not say. */
static void put_column(struct json *j, const char *key, const struct track_point *v, size_t n,
                       int which, bool deltas)
{
    json_key(j, str_of(key));
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        int64_t now = column(&v[i], which);
        if (deltas) {
            json_int(j, i == 0 ? now : now - column(&v[i - 1], which));
        } else if (now == TRACK_NONE) {
            json_null(j);
        } else {
            json_int(j, now);
        }
    }
    json_end(j);
}

/* The numbers of the points that a gap lies before. */
static void put_gaps(struct json *j, const struct track *t, size_t n)
{
    json_k(j, "gaps");
    json_array(j);
    for (size_t i = 1; i < n; i++) {
        if (track_is_silent(t, i)) {
            json_int(j, (int64_t)i);
        }
    }
    json_end(j);
}

static int show_track(struct request *r, const struct track_range *range, struct reduction *d)
{
    size_t n, count;
    double tolerance;
    struct place *places;
    const struct track_point *v = track_finish(d->track, &n, &tolerance);
    enum db_rc rc = d->stays == NULL ? DB_OK : track_places(r, range, &places, &count);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    put_head(r, j, range);
    json_put_int(j, "seen", d->seen);
    json_put_int(j, "last", d->last);
    json_put_int(j, "metres", llround(d->way.metres));
    json_put_int(j, "tolerance", (int64_t)ceil(tolerance));
    put_column(j, "t", v, n, 0, true);
    put_column(j, "lat", v, n, 1, true);
    put_column(j, "lon", v, n, 2, true);
    put_column(j, "acc", v, n, 3, false);
    put_column(j, "vel", v, n, 4, false);
    put_column(j, "alt", v, n, 5, false);
    put_gaps(j, d->track, n);
    if (d->stays != NULL) {
        put_spans(j, d->stays, places, count);
    }
    json_end(j);
    return 0;
}

int track_get(struct request *r)
{
    struct track_range range;
    struct reduction d = { 0 };
    int64_t points = POINTS_DEFAULT, spans = 0;
    double tolerance;
    int status;

    if (!track_range(r, &range, &status) || !api_query_int(r, "points", 2, POINTS_MOST, &points) ||
        !api_query_int(r, "spans", 0, 1, &spans) || !take_box(r, &d) ||
        !take_tolerance(r, &tolerance)) {
        return status;
    }
    d.stays = spans == 1 ? stays_new(r->arena) : NULL;
    d.track = track_new(r->arena, (size_t)points, tolerance);
    enum db_rc rc = track_read(r, &range, reduce, &d);
    return rc == DB_OK ? show_track(r, &range, &d) : error_of_db(rc);
}

/* ---- days */

int calendar_get(struct request *r)
{
    struct track_range range;
    int64_t days = 31, length = 86400;
    int status;

    /* Days of the reader begin where the reader says; one of 23 or 25 hours moves the others by an
       hour, and a bound that is an hour off only says that there is something on a day that has it
       just before midnight. */
    if (!track_range(r, &range, &status) || !api_query_int(r, "days", 1, DAYS_MOST, &days)) {
        return status;
    }
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_put_int(j, "start", range.start);
    json_k(j, "days");
    json_array(j);
    enum db_rc rc = DB_OK;
    for (int64_t i = 0; i < days && rc == DB_OK; i++) {
        int64_t n = 0, from = range.start + i * length;
        if (from + length <= CLOCK_MAX_SEC) {
            rc = db_track_count(r->app->db, &range.sight, from * USEC_PER_SEC,
                                (from + length) * USEC_PER_SEC, COUNT_MOST, &n);
        }
        json_int(j, n);
    }
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}
