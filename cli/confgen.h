/* Generated nginx and Mosquitto configuration: the texts of nginx/ and mosquitto/, embedded at
   build time, with @NAME@ replaced. */
#ifndef MYTRACKS_CONFGEN_H
#define MYTRACKS_CONFGEN_H

#include "lib/config.h"

/* Writes nginx.conf, its three includes, mosquitto.conf and openssl.cnf into RUN_DIR. plugin: path
   of mosquitto_mytracks.so. tls: the broker has a TLS listener, for which the agent has written the
   certificates. False after a message. */
bool confgen_write(const struct config *c, const char *plugin, bool tls);
/* The persistence folder of the broker. */
struct str confgen_broker_dir(const struct config *c, struct arena *a);

#endif
