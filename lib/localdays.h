/* Days in somebody's time zone, whose rules only the asker knows: a zone is how far its clocks are
   from UTC, and from when on they are another way. */
#ifndef MYTRACKS_LOCALDAYS_H
#define MYTRACKS_LOCALDAYS_H

#include "calendar.h"

#define LOCAL_CHANGES_MAX 256u
#define LOCAL_OFFSET_MOST INT64_C(64800) /* seconds: 18 h, either way */

struct local_zone {
    size_t n;
    int64_t from[LOCAL_CHANGES_MAX];   /* Unix seconds, ascending; the first is the beginning */
    int64_t offset[LOCAL_CHANGES_MAX]; /* seconds east of UTC since then */
};

/* "3600,1774746000:7200,1792890000:3600": an offset, then from when on which one. "" is UTC.
   False: not of that form, or beyond the bounds. */
bool local_zone_read(struct str text, struct local_zone *out);
int64_t local_offset(const struct local_zone *z, int64_t t);
/* The date there, as days since 1970-01-01. */
int64_t local_day(const struct local_zone *z, int64_t t);
/* When that day begins: its first second, Unix seconds. */
int64_t local_day_start(const struct local_zone *z, int64_t day);

#endif
