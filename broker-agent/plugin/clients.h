/* What the plugin remembers of connections. */
#ifndef MYTRACKS_PLUGIN_CLIENTS_H
#define MYTRACKS_PLUGIN_CLIENTS_H

#include "lib/clock.h"
#include "table.h"

struct mosquitto;

struct client {
    struct node node;
    const struct mosquitto *context; /* the broker's, used as a name only */
    usec_t connected_at;
    bool online;
    char *certificate_cn; /* NULL: none */
    char username[];
};

struct clients {
    struct table table;
    size_t gone; /* of them offline */
};

/* The connection that began with this context; offline ones too, until the context is used again or
   too many are kept: their session may live on, and a will may follow. NULL: not known. */
struct client *clients_find(const struct clients *c, const struct mosquitto *context);
/* A connection begins. certificate_cn may be STR_NULL. NULL: out of memory. */
struct client *clients_add(struct clients *c, const struct mosquitto *context, struct str username,
                           struct str certificate_cn, usec_t now);
void clients_offline(struct clients *c, const struct mosquitto *context);
void clients_free(struct clients *c);

#endif
