#include "rule_text.h"

#include "calendar.h"
#include "owntracks.h"
#include "utf8.h"
#include "zone.h"

#define NAME_MAX_CHARS 200u

static const char *const channels[RULE_CHANNELS] = { "mail", "webhook", "ntfy", "mqtt" };

struct str rule_channel_name(enum rule_channel channel)
{
    return str_of(channels[channel]);
}

enum rule_channel rule_channel_of(struct str name)
{
    enum rule_channel channel = RULE_MAIL;

    while (channel < RULE_CHANNELS && !str_eqz(name, channels[channel])) {
        channel++;
    }
    return channel;
}

const char *rule_tag(enum rule_event event)
{
    static const char *const tags[RULE_EVENTS] = {
        [RULE_ENTER] = "round_pushpin", [RULE_LEAVE] = "dash",          [RULE_DWELL] = "hourglass",
        [RULE_ABSENT] = "mag",          [RULE_BATTERY] = "low_battery", [RULE_SILENCE] = "zzz",
    };

    return tags[event];
}

static struct str name_of(struct arena *a, struct str s, const char *otherwise)
{
    struct str line = utf8_line(a, s, NAME_MAX_CHARS);

    return line.n > 0 ? line : str_of(otherwise);
}

/* "45 min", "2 h", "2 h 5 min", "3 days" */
static struct str span(struct arena *a, int64_t minutes)
{
    long long hours = (long long)minutes / 60, rest = (long long)minutes % 60;

    if (hours == 0) {
        return arena_printf(a, "%lld min", rest);
    }
    if (rest > 0) {
        return arena_printf(a, "%lld h %lld min", hours, rest);
    }
    return hours >= 48 && hours % 24 == 0 ? arena_printf(a, "%lld days", hours / 24)
                                          : arena_printf(a, "%lld h", hours);
}

struct str rule_sentence(struct arena *a, const struct rule_news *n)
{
    static const char *const verbs[RULE_EVENTS] = {
        [RULE_ENTER] = "arrived at",
        [RULE_LEAVE] = "left",
        [RULE_DWELL] = "has been at",
        [RULE_ABSENT] = "has not been at",
    };
    struct str who = name_of(a, n->device_name, "A device");
    struct str place = name_of(a, n->place, "a place"), minutes = span(a, n->amount);

    switch (n->event) {
    case RULE_ENTER:
    case RULE_LEAVE:
        return arena_printf(a, "%.*s %s %.*s", STR_FMT(who), verbs[n->event], STR_FMT(place));
    case RULE_DWELL:
    case RULE_ABSENT:
        return arena_printf(a, "%.*s %s %.*s for %.*s", STR_FMT(who), verbs[n->event],
                            STR_FMT(place), STR_FMT(minutes));
    case RULE_BATTERY:
        return n->battery.set ? arena_printf(a, "%.*s has %lld %% of its battery left",
                                             STR_FMT(who), (long long)n->battery.v)
                              : arena_printf(a, "%.*s has less than %lld %% of its battery left",
                                             STR_FMT(who), (long long)n->amount);
    default:
        return arena_printf(a, "%.*s has not reported for %.*s", STR_FMT(who), STR_FMT(minutes));
    }
}

/* "2026-03-06 13:26 (Europe/Vienna)" */
static struct str local_time(struct arena *a, usec_t t, struct str zone)
{
    char text[CLOCK_TEXT];
    const struct zone *z = zone_load(a, zone);
    int64_t sec = clock_sec(t);
    struct str s = { text, clock_db((sec + zone_offset(z, sec)) * USEC_PER_SEC, text) };

    return arena_printf(a, "%.*s (%.*s)", STR_FMT(str_sub(s, 0, 16)),
                        STR_FMT(z != NULL ? zone : STR("UTC")));
}

struct str rule_body(struct arena *a, const struct rule_news *n, struct str zone)
{
    struct str when = local_time(a, n->at, zone), where = STR(""), rule = STR("");

    if (n->has_position) {
        where = arena_printf(a, "Position: %.5f, %.5f\n", n->lat, n->lon);
    }
    if (n->rule.n > 0) {
        rule = arena_printf(a, "Rule: %.*s\n", STR_FMT(name_of(a, n->rule, "")));
    }
    return arena_printf(a, "%s%.*s.\n\nTime: %.*s\nDevice: %.*s\n%.*s%.*s",
                        n->test ? "This is a test. " : "", STR_FMT(rule_sentence(a, n)),
                        STR_FMT(when), STR_FMT(name_of(a, n->device, "?")), STR_FMT(where),
                        STR_FMT(rule));
}

struct str rule_json(struct arena *a, const struct rule_news *n)
{
    struct jval *o = jval_object(a);
    char time[CLOCK_TEXT];
    bool timed = n->event == RULE_DWELL || n->event == RULE_ABSENT || n->event == RULE_SILENCE;
    struct str at = { time, clock_iso_z(n->at, time) };

    jval_set(a, o, STR("id"), jval_int(a, n->id));
    jval_set(a, o, STR("rule_id"), jval_int(a, n->rule_id));
    jval_set(a, o, STR("rule"), jval_text(a, n->rule));
    jval_set(a, o, STR("event"), jval_text(a, rule_event_name(n->event)));
    jval_set(a, o, STR("device"), jval_text(a, n->device));
    jval_set(a, o, STR("device_name"), jval_text(a, n->device_name));
    jval_set(a, o, STR("place"), n->place.n > 0 ? jval_text(a, n->place) : jval_null(a));
    jval_set(a, o, STR("minutes"), timed ? jval_int(a, n->amount) : jval_null(a));
    jval_set(a, o, STR("battery"), n->battery.set ? jval_int(a, n->battery.v) : jval_null(a));
    jval_set(a, o, STR("latitude"), n->has_position ? jval_float(a, n->lat) : jval_null(a));
    jval_set(a, o, STR("longitude"), n->has_position ? jval_float(a, n->lon) : jval_null(a));
    jval_set(a, o, STR("time"), jval_text(a, arena_dup(a, at)));
    jval_set(a, o, STR("text"), jval_text(a, rule_sentence(a, n)));
    jval_set(a, o, STR("test"), jval_bool(a, n->test));
    return ot_dump(a, o);
}
