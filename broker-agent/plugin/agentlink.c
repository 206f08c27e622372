#include "agentlink.h"

#include "lib/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WATCH_MS 100                  /* grants come from one database query */
#define SILENCE (50 * (usec_t)1000)   /* failed after that long: the agent hangs, it is not down */
#define SILENT_MIN (1 * USEC_PER_SEC) /* then it is left alone, twice as long each time */
#define SILENT_MAX (30 * USEC_PER_SEC)
#define CONNECT_EVERY (USEC_PER_SEC / 2)
#define MESSAGES_A_TICK 256
#define WATCHES_OPEN \
    64               /* sent and not answered: the agent's replies must fit its socket's buffer */
#define KICKS_MAX 64 /* a tick */
#define STAMP_MAX 80

struct agentlink {
    struct link *link;
    struct users users;
    struct budget budget;
    usec_t silent_until, silence;
    usec_t next_connect;
    bool up;
    unsigned generation; /* of the link, as seen in the last tick */
    unsigned watches_open;
    struct user *to_watch; /* where the round of watching after a reconnect is */
    char *kicks[KICKS_MAX];
    size_t kicks_n;
    char stamp[STAMP_MAX];     /* of the certificate files; "": not told yet */
    char *revoked;             /* serial numbers, each with a newline; NULL: none */
    bool certificates_changed; /* and nobody has asked yet */
    bool status_asked;         /* and nobody has answered yet */
};

struct agentlink *agentlink_new(const char *run_dir)
{
    struct agentlink *a = calloc(1, sizeof *a);
    char path[256];
    int n = snprintf(path, sizeof path, "%s/agent.sock", run_dir);

    if (a == NULL || n < 0 || (size_t)n >= sizeof path || (a->link = link_new(path)) == NULL) {
        free(a);
        return NULL;
    }
    a->silence = SILENT_MIN;
    a->up = true; /* so that the first failure is logged */
    budget_init(&a->budget, clock_mono());
    return a;
}

void agentlink_free(struct agentlink *a)
{
    if (a == NULL) {
        return;
    }
    for (size_t i = 0; i < a->kicks_n; i++) {
        free(a->kicks[i]);
    }
    free(a->revoked);
    users_free(&a->users);
    link_free(a->link);
    free(a);
}

/* ---------------------------------------------------------------- what the agent says */

static void kick_later(struct agentlink *a, const char *username)
{
    char *copy = a->kicks_n < KICKS_MAX ? strdup(username) : NULL;

    if (copy != NULL) {
        a->kicks[a->kicks_n++] = copy;
    }
}

static void take_grants(struct agentlink *a, const struct wire_msg *m)
{
    const struct user *user = users_update(&a->users, m);

    if (user != NULL && !user->grants.active) {
        kick_later(a, user->name);
    }
}

static void take_kick(struct agentlink *a, const struct wire_msg *m)
{
    const struct user *user = m->n >= 1 ? users_find(&a->users, m->field[0]) : NULL;

    if (user != NULL) {
        kick_later(a, user->name);
    }
}

/* Without memory for the list nobody is known to be revoked here; the broker has its own. */
static void take_tls(struct agentlink *a, const struct wire_msg *m)
{
    if (m->n < 2 || m->field[0].n >= STAMP_MAX ||
        str_eq(m->field[0], str_of(a->stamp))) { /* the agent was away, nothing else */
        return;
    }
    (void)snprintf(a->stamp, sizeof a->stamp, "%.*s", STR_FMT(m->field[0]));
    free(a->revoked);
    a->revoked = strndup(m->field[1].p, m->field[1].n);
    a->certificates_changed = true;
}

bool agentlink_revoked(const struct agentlink *a, const char *serial)
{
    struct str rest = str_of(a->revoked), line;

    while (str_split(&rest, '\n', &line)) {
        if (line.n > 0 && str_eqz(line, serial)) {
            return true;
        }
    }
    return false;
}

bool agentlink_certificates_changed(struct agentlink *a)
{
    bool changed = a->certificates_changed;

    a->certificates_changed = false;
    return changed;
}

static void take_pushed(struct agentlink *a)
{
    struct wire_msg m;

    /* What does not fit now stays with the link until the next round. */
    for (int i = 0; i < MESSAGES_A_TICK && a->kicks_n < KICKS_MAX && link_poll(a->link, &m); i++) {
        if (m.kind == WIRE_KICK) {
            take_kick(a, &m);
        } else if (m.kind == WIRE_TLS) {
            take_tls(a, &m);
        } else if (m.kind == WIRE_STATUS) {
            a->status_asked = true;
        } else {
            a->watches_open -= a->watches_open > 0 ? 1 : 0;
            take_grants(a, &m);
        }
    }
}

/* ---------------------------------------------------------------- asking */

/* Pays for a call that began at `from`, and leaves an agent alone that does not answer. */
static void account(struct agentlink *a, usec_t from, int wait, bool answered, bool undecided)
{
    usec_t now = clock_mono();

    budget_spent(&a->budget, now, now - from, wait, undecided);
    if (answered) {
        a->silence = SILENT_MIN;
    } else if (now - from > SILENCE) {
        a->silent_until = now + a->silence;
        log_warning("agent_silent", LOG_I("again_in_s", a->silence / USEC_PER_SEC));
        a->silence = a->silence * 2 > SILENT_MAX ? SILENT_MAX : a->silence * 2;
    }
}

enum verdict agentlink_verify(struct agentlink *a, struct str address, struct str username,
                              struct str password)
{
    usec_t from = clock_mono();
    int wait = budget_wait(&a->budget, from);

    if (from < a->silent_until) {
        return VERDICT_DOWN;
    }
    take_pushed(a);
    if (wait == BUDGET_ANNOUNCE) {
        struct wire_msg m = { .kind = WIRE_VERIFY,
                              .n = 5,
                              .field = { STR("mqtt"), address, username, password, STR("0") } };
        bool sent = link_send(a->link, &m);
        account(a, from, wait, sent, true);
        return sent ? VERDICT_BUSY : VERDICT_DOWN;
    }
    struct verified v = link_verify(a->link, STR("mqtt"), address, username, password, wait);
    account(a, from, wait, v.verdict != VERDICT_DOWN, v.verdict == VERDICT_BUSY);
    /* The agent sends the grants of one who is new to it before the verdict. */
    struct user *user = v.verdict == VERDICT_OK ? users_need(&a->users, username) : NULL;
    if (user != NULL && !user->known) {
        (void)link_connected(a->link, &user->asked_on);
        take_pushed(a);
    }
    return v.verdict;
}

/* Lost when the agent is away: it sends the command once more. */
static void tell(struct agentlink *a, size_t n, struct str first, struct str second)
{
    struct wire_msg m = { .kind = WIRE_TOLD, .n = n, .field = { first, second } };

    if (clock_mono() >= a->silent_until) {
        (void)link_send(a->link, &m);
    }
}

void agentlink_taken(struct agentlink *a, struct str topic, struct str payload)
{
    tell(a, 2, topic, payload);
}

void agentlink_listens(struct agentlink *a, struct str username)
{
    tell(a, 1, username, STR_NULL);
}

bool agentlink_status_asked(struct agentlink *a)
{
    bool asked = a->status_asked;

    a->status_asked = false;
    return asked;
}

void agentlink_status(struct agentlink *a, struct str json)
{
    struct wire_msg m = { .kind = WIRE_STATUS, .n = 1, .field = { json } };

    (void)link_send(a->link, &m);
}

static void watch(struct agentlink *a, struct user *user)
{
    usec_t from = clock_mono();
    struct wire_msg answer,
        m = { .kind = WIRE_WATCH, .n = 1, .field = { { user->name, user->name_n } } };
    bool answered = link_call(a->link, &m, &answer, WATCH_MS) && answer.kind == WIRE_GRANTS;

    account(a, from, BUDGET_ASK, answered, false);
    if (answered) {
        (void)link_connected(a->link, &user->asked_on);
        take_grants(a, &answer);
    }
}

static const struct topic_grants *grants(struct agentlink *a, struct str username, bool fresh)
{
    static const struct topic_grants everything = { .active = true, .superuser = true };

    if (str_eq(username, WIRE_AGENT_USER)) {
        return &everything; /* whoever has this name has proved to be the agent */
    }
    struct user *user = users_find(&a->users, username);
    if (user != NULL && user->known && (user->grants.active || !fresh)) {
        return &user->grants;
    }
    if (clock_mono() >= a->silent_until && (user = users_need(&a->users, username)) != NULL) {
        watch(a, user);
    }
    return user != NULL && user->known ? &user->grants : NULL;
}

const struct topic_grants *agentlink_grants(struct agentlink *a, struct str username)
{
    return grants(a, username, false);
}

const struct topic_grants *agentlink_fresh_grants(struct agentlink *a, struct str username)
{
    return grants(a, username, true);
}

void agentlink_publish(struct agentlink *a)
{
    budget_publish(&a->budget, clock_mono());
}

/* ---------------------------------------------------------------- each round */

/* After a reconnect the agent is asked about everybody again, some at a time. */
static void watch_again(struct agentlink *a)
{
    for (; a->to_watch != NULL && a->watches_open < WATCHES_OPEN; a->to_watch = a->to_watch->next) {
        struct user *user = a->to_watch;
        struct wire_msg m = { .kind = WIRE_WATCH,
                              .n = 1,
                              .field = { { user->name, user->name_n } } };
        if (user->asked_on == a->generation) {
            continue;
        }
        if (!link_send(a->link, &m)) {
            return;
        }
        user->asked_on = a->generation;
        a->watches_open++;
    }
}

static void keep_connected(struct agentlink *a, usec_t now)
{
    unsigned generation;

    if (now < a->next_connect) {
        return;
    }
    a->next_connect = now + CONNECT_EVERY;
    a->watches_open = 0; /* an answer may never come: the agent could not read its database */
    bool up = link_connected(a->link, &generation);
    if (up != a->up) {
        log_warning(up ? "agent_connected" : "agent_gone", LOG_I("users", a->users.table.n));
        a->up = up;
    }
    struct wire_msg tls = { .kind = WIRE_TLS };
    if (generation != a->generation && link_send(a->link, &tls)) {
        a->generation = generation;
        a->to_watch = a->users.first;
    }
}

void agentlink_tick(struct agentlink *a, void (*kick)(const char *username))
{
    take_pushed(a);
    keep_connected(a, clock_mono());
    watch_again(a);
    /* Kicking publishes wills and so comes back into the plugin: everything else is done. */
    while (a->kicks_n > 0) {
        char *name = a->kicks[--a->kicks_n];
        kick(name);
        free(name);
    }
}
