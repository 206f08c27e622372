/* MESSAGE: what phones publish goes into the spool before the broker acknowledges it. */
#include "lib/log.h"
#include "lib/topic.h"
#include "plugin.h"

#include <errno.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <string.h>

#define LOG_EVERY (10 * USEC_PER_SEC)

static bool is_command_to_other(const struct topic *t, struct str user)
{
    return str_eq(t->rest, STR("cmd")) && !str_eq(t->user, user);
}

bool is_spooled(struct str user, struct str topic)
{
    struct topic t;

    return !str_eq(user, WIRE_AGENT_USER) && topic_parse(topic, &t) && !str_is_null(t.device) &&
           !is_command_to_other(&t, user);
}

struct spool_record record_of(const struct plugin *p, const struct mosquitto *context)
{
    const struct client *client = clients_find(&p->clients, context);

    return (struct spool_record){
        .received_at = clock_now(),
        .connected_at = client != NULL ? client->connected_at : 0,
        .username = text_of(mosquitto_client_username(context)),
        .client_id = text_of(mosquitto_client_id(context)),
        .address = text_of(mosquitto_client_address(context)),
        .tls_cn = text_of(client != NULL ? client->certificate.cn : NULL),
    };
}

static bool append(struct plugin *p, const struct spool_record *r)
{
    if (spool_append(p->spool, r)) {
        return true;
    }
    int why = errno;
    usec_t now = clock_mono();
    if (p->spool_error_at == 0 || now - p->spool_error_at > LOG_EVERY) {
        p->spool_error_at = now;
        log_error("spool_failed", LOG_S("topic", r->topic), LOG_Z("error", strerrordesc_np(why)));
    }
    errno = why;
    return false;
}

void flush_will(struct plugin *p)
{
    const struct spool_record *will = wills_take(p->wills);

    if (will != NULL) {
        (void)append(p, will); /* nobody waits for an answer to a will */
    }
}

/* A command to somebody else's phone was checked to be reportLocation. It is passed on as exactly
   that: no other member, nothing that two parsers could read in two ways. */
static int bare_command(struct mosquitto_evt_message *ed)
{
    static const char bare[] = "{\"_type\": \"cmd\", \"action\": \"reportLocation\"}";
    char *payload = mosquitto_malloc(sizeof bare);

    if (payload == NULL) {
        return MOSQ_ERR_NOMEM;
    }
    memcpy(payload, bare, sizeof bare);
    ed->payload = payload; /* the broker frees both */
    ed->payloadlen = sizeof bare - 1;
    return MOSQ_ERR_SUCCESS;
}

static int spool_message(struct plugin *p, const struct mosquitto_evt_message *ed)
{
    struct spool_record r = record_of(p, ed->client);

    r.topic = str_of(ed->topic);
    r.payload = (struct str){ ed->payload, ed->payloadlen };
    r.qos = ed->qos;
    r.retain = ed->retain;
    if (append(p, &r)) {
        return MOSQ_ERR_SUCCESS;
    }
    /* ACL_DENIED is acknowledged, so it is for what can never be stored. With any other code the
       client is dropped without PUBACK and sends again. */
    return errno == EMSGSIZE ? MOSQ_ERR_ACL_DENIED : MOSQ_ERR_ERRNO;
}

int on_message(int event, void *data, void *plugin)
{
    struct mosquitto_evt_message *ed = data;
    struct plugin *p = plugin;
    struct str username = text_of(mosquitto_client_username(ed->client));
    struct topic t;

    (void)event;
    wills_forget(p->wills, ed->client);
    flush_will(p);
    if (str_eq(username, WIRE_AGENT_USER)) {
        return MOSQ_ERR_SUCCESS;
    }
    agentlink_publish(p->agent);
    status_message(p, ed->client, str_of(ed->topic), ed->payloadlen);
    if (is_spooled(username, str_of(ed->topic))) {
        return spool_message(p, ed);
    }
    const struct topic_grants *g = agentlink_grants(p->agent, username);
    if (topic_parse(str_of(ed->topic), &t) && is_command_to_other(&t, username) &&
        (g == NULL || !g->superuser)) {
        return bare_command(ed);
    }
    return MOSQ_ERR_SUCCESS;
}
