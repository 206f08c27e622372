/* ACL_CHECK: who may publish and read what. */
#include "lib/topic.h"
#include "plugin.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

/* On a listener with use_identity_as_username BASIC_AUTH is not raised: such a client is seen here
   first. Its context may have been another client's. */
static void see_certificate(struct plugin *p, const struct mosquitto *context, struct str username)
{
    const struct client *client = clients_find(&p->clients, context);
    struct certificate_of c;

    if (client != NULL && client->online) {
        return;
    }
    /* A client that has left has none any more. */
    if (certificate_read(context, &c) && c.cn != NULL && c.serial != NULL) {
        struct client *seen = clients_add(&p->clients, context, username, &c, clock_now());
        if (seen != NULL) {
            status_connected(seen, context);
        }
    }
    certificate_free(&c);
}

static int check_write(struct plugin *p, const struct mosquitto_evt_acl_check *ed,
                       struct str username, const struct topic_grants *g)
{
    struct str topic = str_of(ed->topic), payload = { ed->payload, ed->payloadlen };

    if (g == NULL) {
        /* Not ACL_DENIED, which is acknowledged: the client is dropped and sends again later. */
        return MOSQ_ERR_UNKNOWN;
    }
    if (!topic_allowed(TOPIC_PUBLISH, username, g, topic, payload)) {
        struct trouble_of trouble = { .kind = "publish",
                                      .why = "not a topic that this user may write to",
                                      .user = username,
                                      .address = text_of(mosquitto_client_address(ed->client)),
                                      .client_id = text_of(mosquitto_client_id(ed->client)),
                                      .topic = topic };
        troubles_add(&p->troubles, clock_now(), &trouble);
        return MOSQ_ERR_ACL_DENIED;
    }
    /* Without an address: not a client, but the publisher of a retained message
       (check_retain_source) that goes to a new subscriber. */
    if (mosquitto_client_address(ed->client) != NULL && is_spooled(username, topic)) {
        see_certificate(p, ed->client, username);
        struct spool_record r = record_of(p, ed->client);
        r.topic = topic;
        r.payload = payload;
        r.qos = ed->qos;
        r.retain = ed->retain;
        wills_remember(p->wills, ed->client, &r);
    }
    return MOSQ_ERR_SUCCESS;
}

static bool is_command_to(struct str topic, struct str user)
{
    struct topic t;

    return topic_parse(topic, &t) && str_eq(t.user, user) && str_eq(t.rest, STR("cmd"));
}

/* Ends in "/cmd" or in '#', or in wildcards that may mean it. */
static bool may_be_commands(struct str filter)
{
    static const char *const ends[] = { "/cmd", "/#", "/+/+" };

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct str end = str_of(ends[i]);
        if (filter.n >= end.n && str_eq(str_sub(filter, filter.n - end.n, end.n), end)) {
            return true;
        }
    }
    return str_eqz(filter, "#");
}

int on_acl_check(int event, void *data, void *plugin)
{
    const struct mosquitto_evt_acl_check *ed = data;
    struct plugin *p = plugin;
    struct str username = str_of(mosquitto_client_username(ed->client));

    (void)event;
    flush_will(p);
    if (ed->access == MOSQ_ACL_UNSUBSCRIBE) {
        return MOSQ_ERR_SUCCESS;
    }
    if (str_is_null(username)) {
        return MOSQ_ERR_ACL_DENIED;
    }
    const struct topic_grants *g = agentlink_grants(p->agent, username);
    bool allowed;
    switch (ed->access) {
    case MOSQ_ACL_WRITE:
        return check_write(p, ed, username, g);
    case MOSQ_ACL_READ:
        /* Any other code than these two would disconnect the publisher. */
        allowed = g != NULL && topic_allowed(TOPIC_READ, username, g, str_of(ed->topic), STR_NULL);
        if (allowed && is_command_to(str_of(ed->topic), username)) {
            agentlink_taken(p->agent, str_of(ed->topic),
                            (struct str){ ed->payload, ed->payloadlen });
        }
        break;
    case MOSQ_ACL_SUBSCRIBE:
        /* Filters are granted, the apps subscribe to owntracks/+/+; each message is checked. */
        allowed = g == NULL || g->active;
        if (allowed && may_be_commands(str_of(ed->topic))) {
            agentlink_listens(p->agent, username);
        }
        break;
    default:
        allowed = false;
    }
    return allowed ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ACL_DENIED;
}
