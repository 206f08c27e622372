/* What a rule tells, in the words and forms of each way out. */
#ifndef MYTRACKS_RULE_TEXT_H
#define MYTRACKS_RULE_TEXT_H

#include "rule.h"

#define RULE_TOPIC_ROOT "mytracks/" /* mytracks/USER/alert: that user's alone (lib/topic.h) */

/* Where it goes. The names are those of the API and of the column. */
enum rule_channel { RULE_MAIL, RULE_WEBHOOK, RULE_NTFY, RULE_MQTT, RULE_PUSH, RULE_CHANNELS };
struct str rule_channel_name(enum rule_channel channel);
/* RULE_CHANNELS: none of them. */
enum rule_channel rule_channel_of(struct str name);

/* In which it is written. */
enum rule_language { RULE_ENGLISH, RULE_GERMAN, RULE_LANGUAGES };
struct str rule_language_name(enum rule_language language); /* "en", "de" */
/* Of a tag as "de-AT" (RFC 5646); English for those that we do not speak. */
enum rule_language rule_language_of(struct str tag);

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
struct str rule_sentence(struct arena *a, const struct rule_news *n, enum rule_language language);
/* The same cut to 120 characters. */
struct str rule_title(struct arena *a, const struct rule_news *n, enum rule_language language);
/* Some lines: the sentence, when in that zone, whose device, where. */
struct str rule_body(struct arena *a, const struct rule_news *n, struct str zone,
                     enum rule_language language);
/* The same for programs; docs/architecture.md "Rules" names the members. */
struct str rule_json(struct arena *a, const struct rule_news *n, enum rule_language language);
/* What our service worker makes a notification of (static/sw/notify.ts): JSON with title, body,
   tag, device, and at in Unix seconds; at most WEBPUSH_TEXT_MAX bytes. */
struct str rule_notification(struct arena *a, const struct rule_news *n, struct str zone,
                             enum rule_language language);
/* "warning", "house", ...: a tag of ntfy, which shows it as a picture. */
const char *rule_tag(enum rule_event event);

#endif
