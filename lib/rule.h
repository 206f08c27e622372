/* When a user's rule fires: pure, so that a dry run over the past and what happens now are the same
   code. A rule watches one device at a time; what it remembers of it is a struct rule_state.

   Enter and leave: a phone's own word (a transition) counts, each time. From positions they follow
   only where the phone has never told of that place, so nothing is told twice. Staying, being away
   and silence are timers (due_at). What reaches us more than RULE_LATE after it happened is
   remembered, and tells nobody. */
#ifndef MYTRACKS_RULE_H
#define MYTRACKS_RULE_H

#include "arena.h"
#include "model.h"

#define RULE_LATE (INT64_C(30) * 60 * USEC_PER_SEC)
#define RULE_BATTERY_BACK 5 /* percent above the limit before it may tell again */
#define RULE_ALL_DAYS 0x7Fu

enum rule_event {
    RULE_ENTER,
    RULE_LEAVE,
    RULE_DWELL,   /* at a place for longer than `amount` minutes */
    RULE_ABSENT,  /* not there for longer than that */
    RULE_BATTERY, /* below `amount` percent */
    RULE_SILENCE, /* nothing heard for `amount` minutes */
    RULE_EVENTS,
};
/* "enter", ...; and back. RULE_EVENTS: none of them. */
struct str rule_event_name(enum rule_event event);
enum rule_event rule_event_of(struct str name);

struct zone;

/* At which times of a week it may tell. */
struct rule_window {
    unsigned days;   /* bit 0: Monday. The day on which the window opens */
    int from, until; /* minutes of the day in that zone; until <= from: of the next day. Equal: the
                        whole day */
    struct str zone; /* IANA; one that is not known (any more) counts as UTC */
    const struct zone *loaded; /* the same, for who asks often; NULL: it is read when needed */
};
bool rule_window_open(struct arena *a, const struct rule_window *w, usec_t t);
/* t, or when the window opens next; its clock may change meanwhile. */
usec_t rule_window_next(struct arena *a, const struct rule_window *w, usec_t t);

struct rule_terms {
    enum rule_event event;
    int64_t amount;
    bool any_place; /* enter, leave: whatever place the phone names */
    usec_t cooldown;
    struct opt_usec paused_until;
    struct rule_window window;
};

enum rule_where { RULE_SOMEWHERE, RULE_OUTSIDE, RULE_INSIDE };

struct rule_state {
    enum rule_where where;
    bool told;        /* of this stay, battery or silence */
    usec_t at;        /* of the newest position that said where; 0: none */
    usec_t region_at; /* of the phone's newest word of this place; 0: none */
    usec_t since;     /* when `where` began */
    struct opt_usec fired_at, due_at;
};
bool rule_state_eq(const struct rule_state *a, const struct rule_state *b);

enum rule_sight { RULE_SAW_ENTER, RULE_SAW_LEAVE, RULE_SAW_FIX };

struct rule_seen {
    enum rule_sight what;
    usec_t at, received;
    /* of a position */
    double metres, radius; /* from the place's centre; metres below 0: there is no place */
    struct opt_int accuracy, battery;
};

/* A message came. True: the rule fires, because of what happened at seen->at. */
bool rule_see(struct arena *a, const struct rule_terms *terms, struct rule_state *state,
              const struct rule_seen *seen);
/* due_at has come. contact: when the device was heard last; since: silence before that (our own
   absence) does not count. True: it fires. Otherwise due_at has moved on, or is gone. */
bool rule_due(struct arena *a, const struct rule_terms *terms, struct rule_state *state,
              usec_t contact, usec_t since, usec_t now);

#endif
