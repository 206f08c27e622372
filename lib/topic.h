/* OwnTracks topics: owntracks/<user>/<device>[/<rest>]; and mytracks/<user>/alert. */
#ifndef MYTRACKS_TOPIC_H
#define MYTRACKS_TOPIC_H

#include "str.h"

struct topic {
    struct str user;   /* second level */
    struct str device; /* third level; STR_NULL with two levels only */
    struct str rest;   /* levels behind it, "cmd", "event"; "" for the base topic */
};

/* False when it does not begin with owntracks/ or the user or (given) device level is empty. */
bool topic_parse(struct str text, struct topic *out);

/* What a user may do with a topic: reference/mqtt.md section 4 ("wanted") and security.md H-01,
   H-02. One function for the plugin, the agent and the tests. */
enum topic_action { TOPIC_PUBLISH, TOPIC_READ };

/* What is known of a user; the plugin keeps one per name. */
struct topic_grants {
    bool active, superuser;
    const struct str *readable; /* "owner/device" shared with the user */
    size_t readable_count;
    const struct str *commandable; /* user names whose devices may be asked to report: accepted
                                      friends (either way), and owners of shared devices */
    size_t commandable_count;
};

/* payload: looked at only for commands to others (reportLocation alone passes). */
bool topic_allowed(enum topic_action action, struct str user, const struct topic_grants *g,
                   struct str topic, struct str payload);

#endif
