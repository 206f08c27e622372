#include "status.h"

#include "lib/json.h"
#include "lib/log.h"
#include "lib/process.h"
#include "tls.h"

#include <unistd.h>

#define JSON_MAX 4096

bool status_full(const struct status *s)
{
    return s->n == STATUS_ASKERS;
}

bool status_add(struct status *s, uint32_t slot, uint32_t id, usec_t now)
{
    bool first = s->n == 0;

    if (first) {
        s->until = now + STATUS_WAIT;
    }
    s->asker[s->n++] = (struct status_asker){ slot, id };
    return first;
}

void status_forget(struct status *s, uint32_t slot)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (s->asker[i].slot != slot) {
            s->asker[kept++] = s->asker[i];
        }
    }
    s->n = kept;
}

/* "KEY": {"at", "text"}, or null for at 0. */
static void put_fault(struct json *j, struct str key, usec_t at, const char *text)
{
    char iso[CLOCK_TEXT];

    json_key(j, key);
    if (at == 0) {
        json_null(j);
        return;
    }
    json_object(j);
    json_k(j, "at");
    json_str(j, (struct str){ iso, clock_iso_z(at, iso) });
    json_k(j, "text");
    json_str(j, str_of(text));
    json_end(j);
}

static void put_faults(struct json *j)
{
    char text[256];
    int64_t at;

    if (!log_last_error(text, sizeof text, &at)) {
        at = 0;
    }
    put_fault(j, STR("last_error"), at * USEC_PER_SEC, text);
    usec_t tls_at = mqtt_tls_error(text, sizeof text);
    put_fault(j, STR("tls_error"), tls_at, text);
}

/* The port for TLS: is it open, and which certificate do the broker's files hold? */
static void put_listener(struct json *j, struct arena *a)
{
    struct tls_shown shown;
    char iso[CLOCK_TEXT];

    tls_shown(a, &shown);
    json_k(j, "tls");
    if (shown.port < 0) {
        json_null(j);
        return;
    }
    json_object(j);
    json_put_int(j, "port", shown.port);
    json_k(j, "open");
    json_bool(j, process_listens(shown.port));
    json_k(j, "certificate");
    if (shown.real) {
        json_object(j);
        json_k(j, "name");
        json_str(j, shown.name);
        json_k(j, "fingerprint");
        json_str(j, shown.fingerprint);
        json_k(j, "not_after");
        json_str(j, (struct str){ iso, clock_iso_z(shown.not_after, iso) });
        json_end(j);
    } else {
        json_null(j);
    }
    json_end(j);
}

static struct str own_numbers(const struct agent *agent, struct arena *a)
{
    struct process_facts own = { 0, 0 };
    char version[64];
    struct buf b;
    struct json j;

    (void)process_facts(getpid(), &own);
    buf_init(&b, JSON_MAX);
    json_init(&j, &b, JSON_COMPACT);
    json_object(&j);
    json_k(&j, "version");
    json_str(&j, STR(MYTRACKS_VERSION));
    json_put_int(&j, "uptime", clock_sec(clock_now() - agent->started));
    json_put_int(&j, "memory", own.rss);
    json_put_int(&j, "live_sockets", (int64_t)live_sockets());
    json_k(&j, "broker_connected");
    json_bool(&j, mqtt_connected());
    json_k(&j, "broker_version");
    mqtt_broker_version(version, sizeof version);
    json_str(&j, version[0] != '\0' ? str_of(version) : STR_NULL);
    ingest_numbers(&j, clock_mono());
    put_faults(&j);
    put_listener(&j, a);
    json_end(&j);
    struct str text = buf_ok(&b) ? arena_dup(a, buf_view(&b)) : STR("{}");
    buf_free(&b);
    return text;
}

/* Sending may drop a connection, and so change who waits. */
void status_answer(struct status *s, const struct agent *agent, struct arena *a, struct str broker,
                   status_send_fn *send, void *ctx)
{
    struct str own = own_numbers(agent, a);

    while (s->n > 0) {
        struct status_asker to = s->asker[--s->n];
        struct wire_msg m = { .kind = WIRE_STATUS, .id = to.id, .n = 2, .field = { own, broker } };
        send(ctx, to.slot, &m);
    }
}
