/* Rules of users' own (mytracks_rule), what they remember and have told. (Django's mail rules are
   in places.h.) Everything is of one user: what belongs to somebody else is not there. */
#ifndef MYTRACKS_DB_RULES_H
#define MYTRACKS_DB_RULES_H

#include "db.h"
#include "lib/rule_text.h"

#define RULES_MOST 100         /* of one user */
#define RULE_NAME_MAX 100      /* characters */
#define RULE_TARGET_MAX 500    /* bytes */
#define RULE_LOG_SHOWN 50      /* rows */
#define RULE_NEWS_PER_HOUR 120 /* of one user's webhooks, ntfy, MQTT and notifications together */
#define RULE_PAST_ROWS 200000  /* that a dry run reads of a device */

struct rule {
    int64_t id, user_id;
    struct str name;
    struct rule_terms terms;
    int64_t device_id; /* 0: any of the user's own */
    int64_t place_id;  /* 0: any */
    enum rule_channel channel;
    struct str target;
    int64_t priority;            /* of ntfy, 1 to 5 */
    enum rule_language language; /* of what it writes; of notifications each browser's own */
    bool active;
    usec_t created_at;
    struct str device; /* "owner/id"; "" for any, and for one that is not to be seen (now) */
    struct str device_name, place;
    struct opt_usec told_at; /* the last time */
};

/* In the order of their making, as an array in the arena. */
enum db_rc db_rules_list(struct db *db, struct arena *a, int64_t user_id, struct rule **out,
                         size_t *n) DB_USED;
enum db_rc db_rules_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                        struct rule *out) DB_USED;
/* r->user_id's. r->id is set. DB_CONFLICT: there are RULES_MOST. */
enum db_rc db_rules_add(struct db *db, struct arena *a, struct rule *r, usec_t now) DB_USED;
/* All that is the user's to say; what the rule remembered is forgotten but for the cooldown's sake.
   DB_NONE: there is no such rule. */
enum db_rc db_rules_change(struct db *db, struct arena *a, const struct rule *r,
                           usec_t now) DB_USED;
enum db_rc db_rules_delete(struct db *db, int64_t user_id, int64_t id) DB_USED;

/* A row of the log. state as in the outbox: 0 waits, 1 done, 2 given up. */
struct rule_told {
    struct rule_news news;
    usec_t created_at;
    int64_t state, attempts;
    struct str error;
    struct opt_usec finished_at;
};
/* The latest, newest first. */
enum db_rc db_rules_log(struct db *db, struct arena *a, const struct rule *r,
                        struct rule_told **out, size_t *n) DB_USED;

/* How much may be told in an hour. */
struct rule_limits {
    int64_t mails; /* MYTRACKS_MAIL_RATE; 0: no limit */
};
/* Tells something made up: the rule's device (or any) now. *id: of the log. */
enum db_rc db_rules_test(struct db *db, struct arena *a, const struct rule *r,
                         struct rule_limits limits, usec_t now, int64_t *id) DB_USED;

/* ---- within the caller's transaction */
/* A transition or a position of this device has been stored. owner_id 0: nobody's, nothing. */
struct rule_message {
    const struct device *device;
    usec_t received_at;
    struct rule_limits limits;
};
enum db_rc db_rules_saw_transition(struct db *db, struct arena *a, const struct rule_message *m,
                                   int64_t transition_id) DB_USED;
enum db_rc db_rules_saw_location(struct db *db, struct arena *a, const struct rule_message *m,
                                 int64_t location_id) DB_USED;

/* ---- by the agent */
/* Timers that are due. since: when this process began to listen: silence before does not count. */
enum db_rc db_rules_due(struct db *db, struct arena *a, struct rule_limits limits, usec_t since,
                        usec_t now) DB_USED;
struct rule_owner {
    struct str username;
    bool is_staff;
};
/* What is to be told, how, and for whom. DB_NONE: the rule is gone. */
enum db_rc db_rules_news(struct db *db, struct arena *a, int64_t log_id, struct rule_news *news,
                         struct rule *rule, struct rule_owner *owner) DB_USED;
/* Forgets the log after 30 days, and rules whose user, device or place is gone. */
enum db_rc db_rules_trim(struct db *db, usec_t now) DB_USED;

/* ---- a dry run */
struct rule_hit {
    usec_t at;
    struct str device, device_name, place;
    struct opt_int battery;
    enum { RULE_BY_REGION, RULE_BY_FIX, RULE_BY_TIME } because;
};
/* False ends it. */
typedef bool rule_hit_fn(void *ctx, const struct rule_hit *hit);
/* When the rule would have told between the two times, if it had been there, a device after the
   other. *partial: a device has more than RULE_PAST_ROWS rows. */
enum db_rc db_rules_past(struct db *db, struct arena *a, const struct rule *r, usec_t from,
                         usec_t to, rule_hit_fn *hit, void *ctx, bool *partial) DB_USED;

#endif
