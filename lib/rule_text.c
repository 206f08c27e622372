#include "rule_text.h"

#include "calendar.h"
#include "owntracks.h"
#include "utf8.h"
#include "zone.h"

#include <string.h>

#define NAME_MAX_CHARS 200u
#define TITLE_MAX_CHARS 120u
#define PARTS_MAX 12u /* of a sentence */

static const char *const channels[RULE_CHANNELS] = { "mail", "webhook", "ntfy", "mqtt", "push" };

/* In a sentence {d} is the device, {p} the place, {t} how long, {n} a number. */
static const struct words {
    const char *name, *device, *place;
    const char *sentence[RULE_EVENTS], *battery_known;
    const char *minutes, *hours, *both, *days; /* {n}; both: {n} hours, {m} minutes */
    const char *test, *time, *device_label, *position, *rule;
} languages[RULE_LANGUAGES] = {
    [RULE_ENGLISH] = {
        .name = "en",
        .device = "A device",
        .place = "a place",
        .sentence = {
            [RULE_ENTER] = "{d} arrived at {p}",
            [RULE_LEAVE] = "{d} left {p}",
            [RULE_DWELL] = "{d} has been at {p} for {t}",
            [RULE_ABSENT] = "{d} has not been at {p} for {t}",
            [RULE_BATTERY] = "{d} has less than {n} % of its battery left",
            [RULE_SILENCE] = "{d} has not reported for {t}",
        },
        .battery_known = "{d} has {n} % of its battery left",
        .minutes = "{n} min", .hours = "{n} h", .both = "{n} h {m} min", .days = "{n} days",
        .test = "This is a test. ",
        .time = "Time", .device_label = "Device", .position = "Position", .rule = "Rule",
    },
    [RULE_GERMAN] = {
        .name = "de",
        .device = "Ein Gerät",
        .place = "ein Ort",
        .sentence = {
            [RULE_ENTER] = "{d} ist angekommen: {p}",
            [RULE_LEAVE] = "{d} ist weggegangen: {p}",
            [RULE_DWELL] = "{d} ist seit {t} hier: {p}",
            [RULE_ABSENT] = "{d} war seit {t} nicht hier: {p}",
            [RULE_BATTERY] = "{d} hat weniger als {n} % Akku",
            [RULE_SILENCE] = "{d} hat sich seit {t} nicht gemeldet",
        },
        .battery_known = "{d} hat noch {n} % Akku",
        .minutes = "{n} min", .hours = "{n} h", .both = "{n} h {m} min", .days = "{n} Tagen",
        .test = "Das ist ein Test. ",
        .time = "Zeit", .device_label = "Gerät", .position = "Position", .rule = "Regel",
    },
};

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

struct str rule_language_name(enum rule_language language)
{
    return str_of(languages[language].name);
}

enum rule_language rule_language_of(struct str tag)
{
    for (enum rule_language language = RULE_ENGLISH; language < RULE_LANGUAGES; language++) {
        if (str_starts(tag, str_of(languages[language].name))) {
            return language;
        }
    }
    return RULE_ENGLISH;
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

/* What a placeholder stands for. */
struct blank {
    char name;
    struct str value;
};

/* Each {x} of the pattern by the value of that name. */
static struct str fill(struct arena *a, const char *pattern, const struct blank *blanks)
{
    struct str parts[PARTS_MAX + 1], rest = str_of(pattern);
    size_t n = 0;

    while (rest.n > 0 && n + 1 < PARTS_MAX) {
        const char *open = memchr(rest.p, '{', rest.n);
        size_t before = open != NULL ? (size_t)(open - rest.p) : rest.n;
        parts[n++] = str_sub(rest, 0, before);
        if (open == NULL) {
            break;
        }
        for (const struct blank *b = blanks; b->name != '\0'; b++) {
            if (b->name == open[1]) {
                parts[n++] = b->value;
            }
        }
        rest = str_sub(rest, before + 3, rest.n - before - 3);
    }
    parts[n] = STR_NULL;
    return arena_concat(a, parts);
}

static struct str number(struct arena *a, int64_t n)
{
    return arena_printf(a, "%lld", (long long)n);
}

/* "45 min", "2 h", "2 h 5 min", "3 days" */
static struct str span(struct arena *a, const struct words *w, int64_t minutes)
{
    int64_t hours = minutes / 60, rest = minutes % 60;
    bool days = hours >= 48 && hours % 24 == 0 && rest == 0;
    const char *pattern = hours == 0 ? w->minutes : rest > 0 ? w->both : days ? w->days : w->hours;
    const struct blank blanks[] = {
        { 'n', number(a, hours == 0 ? rest
                         : days     ? hours / 24
                                    : hours) },
        { 'm', number(a, rest) },
        { 0 },
    };

    return fill(a, pattern, blanks);
}

struct str rule_sentence(struct arena *a, const struct rule_news *n, enum rule_language language)
{
    const struct words *w = &languages[language];
    bool battery = n->event == RULE_BATTERY && n->battery.set;
    const struct blank blanks[] = {
        { 'd', name_of(a, n->device_name, w->device) },
        { 'p', name_of(a, n->place, w->place) },
        { 't', span(a, w, n->amount) },
        { 'n', number(a, battery ? n->battery.v : n->amount) },
        { 0 },
    };

    return fill(a, battery ? w->battery_known : w->sentence[n->event], blanks);
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

struct str rule_title(struct arena *a, const struct rule_news *n, enum rule_language language)
{
    return utf8_line(a, rule_sentence(a, n, language), TITLE_MAX_CHARS);
}

struct str rule_body(struct arena *a, const struct rule_news *n, struct str zone,
                     enum rule_language language)
{
    const struct words *w = &languages[language];
    struct str when = local_time(a, n->at, zone), where = STR(""), rule = STR("");

    if (n->has_position) {
        where = arena_printf(a, "%s: %.5f, %.5f\n", w->position, n->lat, n->lon);
    }
    if (n->rule.n > 0) {
        rule = arena_printf(a, "%s: %.*s\n", w->rule, STR_FMT(name_of(a, n->rule, "")));
    }
    return arena_printf(a, "%s%.*s.\n\n%s: %.*s\n%s: %.*s\n%.*s%.*s", n->test ? w->test : "",
                        STR_FMT(rule_sentence(a, n, language)), w->time, STR_FMT(when),
                        w->device_label, STR_FMT(name_of(a, n->device, "?")), STR_FMT(where),
                        STR_FMT(rule));
}

struct str rule_notification(struct arena *a, const struct rule_news *n, struct str zone,
                             enum rule_language language)
{
    const struct words *w = &languages[language];
    struct jval *o = jval_object(a);
    struct str text =
        arena_printf(a, "%s%.*s", n->test ? w->test : "", STR_FMT(local_time(a, n->at, zone)));

    jval_set(a, o, STR("title"), jval_text(a, rule_title(a, n, language)));
    jval_set(a, o, STR("body"), jval_text(a, text));
    jval_set(a, o, STR("tag"), jval_text(a, arena_printf(a, "rule-%lld", (long long)n->id)));
    jval_set(a, o, STR("device"), jval_text(a, n->device));
    jval_set(a, o, STR("at"), jval_int(a, clock_sec(n->at)));
    return ot_dump(a, o);
}

struct str rule_json(struct arena *a, const struct rule_news *n, enum rule_language language)
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
    jval_set(a, o, STR("text"), jval_text(a, rule_sentence(a, n, language)));
    jval_set(a, o, STR("test"), jval_bool(a, n->test));
    return ot_dump(a, o);
}
