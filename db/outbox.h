/* What goes out because of a message or a request: mails and webhooks (mytracks_outbox). A row is
   written in the transaction of what it follows from, so neither is there without the other; the
   agent sends it, marks it afterwards, and tries again what failed. After a crash between the two
   it is sent twice, a mail with the same Message-ID. */
#ifndef MYTRACKS_DB_OUTBOX_H
#define MYTRACKS_DB_OUTBOX_H

#include "db.h"
#include "lib/domesti.h"
#include "lib/mail.h"

enum outbox_way {
    OUTBOX_MAIL = 1,
    OUTBOX_WEBHOOK = 2, /* to the domesti-bot */
    OUTBOX_NEWS = 3,    /* of users' rules: webhooks, ntfy, MQTT */
};

/* ref: what the mail or webhook tells of. */
enum outbox_kind {
    OUTBOX_TRANSITION = 1, /* my_tracks_transition.id */
    OUTBOX_FRIEND = 2,     /* auth_user.id of who asks */
    OUTBOX_TEST = 3,       /* 0; sent by the web application at once, noted for the limits */
    OUTBOX_POSITION = 4,   /* my_tracks_location.id */
    OUTBOX_RULE = 5,       /* mytracks_rule_log.id; by mail or as news (db/rules.h) */
};

/* How many mails a user may cause in an hour, and an address may get in a minute (security.md
 * H-33). 0: no limit. */
struct outbox_limits {
    int64_t of_user, to_address;
};

/* ---- within the caller's transaction */
/* A mail for each active rule of the device's owner that fits the region (0: none) and the event,
   while mail is set up and the owner's limit allows; what is over it is left out, with a line in
   the log. */
enum db_rc db_outbox_transition(struct db *db, int64_t owner_id, int64_t transition_id,
                                int64_t region_id, struct str event, int64_t of_user,
                                usec_t now) DB_USED;
/* Tells a user's address, if there is one and mail is set up, that somebody asks for friendship. */
enum db_rc db_outbox_friend(struct db *db, int64_t from_id, int64_t to_id, int64_t of_user,
                            usec_t now) DB_USED;
/* A position for the domesti-bot, if one is paired and wants them. */
enum db_rc db_outbox_position(struct db *db, int64_t owner_id, int64_t device_id,
                              int64_t location_id, usec_t now) DB_USED;

/* ---- each in a transaction of its own */
/* Notes a mail that is about to be sent by hand. DB_CONFLICT: over a limit, not to be sent. */
enum db_rc db_outbox_test(struct db *db, int64_t user_id, struct str address,
                          struct outbox_limits limits, usec_t now) DB_USED;
/* Everything that waits is due now: the settings have changed. */
enum db_rc db_outbox_hurry(struct db *db, enum outbox_way way, usec_t now) DB_USED;

struct outbox_item {
    int64_t id;
    enum outbox_kind kind;
    int64_t user_id, ref;
    struct str recipient;
    usec_t created_at, due_at;
    int64_t attempts; /* so far */
};
/* The one that is due first, whenever that is. DB_NONE: nothing waits. */
enum db_rc db_outbox_next(struct db *db, struct arena *a, enum outbox_way way,
                          struct outbox_item *out) DB_USED;
/* Whether a newer position of the same device waits or was sent. */
enum db_rc db_outbox_superseded(struct db *db, const struct outbox_item *item, bool *out) DB_USED;
/* Mails to that address since then, at most `most`. */
enum db_rc db_outbox_sent_to(struct db *db, struct str address, usec_t since, int64_t most,
                             int64_t *out) DB_USED;
enum db_rc db_outbox_done(struct db *db, int64_t id, usec_t now) DB_USED;
/* For good. why: for people. */
enum db_rc db_outbox_give_up(struct db *db, int64_t id, struct str why, usec_t now) DB_USED;
/* Again at that time; counted: as one more attempt. */
enum db_rc db_outbox_retry(struct db *db, int64_t id, struct str why, bool counted,
                           usec_t due) DB_USED;
/* Nothing of that way (to: to that recipient; STR_NULL: to whomever) before that time: the server
   is down. */
enum db_rc db_outbox_postpone(struct db *db, enum outbox_way way, struct str to,
                              usec_t due) DB_USED;

/* What a mail or webhook says. DB_NONE: what it tells of is gone. */
enum db_rc db_outbox_transition_facts(struct db *db, struct arena *a, int64_t id,
                                      struct mail_transition *out) DB_USED;
enum db_rc db_outbox_position_facts(struct db *db, struct arena *a, int64_t id,
                                    struct domesti_position *out) DB_USED;

/* For the status page. */
struct outbox_counts {
    int64_t waiting, retrying, given_up; /* retrying: of the waiting; given up: in the last week */
    struct opt_usec oldest;              /* of the waiting */
    struct str last_error;               /* "" without one */
};
enum db_rc db_outbox_counts(struct db *db, struct arena *a, enum outbox_way way,
                            struct outbox_counts *out) DB_USED;
/* Forgets what was done more than a day ago and given up more than a week ago. */
enum db_rc db_outbox_trim(struct db *db, usec_t now) DB_USED;

#endif
