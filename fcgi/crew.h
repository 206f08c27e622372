/* What workers and their parent know of each other: who is there, and since when somebody has a
   request in hand. In memory that they share. */
#ifndef MYTRACKS_FCGI_CREW_H
#define MYTRACKS_FCGI_CREW_H

#include "lib/clock.h"

#include <stdbool.h>

#define CREW_MAX 256

struct crew;

/* Of the calling process and its children. NULL with errno. It is there until they end. */
struct crew *crew_new(void);

/* ---- the parent */

/* Worker number i (0..CREW_MAX - 1) begins or has ended. */
void crew_set(struct crew *c, int i, bool there);
bool crew_is_busy(const struct crew *c, int i);
/* Everybody who is there has a request in hand. From now on the next worker to find that tells. */
bool crew_is_full(struct crew *c);
/* Somebody has had the same request in hand for longer than this. */
bool crew_is_held(const struct crew *c, usec_t longer_than);
/* The most who were busy at once since this was asked last. */
int crew_peak(struct crew *c);

/* ---- a worker */

/* A request begins. When nobody is free then, the parent is told (SIGUSR1), once until it asks. */
void crew_begin(struct crew *c, int i);
void crew_end(struct crew *c, int i);

#endif
