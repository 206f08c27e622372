/* Entering and leaving of regions as a history: those of a time, for who may see the device. */
#ifndef MYTRACKS_DB_TRANSITIONS_H
#define MYTRACKS_DB_TRANSITIONS_H

#include "sight.h"

struct transition_query {
    struct viewer viewer;
    int64_t device_id; /* 0: all that the viewer sees */
    usec_t from, to;   /* fix time, inclusive */
    int64_t limit;     /* rows, 0.. */
};

struct passage {
    int64_t id;
    struct str device; /* as in struct location's device_key */
    struct str event;  /* "enter" or "leave", or what else the phone said */
    struct str place;  /* its label here, else as the phone calls it; may be "" */
    usec_t timestamp;
    bool has_position;
    double latitude, longitude; /* degrees */
};

/* Newest first, without what the limits of a share hide: a place says more than an area, and is
   past. The row's texts are valid during the call; false stops. A row that cannot be read is left
   out, with one line in the log. */
typedef bool passage_row_fn(void *ctx, const struct passage *p);
enum db_rc db_passage_list(struct db *db, const struct transition_query *q, passage_row_fn *row,
                           void *ctx) DB_USED;

#endif
