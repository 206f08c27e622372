/* What the plugin remembers of connections. */
#ifndef MYTRACKS_PLUGIN_CLIENTS_H
#define MYTRACKS_PLUGIN_CLIENTS_H

#include "lib/clock.h"
#include "table.h"

struct mosquitto;

/* What counts of a certificate; both on the heap. */
struct certificate_of {
    char *cn;     /* UTF-8; NULL: not a usable one */
    char *serial; /* "0x1f...", as in the agent's list; "" when it can be none of ours */
};

/* For people: cut to what fits. */
struct client_look {
    char id[64], address[48];
    char device[64]; /* of the topic that it wrote to last; "": none yet */
    bool websocket;
    int version; /* 3: MQTT 3.1, 4: 3.1.1, 5 */
    uint64_t messages;
    usec_t last_at; /* of its last message; 0: none */
};

struct client {
    struct node node;
    const struct mosquitto *context; /* the broker's, used as a name only */
    usec_t connected_at;
    bool online;
    struct client_look look;
    struct certificate_of certificate; /* NULLs: none */
    char username[];
};

struct clients {
    struct table table;
    size_t gone; /* of them offline */
};

/* The connection that began with this context; offline ones too, until the context is used again or
   too many are kept: their session may live on, and a will may follow. NULL: not known. */
struct client *clients_find(const struct clients *c, const struct mosquitto *context);
/* A connection begins. certificate: NULL without one, copied. NULL: out of memory. */
struct client *clients_add(struct clients *c, const struct mosquitto *context, struct str username,
                           const struct certificate_of *certificate, usec_t now);
/* Calls f for each that is online; f must not add or take offline. */
void clients_each(struct clients *c, void (*f)(const struct client *client, void *ctx), void *ctx);
void clients_offline(struct clients *c, const struct mosquitto *context);
void clients_free(struct clients *c);

#endif
