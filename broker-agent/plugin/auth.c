/* BASIC_AUTH: who connects. Also RELOAD, after which the broker asks again for everybody. */
#include "lib/log.h"
#include "plugin.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

/* Any code but SUCCESS and AUTH closes the connection without CONNACK (handle_connect.c): the phone
   takes it for a network fault and comes again in seconds, instead of giving up. */
#define COME_AGAIN MOSQ_ERR_UNKNOWN

static int refuse(struct plugin *p, const struct mosquitto *context, struct str username,
                  const char *why)
{
    struct trouble_of trouble = { .kind = "login",
                                  .why = why,
                                  .user = username,
                                  .address = text_of(mosquitto_client_address(context)),
                                  .client_id = text_of(mosquitto_client_id(context)) };

    troubles_add(&p->troubles, clock_now(), &trouble);
    log_warning("login_refused", LOG_S("user", username), LOG_Z("why", why),
                LOG_Z("client", mosquitto_client_id(context)),
                LOG_Z("address", mosquitto_client_address(context)));
    return MOSQ_ERR_AUTH;
}

/* Ends an accepted login: rights are known as far as the agent tells, the connection is noted.
   c: NULL without a certificate. */
static int accept_login(struct plugin *p, const struct mosquitto *context, struct str username,
                        const struct certificate_of *c)
{
    struct client *client = clients_add(&p->clients, context, username, c, clock_now());

    if (client == NULL) {
        return COME_AGAIN;
    }
    status_connected(client, context);
    return MOSQ_ERR_SUCCESS;
}

/* With a client certificate its CN is the user; the password is not looked at. A user name in
   CONNECT must be the same. The listener has require_certificate but not use_identity_as_username,
   with which the broker would not ask us. */
static int certificate_login(struct plugin *p, struct mosquitto_evt_basic_auth *ed,
                             const struct certificate_of *c)
{
    struct str given = str_of(ed->username), cn = str_of(c->cn);

    if (c->cn == NULL || c->serial == NULL) {
        return refuse(p, ed->client, STR_NULL, "the certificate has no usable CN");
    }
    /* The broker's own list may be a moment older. */
    if (agentlink_revoked(p->agent, c->serial)) {
        return refuse(p, ed->client, cn, "the certificate is revoked");
    }

    if (!str_is_null(given) && !str_eq(given, cn)) {
        return refuse(p, ed->client, given, "the certificate is for another user");
    }
    const struct topic_grants *g = agentlink_fresh_grants(p->agent, cn);
    if (g == NULL) {
        return COME_AGAIN;
    }
    if (!g->active || str_eq(cn, WIRE_AGENT_USER)) {
        return refuse(p, ed->client, cn, "the certificate's user is unknown or not active");
    }
    if (str_is_null(given) && mosquitto_set_username(ed->client, cn.p) != MOSQ_ERR_SUCCESS) {
        return COME_AGAIN;
    }
    return accept_login(p, ed->client, cn, c);
}

static int password_login(struct plugin *p, const struct mosquitto_evt_basic_auth *ed)
{
    struct str username = str_of(ed->username), password = str_of(ed->password);
    struct str address = str_of(mosquitto_client_address(ed->client));

    if (str_is_null(username) || str_is_null(password)) {
        return refuse(p, ed->client, username, "user name and password are needed");
    }
    switch (agentlink_verify(p->agent, address, username, password)) {
    case VERDICT_OK:
        /* Asked for now, so that the first message does not have to wait for the answer. */
        (void)agentlink_fresh_grants(p->agent, username);
        return accept_login(p, ed->client, username, NULL);
    case VERDICT_NO:
        return refuse(p, ed->client, username, "user name or password is wrong");
    case VERDICT_BUSY:
        log_info("login_later", LOG_S("user", username), LOG_S("address", address));
        break;
    case VERDICT_DOWN:
        log_info("login_without_agent", LOG_S("user", username), LOG_S("address", address));
        break;
    }
    return COME_AGAIN;
}

/* After SIGHUP the broker asks for each client and each session it has. They were all checked when
   they connected, and whoever lost the right since was kicked; a refusal here would disconnect
   phones for nothing. Sessions read from the disk never had an address; a new connection has one.
   The broker serves its WebSockets between this and the next tick: there an entry of who has left
   may be that of another connection in the same memory. */
static bool is_old_client(const struct plugin *p, const struct mosquitto_evt_basic_auth *ed)
{
    const struct client *client = clients_find(&p->clients, ed->client);

    return mosquitto_client_address(ed->client) == NULL ||
           (client != NULL && str_eq(str_of(client->username), str_of(ed->username)) &&
            (client->online || mosquitto_client_protocol(ed->client) != mp_websockets));
}

int on_basic_auth(int event, void *data, void *plugin)
{
    struct mosquitto_evt_basic_auth *ed = data;
    struct plugin *p = plugin;
    struct certificate_of c;

    (void)event;
    flush_will(p);
    if (p->reloading && is_old_client(p, ed)) {
        return MOSQ_ERR_SUCCESS;
    }
    int rc =
        certificate_read(ed->client, &c) ? certificate_login(p, ed, &c) : password_login(p, ed);
    certificate_free(&c);
    return rc;
}

int on_reload(int event, void *data, void *plugin)
{
    struct plugin *p = plugin;

    (void)event;
    (void)data;
    flush_will(p);
    p->reloading = true;          /* until the next tick, at the end of the same round */
    return MOSQ_ERR_PLUGIN_DEFER; /* any other code would end the broker's own reload */
}
