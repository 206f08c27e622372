/* The agent's answer to "how are you": its own numbers, and the broker's, which the plugin gives at
   its next tick. Nobody waits: who has asked is noted, and answered when the plugin has, or without
   it when it does not in time. Server thread only. */
#ifndef MYTRACKS_STATUS_H
#define MYTRACKS_STATUS_H

#include "agent.h"
#include "lib/wire.h"

#define STATUS_WAIT (400 * INT64_C(1000)) /* for the plugin; the web application waits longer */
#define STATUS_ASKERS 16

struct status_asker {
    uint32_t slot, id;
};
struct status {
    struct status_asker asker[STATUS_ASKERS];
    size_t n;
    usec_t until; /* CLOCK_MONOTONIC: then they are answered without the broker's numbers */
};

typedef void status_send_fn(void *ctx, uint32_t slot, const struct wire_msg *m);

/* Notes who asks. True: the plugin is to be asked. */
bool status_add(struct status *s, uint32_t slot, uint32_t id, usec_t now);
/* Is there room for one more? */
bool status_full(const struct status *s);
/* Everybody who has asked gets the agent's numbers and these; broker: JSON, "" without. */
void status_answer(struct status *s, const struct agent *agent, struct arena *a, struct str broker,
                   status_send_fn *send, void *ctx);
/* The connection of this slot is gone. */
void status_forget(struct status *s, uint32_t slot);

#endif
