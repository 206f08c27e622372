/* What forms and API accept as a geofence, and geofences as phones take them. */
#ifndef MYTRACKS_FCGI_PLACES_H
#define MYTRACKS_FCGI_PLACES_H

#include "lib/num.h"
#include "request.h"

#define PLACE_RADIUS_DEFAULT 100
#define PLACE_RADIUS_MAX 20000000 /* metres: from one pole to the other */

/* Degrees within most on either side; false leaves *out. */
static inline bool place_degrees(double degrees, int64_t most, dec10 *out)
{
    dec10 v;

    if (dec10_from_double(degrees, &v) != NUM_OK || v < -most * DEC10_ONE || v > most * DEC10_ONE) {
        return false;
    }
    *out = v;
    return true;
}

/* A user's active places as an array of OwnTracks waypoints. 0, or a status. */
int places_waypoints(struct request *r, int64_t user_id, struct jval **out);

#endif
