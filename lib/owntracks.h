/* OwnTracks messages: from JSON to checked structs (owntracks.org/booklet/tech/json, and
   reference/api.md "POST", mqtt.md section 5 for what the reference takes). No storage here. */
#ifndef MYTRACKS_OWNTRACKS_H
#define MYTRACKS_OWNTRACKS_H

#include "jsonin.h"
#include "model.h"

enum ot_via { OT_HTTP, OT_MQTT };

enum ot_type {
    OT_LOCATION,
    OT_LWT,
    OT_TRANSITION,
    OT_WAYPOINT,
    OT_WAYPOINTS,
    OT_CMD,
    OT_STATUS,
    OT_CARD,
    OT_STEPS,
    OT_BEACON,
    OT_DUMP,
    OT_CONFIGURATION,
    OT_REQUEST,
    OT_ENCRYPTED,
    OT_UNKNOWN,
};

/* Case-sensitive, as the apps write it. */
enum ot_type ot_type_of(struct str type);

/* A location ready to be stored: the columns that come from the message. */
struct ot_fix {
    dec10 lat, lon;                /* as they read back */
    struct str lat_text, lon_text; /* for the columns: over MQTT 15 significant digits, as Django
                                      stores a float */
    int64_t tst;                   /* seconds, within CLOCK_MIN_SEC..CLOCK_MAX_SEC */
    struct opt_int acc, alt, vel, batt;
    struct opt_int bs, vac, cog, m;
    struct opt_usec created_at;
    struct str conn, tid, message_id, trigger, source, bssid, ssid; /* never STR_NULL */
    struct str in_regions; /* json.dumps text of a list; STR_NULL: NULL */
};

/* MQTT rules (floats converted, texts cut, unusable optional values dropped or fatal as mqtt.md
   says; null is absent; coordinates out of range refused). device_id: default of tid.
   False with *why (static) when it cannot be stored. */
bool ot_fix_from_mqtt(struct arena *a, const struct jval *msg, struct str device_id,
                      struct ot_fix *out, const char **why);

/* lwt: when the connection began that has ended. False: it does not say. */
bool ot_lwt_connected(const struct jval *msg, usec_t *out);

/* Entering or leaving a region. Texts are never STR_NULL, and as long as they came. */
struct ot_transition {
    struct str event, rid, desc;
    int64_t tst;                   /* seconds, as in ot_fix */
    struct str lat_text, lon_text; /* for the columns; STR_NULL: NULL */
    struct opt_int acc;
};
/* MQTT rules. False with *why (static) when it cannot be stored. */
bool ot_transition_from_mqtt(struct arena *a, const struct jval *msg, struct ot_transition *out,
                             const char **why);

/* A region that a phone tells of: a waypoint message, or an entry of a list of them. */
struct ot_region {
    struct str desc;
    double lat, lon;
    struct str lat_text, lon_text; /* for the columns */
    int64_t rad;                   /* metres */
};
enum ot_region_rc {
    OT_REGION,
    OT_REGION_NONE, /* no object with a position: passed over */
    OT_REGION_BAD,  /* a position or radius that is none */
};
enum ot_region_rc ot_region_from_mqtt(struct arena *a, const struct jval *entry,
                                      struct ot_region *out);
/* The id by which the reference knows it again: UUID version 5 of owner, name, place and radius. */
struct str ot_region_rid(struct arena *a, int64_t owner_id, const struct ot_region *region);

/* DRF's field errors, in DRF's order. */
struct ot_error {
    struct str field; /* "non_field_errors" for the whole */
    struct str message;
};
#define OT_ERRORS_MAX 40
struct ot_errors {
    struct ot_error v[OT_ERRORS_MAX];
    size_t n;
};

/* HTTP rules, step 1: field validation. Fills fix and *device_id (device_id, else third part of
   topic, else tid; STR_NULL when none) and *topic_user (second part of topic; STR_NULL).
   False: errors has the field errors. */
struct ot_http {
    struct ot_fix fix;
    struct str device_id, topic_user;
    bool has_tst, has_lat, has_lon;
};
bool ot_http_fields(struct arena *a, const struct jval *msg, struct ot_http *out,
                    struct ot_errors *errors);
/* Step 2: the checks of the whole, made once the device is known to exist (api.md: the device row
   is made before the range checks). phase 0: device, tst, lat, lon present; phase 1: ranges. */
bool ot_http_check(struct arena *a, const struct ot_http *in, int phase, struct ot_errors *errors);
/* Device and topic user of a message that is no location. STR_NULL where it names none. */
void ot_http_identity(struct arena *a, const struct jval *msg, struct str *device_id,
                      struct str *topic_user);
/* json.dumps of the whole message, as JSON columns hold it. */
struct str ot_dump(struct arena *a, const struct jval *msg);

#endif
