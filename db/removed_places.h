/* Places that somebody removed: kept for REMOVED_DAYS (removed.h) with their rules and with what
   happened there, then gone for good. For Django they are deleted meanwhile. */
#ifndef MYTRACKS_DB_REMOVED_PLACES_H
#define MYTRACKS_DB_REMOVED_PLACES_H

#include "removed.h"

/* Inside the caller's transaction, before the place and what belongs to it is deleted. DB_NONE: the
   user has no such place. */
enum db_rc db_removed_place_keep(struct db *db, int64_t user_id, int64_t id, usec_t now) DB_USED;

struct removed_place {
    int64_t id;
    struct str label, owner;
    int64_t rules; /* of both kinds */
    usec_t removed_at;
};
/* The row's texts live until row returns; false stops. */
typedef bool removed_place_fn(void *ctx, const struct removed_place *p);
/* The viewer's own (staff: all), the last removed first. */
enum db_rc db_removed_place_list(struct db *db, struct viewer v, int64_t most,
                                 removed_place_fn *row, void *ctx) DB_USED;

/* Brings it back as it was: the id, what phones know it by, its rules (but those for a device that
   is gone meanwhile), and the events that named it. Rules of one's own begin anew to watch.
   DB_NONE: the viewer (staff: nobody) has no such place; DB_CONFLICT: a phone has told of it
   meanwhile, so that it is there. */
enum db_rc db_removed_place_restore(struct db *db, struct viewer v, int64_t id) DB_USED;
/* DB_NONE as above. */
enum db_rc db_removed_place_forget(struct db *db, struct viewer v, int64_t id) DB_USED;
/* Housekeeping: what is older than REMOVED_DAYS, or of a user who is gone. */
enum db_rc db_removed_places_trim(struct db *db, usec_t now) DB_USED;

#endif
