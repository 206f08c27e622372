/* A day as people tell it: where one stayed and how one moved between, out of points in the order
   of their time. A stay is five minutes or more within about 100 m; what a phone makes up meanwhile
   (a point somewhere else, and back) does not end it, nor does silence while the phone is still
   there afterwards. */
#ifndef MYTRACKS_STAYS_H
#define MYTRACKS_STAYS_H

#include "track.h"

#define STAY_RADIUS 100.0 /* metres; as much more as a point is inaccurate, up to that again */
#define STAY_LEAST INT64_C(300) /* seconds */
#define MOVE_GAP INT64_C(1800)  /* seconds of silence on the way: what lies between is not known */
#define SPANS_MAX 2000u

enum span_kind { SPAN_STAY, SPAN_MOVE, SPAN_GAP };

struct span {
    enum span_kind kind;
    int64_t from, to;         /* Unix seconds */
    struct track_point where; /* a stay: its middle; else where it begins */
    double metres;            /* of the way; a gap: as the crow flies */
    int32_t top_speed;        /* km/h as the phone said; TRACK_NONE: it did not */
    int64_t points;
};

struct stays;
struct stays *stays_new(struct arena *a);
void stays_add(struct stays *s, const struct track_point *p);
/* In order, at most SPANS_MAX (the later ones are left out). Valid as long as the arena. */
const struct span *stays_finish(struct stays *s, size_t *n);

/* For long periods: gives out the spans that nothing which follows can change, in order, and
   forgets them. end: all of them; what follows is a new beginning. Cheap when there is little to
   give. */
typedef void span_fn(void *ctx, const struct span *span);
void stays_settle(struct stays *s, bool end, span_fn *each, void *ctx);

#endif
