/* Which positions a request about a device's past is for. */
#ifndef MYTRACKS_FCGI_TRACK_H
#define MYTRACKS_FCGI_TRACK_H

#include "db/places.h"
#include "db/sight.h"
#include "db/tracks.h"
#include "request.h"

struct track_range {
    struct device device;
    struct sight sight; /* what the asker may see of it */
    int64_t start, end; /* Unix seconds, inclusive */
    int64_t accuracy;   /* metres; 0: all */
};

/* device, start, end (now), accuracy of the query; without start a day before the end. False: the
   asker sees no such device or the query is wrong; *status, or 0 when it is replied. */
bool track_range(struct request *r, struct track_range *out, int *status);

/* Its positions in the order of their fix times. */
enum db_rc track_read(struct request *r, const struct track_range *range, track_point_fn *point,
                      void *ctx) DB_USED;
/* The places of the device's owner. */
enum db_rc track_places(struct request *r, const struct track_range *range, struct place **places,
                        size_t *count) DB_USED;
/* The smallest of them that it lies in; STR_NULL: none. */
struct str track_place(const struct place *places, size_t n, const struct track_point *where);

#endif
