/* How long a login may keep the broker waiting.

   Mosquitto 2.0 has one thread and no delayed authentication: while BASIC_AUTH waits for a password
   to be verified, no message moves. So waiting is paid from an account. It is large while nobody
   publishes, so that a first login simply works, and small with traffic. A request that cannot be
   paid is only put to the agent, which keeps the result for the client's next attempt. */
#ifndef MYTRACKS_PLUGIN_BUDGET_H
#define MYTRACKS_PLUGIN_BUDGET_H

#include "lib/clock.h"

/* Times are CLOCK_MONOTONIC, given by the caller. */
struct budget {
    usec_t account, counted_at;
    usec_t asking;         /* the account for questions that are answered at once */
    usec_t turned_away_at; /* the last undecided request; 0: never */
    int64_t second[2];     /* the last two seconds with a publish, by parity */
    unsigned publishes[2];
};

/* What to do with a request, other than to wait that many milliseconds for it. */
enum {
    BUDGET_ASK = 0,       /* ask; the agent answers at once when it knows */
    BUDGET_ANNOUNCE = -1, /* tell the agent, do not even read the answer */
};

void budget_init(struct budget *b, usec_t now);
void budget_publish(struct budget *b, usec_t now);
int budget_wait(struct budget *b, usec_t now);
/* The broker stood still for `blocked`, after budget_wait had said `wait`. undecided: for nothing.
 */
void budget_spent(struct budget *b, usec_t now, usec_t blocked, int wait, bool undecided);

#endif
