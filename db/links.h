/* Public links: whoever has one sees one device of its owner, read only. Times are explicit, so
   that a link ends when it says. */
#ifndef MYTRACKS_DB_LINKS_H
#define MYTRACKS_DB_LINKS_H

#include "sight.h"

#define LINKS_MAX 50 /* of one owner, ended ones included */

struct link_row {
    int64_t id;
    struct str device_id, device_name;
    struct str label; /* what visitors read; "" without one */
    bool trail;       /* the way since created_at too, not the latest position alone */
    usec_t created_at, expires_at;
    struct opt_usec used_at;
    struct sight sight; /* what the visitor sees of the device */
};

/* device_id: one of the owner's. token: SHA-256 of the secret, in hex. sight.area, label, trail and
   the times are taken from l, whose id is set. DB_NONE: no such device; DB_CONFLICT: LINKS_MAX are
   there. */
enum db_rc db_link_add(struct db *db, int64_t owner, struct str device_id, struct str token,
                       struct link_row *l) DB_USED;
/* Newest first. A row's texts live until its call returns; row returns false to stop. */
typedef bool link_row_fn(void *ctx, const struct link_row *l);
enum db_rc db_link_list(struct db *db, int64_t owner, link_row_fn *row, void *ctx) DB_USED;
/* At once. DB_NONE: the owner has no such link. */
enum db_rc db_link_remove(struct db *db, int64_t owner, int64_t id) DB_USED;
/* DB_NONE: it does not exist, is over, or its owner is not active or has not got the device any
   more. */
enum db_rc db_link_open(struct db *db, struct arena *a, struct str token, usec_t now,
                        struct link_row *out) DB_USED;
/* Notes that it was used, at most once a minute. */
enum db_rc db_link_used(struct db *db, int64_t id, usec_t now) DB_USED;
/* Forgets links that ended a week ago, or whose device is gone or given away. */
enum db_rc db_links_trim(struct db *db, usec_t now) DB_USED;

#endif
