/* Browsers that take notifications (mytracks_push). */
#ifndef MYTRACKS_DB_PUSH_H
#define MYTRACKS_DB_PUSH_H

#include "db.h"

#define PUSH_MOST 20            /* browsers of one user */
#define PUSH_ENDPOINT_MAX 1000u /* bytes */

struct push_browser {
    int64_t id, user_id;
    struct str endpoint, p256dh, auth; /* as PushSubscription.toJSON() has them */
    struct str language, agent;
    usec_t created_at;
    struct opt_usec told_at; /* the last message that its maker has taken */
};

/* In the order of their coming, as an array in the arena. */
enum db_rc db_push_list(struct db *db, struct arena *a, int64_t user_id, struct push_browser **out,
                        size_t *n) DB_USED;
/* b->id is set. Its endpoint may be there already: then it is b->user_id's now. DB_CONFLICT: there
   are PUSH_MOST. */
enum db_rc db_push_add(struct db *db, struct push_browser *b) DB_USED;
/* DB_NONE: the user has no such browser. */
enum db_rc db_push_remove(struct db *db, int64_t user_id, int64_t id) DB_USED;

/* ---- by the agent */
enum db_rc db_push_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                       struct push_browser *out) DB_USED;
enum db_rc db_push_told(struct db *db, int64_t id, usec_t now) DB_USED;
/* Of users who are gone. */
enum db_rc db_push_trim(struct db *db, usec_t now) DB_USED;

#endif
