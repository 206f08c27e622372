/* Structs to the JSON that clients see (reference/api.md: LOCATION, DEVICE, USER; websocket.md).
   One home for each form, shared by the REST API and the live events. */
#ifndef MYTRACKS_REPRESENT_H
#define MYTRACKS_REPRESENT_H

#include "json.h"
#include "model.h"

void represent_location(struct json *j, const struct location *l);
void represent_device(struct json *j, const struct device *d);
/* As administrators see it: never the password. */
void represent_user(struct json *j, const struct user *u);
/* As others see them. */
void represent_friend(struct json *j, const struct user *u);
/* The names alone. */
void represent_user_name(struct json *j, const struct user *u);
void represent_friend_request(struct json *j, const struct friend_request *f);
void represent_share(struct json *j, const struct share *s);
/* {"type": "location", "data": LOCATION} */
void represent_location_event(struct json *j, const struct location *l);
/* {"type": "device_status", ...} of an lwt at `at`. */
void represent_offline_event(struct json *j, struct str device_id, struct str display, usec_t at);
/* {"type": "transition", ...} */
void represent_transition_event(struct json *j, const struct transition *t);
/* {"type": "waypoint_event", ...}: so many new regions from a device. */
void represent_regions_event(struct json *j, struct str display, int64_t count);
/* {"type": "welcome", "server_startup": sec} */
void represent_welcome(struct json *j, int64_t startup_sec);
/* CA, SERVER and CLIENT of reference/api.md. */
void represent_ca(struct json *j, const struct certificate *c);
void represent_server_cert(struct json *j, const struct certificate *c);
void represent_client_cert(struct json *j, const struct certificate *c);
/* "owner/device_id", or device_id without owner. */
struct str device_display(struct arena *a, struct str owner, struct str device_id);

#endif
