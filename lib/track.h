/* A track reduced to what can be seen: streamed, in bounded memory, points in the order of their
 * time. */
#ifndef MYTRACKS_TRACK_H
#define MYTRACKS_TRACK_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

#define TRACK_NONE INT32_MIN
#define TRACK_GAP INT64_C(600) /* seconds without a report: both ends are kept */

struct track_point {
    int64_t id;            /* of its row */
    int64_t t;             /* Unix seconds */
    int32_t lat, lon;      /* 1e-6 degrees */
    int32_t acc, vel, alt; /* metres, km/h, metres; TRACK_NONE: not known */
};

/* Metres between two points, good to a percent up to some hundred kilometres; over the date line
 * too. */
double track_metres(const struct track_point *a, const struct track_point *b);

/* How far it went, out of points in the order of their time. Steps that are smaller than what both
   ends' accuracy can tell apart are no way. Starts as {0}. */
struct way {
    bool begun;
    double metres;
    struct track_point anchor; /* the end of what metres counts */
};
/* The metres that this point adds. */
double way_add(struct way *w, const struct track_point *p);

struct track;
/* At most budget points (2..) come out; lines stay within tolerance metres (more, when the budget
   demands it). From the arena, which holds about 4 * budget points. */
struct track *track_new(struct arena *a, size_t budget, double tolerance);
void track_add(struct track *t, const struct track_point *p);
/* The points that are left, and within how many metres the others lie. Valid as long as the arena.
 */
const struct track_point *track_finish(struct track *t, size_t *n, double *tolerance);
/* Of a finished one: was nothing heard for TRACK_GAP somewhere between point i - 1 and this one?
   Else what lies between was left out because it lies on the line. */
bool track_is_silent(const struct track *t, size_t i);

#endif
