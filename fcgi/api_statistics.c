/* GET /api/statistics/: a device's days in numbers. Finished days are kept, for a year of a phone
 * that reports every half minute is a million rows. */
#include "api.h"
#include "db/day_stats.h"
#include "handlers.h"
#include "lib/daystats.h"
#include "lib/represent.h"
#include "track.h"

#include <math.h>
#include <stdio.h>

#define CHUNK 64u       /* days read and kept at once */
#define DAYS_MOST 40000 /* a century */
#define PLACES_SHOWN 25u
#define SETTLED INT64_C(90000) /* seconds: a day and the longest one after it are over */

struct statistics {
    struct request *r;
    struct track_range range;
    struct local_zone zone;
    bool keeps; /* the numbers may be kept, and what is kept may be shown */
    struct day_stat day[CHUNK];
    struct day_stamp stamp[CHUNK + 2]; /* from the day before the first to the one after the last */
    bool known[CHUNK];                 /* nothing is to be read any more */
    struct day_stat total;
    int64_t hours[7][24];
    struct spots *spots;
    struct place *places;
    size_t place_count;
};

static void put_numbers(struct json *j, const struct day_stat *d)
{
    json_put_int(j, "positions", d->positions);
    json_put_int(j, "metres", llround(d->metres));
    json_put_int(j, "moving", d->moving);
    json_put_int(j, "resting", d->resting);
}

/* ---- adding up */

static int64_t place_number(const struct statistics *s, const struct day_stay *stay)
{
    struct track_point where = { .lat = stay->lat, .lon = stay->lon };
    struct str label = track_place(s->places, s->place_count, &where);

    for (size_t i = 0; i < s->place_count; i++) {
        if (s->places[i].label.p == label.p) {
            return (int64_t)i;
        }
    }
    return -1;
}

static void add_day(struct statistics *s, const struct day_stat *d, int64_t date)
{
    s->total.positions += d->positions;
    s->total.metres += d->metres;
    s->total.moving += d->moving;
    s->total.resting += d->resting;
    for (size_t i = 0; i < 24; i++) {
        s->hours[calendar_weekday(date)][i] += d->hour[i];
    }
    for (size_t i = 0; i < d->stay_count; i++) {
        spots_add(s->spots, place_number(s, &d->stays[i]), &d->stays[i]);
    }
}

static void put_day(struct statistics *s, const struct day_stat *d, int64_t date)
{
    struct json *j = &s->r->reply.json;
    struct date on = calendar_date(date);
    char text[32];
    int n = snprintf(text, sizeof text, "%04d-%02d-%02d", on.year, on.month, on.day);

    json_object(j);
    json_k(j, "day");
    json_str(j, (struct str){ text, (size_t)n });
    put_numbers(j, d);
    json_end(j);
}

/* ---- what is kept */

/* Of the rows that a day depends on. */
static struct str stamp_text(struct arena *a, const struct day_stamp three[3])
{
    int64_t count = 0, newest = 0;

    for (size_t i = 0; i < 3; i++) {
        count += three[i].count;
        newest = three[i].newest > newest ? three[i].newest : newest;
    }
    return arena_printf(a, "%lld:%lld", (long long)count, (long long)newest);
}

/* A whole day whose neighbour after it is over, too. */
static bool is_finished(const struct statistics *s, const struct day_stat *d, int64_t date)
{
    return s->keeps && d->to + SETTLED <= clock_sec(s->r->now) &&
           d->from == local_day_start(&s->zone, date) &&
           d->to == local_day_start(&s->zone, date + 1);
}

static struct day_kept kept_as(const struct statistics *s, size_t i)
{
    return (struct day_kept){
        .device_id = s->range.device.id,
        .from = s->day[i].from,
        .to = s->day[i].to,
        .accuracy = s->range.accuracy,
        .stamp = stamp_text(s->r->app->scratch, &s->stamp[i]),
    };
}

static enum db_rc look_up(struct statistics *s, size_t i, int64_t date)
{
    struct day_stat *d = &s->day[i];

    s->known[i] = s->stamp[i + 1].count == 0;
    if (s->known[i] || !is_finished(s, d, date)) {
        return DB_OK;
    }
    struct day_kept kept = kept_as(s, i);
    enum db_rc rc = db_day_stat_get(s->r->app->db, s->r->app->scratch, &kept);
    struct day_stat read = { .from = d->from, .to = d->to };
    if (rc == DB_OK && day_stat_read(s->r->app->scratch, kept.numbers, &read)) {
        *d = read;
        s->known[i] = true;
    }
    return rc == DB_NONE ? DB_OK : rc;
}

/* Keeping is a favour: a database that is busy with something else does not make the answer fail.
 */
static enum db_rc keep(struct statistics *s, int64_t first, size_t n)
{
    struct db *db = s->r->app->db;
    enum db_rc rc = DB_NONE;

    for (size_t i = 0; i < n && (rc == DB_OK || rc == DB_NONE); i++) {
        if (s->known[i] || !is_finished(s, &s->day[i], first + (int64_t)i)) {
            continue;
        }
        struct buf text;
        buf_init(&text, DAY_STATS_TEXT);
        day_stat_write(&text, &s->day[i]);
        struct day_kept kept = kept_as(s, i);
        kept.numbers = buf_view(&text);
        rc = rc == DB_NONE ? db_begin(db) : rc;
        if (rc == DB_OK && buf_ok(&text)) {
            rc = db_day_stat_put(db, &kept, s->r->now);
        }
        buf_free(&text);
    }
    if (rc == DB_OK) {
        rc = db_commit(db);
    } else if (rc != DB_NONE) {
        db_rollback(db);
    }
    return rc == DB_FAIL ? DB_FAIL : DB_OK;
}

/* ---- reading */

static bool gather(void *ctx, const struct track_point *p)
{
    day_stats_add(ctx, p);
    return true;
}

static int64_t clamped(const struct statistics *s, int64_t t)
{
    return t < s->range.start ? s->range.start : t > s->range.end + 1 ? s->range.end + 1 : t;
}

/* From the first to the last day that is not known, with the days around them. */
static enum db_rc read_days(struct statistics *s, int64_t first, size_t n)
{
    size_t from = 0, to = n;

    while (from < to && s->known[from]) {
        from++;
    }
    while (to > from && s->known[to - 1]) {
        to--;
    }
    if (from == to) {
        return DB_OK;
    }
    struct day_stat *days = ARENA_ARRAY(s->r->app->scratch, to - from, struct day_stat);
    for (size_t i = from; i < to; i++) {
        days[i - from] = (struct day_stat){ .from = s->day[i].from, .to = s->day[i].to };
    }
    struct day_stats *stats = day_stats_new(s->r->app->scratch, &s->zone, days, to - from);
    struct track_range range = s->range;
    range.start = clamped(s, local_day_start(&s->zone, first + (int64_t)from - 1));
    range.end = clamped(s, local_day_start(&s->zone, first + (int64_t)to + 1)) - 1;
    enum db_rc rc = track_read(s->r, &range, gather, stats);
    day_stats_end(stats);
    for (size_t i = from; i < to; i++) {
        if (!s->known[i]) {
            s->day[i] = days[i - from];
            s->day[i].metres = round(days[i - from].metres); /* as they are kept */
        }
    }
    return rc;
}

static enum db_rc stamp_day(struct statistics *s, int64_t date, struct day_stamp *out)
{
    int64_t from = clamped(s, local_day_start(&s->zone, date));
    int64_t to = clamped(s, local_day_start(&s->zone, date + 1));

    *out = (struct day_stamp){ 0 };
    return from < to ? db_day_stamp(s->r->app->db, s->range.device.id, from, to, out) : DB_OK;
}

static enum db_rc do_chunk(struct statistics *s, int64_t first, size_t n)
{
    enum db_rc rc = DB_OK;

    for (size_t i = 0; rc == DB_OK && i < n + 2; i++) {
        rc = stamp_day(s, first + (int64_t)i - 1, &s->stamp[i]);
    }
    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        int64_t date = first + (int64_t)i;
        s->day[i] = (struct day_stat){ .from = clamped(s, local_day_start(&s->zone, date)),
                                       .to = clamped(s, local_day_start(&s->zone, date + 1)) };
        rc = look_up(s, i, date);
    }
    if (rc == DB_OK) {
        rc = read_days(s, first, n);
    }
    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        if (s->day[i].positions > 0) {
            add_day(s, &s->day[i], first + (int64_t)i);
            put_day(s, &s->day[i], first + (int64_t)i);
        }
    }
    if (rc == DB_OK) {
        rc = keep(s, first, n);
    }
    arena_reset(s->r->app->scratch);
    return rc;
}

/* ---- the answer */

static void put_hours(struct json *j, int64_t hours[7][24])
{
    json_k(j, "hours");
    json_array(j);
    for (size_t d = 0; d < 7; d++) {
        json_array(j);
        for (size_t h = 0; h < 24; h++) {
            json_int(j, hours[d][h]);
        }
        json_end(j);
    }
    json_end(j);
}

static void put_places(struct json *j, const struct statistics *s)
{
    json_k(j, "places");
    json_array(j);
    for (size_t i = 0; i < s->spots->n && i < PLACES_SHOWN; i++) {
        const struct spot *spot = &s->spots->spot[i];
        json_object(j);
        json_k(j, "place");
        json_str(j, spot->place < 0 ? STR_NULL : s->places[spot->place].label);
        json_put_int(j, "lat", spot->lat);
        json_put_int(j, "lon", spot->lon);
        json_put_int(j, "seconds", spot->seconds);
        json_put_int(j, "stays", spot->stays);
        json_end(j);
    }
    json_end(j);
}

static enum db_rc put_days(struct statistics *s, int64_t first, int64_t last)
{
    enum db_rc rc = DB_OK;

    for (int64_t date = first; rc == DB_OK && date <= last; date += CHUNK) {
        int64_t left = last - date + 1;
        rc = do_chunk(s, date, left < (int64_t)CHUNK ? (size_t)left : CHUNK);
    }
    return rc;
}

static int show(struct statistics *s, int64_t first, int64_t last)
{
    struct request *r = s->r;
    struct str owner = s->range.device.owner_username;

    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "device");
    json_str(j, device_display(r->arena, owner, s->range.device.device_id));
    json_put_int(j, "start", s->range.start);
    json_put_int(j, "end", s->range.end);
    json_k(j, "days");
    json_array(j);
    enum db_rc rc = put_days(s, first, last);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    json_end(j);
    put_numbers(j, &s->total);
    put_hours(j, s->hours);
    spots_sort(s->spots);
    put_places(j, s);
    json_end(j);
    return 0;
}

/* The dates between the device's first and last position within the range; none: last < first. */
static enum db_rc dates_of(struct statistics *s, int64_t *first, int64_t *last)
{
    int64_t from = 0, to = -1;
    enum db_rc rc = db_track_ends(s->r->app->db, s->range.device.id, &from, &to);

    from = from > s->range.start ? from : s->range.start;
    to = to < s->range.end ? to : s->range.end;
    *first = local_day(&s->zone, from);
    *last = rc == DB_OK && from <= to ? local_day(&s->zone, to) : *first - 1;
    return rc == DB_NONE ? DB_OK : rc;
}

int statistics_get(struct request *r)
{
    struct statistics *s = ARENA_NEW(r->arena, struct statistics);
    struct str zone = request_query(r, STR("zone"));
    int64_t first, last;
    int status;

    s->r = r;
    s->spots = ARENA_NEW(r->arena, struct spots);
    if (!track_range(r, &s->range, &status)) {
        return status;
    }
    if (!local_zone_read(str_is_null(zone) ? STR("") : zone, &s->zone)) {
        return api_error(r, 400, STR("zone must be OFFSET or OFFSET,TIME:OFFSET,... in seconds"));
    }
    /* What is kept is made from all positions: for those who see all of them. */
    s->keeps = api_may_change(r, &s->range.device);
    enum db_rc rc = dates_of(s, &first, &last);
    if (rc == DB_OK) {
        rc = track_places(r, &s->range, &s->places, &s->place_count);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (last - first >= DAYS_MOST) {
        return api_error(r, 400, STR("These are more than 40000 days"));
    }
    return show(s, first, last);
}
