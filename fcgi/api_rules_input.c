/* Reading a rule out of a request: each member by itself, then what they mean together. */
#include "api.h"
#include "db/devices.h"
#include "db/places.h"
#include "db/sight.h"
#include "lib/domesti.h"
#include "lib/mail.h"
#include "lib/utf8.h"
#include "lib/weburl.h"
#include "lib/zone.h"
#include "rules.h"

#define MINUTE (60 * USEC_PER_SEC)
#define COOLDOWN_MOST 10080 /* minutes: a week */
#define PRIORITY_USUAL 3    /* of ntfy */
#define DAY_MINUTES 1440

/* ---- members
   Each gives NULL, or what is wrong with it. */

static const char *take_name(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    if (v->type != J_STR || utf8_length(v->text) > RULE_NAME_MAX || str_has_control(v->text)) {
        return "A text of at most 100 characters on one line is required.";
    }
    rule->name = utf8_strip(v->text);
    return NULL;
}

static const char *take_event(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    rule->terms.event = v->type == J_STR ? rule_event_of(v->text) : RULE_EVENTS;
    return rule->terms.event == RULE_EVENTS
               ? "One of enter, leave, dwell, absent, battery, silence is required."
               : NULL;
}

/* Staff see all devices; a rule watches one's own and what is shared, for everybody alike. */
static const char *take_device(struct request *r, const struct jval *v, struct rule *rule)
{
    struct viewer me = { .user_id = r->who.user.id };
    struct device d;
    struct sight sight;

    rule->device_id = 0;
    if (v->type == J_NULL) {
        return NULL;
    }
    if (v->type != J_STR || db_device_find(r->app->db, r->arena, me, v->text, &d) != DB_OK) {
        return "There is no such device among yours and those shared with you.";
    }
    if (db_sight(r->app->db, me, d.id, &sight) != DB_OK || !sight_is_whole(&sight)) {
        return "A rule needs all of a device's positions, and this one is shared within limits.";
    }
    rule->device_id = d.id;
    return NULL;
}

static const char *take_place(struct request *r, const struct jval *v, struct rule *rule)
{
    struct place p;

    rule->place_id = 0;
    if (v->type == J_NULL) {
        return NULL;
    }
    if (v->type != J_INT || num_json_int(v->text, &rule->place_id) != NUM_OK ||
        db_place_get(r->app->db, r->arena, r->who.user.id, rule->place_id, &p) != DB_OK ||
        !p.is_active) {
        return "You have no such place.";
    }
    return NULL;
}

static bool take_int(const struct jval *v, int64_t least, int64_t most, int64_t *out)
{
    return v->type == J_INT && num_json_int(v->text, out) == NUM_OK && *out >= least &&
           *out <= most;
}

static const char *take_amount(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    rule->terms.amount = 0;
    return v->type == J_NULL || take_int(v, 0, 100000, &rule->terms.amount)
               ? NULL
               : "A whole number is required.";
}

static const char *take_days(struct request *r, const struct jval *v, struct rule *rule)
{
    unsigned days = 0;
    int64_t day;

    (void)r;
    for (const struct jval *one = v->type == J_ARRAY ? v->first : NULL; one; one = one->next) {
        if (!take_int(one, 1, 7, &day)) {
            days = 0;
            break;
        }
        days |= 1u << (day - 1);
    }
    rule->terms.window.days = days;
    return days == 0 ? "A list of weekdays from 1 (Monday) to 7 is required." : NULL;
}

static int two_digits(const char *p)
{
    bool digits = p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9';

    return digits ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

/* "HH:MM" up to 24:00, in minutes; null is -1. */
static const char *take_clock(const struct jval *v, int *out)
{
    struct str s = v->type == J_STR ? v->text : STR("");

    *out = -1;
    if (v->type == J_NULL) {
        return NULL;
    }
    int hour = s.n == 5 ? two_digits(s.p) : -1, minute = s.n == 5 ? two_digits(s.p + 3) : -1;
    if (hour < 0 || minute < 0 || minute > 59 || s.p[2] != ':' ||
        hour * 60 + minute > DAY_MINUTES) {
        return "A time of the form HH:MM is required.";
    }
    *out = (hour * 60 + minute) % DAY_MINUTES;
    return NULL;
}

static const char *take_from(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    return take_clock(v, &rule->terms.window.from);
}

static const char *take_until(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    return take_clock(v, &rule->terms.window.until);
}

static const char *take_zone(struct request *r, const struct jval *v, struct rule *rule)
{
    if (v->type != J_STR || zone_load(r->arena, v->text) == NULL) {
        return "The name of a time zone that this server knows is required, as Europe/Vienna.";
    }
    rule->terms.window.zone = v->text;
    return NULL;
}

static const char *take_channel(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    rule->channel = v->type == J_STR ? rule_channel_of(v->text) : RULE_CHANNELS;
    return rule->channel == RULE_CHANNELS ? "One of mail, webhook, ntfy, mqtt, push is required."
                                          : NULL;
}

static const char *take_target(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    if (v->type != J_STR || v->text.n > RULE_TARGET_MAX || str_has_control(v->text)) {
        return "A text of at most 500 bytes on one line is required.";
    }
    rule->target = utf8_strip(v->text);
    return NULL;
}

static const char *take_priority(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    return take_int(v, 1, 5, &rule->priority) ? NULL : "A number from 1 to 5 is required.";
}

static const char *take_cooldown(struct request *r, const struct jval *v, struct rule *rule)
{
    int64_t minutes = 0;

    (void)r;
    if (!take_int(v, 0, COOLDOWN_MOST, &minutes)) {
        return "A number of minutes from 0 to 10080 is required.";
    }
    rule->terms.cooldown = minutes * MINUTE;
    return NULL;
}

static const char *take_active(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    rule->active = v->b;
    return v->type == J_BOOL ? NULL : "true or false is required.";
}

static const char *take_paused(struct request *r, const struct jval *v, struct rule *rule)
{
    struct opt_usec *until = &rule->terms.paused_until;

    (void)r;
    until->set = v->type != J_NULL;
    return !until->set || (v->type == J_STR && clock_from_iso(v->text, &until->t))
               ? NULL
               : "A time as 2026-03-06T12:00:00Z, or null, is required.";
}

static const char *take_language(struct request *r, const struct jval *v, struct rule *rule)
{
    (void)r;
    rule->language = v->type == J_STR ? rule_language_of(v->text) : RULE_ENGLISH;
    return v->type == J_STR ? NULL : "A language as en or de is required.";
}

static const struct {
    const char *name;
    const char *(*take)(struct request *r, const struct jval *v, struct rule *rule);
} members[] = {
    { "name", take_name },         { "event", take_event },   { "device", take_device },
    { "place", take_place },       { "amount", take_amount }, { "days", take_days },
    { "from", take_from },         { "until", take_until },   { "zone", take_zone },
    { "channel", take_channel },   { "target", take_target }, { "priority", take_priority },
    { "cooldown", take_cooldown }, { "active", take_active }, { "paused_until", take_paused },
    { "language", take_language },
};

/* ---- together */

static void wrong(struct ot_errors *e, struct str field, const char *why)
{
    if (why != NULL && e->n < OT_ERRORS_MAX) {
        e->v[e->n++] = (struct ot_error){ field, str_of(why) };
    }
}

static const char *amount_refused(struct rule_terms *t)
{
    static const struct {
        int64_t least, most;
        const char *why;
    } ranges[RULE_EVENTS] = {
        [RULE_ENTER] = { 0, INT64_MAX, NULL },
        [RULE_LEAVE] = { 0, INT64_MAX, NULL },
        [RULE_DWELL] = { 1, 10080, "A number of minutes from 1 to 10080 is required." },
        [RULE_ABSENT] = { 1, 10080, "A number of minutes from 1 to 10080 is required." },
        [RULE_BATTERY] = { 1, 95, "A percentage from 1 to 95 is required." },
        [RULE_SILENCE] = { 5, 43200, "A number of minutes from 5 to 43200 is required." },
    };

    if (t->event == RULE_ENTER || t->event == RULE_LEAVE) {
        t->amount = 0;
    }
    return t->amount < ranges[t->event].least || t->amount > ranges[t->event].most
               ? ranges[t->event].why
               : NULL;
}

static const char *place_refused(struct rule *rule)
{
    enum rule_event event = rule->terms.event;

    if (event == RULE_BATTERY || event == RULE_SILENCE) {
        rule->place_id = 0;
    }
    rule->terms.any_place = rule->place_id == 0;
    return (event == RULE_DWELL || event == RULE_ABSENT) && rule->place_id == 0
               ? "A place is required."
               : NULL;
}

/* Both, or neither: then it is the whole day. */
static const char *window_refused(struct rule_window *w)
{
    if ((w->from < 0) != (w->until < 0)) {
        return "Both times are required, or neither.";
    }
    if (w->from < 0) {
        w->from = w->until = 0;
    }
    return NULL;
}

static const char *url_refused(struct arena *a, struct str url)
{
    return url_is_plain(url) ? domesti_url_refused(a, url)
                             : "A URL has no blanks, and letters of ASCII alone.";
}

/* https://HOST/TOPIC */
static const char *topic_refused(struct arena *a, struct str url)
{
    struct url_parts parts;
    const char *why = url_refused(a, url);

    if (why != NULL) {
        return why;
    }
    return url_split(a, url, &parts) && parts.path.n > 1
               ? NULL
               : "The URL ends in the name of a topic, as https://ntfy.sh/my-topic.";
}

static const char *target_refused(struct arena *a, struct rule *rule)
{
    const char *why = NULL;

    switch (rule->channel) {
    case RULE_MAIL:
        (void)mail_address(a, rule->target, &why);
        return why;
    case RULE_WEBHOOK:
        return url_refused(a, rule->target);
    case RULE_NTFY:
        return topic_refused(a, rule->target);
    default:
        rule->target = STR("");
        return NULL;
    }
}

struct rule rule_blank(const struct request *r)
{
    struct rule rule = { .user_id = r->who.user.id,
                         .name = STR(""),
                         .target = STR(""),
                         .channel = RULE_CHANNELS,
                         .priority = PRIORITY_USUAL,
                         .active = true };

    rule.terms.event = RULE_EVENTS;
    rule.terms.window =
        (struct rule_window){ .days = RULE_ALL_DAYS, .zone = STR("UTC"), .from = -1, .until = -1 };
    return rule;
}

static void take_members(struct request *r, struct rule *rule, struct ot_errors *errors)
{
    for (const struct jval *v = r->json->first; v != NULL; v = v->next) {
        const char *why = "There is no such field.";
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
            if (str_eqz(v->key, members[i].name)) {
                why = members[i].take(r, v, rule);
            }
        }
        wrong(errors, v->key, why);
    }
}

void rule_take(struct request *r, struct rule *rule, struct ot_errors *errors)
{
    errors->n = 0;
    take_members(r, rule, errors);
    if (errors->n > 0) {
        return;
    }
    if (rule->terms.event == RULE_EVENTS) {
        wrong(errors, STR("event"), "This field is required.");
        return;
    }
    if (rule->channel == RULE_CHANNELS) {
        wrong(errors, STR("channel"), "This field is required.");
        return;
    }
    wrong(errors, STR("place"), place_refused(rule));
    wrong(errors, STR("amount"), amount_refused(&rule->terms));
    wrong(errors, STR("from"), window_refused(&rule->terms.window));
    wrong(errors, STR("target"), target_refused(r->arena, rule));
}
