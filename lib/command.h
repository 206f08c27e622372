/* What a phone can be told (OwnTracks "cmd" messages, owntracks-protocol.md 3.7), checked against
   what its apps understand: they run what they are given, so nothing else gets through. */
#ifndef MYTRACKS_COMMAND_H
#define MYTRACKS_COMMAND_H

#include "clock.h"
#include "jsonin.h"

#define COMMAND_REGIONS_MAX 1000u
#define COMMAND_SETTINGS_MAX 200u

/* {"_type": "cmd", "action": ACTION}, an object to be extended. */
struct jval *command_new(struct arena *a, const char *action);
/* "USER/DEVICE" of a device's topics: its MQTT user, else its owner, else its own id. */
struct str command_target(struct arena *a, struct str mqtt_user, struct str owner,
                          struct str device_id);

/* {"_type": "waypoints", "waypoints": [...]} with of each region only what the apps know of one
   (security.md H-43). NULL: an item is no object. */
struct jval *command_regions(struct arena *a, const struct jval *list);

struct command_kind {
    const char *action;
    const char *answer; /* _type of the phone's answer; "": it sends none */
    bool ios_only;      /* Android throws the whole HTTP answer away that holds it */
    bool changes;       /* the phone's settings or regions: for who owns it */
};
/* NULL: no app knows it. */
const struct command_kind *command_kind(struct str action);
/* "reportLocation, setWaypoints, ..." */
struct str command_actions(struct arena *a);

/* The message for a request {"action": ..., and what belongs to it}. NULL with *why, a sentence.
   now: regions without a time of making get one, each another, because Android tells them apart by
   it. */
struct jval *command_build(struct arena *a, const struct command_kind *kind,
                           const struct jval *request, usec_t now, struct str *why);

#endif
