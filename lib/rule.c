#include "rule.h"

#include "calendar.h"
#include "zone.h"

#define MINUTE (60 * USEC_PER_SEC)
#define DAY_MINUTES 1440
#define SETTLE (10 * USEC_PER_SEC) /* a backlog comes at once: its end may say otherwise */
#define AGAIN (60 * USEC_PER_SEC)  /* how often a silent device is looked for */
#define EDGE 25.0                  /* metres beyond a place before one has left it */
#define VAGUE 200.0 /* metres; a position less exact than that, and the place, says nothing */

static const char *const names[RULE_EVENTS] = { "enter",  "leave",   "dwell",
                                                "absent", "battery", "silence" };

struct str rule_event_name(enum rule_event event)
{
    return str_of(names[event]);
}

enum rule_event rule_event_of(struct str name)
{
    enum rule_event event = RULE_ENTER;

    while (event < RULE_EVENTS && !str_eqz(name, names[event])) {
        event++;
    }
    return event;
}

/* ---- windows */

static bool is_always(const struct rule_window *w)
{
    return w->days == RULE_ALL_DAYS && w->from == w->until;
}

static bool has_day(const struct rule_window *w, int weekday)
{
    return (w->days >> weekday & 1) != 0;
}

static bool is_open(const struct rule_window *w, const struct zone *z, usec_t t)
{
    int64_t sec = clock_sec(t), local = sec + zone_offset(z, sec);
    int64_t days = local / DAY_SEC - (local % DAY_SEC < 0);
    int minute = (int)((local - days * DAY_SEC) / 60), today = calendar_weekday(days);

    if (w->from < w->until) {
        return has_day(w, today) && minute >= w->from && minute < w->until;
    }
    return (has_day(w, today) && minute >= w->from) ||
           (has_day(w, (today + 6) % 7) && minute < w->until);
}

static const struct zone *zone_of(struct arena *a, const struct rule_window *w)
{
    return w->loaded != NULL ? w->loaded : zone_load(a, w->zone);
}

bool rule_window_open(struct arena *a, const struct rule_window *w, usec_t t)
{
    return is_always(w) || is_open(w, zone_of(a, w), t);
}

usec_t rule_window_next(struct arena *a, const struct rule_window *w, usec_t t)
{
    if (is_always(w)) {
        return t;
    }
    const struct zone *z = zone_of(a, w);
    usec_t minute = t;
    /* Minute by minute: right whatever clocks do, and a week has few of them. */
    for (int i = 0; i < 8 * DAY_MINUTES && !is_open(w, z, minute); i++) {
        minute = (minute / MINUTE + 1) * MINUTE;
    }
    return minute;
}

/* ---- whether it may tell */

static usec_t later(usec_t x, struct opt_usec y)
{
    return y.set && y.t > x ? y.t : x;
}

/* t, or when pause and cooldown are over and the window is open. */
static usec_t may_tell_from(struct arena *a, const struct rule_terms *terms,
                            const struct rule_state *s, usec_t t)
{
    struct opt_usec cool = { s->fired_at.set, s->fired_at.t + terms->cooldown };

    return rule_window_next(a, &terms->window, later(later(t, terms->paused_until), cool));
}

static bool may_tell(struct arena *a, const struct rule_terms *terms, struct rule_state *s,
                     const struct rule_seen *seen)
{
    if (seen->received - seen->at > RULE_LATE || may_tell_from(a, terms, s, seen->at) != seen->at) {
        return false;
    }
    s->fired_at = (struct opt_usec){ true, seen->at };
    return true;
}

/* ---- places */

static enum rule_where where_of(const struct rule_seen *seen)
{
    double accuracy = seen->accuracy.set && seen->accuracy.v > 0 ? (double)seen->accuracy.v : 0;

    if (seen->metres < 0 || accuracy > seen->radius + VAGUE) {
        return RULE_SOMEWHERE;
    }
    if (seen->metres <= seen->radius) {
        return RULE_INSIDE;
    }
    return seen->metres > seen->radius + accuracy + EDGE ? RULE_OUTSIDE : RULE_SOMEWHERE;
}

static void move_to(const struct rule_terms *terms, struct rule_state *s, enum rule_where where,
                    const struct rule_seen *seen)
{
    bool timed = (terms->event == RULE_DWELL && where == RULE_INSIDE) ||
                 (terms->event == RULE_ABSENT && where == RULE_OUTSIDE);
    usec_t due = seen->at + terms->amount * MINUTE, settled = seen->received + SETTLE;

    s->where = where;
    s->since = seen->at;
    s->told = false;
    s->due_at = (struct opt_usec){ timed, timed ? (due > settled ? due : settled) : 0 };
}

/* Positions say where, and of a phone that never tells of this place also when it came or went.
   True: it has just come or gone. */
static bool see_fix(const struct rule_terms *terms, struct rule_state *s,
                    const struct rule_seen *seen, enum rule_where where)
{
    bool known = s->where != RULE_SOMEWHERE;

    if (where == RULE_SOMEWHERE || seen->at <= s->at || seen->at < s->region_at) {
        return false;
    }
    s->at = seen->at;
    if (where == s->where) {
        return false;
    }
    move_to(terms, s, where, seen);
    return known && s->region_at == 0;
}

/* The phone's word. Its time is that of the event: positions behind it may have come before it. */
static bool see_region(const struct rule_terms *terms, struct rule_state *s,
                       const struct rule_seen *seen, enum rule_where where)
{
    if (seen->at < s->region_at) {
        return false;
    }
    /* A first word of what positions have told already. */
    bool known = s->region_at == 0 && s->where == where;
    s->region_at = seen->at;
    if (seen->at >= s->at && s->where != where) {
        move_to(terms, s, where, seen);
    }
    return !known;
}

static bool see_place(struct arena *a, const struct rule_terms *terms, struct rule_state *s,
                      const struct rule_seen *seen)
{
    bool is_fix = seen->what == RULE_SAW_FIX, passed;
    enum rule_where where = is_fix                         ? where_of(seen)
                            : seen->what == RULE_SAW_ENTER ? RULE_INSIDE
                                                           : RULE_OUTSIDE;

    if (terms->any_place) {
        passed = !is_fix;
    } else {
        passed = is_fix ? see_fix(terms, s, seen, where) : see_region(terms, s, seen, where);
    }
    enum rule_where wanted = terms->event == RULE_ENTER   ? RULE_INSIDE
                             : terms->event == RULE_LEAVE ? RULE_OUTSIDE
                                                          : RULE_SOMEWHERE;
    return passed && where == wanted && may_tell(a, terms, s, seen);
}

/* ---- battery */

static bool see_battery(struct arena *a, const struct rule_terms *terms, struct rule_state *s,
                        const struct rule_seen *seen)
{
    if (!seen->battery.set || seen->received - seen->at > RULE_LATE) {
        return false; /* old news say nothing about now */
    }
    if (seen->battery.v >= terms->amount + RULE_BATTERY_BACK) {
        s->told = false;
    }
    if (s->told || seen->battery.v >= terms->amount || !may_tell(a, terms, s, seen)) {
        return false;
    }
    s->told = true;
    return true;
}

bool rule_see(struct arena *a, const struct rule_terms *terms, struct rule_state *state,
              const struct rule_seen *seen)
{
    struct rule_seen then = *seen;

    if (then.at > then.received) {
        then.at = then.received; /* a phone whose clock is ahead */
    }
    switch (terms->event) {
    case RULE_BATTERY:
        return then.what == RULE_SAW_FIX && see_battery(a, terms, state, &then);
    case RULE_SILENCE:
        if (!state->due_at.set) {
            state->due_at = (struct opt_usec){ true, then.received + terms->amount * MINUTE };
        }
        return false;
    default:
        return see_place(a, terms, state, &then);
    }
}

/* ---- timers */

/* Whether it is silent now; otherwise due_at is when to look again. */
static bool is_silent(const struct rule_terms *terms, struct rule_state *s, usec_t contact,
                      usec_t since, usec_t now)
{
    usec_t from = contact > since ? contact : since;

    if (s->told && s->fired_at.set && contact <= s->fired_at.t) {
        s->due_at.t = now + AGAIN;
        return false;
    }
    s->told = false;
    s->due_at.t = from + terms->amount * MINUTE;
    return s->due_at.t <= now;
}

bool rule_due(struct arena *a, const struct rule_terms *terms, struct rule_state *state,
              usec_t contact, usec_t since, usec_t now)
{
    if (!state->due_at.set || state->due_at.t > now ||
        (terms->event == RULE_SILENCE && !is_silent(terms, state, contact, since, now))) {
        return false;
    }
    usec_t from = may_tell_from(a, terms, state, now);
    if (from > now) {
        state->due_at.t = from;
        return false;
    }
    state->told = true;
    state->fired_at = (struct opt_usec){ true, now };
    state->due_at = (struct opt_usec){ terms->event == RULE_SILENCE, now + AGAIN };
    return true;
}

static bool opt_eq(struct opt_usec a, struct opt_usec b)
{
    return a.set == b.set && (!a.set || a.t == b.t);
}

bool rule_state_eq(const struct rule_state *a, const struct rule_state *b)
{
    return a->where == b->where && a->told == b->told && a->at == b->at &&
           a->region_at == b->region_at && a->since == b->since &&
           opt_eq(a->fired_at, b->fired_at) && opt_eq(a->due_at, b->due_at);
}
