/* Devices, as one viewer sees them: own ones and those shared with the viewer; staff see all. */
#ifndef MYTRACKS_DB_DEVICES_H
#define MYTRACKS_DB_DEVICES_H

#include "db.h"

struct viewer {
    int64_t user_id;
    bool is_staff; /* sees everything */
};

/* A device that is neither one's own nor looked at by staff has location_count 0 below, until this
   counts what its viewer may see of it. */
enum db_rc db_device_count_seen(struct db *db, struct viewer v, struct device *d) DB_USED;
/* By a filter text: "owner/device_id" or a bare id. DB_NONE: unknown or not visible; DB_CONFLICT: a
   bare id that fits several. */
enum db_rc db_device_find(struct db *db, struct arena *a, struct viewer v, struct str key,
                          struct device *out) DB_USED;
/* By the name of its owner ("": it has none) and its id. DB_NONE: unknown or not visible;
   DB_CONFLICT: several without an owner. */
enum db_rc db_device_find_of(struct db *db, struct arena *a, struct viewer v, struct str owner,
                             struct str id, struct device *out) DB_USED;
enum db_rc db_device_by_id(struct db *db, struct arena *a, int64_t id, struct device *out) DB_USED;
enum db_rc db_device_count(struct db *db, struct viewer v, int64_t *n) DB_USED;
/* last_seen descending; location_count and owner filled. row returns false to stop. */
typedef bool device_row_fn(void *ctx, const struct device *d);
enum db_rc db_device_list(struct db *db, struct arena *a, struct viewer v, int64_t limit,
                          int64_t offset, device_row_fn *row, void *ctx) DB_USED;

/* User ids that hear of a device: its owner and those it is shared with. For live events. */
enum db_rc db_device_audience(struct db *db, struct arena *a, int64_t device_id, int64_t **ids,
                              size_t *n) DB_USED;

#endif
