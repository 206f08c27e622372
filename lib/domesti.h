/* What this server and a domesti-bot tell each other (reference/api.md "domesti-bot"), and the JSON
   that is kept about it in my_tracks_domestibotconfig (schema.md). */
#ifndef MYTRACKS_DOMESTI_H
#define MYTRACKS_DOMESTI_H

#include "clock.h"
#include "jsonin.h"

#define DOMESTI_TEXT_MAX 500u /* bytes of a URL, a key; characters of a text in the log */
#define DOMESTI_LOG_MAX 5u    /* entries kept, as the reference */
#define DOMESTI_COOLDOWN_MAX INT64_C(2147483647) /* seconds; what the column takes in Django */
#define DOMESTI_KEY_HEADER "X-Domesti-Api-Key"

/* NULL when url is an absolute http or https URL that fits its column; else the reason. */
const char *domesti_url_refused(struct arena *a, struct str url);
/* NULL when the key can stand in a header; else the reason. key: trimmed. */
const char *domesti_key_refused(struct str key);

/* One line of recent_webhook_log. */
struct domesti_event {
    usec_t at;
    bool success;
    int http_status; /* 0: null */
    bool posted;     /* post_url is shown */
    struct str post_url;
    struct str user_id;   /* STR_NULL: null */
    struct jval *payload; /* linked in, as jval_set does */
    struct str preview;   /* cut to DOMESTI_TEXT_MAX characters */
    const char *source;   /* "pairing", "test", "live" */
    int64_t elapsed_ms;
};
/* The log (a JSON list, newest first) with one more event; of a log that cannot be read nothing is
   kept. */
struct str domesti_log_add(struct arena *a, struct str log, const struct domesti_event *e);

/* What a domesti-bot is told of a device. */
struct domesti_device {
    struct str device_id, mqtt_user;
    struct domesti_device *next;
};
/* A position as a domesti-bot wants it. */
struct domesti_position {
    struct str user_id;
    double lat, lon;
    usec_t at;
    const struct domesti_device *device; /* NULL: none */
};
struct jval *domesti_payload(struct arena *a, const struct domesti_position *p);

/* ---- requests from a domesti-bot that phones report where they are */

/* NULL for a reason that is known; else the reference's message. */
const char *domesti_reason_refused(struct arena *a, struct str reason);
/* Seconds between requests for all devices of a user; configured: the setting. */
int64_t domesti_user_cooldown(int64_t configured, struct str reason);
/* Reasons that have a cooldown of their own, as {"approach_monitoring": 5}. */
void domesti_own_cooldowns(struct json *j);

/* A stored object {name: ISO time}; {} when it cannot be read. */
struct jval *domesti_times(struct arena *a, struct str stored);
/* True while the time of that name is less than cooldown seconds ago; *until is then the end of it.
   A time that lies in the future (the clock was set back) counts no longer than that either. */
bool domesti_waits(const struct jval *times, struct str name, int64_t cooldown, usec_t now,
                   usec_t *until);
/* t plus cooldown seconds, within the calendar. */
usec_t domesti_after(usec_t t, int64_t cooldown);
void domesti_time_set(struct arena *a, struct jval *times, struct str name, usec_t t);

#endif
