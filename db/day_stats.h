/* Statistics of finished days, kept (mytracks_day_stat). A day that is kept is as good as its
   stamp: of the rows from the day before to the day after, how many there are and which is the
   newest. Ids are never used again, so rows that came or went make another stamp; rows that are
   changed where they stand are seen by a trigger (upgrade/day_stat.sql). */
#ifndef MYTRACKS_DB_DAY_STATS_H
#define MYTRACKS_DB_DAY_STATS_H

#include "db.h"

/* Of a device's rows from `from` up to but without `to`, Unix seconds. */
struct day_stamp {
    int64_t count, newest; /* newest: the highest id; 0 without rows */
};
enum db_rc db_day_stamp(struct db *db, int64_t device_id, int64_t from, int64_t to,
                        struct day_stamp *out) DB_USED;
/* The fix times of a device's first and last position, Unix seconds. DB_NONE: there are none. */
enum db_rc db_track_ends(struct db *db, int64_t device_id, int64_t *first, int64_t *last) DB_USED;

struct day_kept {
    int64_t device_id, from, to;
    int64_t accuracy; /* metres; 0: all */
    struct str stamp, numbers;
};
/* numbers of the same day and stamp, into the arena. DB_NONE: they are not kept, or not true. */
enum db_rc db_day_stat_get(struct db *db, struct arena *a, struct day_kept *day) DB_USED;
/* Within the caller's transaction; replaces what there is of that day. */
enum db_rc db_day_stat_put(struct db *db, const struct day_kept *day, usec_t now) DB_USED;
/* Of devices that are gone, and the oldest beyond some ten thousand. */
enum db_rc db_day_stat_trim(struct db *db) DB_USED;

#endif
