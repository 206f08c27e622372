/* The plugin's side of the agent: verdicts, grants, kicks. All waiting of the broker happens in
   here, with a deadline and on the budget. */
#ifndef MYTRACKS_PLUGIN_AGENTLINK_H
#define MYTRACKS_PLUGIN_AGENTLINK_H

#include "budget.h"
#include "users.h"

struct agentlink;

/* NULL: out of memory or the path is too long. */
struct agentlink *agentlink_new(const char *run_dir);
void agentlink_free(struct agentlink *a);

/* May this password be used with this name? VERDICT_BUSY, VERDICT_DOWN: not decided. */
enum verdict agentlink_verify(struct agentlink *a, struct str address, struct str username,
                              struct str password);
/* The user's rights; asks the agent when they are not known. NULL: not known. */
const struct topic_grants *agentlink_grants(struct agentlink *a, struct str username);
/* The same, asking again where the answer was that the user is not active: it may be old. */
const struct topic_grants *agentlink_fresh_grants(struct agentlink *a, struct str username);
/* A command went to a session of the user it is for; a session of this user listens for commands.
 * Nobody waits. */
void agentlink_taken(struct agentlink *a, struct str topic, struct str payload);
void agentlink_listens(struct agentlink *a, struct str username);
/* A message of a phone came; it counts as traffic. */
void agentlink_publish(struct agentlink *a);

/* True once after the agent has asked how the broker is; the answer, a JSON object. */
bool agentlink_status_asked(struct agentlink *a);
void agentlink_status(struct agentlink *a, struct str json);

/* Does the agent call this certificate revoked? serial: "0x1f..." */
bool agentlink_revoked(const struct agentlink *a, const char *serial);
/* True once after each change of the broker's certificates or of what is revoked. */
bool agentlink_certificates_changed(struct agentlink *a);

/* Once in each round of the broker. Takes what the agent pushed, connects again, and calls kick for
   each user (name valid during the call) whose connections have to end. */
void agentlink_tick(struct agentlink *a, void (*kick)(const char *username));

#endif
