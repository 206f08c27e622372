/* Positions of one device as points of a track. */
#ifndef MYTRACKS_DB_TRACKS_H
#define MYTRACKS_DB_TRACKS_H

#include "db.h"
#include "lib/track.h"
#include "sight.h"

/* In the order of their fix times, from `from` to `to` inclusive, without those less accurate than
   `accuracy` metres (0: all), as far as they are to be seen; of areas none is left out for its
   accuracy. point returns false to stop. */
typedef bool track_point_fn(void *ctx, const struct track_point *p);
enum db_rc db_track(struct db *db, const struct sight *s, usec_t from, usec_t to, int64_t accuracy,
                    track_point_fn *point, void *ctx) DB_USED;
/* How many positions there are from `from` up to but without `to`, counted up to most. */
enum db_rc db_track_count(struct db *db, const struct sight *s, usec_t from, usec_t to,
                          int64_t most, int64_t *out) DB_USED;

#endif
