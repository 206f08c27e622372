/* Messages between our processes over the agent's unix socket (SOCK_SEQPACKET: one message a
   packet).

   A message is: kind (1 byte), id (4 bytes, little endian; the answer repeats it), then fields,
   each length (4 bytes, little endian) and bytes. At most WIRE_MAX bytes in all. Both ends run on
   one machine from one build, so there is no version: a mismatch is a refused message.

   kind            fields                                       answer
   WIRE_VERIFY     origin ("form"|"basic"|"mqtt"), address,     WIRE_VERDICT: enum verdict and user
                   username, password, wait (ms, decimal)       id (decimal), flags ("s" staff, "u"
                                                                superuser)
   WIRE_WATCH      username                                     WIRE_GRANTS, again at each change
   WIRE_GRANTS     username, flags ("a" active, "u" superuser), —
                   readable (one per line), commandable (same)
   WIRE_PUBLISH    topic, payload, qos ("0"-"2"), retain        WIRE_DONE: "ok" | "down"
                   ("0" | "1")
   WIRE_HEALTH     —                                            WIRE_DONE: "ok" | "down" (broker)
   WIRE_KICK       username (agent to plugin)                   —
   WIRE_TLS        —                                            WIRE_TLS: stamp of the certificate
                                                                files, revoked serial numbers (one
                                                                per line); again at each change
   WIRE_TOLD       topic, payload (plugin to agent: a command   —
                   went to a session of its user), or username
                   (one listens for commands)
   WIRE_STATUS     —                                            WIRE_STATUS: two JSON objects, the
                                                                agent's and the broker's ("": it
                                                                does not answer)
                   — (agent to plugin)                          WIRE_STATUS: the broker's JSON
*/
#ifndef MYTRACKS_WIRE_H
#define MYTRACKS_WIRE_H

#include "arena.h"

#include <stdint.h>

enum wire_kind {
    WIRE_VERIFY = 1,
    WIRE_VERDICT,
    WIRE_WATCH,
    WIRE_GRANTS,
    WIRE_PUBLISH,
    WIRE_HEALTH,
    WIRE_DONE,
    WIRE_KICK,
    WIRE_TLS,
    WIRE_TOLD,
    WIRE_STATUS,
    WIRE_KINDS, /* one more than the last */
};

#define WIRE_MAX (128 * 1024) /* below the default socket buffer; 1,000 regions fit */
#define WIRE_FIELDS 8
/* The agent's own name in the broker: '$' is not possible in a Django user name. */
#define WIRE_AGENT_USER STR("$mytracks-agent")

struct wire_msg {
    enum wire_kind kind;
    uint32_t id;
    size_t n;
    struct str field[WIRE_FIELDS]; /* views into the packet; missing ones are STR_NULL */
};

enum verdict {
    VERDICT_NO, /* wrong, unknown, inactive, unusable: the same answer for all */
    VERDICT_OK,
    VERDICT_BUSY, /* not decided within the wait, or too many waiting: come back */
    VERDICT_DOWN, /* the agent cannot be reached (client side only) */
};

/* Into out (WIRE_MAX bytes); 0 when it does not fit. */
size_t wire_pack(uint8_t *out, size_t size, const struct wire_msg *m);
/* False: not a message. The views point into packet. */
bool wire_unpack(const uint8_t *packet, size_t n, struct wire_msg *out);

/* Client side of the socket. Not thread-safe: one link per thread. */
struct link;
/* path: RUN_DIR/agent.sock. Connects lazily and again after a failure. */
struct link *link_new(const char *path);
void link_free(struct link *l);
/* Sends m and waits for the answer with its id. False within deadline_ms otherwise; the link is
   then dropped. Views of *answer are valid until the next call. */
bool link_call(struct link *l, struct wire_msg *m, struct wire_msg *answer, int deadline_ms);
/* Sends without waiting. */
bool link_send(struct link *l, struct wire_msg *m);
/* A message that came by itself (grants, kick); false when none waits. Never blocks. */
bool link_poll(struct link *l, struct wire_msg *out);
/* True when connected, trying to connect when not (never blocks); after a reconnect `*generation`
   has grown. */
bool link_connected(struct link *l, unsigned *generation);

struct verified {
    enum verdict verdict;
    int64_t user_id;
    bool is_staff, is_superuser;
};
/* One WIRE_VERIFY round trip. */
struct verified link_verify(struct link *l, struct str origin, struct str address,
                            struct str username, struct str password, int wait_ms);

/* Wakes the agent's live feed after a commit, and its outbox and commands when something was put
   into it: one datagram to RUN_DIR/wake.sock; never blocks, never fails loudly (both also look by
   themselves).
 */
void wake_agent(const char *path, bool outbox);

#endif
