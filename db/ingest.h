/* Storing what phones send: the same functions for HTTP and MQTT, called inside a transaction of
   the caller (so that a spool position can go into the same one). */
#ifndef MYTRACKS_DB_INGEST_H
#define MYTRACKS_DB_INGEST_H

#include "db.h"
#include "lib/owntracks.h"

/* What an anonymous HTTP sender may write (MYTRACKS_HTTP_INGEST, security.md H-05). */
enum ingest_mode {
    INGEST_MODE_OPEN,  /* any device, as the reference */
    INGEST_MODE_KNOWN, /* devices that exist and have no owner */
    INGEST_MODE_AUTH,  /* nothing */
};

/* Who sends, from where. */
struct sender {
    enum ot_via via;
    int64_t user_id; /* authenticated user; 0: anonymous (HTTP only) */
    bool is_superuser;
    struct str username;   /* authenticated name; "" without */
    struct str address;    /* canonical text; STR_NULL: unknown */
    usec_t received_at;    /* when it reached us (broker or web server) */
    usec_t connected_at;   /* MQTT: start of the connection. A row equal in all that the message
                              says, received before it, is this message sent again */
    bool phone;            /* HTTP: an OwnTracks app rather than an API client: resends are
                              stored once */
    enum ingest_mode mode; /* HTTP */
    int64_t mail_rate;     /* mails that the owner's rules may cause in an hour; 0: no limit */
    struct str secret_key; /* SECRET_KEY, for the keys of devices that encrypt */
    bool late; /* stored long after it came: rows, but no mail, no webhook, nobody is told */
};

enum ingest_result {
    INGEST_STORED,
    INGEST_REPEATED,   /* the same report was stored before: acknowledged, no new row */
    INGEST_DROPPED,    /* nothing to store by the rules (unknown device of an lwt, ...) */
    INGEST_QUARANTINE, /* cannot be stored for its own fault; the caller has ingest_quarantine() */
    INGEST_AMBIGUOUS,  /* HTTP API: a bare device id that fits several */
    INGEST_FORBIDDEN,  /* HTTP: anonymous or foreign, by MYTRACKS_HTTP_INGEST */
    INGEST_BUSY,
    INGEST_FAIL,
    INGEST_RESULTS, /* one more than the last */
};

/* The device of a message; when make is true, made if it is new, and claimed for the sender if it
   has no owner. INGEST_STORED: *out is filled; INGEST_DROPPED: unknown, and make is false. Rules:
   mqtt.md "Device look-up", security.md H-03, H-04, H-06; topic_user may be STR_NULL (HTTP). */
enum ingest_result ingest_device(struct db *db, struct arena *a, const struct sender *s,
                                 struct str topic_user, struct str device_id, bool make,
                                 struct device *out) DB_USED;
/* One location row, latest_location, and over MQTT the device columns. *id: the row. */
enum ingest_result ingest_location(struct db *db, struct arena *a, const struct sender *s,
                                   const struct device *d, const struct ot_fix *fix,
                                   int64_t *id) DB_USED;
/* PUT/PATCH: rewrites a row as the reference does: all that the message says, and the device; not
   when, how and from where it came, nor the device's latest location. DB_NONE: no such row. */
enum db_rc ingest_rewrite(struct db *db, struct arena *a, int64_t location_id,
                          const struct sender *s, const struct device *d,
                          const struct ot_fix *fix) DB_USED;
/* A row in my_tracks_owntracksmessage. device_id 0: NULL. Sent again within an hour (over MQTT on a
   later connection, over HTTP by a phone) it is INGEST_REPEATED. */
enum ingest_result ingest_message(struct db *db, const struct sender *s, int64_t device_id,
                                  struct str type, struct str payload_json) DB_USED;
/* The message of a signed-in phone over HTTP, beside its row: a transition, regions. The same as
   over MQTT. INGEST_DROPPED: nothing follows from it; INGEST_QUARANTINE: it cannot be used, *why.
 */
enum ingest_result ingest_follow(struct db *db, struct arena *a, const struct sender *s,
                                 const struct device *d, enum ot_type type, const struct jval *msg,
                                 const char **why) DB_USED;
/* What is inside an encrypted message (lib/secretbox.h). INGEST_STORED: *inner, an object with a
   _type, and *key, the passphrase; or *inner NULL: the device has no key or another one, which is
   counted; the message is kept as it is. INGEST_QUARANTINE: it opens, and cannot be used, *why (at
   least JSONIN_WHY long). Else as ingest_device. */
enum ingest_result ingest_open(struct db *db, struct arena *a, const struct sender *s,
                               struct str topic_user, struct str device_id, const struct jval *msg,
                               const struct jval **inner, struct str *key,
                               const char **why) DB_USED;
/* Stores what the device's encrypted messages hold that this passphrase opens, and removes them:
   at most `most` of them behind *after, in the caller's transaction. *opened grows; *after: where
   to go on, 0 at the end. */
enum db_rc ingest_reopen(struct db *db, struct arena *a, const struct sender *s,
                         const struct device *d, struct str key, int most, int64_t *after,
                         int64_t *opened) DB_USED;
/* mytracks_quarantine: raw bytes with the reason, kept for re-ingest. Never fails for the message's
   fault. */
enum ingest_result ingest_quarantine(struct db *db, const struct sender *s, struct str topic,
                                     struct str raw, const char *why) DB_USED;

/* A whole MQTT publish (or will): parse, check, store. INGEST_QUARANTINE: *why (from the arena or
   static); nothing is kept. */
enum ingest_result ingest_publish(struct db *db, struct arena *a, const struct sender *s,
                                  struct str topic, struct str payload, const char **why) DB_USED;
/* The same, but what cannot be stored goes to quarantine. */
enum ingest_result ingest_mqtt(struct db *db, struct arena *a, const struct sender *s,
                               struct str topic, struct str payload) DB_USED;

/* Spool position, in mytracks_spool_position. */
struct spool_position {
    uint64_t segment;
    uint64_t offset; /* bytes into it */
};
enum db_rc db_spool_position(struct db *db, struct spool_position *out) DB_USED;
enum db_rc db_spool_advance(struct db *db, struct spool_position p) DB_USED;

#endif
