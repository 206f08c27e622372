#include "track.h"

#include <math.h>

#define METRES_PER_MICRODEGREE 0.11119493
#define RADIAN (3.14159265358979323846 / 180)
#define WINDOW 256u
#define BLOCK 512u
#define TURN INT64_C(360000000)

enum mark {
    GAP_END = 1, /* of a gap, either end: not left out */
    STAYS = 2,   /* found by a round of thinning */
    SILENCE = 4, /* the gap lies before this point */
};

struct track {
    struct track_point *kept;
    unsigned char *fixed; /* what is said of each: enum mark */
    uint32_t *stack;      /* of the recursion over kept */
    size_t n, cap, budget;
    double tolerance, error;           /* of the next step; of all so far */
    struct track_point window[WINDOW]; /* since the last kept point */
    size_t window_n;
};

static int64_t turn(int64_t lon)
{
    return lon > TURN / 2 ? lon - TURN : lon < -TURN / 2 ? lon + TURN : lon;
}

/* From a point, in metres to the east and north. */
struct plane {
    const struct track_point *at;
    double east; /* metres in a microdegree of longitude */
};

static struct plane plane_at(const struct track_point *p)
{
    return (struct plane){ p, METRES_PER_MICRODEGREE * cos((double)p->lat * 1e-6 * RADIAN) };
}

static void project(const struct plane *plane, const struct track_point *p, double *x, double *y)
{
    *x = (double)turn((int64_t)p->lon - plane->at->lon) * plane->east;
    *y = (double)((int64_t)p->lat - plane->at->lat) * METRES_PER_MICRODEGREE;
}

double track_metres(const struct track_point *a, const struct track_point *b)
{
    struct track_point middle = *a;
    double x, y, x2, y2;

    middle.lat = (int32_t)(((int64_t)a->lat + b->lat) / 2);
    struct plane plane = plane_at(&middle);
    project(&plane, a, &x, &y);
    project(&plane, b, &x2, &y2);
    return hypot(x2 - x, y2 - y);
}

#define STEP_LEAST 10.0 /* metres: less is standing still */

double way_add(struct way *w, const struct track_point *p)
{
    double step = w->begun ? track_metres(&w->anchor, p) : 0;

    if (w->begun && step <= fmax(STEP_LEAST, fmax(w->anchor.acc, p->acc))) {
        return 0;
    }
    w->begun = true;
    w->metres += step;
    w->anchor = *p;
    return step;
}

/* A line from the origin of a plane. */
struct line {
    struct plane plane;
    double x, y, inverse; /* its end; 1 / length², 0 for a point */
};

static struct line line_between(const struct plane *plane, const struct track_point *to)
{
    struct line l = { .plane = *plane };

    project(plane, to, &l.x, &l.y);
    double square = l.x * l.x + l.y * l.y;
    l.inverse = square > 0 ? 1 / square : 0;
    return l;
}

/* Square of the metres from p to the line. */
static double off_line(const struct line *l, const struct track_point *p)
{
    double x, y;

    project(&l->plane, p, &x, &y);
    double along = (x * l->x + y * l->y) * l->inverse;
    along = along < 0 ? 0 : along > 1 ? 1 : along;
    x -= along * l->x;
    y -= along * l->y;
    return x * x + y * y;
}

struct track *track_new(struct arena *a, size_t budget, double tolerance)
{
    struct track *t = ARENA_NEW(a, struct track);

    *t = (struct track){ .budget = budget < 2 ? 2 : budget,
                         .tolerance = tolerance,
                         .error = tolerance };
    t->cap = 4 * t->budget;
    t->kept = ARENA_ARRAY(a, t->cap, struct track_point);
    t->fixed = ARENA_ARRAY(a, t->cap, unsigned char);
    t->stack = ARENA_ARRAY(a, 2 * t->cap, uint32_t);
    return t;
}

/* Douglas and Peucker between two points that stay; marks what stays between them. */
static void mark(struct track *t, size_t first, size_t last)
{
    size_t depth = 0;

    t->stack[depth++] = (uint32_t)first;
    t->stack[depth++] = (uint32_t)last;
    while (depth > 0) {
        size_t to = t->stack[--depth], from = t->stack[--depth], worst = 0;
        double most = t->tolerance * t->tolerance;
        struct plane plane = plane_at(&t->kept[from]);
        struct line line = line_between(&plane, &t->kept[to]);
        for (size_t i = from + 1; i < to; i++) {
            double d = off_line(&line, &t->kept[i]);
            if (d > most) {
                most = d;
                worst = i;
            }
        }
        if (worst > 0) {
            t->fixed[worst] |= STAYS;
            t->stack[depth++] = (uint32_t)from;
            t->stack[depth++] = (uint32_t)worst;
            t->stack[depth++] = (uint32_t)worst;
            t->stack[depth++] = (uint32_t)to;
        }
    }
}

/* Leaves out what the tolerance allows. fixed: whether ends of gaps stay. Block by block: the
   search is quadratic in the worst case, of points that stand still. */
static void thin(struct track *t, bool fixed)
{
    size_t from = 0, n = 0;
    int silence = 0;

    t->error += t->tolerance;
    for (size_t i = 1; i < t->n; i++) {
        bool end = i + 1 == t->n || i - from == BLOCK || (fixed && (t->fixed[i] & GAP_END) != 0);
        if (end) {
            mark(t, from, i);
            t->fixed[i] |= STAYS;
            from = i;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        silence |= t->fixed[i] & SILENCE; /* that of a point that goes is before the next one */
        if (i == 0 || i + 1 == t->n || (t->fixed[i] & STAYS) != 0 ||
            (fixed && (t->fixed[i] & GAP_END) != 0)) {
            t->kept[n] = t->kept[i];
            t->fixed[n++] = (unsigned char)((t->fixed[i] & GAP_END) | silence);
            silence = 0;
        }
    }
    t->n = n;
}

/* At most `most` points: ends of gaps go only when nothing else is left to go. */
static void shrink(struct track *t, size_t most)
{
    for (int round = 0; t->n > most; round++) {
        t->tolerance = t->tolerance < 1 ? 1 : t->tolerance * 1.5;
        thin(t, round < 20);
        if (round == 60) { /* tolerance: beyond the earth */
            t->kept[most - 1] = t->kept[t->n - 1];
            t->n = most;
        }
    }
}

static void keep(struct track *t, const struct track_point *p, int marks)
{
    if (t->n == t->cap) {
        shrink(t, t->cap / 2);
    }
    t->fixed[t->n] = (unsigned char)marks;
    t->kept[t->n++] = *p;
}

static bool line_holds(const struct track *t, const struct track_point *to)
{
    struct plane plane = plane_at(&t->kept[t->n - 1]);
    struct line line = line_between(&plane, to);

    for (size_t i = 0; i < t->window_n; i++) {
        if (off_line(&line, &t->window[i]) > t->tolerance * t->tolerance) {
            return false;
        }
    }
    return true;
}

void track_add(struct track *t, const struct track_point *p)
{
    if (t->n == 0) {
        keep(t, p, GAP_END);
        return;
    }
    const struct track_point *before =
        t->window_n > 0 ? &t->window[t->window_n - 1] : &t->kept[t->n - 1];
    if (p->t - before->t > TRACK_GAP) {
        if (t->window_n > 0) {
            keep(t, before, GAP_END);
        } else {
            t->fixed[t->n - 1] |= GAP_END;
        }
        t->window_n = 0;
        keep(t, p, GAP_END | SILENCE);
        return;
    }
    if (t->window_n == WINDOW || !line_holds(t, p)) {
        keep(t, before, 0);
        t->window_n = 0;
    }
    t->window[t->window_n++] = *p;
}

const struct track_point *track_finish(struct track *t, size_t *n, double *tolerance)
{
    if (t->window_n > 0) {
        keep(t, &t->window[t->window_n - 1], 0);
        t->window_n = 0;
    }
    if (t->n > t->budget) {
        thin(t, true);
        shrink(t, t->budget);
    }
    *n = t->n;
    *tolerance = t->error;
    return t->kept;
}

bool track_is_silent(const struct track *t, size_t i)
{
    return (t->fixed[i] & SILENCE) != 0;
}
