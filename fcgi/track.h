/* Which positions a request about a device's past is for. */
#ifndef MYTRACKS_FCGI_TRACK_H
#define MYTRACKS_FCGI_TRACK_H

#include "db/sight.h"
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

#endif
