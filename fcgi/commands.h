/* Commands to phones: OwnTracks "cmd" messages, published by the agent. */
#ifndef MYTRACKS_FCGI_COMMANDS_H
#define MYTRACKS_FCGI_COMMANDS_H

#include "lib/command.h"
#include "request.h"

/* Publishes command to owntracks/TARGET/cmd with QoS 0, as the reference does: a phone that is away
   never sees it. False: no broker. */
bool command_send(struct request *r, struct str target, const struct jval *command);
/* The same, but nobody waits for it; a failure is logged. */
void command_post(struct request *r, struct str target, const struct jval *command);

/* Permission for AUTH_COMMAND: a session, else the bearer token COMMAND_API_KEY, which may reach
   every device, like staff. 0, or *replied, or a status. */
int command_permit(struct request *r, bool *replied);
/* Whether the request has a bearer token, and there is a key to compare it with. */
bool command_token_sent(struct request *r);
/* That token alone. 0, or *replied. */
int command_key(struct request *r, bool *replied);

#endif
