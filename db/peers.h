/* Friends in the OwnTracks apps: devices that are shared with a user, as the user's phones see
   them, and the card (name and picture) that a user shows to friends. */
#ifndef MYTRACKS_DB_PEERS_H
#define MYTRACKS_DB_PEERS_H

#include "db.h"
#include "lib/model.h"

#define PEERS_MAX 50 /* shared devices that one phone is told of */

struct peer {
    int64_t device_id;
    struct str tid;         /* STR_NULL: none yet */
    struct str owner, name; /* user name; the card's name, else the full name, else the user name */
    struct str face;        /* base64; "" without one */
    bool only_one;          /* no other device of that owner is among them */
    struct location where;  /* the latest */
    int64_t told_location;  /* what the phone has heard: a location's id, 0: none */
    struct str told_card;   /* and a digest, "" */
};

/* Devices with a position that are shared with the viewer by active users, within the limits of the
   shares, as an array in the arena. phone_id: the viewer's device that asks. */
enum db_rc db_peer_list(struct db *db, struct arena *a, int64_t viewer_id, int64_t phone_id,
                        struct peer **out, size_t *n) DB_USED;
/* Within the caller's transaction. DB_CONFLICT: another one has that tid. */
enum db_rc db_peer_name(struct db *db, int64_t viewer_id, int64_t device_id,
                        struct str tid) DB_USED;
enum db_rc db_peer_told(struct db *db, int64_t phone_id, int64_t device_id, int64_t location_id,
                        struct str card) DB_USED;
/* Whether it is the latest location of its device, which has an owner and is shared with somebody
   to whom the broker may hand it on as it is. */
enum db_rc db_peer_news(struct db *db, int64_t location_id, bool *out) DB_USED;

struct card {
    struct str name; /* "": the user's own */
    struct str face; /* base64 of a PNG or JPEG; "": none */
    usec_t updated_at;
};
/* DB_NONE: the user has none. */
enum db_rc db_card_get(struct db *db, struct arena *a, int64_t user_id, struct card *out) DB_USED;
enum db_rc db_card_put(struct db *db, int64_t user_id, const struct card *c) DB_USED;
enum db_rc db_card_delete(struct db *db, int64_t user_id) DB_USED;

/* A card that has still to be retained at one of its user's devices. */
struct card_due {
    int64_t user_id, device_id;
    struct str device, mqtt_user, owner; /* names */
    struct str name, face;               /* as friends see them */
};
/* DB_NONE: none. */
enum db_rc db_card_due(struct db *db, struct arena *a, struct card_due *out) DB_USED;
/* It is, up to this device. */
enum db_rc db_card_told(struct db *db, int64_t user_id, int64_t device_id) DB_USED;

#endif
