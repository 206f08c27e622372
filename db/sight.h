/* What a viewer may see of a device: all of it, or what a share's limits leave. Every function that
   gives positions to a viewer goes through here. */
#ifndef MYTRACKS_DB_SIGHT_H
#define MYTRACKS_DB_SIGHT_H

#include "devices.h"
#include "lib/model.h"

struct sight {
    int64_t device_id;
    bool area;             /* positions are told as areas (lib/area.h) */
    bool live;             /* the position with the newest fix alone, no past */
    struct opt_usec since; /* no position with an earlier fix */
    /* Of a limited one: the position with the newest fix; 0: none. */
    int64_t latest_id;
    usec_t latest_fix;
};

/* DB_NONE: the viewer does not see the device. Staff see all of each. */
enum db_rc db_sight(struct db *db, struct viewer v, int64_t device_id, struct sight *out) DB_USED;
/* Of all devices that a viewer sees who is not staff; at most SIGHTS_MAX, into the arena. */
#define SIGHTS_MAX 100000
enum db_rc db_sights(struct db *db, struct arena *a, int64_t user_id, struct sight **out,
                     size_t *n) DB_USED;

/* Is there any share within limits? */
enum db_rc db_sight_limits(struct db *db, bool *any) DB_USED;
/* Who sees a device within limits. */
struct onlooker {
    int64_t user_id;
    struct sight sight;
};
enum db_rc db_sight_audience(struct db *db, struct arena *a, int64_t device_id,
                             struct onlooker **out, size_t *n) DB_USED;

/* Without limits? */
bool sight_is_whole(const struct sight *s);
/* That device's; NULL: it is not among them. */
const struct sight *sight_of(const struct sight *v, size_t n, int64_t device_id);
/* Is a position with this id and fix time to be seen? */
bool sight_shows(const struct sight *s, int64_t location_id, usec_t fix);
/* Narrows a span of fix times to what may hold something to be seen. False: none of it does. */
bool sight_narrow(const struct sight *s, struct opt_usec *from, struct opt_usec *to);
/* Takes from a position what is not to be seen. */
void sight_blur(const struct sight *s, struct location *l);

#endif
