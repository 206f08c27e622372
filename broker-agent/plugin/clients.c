#include "clients.h"

#include <stdlib.h>
#include <string.h>

#define GONE_MAX 20000

static uint64_t hash_of(const struct mosquitto *context)
{
    uintptr_t address = (uintptr_t)context;

    return table_hash(&address, sizeof address);
}

struct client *clients_find(const struct clients *c, const struct mosquitto *context)
{
    for (struct node *n = table_first(&c->table, hash_of(context)); n != NULL; n = table_next(n)) {
        struct client *client = (struct client *)n; /* node is its first member */
        if (client->context == context) {
            return client;
        }
    }
    return NULL;
}

static void client_free(struct client *client)
{
    free(client->certificate.cn);
    free(client->certificate.serial);
    free(client);
}

static bool is_gone(struct node *n, void *ctx)
{
    struct client *client = (struct client *)n;
    bool gone = !client->online;

    (void)ctx;
    if (gone) {
        client_free(client);
    }
    return gone;
}

static bool any(struct node *n, void *ctx)
{
    (void)ctx;
    client_free((struct client *)n);
    return true;
}

static void forget(struct clients *c, const struct mosquitto *context)
{
    struct client *old = clients_find(c, context);

    if (old != NULL) {
        c->gone -= old->online ? 0 : 1;
        table_remove(&c->table, &old->node);
        client_free(old);
    }
}

static bool copy_certificate(struct client *client, const struct certificate_of *from)
{
    client->certificate.cn = strdup(from->cn);
    client->certificate.serial = strdup(from->serial);
    return client->certificate.cn != NULL && client->certificate.serial != NULL;
}

struct client *clients_add(struct clients *c, const struct mosquitto *context, struct str username,
                           const struct certificate_of *certificate, usec_t now)
{
    forget(c, context);
    struct client *client = calloc(1, sizeof *client + username.n + 1);
    if (client == NULL) {
        return NULL;
    }
    client->context = context;
    client->connected_at = now;
    client->online = true;
    memcpy(client->username, username.p, username.n);
    if ((certificate != NULL && !copy_certificate(client, certificate)) ||
        !table_add(&c->table, &client->node, hash_of(context))) {
        client_free(client);
        return NULL;
    }
    return client;
}

struct each {
    void (*f)(const struct client *client, void *ctx);
    void *ctx;
};

static bool show(struct node *n, void *ctx)
{
    const struct client *client = (struct client *)n;
    const struct each *each = ctx;

    if (client->online) {
        each->f(client, each->ctx);
    }
    return false;
}

void clients_each(struct clients *c, void (*f)(const struct client *client, void *ctx), void *ctx)
{
    struct each each = { f, ctx };

    table_sweep(&c->table, show, &each);
}

void clients_offline(struct clients *c, const struct mosquitto *context)
{
    struct client *client = clients_find(c, context);

    if (client == NULL || !client->online) {
        return;
    }
    client->online = false;
    c->gone++;
    if (c->gone > GONE_MAX) {
        table_sweep(&c->table, is_gone, NULL);
        c->gone = 0;
    }
}

void clients_free(struct clients *c)
{
    table_sweep(&c->table, any, NULL);
    table_free(&c->table);
    c->gone = 0;
}
