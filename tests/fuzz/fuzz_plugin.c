/* The broker's plugin, called as Mosquitto calls it, in any order and with any bytes: the broker's
   side (contexts, kicks, certificates) and the agent's are played here. Checked: what is
   acknowledged is in the spool, once, in order, under the name of its sender, and nothing else is;
   nobody's command to another phone is more than reportLocation.

   An input is a list of events: kind, context, then what belongs to it, each text with a length
   byte before it. */
#include "fuzz.h"

#include "broker-agent/spool.h"
#include "lib/topic.h"
#include "lib/wire.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONTEXTS 4
#define TEXT 256
#define EVENTS_MOST 200
#define BARE "{\"_type\": \"cmd\", \"action\": \"reportLocation\"}"

struct mosquitto {
    char username[TEXT], id[16], cn[TEXT];
    size_t cn_n;
    bool named, on_tls, connected, has_address;
};

static struct {
    struct mosquitto context[CONTEXTS];
    MOSQ_FUNC_generic_callback event[16];
    void *plugin;
    char folder[64], run[80], spool[80];
    struct spool_reader *reader;
} broker;

/* ---------------------------------------------------------------- what the plugin may call */

int mosquitto_callback_register(mosquitto_plugin_id_t *identifier, int event,
                                MOSQ_FUNC_generic_callback f, const void *data, void *plugin)
{
    (void)identifier, (void)data;
    CHECK(event >= 0 && event < 16);
    broker.event[event] = f;
    broker.plugin = plugin;
    return MOSQ_ERR_SUCCESS;
}

void mosquitto_log_printf(int level, const char *fmt, ...)
{
    (void)level, (void)fmt;
}

void *mosquitto_malloc(size_t size)
{
    return malloc(size);
}

const char *mosquitto_client_address(const struct mosquitto *c)
{
    return c->has_address ? "192.0.2.1" : NULL;
}

/* The second half of the contexts. */
static bool is_websocket(const struct mosquitto *c)
{
    return c - broker.context >= CONTEXTS / 2;
}

int mosquitto_client_protocol(const struct mosquitto *c)
{
    return is_websocket(c) ? mp_websockets : mp_mqtt;
}

int mosquitto_client_protocol_version(const struct mosquitto *c)
{
    return is_websocket(c) ? 5 : 4;
}

const char *mosquitto_client_id(const struct mosquitto *c)
{
    return c->id;
}

const char *mosquitto_client_username(const struct mosquitto *c)
{
    return c->named ? c->username : NULL;
}

int mosquitto_set_username(struct mosquitto *c, const char *username)
{
    snprintf(c->username, sizeof c->username, "%s", username);
    c->named = true;
    return MOSQ_ERR_SUCCESS;
}

/* The caller frees it, as with the broker's. */
void *mosquitto_client_certificate(const struct mosquitto *c)
{
    X509 *x = c->on_tls ? X509_new() : NULL;

    if (x != NULL) {
        ASN1_INTEGER_set(X509_get_serialNumber(x), c->id[0]);
        (void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                                         (const unsigned char *)c->cn, (int)c->cn_n, -1, 0);
    }
    return x;
}

static int fire(int event, void *data)
{
    return broker.event[event](event, data, broker.plugin);
}

static void drop(struct mosquitto *c)
{
    struct mosquitto_evt_disconnect ed = { .client = c };

    if (c->connected) {
        c->connected = false;
        (void)fire(MOSQ_EVT_DISCONNECT, &ed);
    }
}

int mosquitto_kick_client_by_username(const char *username, bool with_will)
{
    (void)with_will;
    for (size_t i = 0; i < CONTEXTS; i++) {
        if (broker.context[i].named && strcmp(broker.context[i].username, username) == 0) {
            drop(&broker.context[i]);
        }
    }
    return MOSQ_ERR_SUCCESS;
}

int mosquitto_kick_client_by_clientid(const char *id, bool with_will)
{
    (void)with_will;
    for (size_t i = 0; i < CONTEXTS; i++) {
        if (strcmp(broker.context[i].id, id) == 0) {
            drop(&broker.context[i]);
        }
    }
    return MOSQ_ERR_SUCCESS;
}

/* ---------------------------------------------------------------- the agent
   A password is right when it begins with 'y', but not for the inactive nor for the agent's own
   name. Names that begin with 'r' are superusers, with 'i' inactive; everybody may read emma/phone
   and ask friend's devices to report. */

static void answer(int fd, const struct wire_msg *m)
{
    static uint8_t out[WIRE_MAX];
    struct str name = m->field[0];
    char first = name.n > 0 ? name.p[0] : 0;
    struct wire_msg reply = { .id = m->id };

    if (m->kind == WIRE_VERIFY) {
        struct str password = m->field[3];
        struct str who = m->field[2];
        bool right = password.n > 0 && password.p[0] == 'y' && who.n > 0 && who.p[0] != 'i' &&
                     who.p[0] != '$';
        reply.kind = WIRE_VERDICT;
        reply.n = 3;
        reply.field[0] = right ? STR("1") : STR("0");
        reply.field[1] = STR("1");
        reply.field[2] = STR("");
    } else if (m->kind == WIRE_WATCH) {
        reply.kind = WIRE_GRANTS;
        reply.n = 4;
        reply.field[0] = name;
        reply.field[1] = first == 'i' ? STR("") : first == 'r' ? STR("au") : STR("a");
        reply.field[2] = STR("emma/phone");
        reply.field[3] = STR("friend");
    } else if (m->kind == WIRE_TLS) {
        reply.kind = WIRE_TLS;
        reply.n = 2;
        reply.field[0] = STR("stamp");
        reply.field[1] = STR("0x63");
    } else {
        return;
    }
    size_t n = wire_pack(out, sizeof out, &reply);
    if (n > 0) {
        (void)!send(fd, out, n, MSG_NOSIGNAL);
    }
}

static void *agent(void *arg)
{
    static uint8_t in[WIRE_MAX];
    int listener = *(int *)arg;

    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; close(fd)) {
        for (ssize_t n; (n = recv(fd, in, sizeof in, 0)) > 0;) {
            struct wire_msg m;
            CHECK(wire_unpack(in, (size_t)n, &m)); /* the plugin sends what can be read */
            answer(fd, &m);
        }
    }
    return NULL;
}

static void start_agent(void)
{
    static int fd;
    static pthread_t thread;
    struct sockaddr_un at = { .sun_family = AF_UNIX };

    snprintf(at.sun_path, sizeof at.sun_path, "%s/agent.sock", broker.run);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 4) == 0);
    CHECK(pthread_create(&thread, NULL, agent, &fd) == 0);
}

/* ---------------------------------------------------------------- once */

static void clean_up(void)
{
    spool_reader_close(broker.reader);
    fuzz_remove(broker.folder);
}

static void start(void)
{
    static char sync[] = "never", run_key[] = "run_dir", spool_key[] = "spool_dir",
                sync_key[] = "spool_sync";

    signal(SIGHUP, SIG_IGN); /* the plugin sends it to the broker */
    snprintf(broker.folder, sizeof broker.folder, "/tmp/mytracks-fuzz-XXXXXX");
    CHECK(mkdtemp(broker.folder) != NULL);
    snprintf(broker.run, sizeof broker.run, "%s", broker.folder);
    snprintf(broker.spool, sizeof broker.spool, "%s/spool", broker.folder);
    start_agent();
    struct mosquitto_opt options[] = { { run_key, broker.run },
                                       { spool_key, broker.spool },
                                       { sync_key, sync } };
    CHECK(mosquitto_plugin_init(NULL, &broker.plugin, options, 3) == MOSQ_ERR_SUCCESS);
    broker.reader = spool_reader_open(broker.spool, 0, 0);
    CHECK(broker.reader != NULL);
    atexit(clean_up);
    struct mosquitto first = { .id = "first", .has_address = true };
    char yes[] = "yes", name[] = "first";
    struct mosquitto_evt_basic_auth ed = { .client = &first, .username = name, .password = yes };
    for (int i = 0; i < 1000 && fire(MOSQ_EVT_BASIC_AUTH, &ed) != MOSQ_ERR_SUCCESS; i++) {
        struct mosquitto_evt_tick tick = { 0 };
        (void)fire(MOSQ_EVT_TICK, &tick); /* until the agent is reached */
        usleep(1000);
    }
    struct mosquitto_evt_disconnect bye = { .client = &first };
    (void)fire(MOSQ_EVT_DISCONNECT, &bye);
}

/* ---------------------------------------------------------------- events */

/* A text without NUL, as the broker gives them. */
static const char *take_text(struct str *in, char room[TEXT])
{
    size_t n = in->n > 0 ? (unsigned char)in->p[0] : 0;
    struct str text = str_sub(*in, 1, n);

    *in = str_sub(*in, 1 + n, in->n);
    snprintf(room, TEXT, "%.*s", STR_FMT(text));
    return room;
}

/* What the spool has to hold. */
struct expected {
    char username[TEXT], topic[TEXT];
    struct str payload;
};
struct run {
    struct expected message[EVENTS_MOST];
    size_t messages, wills; /* wills: at most */
    struct arena *arena;
};

static void connect_event(struct mosquitto *c, struct str *in)
{
    char username[TEXT], password[TEXT];
    bool named = in->n > 0 && (in->p[0] & 1) != 0;

    drop(c);
    if (!is_websocket(c)) {
        struct mosquitto_evt_tick tick = { 0 };
        (void)fire(MOSQ_EVT_TICK, &tick); /* new ones come in the next round */
    }
    c->on_tls = in->n > 0 && (in->p[0] & 2) != 0;
    c->has_address = true;
    *in = str_sub(*in, 1, in->n);
    take_text(in, username);
    take_text(in, password);
    c->cn_n = strlen(password);
    snprintf(c->cn, sizeof c->cn, "%s", password);
    c->named = named;
    snprintf(c->username, sizeof c->username, "%s", username);
    struct mosquitto_evt_basic_auth ed = { .client = c,
                                           .username = named ? username : NULL,
                                           .password = password };
    c->connected = fire(MOSQ_EVT_BASIC_AUTH, &ed) == MOSQ_ERR_SUCCESS;
    if (c->connected) {
        CHECK(c->named && (c->on_tls || password[0] == 'y'));
        CHECK(!c->on_tls || (strcmp(c->username, c->cn) == 0 && c->cn[0] != 'i'));
    }
}

/* Takes a topic and a payload, and asks for the right as the broker does: for clients that are
   connected. */
static bool is_allowed(struct mosquitto *c, struct str *in, int access, char topic[TEXT],
                       char payload[TEXT])
{
    take_text(in, topic);
    take_text(in, payload);
    struct mosquitto_evt_acl_check ed = { .client = c,
                                          .topic = topic,
                                          .payload = payload,
                                          .access = access,
                                          .payloadlen = (uint32_t)strlen(payload),
                                          .qos = 1 };

    return c->connected && fire(MOSQ_EVT_ACL_CHECK, &ed) == MOSQ_ERR_SUCCESS;
}

/* As handle__publish() does it: first the right, then the message. */
static void publish_event(struct mosquitto *c, struct str *in, struct run *run, bool as_will)
{
    char topic[TEXT], payload[TEXT];
    struct topic t;

    if (!is_allowed(c, in, MOSQ_ACL_WRITE, topic, payload)) {
        return;
    }
    bool superuser = c->username[0] == 'r';
    bool parsed = topic_parse(str_of(topic), &t),
         own = parsed && str_eq(t.user, str_of(c->username));
    CHECK(parsed && (own || superuser || str_eqz(t.user, "friend")) && c->username[0] != 'i');
    if (as_will) {
        run->wills++;
        return;
    }
    struct mosquitto_evt_message ed = { .client = c,
                                        .topic = topic,
                                        .payload = payload,
                                        .payloadlen = (uint32_t)strlen(payload),
                                        .qos = 1 };
    int rc = fire(MOSQ_EVT_MESSAGE, &ed);
    if (!own && !superuser) {
        CHECK(rc == MOSQ_ERR_SUCCESS && ed.payloadlen == sizeof BARE - 1 &&
              memcmp(ed.payload, BARE, sizeof BARE - 1) == 0);
    }
    if (ed.payload != payload) {
        free(ed.payload);
    }
    bool command_to_other = str_eqz(t.rest, "cmd") && !own;
    if (rc == MOSQ_ERR_SUCCESS && !str_is_null(t.device) && !command_to_other) {
        struct expected *e = &run->message[run->messages++];
        snprintf(e->username, TEXT, "%s", c->username);
        snprintf(e->topic, TEXT, "%s", topic);
        e->payload = arena_dup(run->arena, str_of(payload));
    }
}

static void read_event(struct mosquitto *c, struct str *in, int access)
{
    char topic[TEXT], payload[TEXT];
    struct topic t;

    if (is_allowed(c, in, access, topic, payload) && access == MOSQ_ACL_READ && c->named &&
        c->username[0] != 'r' && topic_parse(str_of(topic), &t) &&
        !str_eq(t.user, str_of(c->username))) {
        CHECK(str_eqz(t.user, "emma") && str_eqz(t.device, "phone") && !str_eqz(t.rest, "cmd"));
    }
}

/* ---------------------------------------------------------------- the spool */

static void check_spool(const struct run *run)
{
    struct spool_record r;
    uint64_t segment = 0, offset = 0;
    size_t messages = 0, wills = 0;

    while (spool_next(broker.reader, &r, &segment, &offset) == SPOOL_RECORD) {
        const struct expected *e = &run->message[messages];
        if (messages < run->messages && str_eqz(r.username, e->username) &&
            str_eqz(r.topic, e->topic) && str_eq(r.payload, e->payload) && !r.will) {
            messages++;
        } else {
            CHECK(r.will);
            wills++;
        }
    }
    spool_delete_before(broker.reader, segment);
    CHECK(messages == run->messages);
    CHECK(wills <= run->wills);
    CHECK(spool_reader_damaged(broker.reader) == 0);
}

static void one_event(struct str *in, struct run *run)
{
    unsigned kind = (unsigned char)in->p[0], which = in->n > 1 ? (unsigned char)in->p[1] : 0;
    struct mosquitto *c = &broker.context[which % CONTEXTS];

    *in = str_sub(*in, 2, in->n);
    switch (kind % 8) {
    case 0:
        connect_event(c, in);
        break;
    case 1:
    case 2:
        publish_event(c, in, run, kind % 8 == 2);
        break;
    case 3:
        read_event(c, in, MOSQ_ACL_READ);
        break;
    case 4:
        read_event(c, in,
                   which & 4   ? MOSQ_ACL_SUBSCRIBE
                   : which & 8 ? MOSQ_ACL_UNSUBSCRIBE
                               : (int)which);
        break;
    case 5:
        drop(c);
        break;
    case 6: {
        struct mosquitto_evt_tick tick = { 0 };
        (void)fire(MOSQ_EVT_TICK, &tick);
        break;
    }
    default: {
        struct mosquitto_evt_reload reload = { 0 };
        (void)fire(MOSQ_EVT_RELOAD, &reload);
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run run;
    struct mosquitto_evt_tick tick = { 0 };
    struct str in = fuzz_text(data, size);

    if (broker.plugin == NULL) {
        start();
    }
    run.arena = fuzz_arena();
    run.messages = run.wills = 0;
    for (size_t i = 0; i < CONTEXTS; i++) {
        broker.context[i] = (struct mosquitto){ .id = { (char)('a' + i) } };
    }
    for (size_t i = 0; i < EVENTS_MOST && in.n > 0; i++) {
        one_event(&in, &run);
    }
    for (size_t i = 0; i < CONTEXTS; i++) {
        drop(&broker.context[i]);
    }
    (void)fire(MOSQ_EVT_TICK, &tick);
    check_spool(&run);
    return 0;
}
