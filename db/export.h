/* What other programs of the household fetch: people and where they are, and their places. */
#ifndef MYTRACKS_DB_EXPORT_H
#define MYTRACKS_DB_EXPORT_H

#include "db.h"

/* An active user who has a device, with the one that reported last over MQTT. */
struct export_person {
    struct str username, first_name, last_name, device_id;
    bool located; /* the device has a latest location; the rest is its */
    dec10 latitude, longitude;
    struct opt_int accuracy; /* metres */
    usec_t reported_at, timestamp;
};
/* Texts live until the call returns. False stops. */
typedef bool export_person_fn(void *ctx, const struct export_person *p);
/* By name. */
enum db_rc db_export_people(struct db *db, export_person_fn *row, void *ctx) DB_USED;

/* An active geofence. */
struct export_place {
    struct str username, label, rid;
    dec10 latitude, longitude;
    int64_t radius; /* metres */
};
typedef bool export_place_fn(void *ctx, const struct export_place *p);
/* By user name, then label. */
enum db_rc db_export_places(struct db *db, export_place_fn *row, void *ctx) DB_USED;

#endif
