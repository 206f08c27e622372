/* DISCONNECT and TICK. */
#include "lib/log.h"
#include "plugin.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

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

/* At the end of each round of the broker's loop, ten times a second when nothing happens. */
int on_tick(int event, void *data, void *plugin)
{
    struct plugin *p = plugin;

    (void)event;
    (void)data;
    flush_will(p);
    p->reloading = false;
    agentlink_tick(p->agent, kick);
    flush_will(p); /* of who was kicked */
    spool_tick(p->spool);
    unsigned failures = spool_sync_failures(p->spool);
    if (failures != p->sync_failures) {
        p->sync_failures = failures;
        log_error("spool_sync_failed", LOG_I("times", failures));
    }
    return MOSQ_ERR_SUCCESS;
}
