/* OwnTracks topics and what a user may do with them. */
#include "topic.h"

#include "wire.h"

#include <stdint.h>
#include <string.h>

#define ROOT STR("owntracks/")
#define NEWS_ROOT STR("mytracks/")
#define COMMAND_MAX 1024 /* a bare reportLocation is 42 bytes; apps add a few members */

bool topic_parse(struct str text, struct topic *out)
{
    *out = (struct topic){ STR_NULL, STR_NULL, STR("") };
    if (!str_starts(text, ROOT)) {
        return false;
    }
    struct str rest = str_sub(text, ROOT.n, text.n);
    str_split(&rest, '/', &out->user);
    if (str_split(&rest, '/', &out->device) && out->device.n == 0) {
        return false;
    }
    if (!str_is_null(rest)) {
        out->rest = rest;
    }
    return out->user.n > 0;
}

static bool contains(const struct str *list, size_t n, struct str wanted)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(list[i], wanted)) {
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- commands to others
   The broker's process looks at these payloads, so nothing here allocates. Read is the subset of
   JSON that a command needs: one flat object, texts without escapes. Every parser agrees about
   those, also one that takes the first of two equal keys (here: refused). */

static void skip_blanks(struct str *s)
{
    while (s->n > 0 && strchr(" \t\r\n", s->p[0]) != NULL && s->p[0] != '\0') {
        *s = str_sub(*s, 1, s->n);
    }
}

static bool take(struct str *s, char c)
{
    skip_blanks(s);
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    *s = str_sub(*s, 1, s->n);
    return true;
}

/* A text, without its quotes. */
static bool take_text(struct str *s, struct str *out)
{
    if (!take(s, '"')) {
        return false;
    }
    size_t end = str_find(*s, '"', 0);
    if (end == SIZE_MAX) {
        return false;
    }
    *out = str_sub(*s, 0, end);
    *s = str_sub(*s, end + 1, s->n);
    return str_find(*out, '\\', 0) == SIZE_MAX;
}

/* A text, or a number, true, false, null: which one of those plays no part (STR_NULL). */
static bool take_value(struct str *s, struct str *out)
{
    size_t n = 0;

    *out = STR_NULL;
    skip_blanks(s);
    if (s->n > 0 && s->p[0] == '"') {
        return take_text(s, out);
    }
    while (n < s->n && s->p[n] != '\0' && strchr("+-.0123456789eEaflnrstu", s->p[n]) != NULL) {
        n++;
    }
    *s = str_sub(*s, n, s->n);
    return n > 0;
}

static bool is_report_location(struct str payload)
{
    struct str s = payload, key, value;
    int type = 0, action = 0;

    if (s.n > COMMAND_MAX || !take(&s, '{')) {
        return false;
    }
    do {
        if (!take_text(&s, &key) || !take(&s, ':') || !take_value(&s, &value)) {
            return false;
        }
        if (str_eq(key, STR("_type"))) {
            type += str_eq(value, STR("cmd")) ? 1 : 2;
        } else if (str_eq(key, STR("action"))) {
            action += str_eq(value, STR("reportLocation")) ? 1 : 2;
        }
    } while (take(&s, ','));
    if (!take(&s, '}')) {
        return false;
    }
    skip_blanks(&s);
    return s.n == 0 && type == 1 && action == 1;
}

/* ---------------------------------------------------------------- rules */

static bool may_publish(struct str user, const struct topic_grants *g, const struct topic *t,
                        struct str payload)
{
    if (g->superuser || str_eq(t->user, user)) {
        return true;
    }
    return str_eq(t->rest, STR("cmd")) && contains(g->commandable, g->commandable_count, t->user) &&
           is_report_location(payload);
}

/* What a share does not cover: orders to the phone and the owner's places. */
static bool is_private(const struct topic *t)
{
    const struct str private[] = { STR("cmd"), STR("waypoint"), STR("waypoints"), STR("dump"),
                                   STR("request") };
    struct str rest = t->rest, level;

    return str_split(&rest, '/', &level) &&
           contains(private, sizeof private / sizeof private[0], level);
}

static bool may_read(struct str user, const struct topic_grants *g, const struct topic *t)
{
    if (g->superuser || str_eq(t->user, user)) {
        return true;
    }
    if (str_is_null(t->device) || is_private(t)) {
        return false;
    }
    struct str device = { t->user.p, (size_t)(t->device.p + t->device.n - t->user.p) };
    return contains(g->readable, g->readable_count, device);
}

/* mytracks/USER/alert: what that user's rules tell. Nobody else's to read, whoever it is, and our
   agent's alone to write. */
static bool news_allowed(enum topic_action action, struct str user, struct str topic)
{
    struct str rest = str_sub(topic, NEWS_ROOT.n, topic.n), owner;

    if (action == TOPIC_PUBLISH) {
        return str_eq(user, WIRE_AGENT_USER);
    }
    return str_split(&rest, '/', &owner) && str_eq(owner, user) && str_eqz(rest, "alert");
}

bool topic_allowed(enum topic_action action, struct str user, const struct topic_grants *g,
                   struct str topic, struct str payload)
{
    struct topic t;

    if (!g->active) {
        return false;
    }
    if (str_starts(topic, NEWS_ROOT)) {
        return news_allowed(action, user, topic);
    }
    if (!topic_parse(topic, &t)) {
        /* The broker's log tells of other people's phones. */
        return action == TOPIC_READ &&
               (g->superuser ||
                (str_starts(topic, STR("$SYS/")) && !str_starts(topic, STR("$SYS/broker/log/"))));
    }
    return action == TOPIC_PUBLISH ? may_publish(user, g, &t, payload) : may_read(user, g, &t);
}
