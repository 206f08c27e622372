/* Positions that somebody removed: kept for REMOVED_DAYS with all that they were, then gone for
   good. What takes a whole device or user away keeps nothing. */
#ifndef MYTRACKS_DB_REMOVED_H
#define MYTRACKS_DB_REMOVED_H

#include "devices.h"

#define REMOVED_DAYS 30
#define REMOVED_KEPT (INT64_C(86400) * REMOVED_DAYS * USEC_PER_SEC)

/* Who removes, and when: what has the same of both is one removal of each device. */
struct remover {
    int64_t user_id;
    usec_t at;
};

/* Inside the caller's transaction. Moves one position out of its table. DB_NONE: there is none. */
enum db_rc db_removed_one(struct db *db, const struct remover *by, int64_t id) DB_USED;
/* The first `most` of a device's positions of a time (inclusive). DB_NONE: none is left. */
enum db_rc db_removed_range(struct db *db, const struct remover *by, int64_t device_id,
                            struct opt_usec from, struct opt_usec to, int64_t most) DB_USED;

/* The removal of that device by that person at that moment; *id is 0 when nothing was removed. */
enum db_rc db_removal_id(struct db *db, const struct remover *by, int64_t device_id,
                         int64_t *id) DB_USED;

struct removal {
    int64_t id, device_row, count;
    struct str device_id, owner; /* "" without owner */
    usec_t removed_at;
    usec_t first, last; /* fix times */
};
/* The row's texts live until row returns; false stops. */
typedef bool removal_row_fn(void *ctx, const struct removal *r);
/* Of the viewer's own devices (staff: of all), the newest first. */
enum db_rc db_removal_list(struct db *db, struct viewer v, int64_t most, removal_row_fn *row,
                           void *ctx) DB_USED;
/* The device (row) of a removal. DB_NONE: there is no such removal. */
enum db_rc db_removal_device(struct db *db, int64_t removal, int64_t *device) DB_USED;
/* The removal that holds a position. DB_NONE: none does. */
enum db_rc db_removal_of_location(struct db *db, int64_t location, int64_t *removal) DB_USED;

/* Brings back a removal (location 0), or one position of it: the rows as they were, with their ids
   unless those are taken, some hundred in a transaction. The device's latest location is what it
   would be if they had never gone. *n: how many, also after a failure. */
enum db_rc db_removal_restore(struct db *db, int64_t removal, int64_t location, int64_t *n) DB_USED;
/* Forgets a removal for good, in short transactions. *n: how many, also after a failure. */
enum db_rc db_removal_forget(struct db *db, int64_t removal, int64_t *n) DB_USED;
/* Housekeeping: what is older than REMOVED_DAYS, or of a device that is gone. */
enum db_rc db_removed_trim(struct db *db, usec_t now) DB_USED;

#endif
