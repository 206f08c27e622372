/* Time zones by their IANA names, from the system's tz database (TZif files, RFC 8536). The
   process's own zone plays no part, and nothing is shared between threads. */
#ifndef MYTRACKS_ZONE_H
#define MYTRACKS_ZONE_H

#include "arena.h"

#include <stdint.h>

#define ZONE_NAME_MAX 64u /* bytes */

struct zone;

/* "Europe/Vienna", "UTC". From the arena; NULL: no such zone, or its file cannot be used. */
const struct zone *zone_load(struct arena *a, struct str name);
/* The same from the bytes of a file, which must live as long as the result. */
const struct zone *zone_read(struct arena *a, struct str file);
/* Seconds that its clocks are ahead of UTC at that second since 1970. NULL is UTC: 0. */
int64_t zone_offset(const struct zone *z, int64_t sec);

#endif
