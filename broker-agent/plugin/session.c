/* DISCONNECT and TICK. */
#include "lib/log.h"
#include "plugin.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The broker sends the will after this event. */
int on_disconnect(int event, void *data, void *plugin)
{
    const struct mosquitto_evt_disconnect *ed = data;
    struct plugin *p = plugin;

    (void)event;
    flush_will(p);
    clients_offline(&p->clients, ed->client);
    return MOSQ_ERR_SUCCESS;
}

/* With the will: the phone is offline from now on. That of a deactivated user is denied. */
static void kick(const char *username)
{
    log_warning("kicked", LOG_Z("user", username));
    (void)mosquitto_kick_client_by_username(username, true);
}

/* ---------------------------------------------------------------- certificates */
#define DROPS_MAX 64 /* at once; the others in the next rounds */

struct drops {
    const struct plugin *p;
    char *client_id[DROPS_MAX];
    size_t n;
};

static void note_revoked(const struct client *client, void *ctx)
{
    struct drops *d = ctx;

    if (d->n < DROPS_MAX && client->certificate.serial != NULL &&
        agentlink_revoked(d->p->agent, client->certificate.serial)) {
        char *id = strdup(mosquitto_client_id(client->context));
        if (id != NULL) {
            d->client_id[d->n++] = id;
        }
    }
}

/* Ends connections whose certificate was revoked. Kicking publishes wills and comes back into the
   plugin, so first all are found. True: there may be more. */
static bool drop_revoked(struct plugin *p)
{
    struct drops d = { .p = p };

    clients_each(&p->clients, note_revoked, &d);
    for (size_t i = 0; i < d.n; i++) {
        log_warning("dropped_revoked", LOG_Z("client", d.client_id[i]));
        (void)mosquitto_kick_client_by_clientid(d.client_id[i], true);
        free(d.client_id[i]);
    }
    return d.n == DROPS_MAX;
}

/* The broker reads certificate, authorities and lists again on SIGHUP, and keeps its connections.
   We are in the broker: nobody outside needs the right to send it a signal. */
static void certificates_tick(struct plugin *p)
{
    if (agentlink_certificates_changed(p->agent)) {
        log_warning("certificates_changed", LOG_I("pid", getpid()));
        (void)kill(getpid(), SIGHUP);
        p->drop_revoked = true;
    }
    if (p->drop_revoked) {
        p->drop_revoked = drop_revoked(p);
    }
}

/* At the end of each round of the broker's loop, ten times a second when nothing happens. */
int on_tick(int event, void *data, void *plugin)
{
    struct plugin *p = plugin;

    (void)event;
    (void)data;
    flush_will(p);
    p->reloading = false;
    agentlink_tick(p->agent, kick);
    certificates_tick(p);
    status_tick(p);
    flush_will(p); /* of who was kicked */
    spool_tick(p->spool);
    unsigned failures = spool_sync_failures(p->spool);
    if (failures != p->sync_failures) {
        p->sync_failures = failures;
        log_error("spool_sync_failed", LOG_I("times", failures));
    }
    return MOSQ_ERR_SUCCESS;
}
