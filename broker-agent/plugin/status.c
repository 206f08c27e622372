/* What the administrators' status page tells of the broker. Made only when the agent asks; a
   message costs a comparison and three additions. */
#include "lib/log.h"
#include "lib/process.h"
#include "lib/topic.h"
#include "lib/utf8.h"
#include "plugin.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 500
/* Of the answer: with the agent's part it fits into one message. */
#define CLIENTS_BYTES ((size_t)88 * 1024)
#define JSON_MAX ((size_t)110 * 1024)

void status_connected(struct client *client, const struct mosquitto *context)
{
    struct client_look *look = &client->look;

    text_fit(look->id, sizeof look->id, text_of(mosquitto_client_id(context)));
    text_fit(look->address, sizeof look->address, text_of(mosquitto_client_address(context)));
    look->websocket = mosquitto_client_protocol(context) == mp_websockets;
    look->version = mosquitto_client_protocol_version(context);
}

void status_message(struct plugin *p, const struct mosquitto *context, struct str topic,
                    size_t payload_bytes)
{
    struct client *client = clients_find(&p->clients, context);
    struct topic t;

    rates_add(&p->received, clock_mono(), 1, payload_bytes);
    if (client == NULL) {
        return;
    }
    client->look.messages++;
    client->look.last_at = clock_now();
    if (topic_parse(topic, &t) && t.device.n > 0 && !str_eqz(t.device, client->look.device)) {
        text_fit(client->look.device, sizeof client->look.device, t.device);
    }
}

/* ---------------------------------------------------------------- the answer */

struct telling {
    struct json *j;
    size_t connected, told;
};

static void put_text(struct json *j, struct str key, const char *text)
{
    struct str s = str_of(text);

    json_key(j, key);
    json_str(j, utf8_valid(s) ? s : STR("?"));
}

static void put_time(struct json *j, struct str key, usec_t t)
{
    char iso[CLOCK_TEXT];

    json_key(j, key);
    json_str(j, t != 0 ? (struct str){ iso, clock_iso_z(t, iso) } : STR_NULL);
}

static void tell_client(const struct client *c, void *ctx)
{
    struct telling *t = ctx;
    struct json *j = t->j;

    if (str_eq(str_of(c->username), WIRE_AGENT_USER)) {
        return;
    }
    t->connected++;
    if (t->told == CLIENTS_MAX || j->out->n > CLIENTS_BYTES) {
        return;
    }
    t->told++;
    json_object(j);
    put_text(j, STR("user"), c->username);
    put_text(j, STR("client_id"), c->look.id);
    put_text(j, STR("device"), c->look.device);
    put_text(j, STR("address"), c->look.address);
    json_k(j, "websocket");
    json_bool(j, c->look.websocket);
    json_k(j, "version");
    json_int(j, c->look.version);
    json_k(j, "certificate");
    json_bool(j, c->certificate.cn != NULL);
    put_time(j, STR("since"), c->connected_at);
    put_time(j, STR("last_message"), c->look.last_at);
    json_k(j, "messages");
    json_int(j, (int64_t)c->look.messages);
    json_end(j);
}

static void tell_error(struct json *j)
{
    char text[256];
    int64_t at;

    json_k(j, "last_error");
    if (!log_last_error(text, sizeof text, &at)) {
        json_null(j);
        return;
    }
    json_object(j);
    put_time(j, STR("at"), at * USEC_PER_SEC);
    put_text(j, STR("text"), text);
    json_end(j);
}

static void tell(struct plugin *p, struct json *j)
{
    struct process_facts own = { 0, 0 };
    struct telling t = { .j = j };

    (void)process_facts(getpid(), &own);
    json_object(j);
    json_k(j, "uptime");
    json_int(j, own.uptime);
    json_k(j, "memory");
    json_int(j, own.rss);
    rates_put(j, STR("received"), &p->received, clock_mono());
    tell_error(j);
    json_k(j, "clients");
    json_array(j);
    clients_each(&p->clients, tell_client, &t);
    json_end(j);
    json_k(j, "connected");
    json_int(j, (int64_t)t.connected);
    troubles_put(j, STR("troubles"), &p->troubles);
    json_end(j);
}

void status_tick(struct plugin *p)
{
    struct buf b;
    struct json j;

    if (!agentlink_status_asked(p->agent)) {
        return;
    }
    buf_init(&b, JSON_MAX);
    json_init(&j, &b, JSON_COMPACT);
    tell(p, &j);
    if (buf_ok(&b)) {
        agentlink_status(p->agent, buf_view(&b));
    }
    buf_free(&b);
}
