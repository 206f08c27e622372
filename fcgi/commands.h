/* Commands to phones: OwnTracks "cmd" messages, published by the agent. */
#ifndef MYTRACKS_FCGI_COMMANDS_H
#define MYTRACKS_FCGI_COMMANDS_H

#include "request.h"

/* {"_type": "cmd", "action": ACTION}, an object to be extended. */
struct jval *command_new(struct arena *a, const char *action);
/* "USER/DEVICE" of a device's topics: its MQTT user, else its owner, else its own id. */
struct str command_target(struct arena *a, struct str mqtt_user, struct str owner,
                          struct str device_id);
/* Publishes command to owntracks/TARGET/cmd with QoS 0, as the reference does: a phone that is away
   never sees it. False: no broker. */
bool command_send(struct request *r, struct str target, const struct jval *command);
/* The same, but nobody waits for it; a failure is logged. */
void command_post(struct request *r, struct str target, const struct jval *command);

/* Permission for AUTH_COMMAND: a session, else the bearer token COMMAND_API_KEY, which may reach
   every device, like staff. 0, or *replied, or a status. */
int command_permit(struct request *r, bool *replied);

#endif
