/* The pairing with a domesti-bot: row 1 of my_tracks_domestibotconfig. */
#ifndef MYTRACKS_DB_DOMESTI_H
#define MYTRACKS_DB_DOMESTI_H

#include "db.h"
#include "lib/domesti.h"

struct domesti {
    bool stored;                               /* the row is there */
    struct str base_url, update_url, test_url; /* "" when not paired */
    struct str sealed_key;                     /* Fernet token of the API key; "" without one */
    struct opt_usec paired_at;
    bool updates_enabled;                   /* each report goes to update_url */
    bool requests_enabled;                  /* the domesti-bot may ask phones to report */
    int64_t device_cooldown, user_cooldown; /* seconds between such requests, 0.. */
    struct str log;                         /* JSON list, lib/domesti.h */
    struct str user_times, device_times;    /* JSON objects, the same */
};

/* The row. Made with the reference's defaults when it is missing, in a transaction of its own. */
enum db_rc db_domesti_load(struct db *db, struct arena *a, usec_t now, struct domesti *out) DB_USED;
/* The row, or the defaults while there is none. */
enum db_rc db_domesti_get(struct db *db, struct arena *a, struct domesti *out) DB_USED;
/* Writes all of it; the row is made when it is missing. Within the caller's transaction. */
enum db_rc db_domesti_put(struct db *db, const struct domesti *d, usec_t now) DB_USED;

/* Devices of a user, oldest first. id: that one alone; STR_NULL: all. NULL in *first: none. */
enum db_rc db_domesti_devices(struct db *db, struct arena *a, int64_t user_id, struct str id,
                              struct domesti_device **first) DB_USED;
/* The device that stands for a user: the one with the newest position, then with the newest sign of
   life. DB_NONE: the user has none. */
enum db_rc db_domesti_device(struct db *db, struct arena *a, struct str username,
                             struct domesti_device *out) DB_USED;
/* The first active staff user with a device, by name. DB_NONE: there is none. */
enum db_rc db_domesti_staff(struct db *db, struct arena *a, struct str *username) DB_USED;

#endif
