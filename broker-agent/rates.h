/* How much came through lately: a count and bytes, in steps of ten seconds for an hour. One thread
   adds, any thread reads; neither waits. */
#ifndef MYTRACKS_RATES_H
#define MYTRACKS_RATES_H

#include "lib/clock.h"
#include "lib/json.h"

#include <stdatomic.h>

#define RATES_STEP (10 * USEC_PER_SEC)
#define RATES_STEPS 360 /* an hour */

struct rates {
    struct rates_slot {
        _Atomic int64_t step; /* number of the step that the rest is of */
        _Atomic uint64_t n, bytes;
    } slot[RATES_STEPS];
    _Atomic uint64_t total; /* since the program began */
};

struct rate {
    uint64_t n, bytes;
};

/* now: CLOCK_MONOTONIC. */
void rates_add(struct rates *r, usec_t now, uint64_t n, uint64_t bytes);
/* Of the last `steps` steps (at most RATES_STEPS), the one that has just begun among them. */
struct rate rates_last(const struct rates *r, usec_t now, int steps);
/* "KEY": {"total", "minutes_5": {"count", "bytes"}, "minutes_60": {...}} */
void rates_put(struct json *j, struct str key, const struct rates *r, usec_t now);

#endif
