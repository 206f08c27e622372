/* What people set about a device: its name (a column of Django's), its colour (a table of ours),
 * and that it goes. */
#ifndef MYTRACKS_DB_DEVICE_LOOK_H
#define MYTRACKS_DB_DEVICE_LOOK_H

#include "db/devices.h"

#define DEVICE_NAME_MAX 200 /* characters, as the column says */

/* name: at most DEVICE_NAME_MAX characters. DB_NONE: no such device. */
enum db_rc db_device_rename(struct db *db, int64_t device_id, struct str name) DB_USED;
/* "#rrggbb"; "" takes the choice back. */
enum db_rc db_device_colour_set(struct db *db, int64_t device_id, struct str colour) DB_USED;
/* *out is "" when none was chosen. */
enum db_rc db_device_colour(struct db *db, struct arena *a, int64_t device_id,
                            struct str *out) DB_USED;
/* Of the devices that the viewer sees. colour lives until row returns; row returns false to stop.
 */
typedef bool colour_row_fn(void *ctx, int64_t device_id, struct str colour);
enum db_rc db_device_colours(struct db *db, struct viewer v, colour_row_fn *row, void *ctx) DB_USED;
/* Forgets devices that are gone (Django may remove them). */
enum db_rc db_device_colour_trim(struct db *db) DB_USED;
/* The device and all that hangs on it, as Django's cascade. Positions go first, some thousands in
   a transaction, so that nobody waits long for the database; after a crash what is left of the
   device is still there and can be removed again. DB_NONE: no such device. */
enum db_rc db_device_remove(struct db *db, int64_t device_id) DB_USED;

/* Another owner (0: none) for a device: its shares and waiting commands were the old one's, and go.
   username: the new owner's. DB_NONE: no such device; DB_CONFLICT: the new owner has one of that
   id. */
enum db_rc db_device_give(struct db *db, int64_t device_id, int64_t owner_id,
                          struct str username) DB_USED;

#endif
