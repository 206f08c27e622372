#include "stays.h"

#include <string.h>

#define SETTLE_LEAST 64u /* spans: before that there is nothing to settle */
#define HOLD_MAX 512u    /* points of a cluster that may yet turn out to be part of a move */

struct stays {
    struct span *spans;
    size_t n;
    /* the cluster that may become a stay: its middle, and its points as long as it is short */
    double lat, lon; /* sums, relative to the first */
    struct track_point first, last, hold[HOLD_MAX];
    size_t hold_n;
    int64_t count;
    /* the move that goes on */
    struct span move;
    struct track_point at; /* its last point */
    bool moving;
};

struct stays *stays_new(struct arena *a)
{
    struct stays *s = ARENA_NEW(a, struct stays);

    memset(s, 0, sizeof *s);
    s->spans = ARENA_ARRAY(a, SPANS_MAX, struct span);
    return s;
}

static void push(struct stays *s, const struct span *span)
{
    if (s->n < SPANS_MAX) {
        s->spans[s->n++] = *span;
    }
}

static struct track_point middle(const struct stays *s)
{
    struct track_point m = s->first;

    m.lat += (int32_t)(s->lat / (double)s->count);
    m.lon += (int32_t)(s->lon / (double)s->count);
    return m;
}

/* ---- moves */

static void move_begin(struct stays *s, const struct track_point *p)
{
    s->moving = true;
    s->at = *p;
    s->move = (struct span){
        .kind = SPAN_MOVE, .from = p->t, .to = p->t, .where = *p, .top_speed = TRACK_NONE
    };
}

static void move_end(struct stays *s)
{
    if (s->moving && s->move.to > s->move.from) {
        push(s, &s->move);
    }
    s->moving = false;
}

static void move_to(struct stays *s, const struct track_point *p)
{
    double step = track_metres(&s->at, p);

    if (p->t - s->at.t > MOVE_GAP) {
        struct span gap = { .kind = SPAN_GAP,
                            .from = s->at.t,
                            .to = p->t,
                            .where = s->at,
                            .metres = step,
                            .top_speed = TRACK_NONE };
        move_end(s);
        push(s, &gap);
        move_begin(s, p);
        return;
    }
    s->move.metres += step;
    s->move.to = p->t;
    s->move.points++;
    if (p->vel != TRACK_NONE && p->vel > s->move.top_speed) {
        s->move.top_speed = p->vel;
    }
    s->at = *p;
}

/* ---- clusters */

static void cluster_begin(struct stays *s, const struct track_point *p)
{
    s->first = s->last = s->hold[0] = *p;
    s->hold_n = 1;
    s->lat = s->lon = 0;
    s->count = 1;
}

static void cluster_add(struct stays *s, const struct track_point *p)
{
    int64_t east = (int64_t)p->lon - s->first.lon;

    s->lat += (double)((int64_t)p->lat - s->first.lat);
    s->lon += (double)(east > 180000000    ? east - 360000000
                       : east < -180000000 ? east + 360000000
                                           : east);
    s->count++;
    s->last = *p;
    if (s->hold_n < HOLD_MAX) {
        s->hold[s->hold_n++] = *p;
    }
}

/* The same place again after a moment elsewhere: it was not left. */
static bool joins(struct stays *s, const struct span *stay)
{
    size_t back = s->n;

    while (back > 0 && s->spans[back - 1].kind != SPAN_STAY) {
        back--;
    }
    if (back == 0) {
        return false;
    }
    struct span *before = &s->spans[back - 1];
    if (track_metres(&before->where, &stay->where) > STAY_RADIUS ||
        stay->from - before->to > STAY_LEAST) {
        return false;
    }
    before->to = stay->to;
    before->points += stay->points;
    s->n = back;
    return true;
}

/* The cluster is over: a stay, or a part of the move. */
static void cluster_end(struct stays *s)
{
    if (s->count == 0) {
        return;
    }
    if (s->last.t - s->first.t >= STAY_LEAST) {
        struct span stay = { .kind = SPAN_STAY,
                             .from = s->first.t,
                             .to = s->last.t,
                             .where = middle(s),
                             .top_speed = TRACK_NONE,
                             .points = s->count };
        if (s->moving) {
            move_to(s, &s->first);
        }
        move_end(s);
        if (!joins(s, &stay)) {
            push(s, &stay);
        }
        move_begin(s, &s->last);
    } else {
        for (size_t i = 0; i < s->hold_n; i++) {
            if (s->moving) {
                move_to(s, &s->hold[i]);
            } else {
                move_begin(s, &s->hold[i]);
            }
        }
    }
    s->count = 0;
}

void stays_add(struct stays *s, const struct track_point *p)
{
    if (s->count > 0) {
        struct track_point m = middle(s);
        double more = p->acc == TRACK_NONE || p->acc < 0 ? 0
                      : p->acc < STAY_RADIUS             ? p->acc
                                                         : STAY_RADIUS;
        if (track_metres(&m, p) <= STAY_RADIUS + more) {
            cluster_add(s, p);
            return;
        }
        cluster_end(s);
    }
    cluster_begin(s, p);
}

const struct span *stays_finish(struct stays *s, size_t *n)
{
    cluster_end(s);
    move_end(s);
    *n = s->n;
    return s->spans;
}

/* The last stay may yet be joined by another one that begins soon after it. */
static size_t settled(const struct stays *s)
{
    size_t stay = s->n;

    while (stay > 0 && s->spans[stay - 1].kind != SPAN_STAY) {
        stay--;
    }
    return stay == 0 || s->spans[s->n - 1].to - s->spans[stay - 1].to > STAY_LEAST ? s->n
                                                                                   : stay - 1;
}

void stays_settle(struct stays *s, bool end, span_fn *each, void *ctx)
{
    size_t n;

    if (!end && s->n < SETTLE_LEAST) {
        return;
    }
    if (end) {
        (void)stays_finish(s, &n);
    } else {
        n = settled(s);
    }
    for (size_t i = 0; i < n; i++) {
        each(ctx, &s->spans[i]);
    }
    memmove(s->spans, s->spans + n, (s->n - n) * sizeof s->spans[0]);
    s->n -= n;
}
