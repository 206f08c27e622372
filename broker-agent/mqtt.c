/* Our client in the broker: commands to phones go out through it. It subscribes to the broker's
   version, errors and warnings alone: what phones send reaches us through the spool. One thread
   with its own loop; publishing is thread-safe. */
#include "agent.h"
#include "lib/log.h"

#include <mosquitto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEPALIVE_S 60
#define LOOP_MS 1000
#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 2000
#define TOPIC_MAX 1024
#define VERSION_TOPIC "$SYS/broker/version"
#define ERRORS_TOPIC "$SYS/broker/log/E" /* with "log_dest topic" */
#define WARNINGS_TOPIC "$SYS/broker/log/W"
#define TLS_MARK "OpenSSL Error"
#define LINE_ROOM 512
#define SAME_LINE (60 * USEC_PER_SEC) /* is told once: everybody may knock at the port for TLS */

static atomic_bool connected;
static struct mosquitto *client; /* set before the server thread starts to publish */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char broker_version[64], tls_error[128];
static usec_t tls_error_at, line_at;
static char last_line[LINE_ROOM];
static pthread_mutex_t heard_lock = PTHREAD_MUTEX_INITIALIZER; /* of what the broker told */

bool mqtt_connected(void)
{
    return atomic_load(&connected);
}

void mqtt_wake(void)
{
    pthread_mutex_lock(&lock);
    if (client != NULL) {
        mosquitto_disconnect(client);
    }
    pthread_mutex_unlock(&lock);
}

bool mqtt_publish(struct str topic, struct str payload, int qos, bool retain)
{
    char name[TOPIC_MAX];

    if (!mqtt_connected() || topic.n == 0 || topic.n >= sizeof name || payload.n > INT32_MAX) {
        return false;
    }
    memcpy(name, topic.p, topic.n);
    name[topic.n] = '\0';
    pthread_mutex_lock(&lock);
    int rc = mosquitto_publish(client, NULL, name, (int)payload.n, payload.p, qos, retain);
    pthread_mutex_unlock(&lock);
    if (rc != MOSQ_ERR_SUCCESS) {
        log_error("publish_failed", LOG_S("topic", topic), LOG_Z("error", mosquitto_strerror(rc)));
    }
    return rc == MOSQ_ERR_SUCCESS;
}

/* Letters, digits and marks alone: it is shown to people. */
static void keep_text(char *out, size_t size, struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n && n < size - 1; i++) {
        if (text.p[i] >= ' ' && text.p[i] < 0x7F) {
            out[n++] = text.p[i];
        }
    }
    out[n] = '\0';
}

/* "17...: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca": the last part. */
static void on_error(struct str line)
{
    size_t at = line.n;

    if (line.n == 0 || memmem(line.p, line.n, TLS_MARK, strlen(TLS_MARK)) == NULL) {
        return;
    }
    while (at > 0 && line.p[at - 1] != ':') {
        at--;
    }
    keep_text(tls_error, sizeof tls_error, str_trim(str_sub(line, at, line.n)));
    tls_error_at = clock_now();
}

/* For the status page. "17...: text" */
static void keep_line(struct str line, enum log_level level)
{
    char text[LINE_ROOM];
    size_t digits = 0;
    usec_t now = clock_mono();

    while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '9') {
        digits++;
    }
    if (digits > 0 && str_starts(str_sub(line, digits, SIZE_MAX), STR(": "))) {
        line = str_sub(line, digits + 2, SIZE_MAX);
    }
    keep_text(text, sizeof text, line);
    if (text[0] == '\0' || (strcmp(text, last_line) == 0 && now - line_at < SAME_LINE)) {
        return;
    }
    (void)snprintf(last_line, sizeof last_line, "%s", text);
    line_at = now;
    log_keep("broker", level, text, NULL);
}

static void on_message(struct mosquitto *m, void *ctx, const struct mosquitto_message *message)
{
    struct str text = { message->payload, (size_t)message->payloadlen };

    (void)m;
    (void)ctx;
    pthread_mutex_lock(&heard_lock);
    if (strcmp(message->topic, VERSION_TOPIC) == 0) {
        keep_text(broker_version, sizeof broker_version, text);
    } else {
        bool warning = strcmp(message->topic, WARNINGS_TOPIC) == 0;
        keep_line(text, warning ? LOG_LVL_WARNING : LOG_LVL_ERROR);
        if (!warning) {
            on_error(text);
        }
    }
    pthread_mutex_unlock(&heard_lock);
}

usec_t mqtt_tls_error(char *out, size_t size)
{
    pthread_mutex_lock(&heard_lock);
    usec_t at = tls_error_at;
    (void)snprintf(out, size, "%s", tls_error);
    pthread_mutex_unlock(&heard_lock);
    return at;
}

void mqtt_broker_version(char *out, size_t size)
{
    pthread_mutex_lock(&heard_lock);
    (void)snprintf(out, size, "%s", broker_version);
    pthread_mutex_unlock(&heard_lock);
}

static void on_connect(struct mosquitto *m, void *ctx, int rc)
{
    (void)ctx;
    atomic_store(&connected, rc == 0);
    if (rc == 0) {
        (void)mosquitto_subscribe(m, NULL, VERSION_TOPIC, 0);
        (void)mosquitto_subscribe(m, NULL, ERRORS_TOPIC, 0);
        (void)mosquitto_subscribe(m, NULL, WARNINGS_TOPIC, 0);
        log_event(LOG_LVL_INFO, "broker_connected", NULL);
    } else {
        log_warning("broker_refused", LOG_Z("reason", mosquitto_connack_string(rc)));
    }
}

static void on_disconnect(struct mosquitto *m, void *ctx, int rc)
{
    (void)m;
    (void)ctx;
    if (atomic_exchange(&connected, false)) {
        log_warning("broker_lost", LOG_Z("reason", mosquitto_strerror(rc)));
    }
}

static void open_client(const struct agent *agent)
{
    /* A persistent session: what is queued for a broker restart is not lost with the connection. */
    struct mosquitto *m = mosquitto_new("mytracks-agent", false, NULL);

    if (m == NULL) {
        log_event(LOG_LVL_ERROR, "mosquitto_new_failed", NULL);
        exit(1);
    }
    mosquitto_threaded_set(m, true);
    mosquitto_username_pw_set(m, AGENT_MQTT_USER.p, agent->mqtt_password);
    mosquitto_connect_callback_set(m, on_connect);
    mosquitto_disconnect_callback_set(m, on_disconnect);
    mosquitto_message_callback_set(m, on_message);
    pthread_mutex_lock(&lock);
    client = m;
    pthread_mutex_unlock(&lock);
}

void *mqtt_thread(void *arg)
{
    const struct agent *agent = arg;
    char path[256];
    int backoff_ms = BACKOFF_MIN_MS;

    mosquitto_lib_init();
    open_client(agent);
    snprintf(path, sizeof path, "%s/mqtt.sock", agent->run_dir);
    while (!atomic_load(&agent->stopping)) {
        /* Port 0: the path of a unix socket (mosquitto.h). */
        int rc = mosquitto_connect(client, path, 0, KEEPALIVE_S);
        while (rc == MOSQ_ERR_SUCCESS && !atomic_load(&agent->stopping)) {
            rc = mosquitto_loop(client, LOOP_MS, 1);
            backoff_ms = mqtt_connected() ? BACKOFF_MIN_MS : backoff_ms;
        }
        atomic_store(&connected, false);
        if (!atomic_load(&agent->stopping)) {
            usleep((useconds_t)backoff_ms * 1000);
            backoff_ms = backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : backoff_ms * 2;
        }
    }
    pthread_mutex_lock(&lock);
    mosquitto_destroy(client);
    client = NULL;
    pthread_mutex_unlock(&lock);
    mosquitto_lib_cleanup();
    return NULL;
}
