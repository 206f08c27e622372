/* Live events beside those of locations (locations.h): rows after an id, ascending. */
#ifndef MYTRACKS_DB_EVENTS_H
#define MYTRACKS_DB_EVENTS_H

#include "db.h"

/* The row's texts are valid during the call. False stops. */
typedef bool transition_row_fn(void *ctx, const struct transition *t);
enum db_rc db_transition_feed(struct db *db, int64_t after_id, int64_t limit,
                              transition_row_fn *row, void *ctx) DB_USED;
enum db_rc db_transition_last_id(struct db *db, int64_t *id) DB_USED;

/* A list of regions from a phone, of which some were new. */
struct region_news {
    int64_t id;
    usec_t received_at;
    struct str device; /* "topic user/device id" */
    int64_t count;     /* 1.. */
};
typedef bool region_news_row_fn(void *ctx, const struct region_news *n);
enum db_rc db_region_news_feed(struct db *db, int64_t after_id, int64_t limit,
                               region_news_row_fn *row, void *ctx) DB_USED;
enum db_rc db_region_news_last_id(struct db *db, int64_t *id) DB_USED;
/* Forgets what was received before that time. */
enum db_rc db_region_news_trim(struct db *db, usec_t before) DB_USED;

#endif
