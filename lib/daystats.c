#include "daystats.h"

#include "num.h"

#include <math.h>
#include <stdlib.h>

#define SPOT_RADIUS 150.0 /* metres: stays that are so near each other are one spot */
#define HOUR INT64_C(3600)

struct day_stats {
    struct arena *arena;
    const struct local_zone *zone;
    struct day_stat *days;
    size_t n, at; /* at: the day of the last point, or the one after it */
    struct stays *stays;
    struct way way;
    int64_t last; /* time of the last point */
    bool begun;
};

struct day_stats *day_stats_new(struct arena *a, const struct local_zone *z, struct day_stat *days,
                                size_t n)
{
    struct day_stats *s = ARENA_NEW(a, struct day_stats);

    *s = (struct day_stats){ .arena = a, .zone = z, .days = days, .n = n, .stays = stays_new(a) };
    return s;
}

/* ---- spans */

static void add_stay(struct day_stats *s, struct day_stat *d, const struct span *span,
                     int64_t seconds)
{
    d->resting += seconds;
    d->stays = arena_room(s->arena, d->stays, d->stay_count, &d->stay_room, sizeof *d->stays);
    d->stays[d->stay_count++] = (struct day_stay){ .lat = span->where.lat,
                                                   .lon = span->where.lon,
                                                   .seconds = seconds,
                                                   .begins = span->from >= d->from };
}

static void add_move(const struct day_stats *s, struct day_stat *d, int64_t from, int64_t to)
{
    d->moving += to - from;
    while (from < to) {
        int64_t local = from + local_offset(s->zone, from);
        int64_t into_day = (local % DAY_SEC + DAY_SEC) % DAY_SEC;
        int64_t end = from + HOUR - into_day % HOUR;
        end = end < to ? end : to;
        d->hour[into_day / HOUR] += end - from;
        from = end;
    }
}

/* The first day that ends after t. */
static size_t day_after(const struct day_stats *s, int64_t t)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->days[middle].to > t) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void add_span(void *ctx, const struct span *span)
{
    struct day_stats *s = ctx;

    if (span->kind == SPAN_GAP) {
        return;
    }
    for (size_t i = day_after(s, span->from); i < s->n && s->days[i].from < span->to; i++) {
        struct day_stat *d = &s->days[i];
        int64_t from = span->from > d->from ? span->from : d->from;
        int64_t to = span->to < d->to ? span->to : d->to;
        if (span->kind == SPAN_STAY) {
            add_stay(s, d, span, to - from);
        } else {
            add_move(s, d, from, to);
        }
    }
}

/* ---- points */

void day_stats_add(struct day_stats *s, const struct track_point *p)
{
    if (s->begun && p->t - s->last > DAY_STATS_SILENCE) {
        stays_settle(s->stays, true, add_span, s);
        s->way = (struct way){ 0 };
    }
    s->begun = true;
    s->last = p->t;
    stays_add(s->stays, p);
    stays_settle(s->stays, false, add_span, s);
    double metres = way_add(&s->way, p);
    while (s->at < s->n && s->days[s->at].to <= p->t) {
        s->at++;
    }
    if (s->at < s->n && s->days[s->at].from <= p->t) {
        s->days[s->at].positions++;
        s->days[s->at].metres += metres;
    }
}

void day_stats_end(struct day_stats *s)
{
    stays_settle(s->stays, true, add_span, s);
}

/* ---- text form */

static void put(struct buf *out, int64_t v)
{
    buf_int(out, v);
    buf_char(out, ',');
}

void day_stat_write(struct buf *out, const struct day_stat *d)
{
    put(out, d->positions);
    put(out, llround(d->metres));
    put(out, d->moving);
    put(out, d->resting);
    for (size_t i = 0; i < 24; i++) {
        put(out, d->hour[i]);
    }
    buf_int(out, (int64_t)d->stay_count);
    for (size_t i = 0; i < d->stay_count; i++) {
        buf_printf(out, ",%d,%d,%lld,%d", (int)d->stays[i].lat, (int)d->stays[i].lon,
                   (long long)d->stays[i].seconds, d->stays[i].begins ? 1 : 0);
    }
}

static bool take(struct str *text, int64_t least, int64_t most, int64_t *out)
{
    struct str part;

    return str_split(text, ',', &part) && num_json_int(part, out) == NUM_OK && *out >= least &&
           *out <= most;
}

static bool take_stay(struct str *text, struct day_stay *stay)
{
    int64_t lat, lon, begins;

    if (!take(text, -90000000, 90000000, &lat) || !take(text, -180000000, 180000000, &lon) ||
        !take(text, 0, INT32_MAX, &stay->seconds) || !take(text, 0, 1, &begins)) {
        return false;
    }
    stay->lat = (int32_t)lat;
    stay->lon = (int32_t)lon;
    stay->begins = begins == 1;
    return true;
}

bool day_stat_read(struct arena *a, struct str text, struct day_stat *d)
{
    int64_t metres, count;
    bool good = take(&text, 0, INT64_MAX, &d->positions) && take(&text, 0, INT64_MAX, &metres) &&
                take(&text, 0, INT32_MAX, &d->moving) && take(&text, 0, INT32_MAX, &d->resting);

    for (size_t i = 0; good && i < 24; i++) {
        good = take(&text, 0, INT32_MAX, &d->hour[i]);
    }
    if (!good || !take(&text, 0, (int64_t)DAY_STATS_TEXT, &count)) {
        return false;
    }
    d->metres = (double)metres;
    d->stay_count = (size_t)count;
    d->stays = ARENA_ARRAY(a, d->stay_count, struct day_stay);
    for (size_t i = 0; good && i < d->stay_count; i++) {
        good = take_stay(&text, &d->stays[i]);
    }
    return good && str_is_null(text);
}

/* ---- spots */

static bool is_there(const struct spot *spot, int64_t place, const struct day_stay *stay)
{
    struct track_point a = { .lat = spot->lat, .lon = spot->lon };
    struct track_point b = { .lat = stay->lat, .lon = stay->lon };

    return spot->place == place && (place >= 0 || track_metres(&a, &b) <= SPOT_RADIUS);
}

/* With all taken, the shortest gives way. */
static struct spot *new_spot(struct spots *s)
{
    struct spot *least = &s->spot[0];

    if (s->n < DAY_STATS_SPOTS) {
        return &s->spot[s->n++];
    }
    for (size_t i = 1; i < s->n; i++) {
        least = s->spot[i].seconds < least->seconds ? &s->spot[i] : least;
    }
    return least;
}

void spots_add(struct spots *s, int64_t place, const struct day_stay *stay)
{
    struct spot *spot = NULL;

    for (size_t i = 0; spot == NULL && i < s->n; i++) {
        spot = is_there(&s->spot[i], place, stay) ? &s->spot[i] : NULL;
    }
    if (spot == NULL) {
        spot = new_spot(s);
        *spot = (struct spot){ .place = place, .lat = stay->lat, .lon = stay->lon };
    }
    spot->seconds += stay->seconds;
    spot->stays += stay->begins ? 1 : 0;
    if (stay->seconds > spot->longest) {
        spot->longest = stay->seconds;
        spot->lat = stay->lat;
        spot->lon = stay->lon;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct spot *x = a, *y = b;

    return (y->seconds > x->seconds) - (y->seconds < x->seconds);
}

void spots_sort(struct spots *s)
{
    qsort(s->spot, s->n, sizeof s->spot[0], by_time);
}
