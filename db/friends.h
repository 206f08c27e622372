/* Friendships, requests for them, and devices shared with friends. Each function that writes is a
   transaction of its own. */
#ifndef MYTRACKS_DB_FRIENDS_H
#define MYTRACKS_DB_FRIENDS_H

#include "db.h"

/* A row's texts live until its call returns; row returns false to stop. */
typedef bool friend_row_fn(void *ctx, const struct user *u); /* id and the three names alone */
typedef bool friend_request_row_fn(void *ctx, const struct friend_request *f);
typedef bool share_row_fn(void *ctx, const struct share *s);

/* The youngest friendship first. */
enum db_rc db_friend_list(struct db *db, int64_t user, friend_row_fn *row, void *ctx) DB_USED;
/* DB_NONE: no friends. */
enum db_rc db_friends(struct db *db, int64_t user, int64_t other) DB_USED;
/* Ends the friendship and what the two share. DB_NONE: there was none. */
enum db_rc db_friend_end(struct db *db, int64_t user, int64_t other) DB_USED;
/* At most FRIEND_SEARCH_MAX people whose name begins so (ASCII case ignored) and with whom nothing
   is under way. */
#define FRIEND_SEARCH_MAX 10
enum db_rc db_friend_search(struct db *db, int64_t user, struct str prefix, friend_row_fn *row,
                            void *ctx) DB_USED;

/* Pending ones, the youngest first. */
enum db_rc db_friend_requests(struct db *db, int64_t user, bool sent, friend_request_row_fn *row,
                              void *ctx) DB_USED;

enum friend_asked {
    FRIEND_ASKED,    /* a new request */
    FRIEND_ACCEPTED, /* it met the other's, which is accepted now */
    FRIEND_ALREADY,  /* nothing to do: they are friends */
    FRIEND_PENDING,  /* nothing done: a request waits, here or there */
};
/* user asks other. eager: a waiting request of the other is accepted at once (it is also when the
   other was eager). A new request is told by mail, within mail_rate (db/outbox.h). An own declined
   request is replaced. *out is set for the first two. DB_NONE: other is no user, or not any more.
 */
enum db_rc db_friend_ask(struct db *db, struct arena *a, int64_t user, int64_t other, bool eager,
                         int64_t mail_rate, usec_t now, enum friend_asked *what,
                         struct friend_request *out) DB_USED;
/* The receiver's answer. back: accepting makes the receiver's own accepted request too. DB_NONE: no
   such request to this user; DB_CONFLICT: it is not pending. */
enum db_rc db_friend_answer(struct db *db, struct arena *a, int64_t user, int64_t id, bool accept,
                            bool back, usec_t now, struct friend_request *out) DB_USED;
/* The sender takes back what is pending. DB_NONE: there is no such request. */
enum db_rc db_friend_cancel(struct db *db, int64_t user, int64_t id) DB_USED;

/* What owner shares with other without limits (db/shares.h has all), the youngest first. */
enum db_rc db_share_list(struct db *db, int64_t owner, int64_t other, share_row_fn *row,
                         void *ctx) DB_USED;
/* Without limits. DB_CONFLICT: they are no friends; DB_NONE: owner has no such device. *made: it
   was not shared so before. */
enum db_rc db_share_add(struct db *db, struct arena *a, int64_t owner, int64_t other,
                        struct str device_id, usec_t now, bool *made, struct share *out) DB_USED;
/* Also within limits. DB_NONE: it was not shared. */
enum db_rc db_share_remove(struct db *db, int64_t owner, int64_t other,
                           struct str device_id) DB_USED;

#endif
