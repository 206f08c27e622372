/* A thread that calls fdatasync, so that a slow disk never stops the caller. */
#ifndef MYTRACKS_SPOOL_SYNC_H
#define MYTRACKS_SPOOL_SYNC_H

#include <stdbool.h>

struct syncer;
/* NULL when no thread can be started. */
struct syncer *syncer_new(void);
/* Takes fd over: fdatasync, then close. False when too many wait already; fd stays the caller's. */
bool syncer_push(struct syncer *s, int fd);
/* How many fdatasync calls failed so far. */
unsigned syncer_failures(const struct syncer *s);
/* Finishes what waits; NULL is fine. */
void syncer_free(struct syncer *s);

#endif
