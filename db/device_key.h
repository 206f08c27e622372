/* Passphrases of devices that encrypt what they send (mytracks_device_key; lib/secretbox.h). */
#ifndef MYTRACKS_DB_DEVICE_KEY_H
#define MYTRACKS_DB_DEVICE_KEY_H

#include "db.h"

struct device_key {
    struct str sealed; /* Fernet under SECRET_KEY */
    usec_t set_at;
    int64_t failed; /* messages since set_at that did not open */
    struct opt_usec failed_at;
};

/* In the arena. DB_NONE: the device has none. */
enum db_rc db_device_key_get(struct db *db, struct arena *a, int64_t device_id,
                             struct device_key *out) DB_USED;
/* Of the device that listens at owntracks/USER/DEVICE/cmd. DB_NONE: none, or no such device. */
enum db_rc db_device_key_of_topic(struct db *db, struct arena *a, struct str user,
                                  struct str device, struct str *sealed) DB_USED;
enum db_rc db_device_key_set(struct db *db, int64_t device_id, struct str sealed,
                             usec_t now) DB_USED;
/* DB_NONE: it had none. */
enum db_rc db_device_key_remove(struct db *db, int64_t device_id) DB_USED;
enum db_rc db_device_key_failed(struct db *db, int64_t device_id, usec_t now) DB_USED;
/* Keys of devices that are gone. */
enum db_rc db_device_key_trim(struct db *db) DB_USED;

/* Messages of the device that are kept encrypted. */
enum db_rc db_encrypted_count(struct db *db, int64_t device_id, int64_t *n) DB_USED;

struct encrypted_message {
    int64_t id;
    struct str payload; /* the envelope, JSON */
    struct str address; /* STR_NULL: unknown */
    usec_t received_at;
};
/* The oldest one behind that id, in the arena. DB_NONE: no more. */
enum db_rc db_encrypted_next(struct db *db, struct arena *a, int64_t device_id, int64_t after,
                             struct encrypted_message *out) DB_USED;
/* What it held is stored. */
enum db_rc db_encrypted_remove(struct db *db, int64_t id) DB_USED;

#endif
