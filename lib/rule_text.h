/* What a rule tells, in the words and forms of each way out. */
#ifndef MYTRACKS_RULE_TEXT_H
#define MYTRACKS_RULE_TEXT_H

#include "rule.h"

#define RULE_TOPIC_ROOT "mytracks/" /* mytracks/USER/alert: that user's alone (lib/topic.h) */

/* Where it goes. The names are those of the API and of the column. */
enum rule_channel { RULE_MAIL, RULE_WEBHOOK, RULE_NTFY, RULE_MQTT, RULE_CHANNELS };
struct str rule_channel_name(enum rule_channel channel);
/* RULE_CHANNELS: none of them. */
enum rule_channel rule_channel_of(struct str name);

/* As a row of mytracks_rule_log. Texts may be anybody's. */
struct rule_news {
    int64_t id, rule_id;
    struct str rule; /* its name; may be "" */
    enum rule_event event;
    struct str device, device_name; /* "owner/id", and what it is called */
    struct str place;
    int64_t amount;
    struct opt_int battery;
    bool has_position;
    double lat, lon;
    usec_t at; /* when it happened */
    bool test;
};

/* "Pixel arrived at Home": one line. */
struct str rule_sentence(struct arena *a, const struct rule_news *n);
/* Some lines: the sentence, when in that zone, whose device, where. */
struct str rule_body(struct arena *a, const struct rule_news *n, struct str zone);
/* The same for programs; docs/architecture.md "Rules" names the members. */
struct str rule_json(struct arena *a, const struct rule_news *n);
/* "warning", "house", ...: a tag of ntfy, which shows it as a picture. */
const char *rule_tag(enum rule_event event);

#endif
