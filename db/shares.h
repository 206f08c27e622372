/* Shares within limits (mytracks_share), beside those without (friends.h, my_tracks_deviceshare): a
   share is a row of one of the two, and goes from one to the other in one transaction. */
#ifndef MYTRACKS_DB_SHARES_H
#define MYTRACKS_DB_SHARES_H

#include "db.h"

enum share_past { PAST_ALL, PAST_SINCE, PAST_LIVE };
extern const char *const share_past_names[]; /* as stored and in the API; NULL at the end */

struct share_limits {
    bool area;
    enum share_past past;
    struct opt_usec since; /* set with PAST_SINCE */
    struct opt_usec expires_at, paused_at;
};

struct shared {
    int64_t row_id;             /* the device's row */
    struct str device_id, name; /* the device's */
    struct user owner, viewer;  /* id and names alone */
    struct share_limits limits;
    usec_t created_at;
    bool counts; /* the viewer sees the device now */
};

/* A row's texts live until its call returns; row returns false to stop. */
typedef bool shared_row_fn(void *ctx, const struct shared *s);
/* By the viewer's name; also what is paused or over. */
enum db_rc db_shares_given(struct db *db, int64_t owner, shared_row_fn *row, void *ctx) DB_USED;
/* The one of this device (its device_id) with that friend, if there is one. */
enum db_rc db_share_given(struct db *db, int64_t owner, int64_t other, struct str device_id,
                          shared_row_fn *row, void *ctx) DB_USED;
/* What others let the viewer see now, by the owner's name. */
enum db_rc db_shares_received(struct db *db, int64_t viewer, shared_row_fn *row, void *ctx) DB_USED;
/* Of each of the owner's devices, by how many friends and by how many links it is seen now. */
typedef bool seen_row_fn(void *ctx, int64_t row_id, int64_t friends, int64_t links);
enum db_rc db_shares_seen(struct db *db, int64_t owner, seen_row_fn *row, void *ctx) DB_USED;

/* Shares the device, or changes how it is shared. DB_CONFLICT: they are no friends; DB_NONE: owner
   has no such device. */
enum db_rc db_share_put(struct db *db, int64_t owner, int64_t other, struct str device_id,
                        const struct share_limits *limits, usec_t now) DB_USED;
/* Forgets what is over, whose two are no friends any more, or what Django shares without limits. */
enum db_rc db_shares_trim(struct db *db, usec_t now) DB_USED;

/* Inside a transaction, for friends.c: the limited share of the two, if any; DB_NONE: there was
   none. */
enum db_rc db_share_unlimit(struct db *db, int64_t owner, int64_t other,
                            struct str device_id) DB_USED;

#endif
