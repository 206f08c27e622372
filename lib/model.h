/* Rows as plain structs. Texts point into the arena that the query was given. */
#ifndef MYTRACKS_MODEL_H
#define MYTRACKS_MODEL_H

#include "clock.h"
#include "num.h"

struct opt_int {
    bool set;
    int64_t v;
};
struct opt_usec {
    bool set;
    usec_t t;
};

struct user {
    int64_t id;
    struct str username, password, first_name, last_name, email;
    bool is_active, is_staff, is_superuser;
    struct opt_usec last_login;
    usec_t date_joined;
};

struct session {
    struct str key, data;
    usec_t expires;
};

struct device {
    int64_t id;
    struct str device_id, name, mqtt_user;
    int64_t owner_id;          /* 0: none */
    struct str owner_username; /* "" without owner */
    usec_t created_at, last_seen;
    struct opt_usec last_location_at;
    bool is_online;
    int64_t latest_location_id; /* 0: none */
    int64_t location_count;     /* only where the query counts */
};

struct location {
    int64_t id, device_id;
    struct str device_key; /* "owner/device_id", or device_id without owner */
    int64_t owner_id;      /* 0: none */
    dec10 latitude, longitude;
    usec_t timestamp; /* fix time */
    usec_t received_at;
    struct opt_usec owntracks_created_at;
    struct opt_int accuracy, altitude, velocity, battery_level;
    struct opt_int battery_status, vertical_accuracy, course, monitoring_mode;
    struct str connection_type, tracker_id, received_via, owntracks_message_id, trigger;
    struct str fix_source, wifi_bssid, wifi_ssid;
    struct str ip_address; /* STR_NULL: NULL */
    struct str in_regions; /* stored JSON list; STR_NULL: NULL */
};

/* Somebody entered or left a region. */
struct transition {
    int64_t id;
    struct str device_id, device_display; /* the second as in struct location's device_key */
    struct str event, region_id, description;
    usec_t timestamp, received_at;
    struct str region; /* its label here; STR_NULL when it is none of ours */
};

struct friend_request {
    int64_t id, from_id, to_id;
    struct str from_user, to_user;
    struct str status; /* "pending", "accepted", "declined" */
    bool eager;        /* auto_accept_reciprocal: a request the other way is accepted at once */
    usec_t created_at;
};

/* A device that its owner lets a friend see. */
struct share {
    int64_t id, shared_with_id;
    struct str device_id, owner;
    usec_t created_at;
};

/* A row of one of the three tables of certificates; what a kind does not have is 0 or "". */
struct certificate {
    int64_t id;
    struct str pem, sealed_key; /* the key: Fernet token of a PKCS #8 PEM text */
    struct str common_name;
    struct str fingerprint; /* SHA-256, "AB:CD:..." */
    int64_t key_size;       /* bits */
    usec_t not_before, not_after, created_at;
    bool is_active;
    /* of servers and clients */
    int64_t issuing_ca_id;
    struct str issuing_ca_name;
    /* of servers */
    struct str san_entries; /* stored JSON list */
    /* of clients */
    int64_t user_id;
    struct str username;
    struct str serial; /* "0x1f..." */
    bool revoked;
    struct opt_usec revoked_at;
};

#endif
