/* What days were like, counted in one pass over the points of a track: how many, how far, how long
   on the way and how long at one place, when on the way, and where one stayed. What lies in a
   silence of more than 23 hours is not counted, so that a day depends on nothing but itself and the
   day before and after. */
#ifndef MYTRACKS_DAYSTATS_H
#define MYTRACKS_DAYSTATS_H

#include "buf.h"
#include "localdays.h"
#include "stays.h"

#define DAY_STATS_SILENCE (DAY_SEC - 3600) /* seconds: as long as the shortest day */
#define DAY_STATS_SPOTS 2000u
#define DAY_STATS_TEXT ((size_t)16 * 1024) /* bytes of the text form at most */

/* A while at one place. */
struct day_stay {
    int32_t lat, lon; /* 1e-6 degrees */
    int64_t seconds;
    bool begins; /* on this day; else it goes on from the day before */
};

struct day_stat {
    int64_t from, to; /* Unix seconds; to is not in it */
    int64_t positions;
    double metres;
    int64_t moving, resting; /* seconds */
    int64_t hour[24];        /* seconds on the way, by the hour of the local clock */
    struct day_stay *stays;
    size_t stay_count, stay_room;
};

struct day_stats;
/* days: n of them in order, side by side, with from and to alone; they are filled. Points may come
   from before and after: they say what goes on at the edges. z must live as long. */
struct day_stats *day_stats_new(struct arena *a, const struct local_zone *z, struct day_stat *days,
                                size_t n);
void day_stats_add(struct day_stats *s, const struct track_point *p);
void day_stats_end(struct day_stats *s);

/* As a text to be kept: integers with commas between them. */
void day_stat_write(struct buf *out, const struct day_stat *d);
/* Into *d, whose from and to stay. False: the text is not of that form; *d is then of no use. */
bool day_stat_read(struct arena *a, struct str text, struct day_stat *d);

/* Where one was, whatever the day: stays that are near each other are one spot, and all that are in
   one named place are. */
struct spot {
    int64_t place;    /* the caller's number of the named place; -1: none */
    int32_t lat, lon; /* 1e-6 degrees; of the longest stay */
    int64_t seconds, stays, longest;
};
struct spots {
    size_t n;
    struct spot spot[DAY_STATS_SPOTS];
};
void spots_add(struct spots *s, int64_t place, const struct day_stay *stay);
/* The longest first. */
void spots_sort(struct spots *s);

#endif
