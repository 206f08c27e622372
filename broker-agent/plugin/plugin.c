/* What the broker loads: options and registration. */
#include "plugin.h"

#include "lib/log.h"

#include <errno.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <stdlib.h>
#include <string.h>

#define LINES_A_SECOND 50

static const struct {
    int event;
    MOSQ_FUNC_generic_callback f;
} events[] = {
    { MOSQ_EVT_BASIC_AUTH, on_basic_auth }, { MOSQ_EVT_RELOAD, on_reload },
    { MOSQ_EVT_ACL_CHECK, on_acl_check },   { MOSQ_EVT_MESSAGE, on_message },
    { MOSQ_EVT_DISCONNECT, on_disconnect }, { MOSQ_EVT_TICK, on_tick },
};

#define EVENTS (sizeof events / sizeof events[0])

/* Our lines go to the broker's log. Somebody who fails to log in all day must not fill the disk. */
static void to_broker_log(enum log_level level, const char *line)
{
    static const int levels[] = { MOSQ_LOG_DEBUG, MOSQ_LOG_INFO, MOSQ_LOG_NOTICE, MOSQ_LOG_ERR };
    static int64_t second;
    static int lines;
    int64_t now = clock_sec(clock_mono());

    if (now != second) {
        if (lines > LINES_A_SECOND) {
            mosquitto_log_printf(MOSQ_LOG_NOTICE, "mytracks: %d lines left out",
                                 lines - LINES_A_SECOND);
        }
        second = now;
        lines = 0;
    }
    if (lines++ < LINES_A_SECOND) {
        mosquitto_log_printf(levels[level], "mytracks: %s", line);
    }
}

struct options {
    const char *run_dir, *spool_dir;
    enum spool_sync sync;
};

static bool read_sync(const char *value, enum spool_sync *out)
{
    static const char *const names[] = { "always", "interval", "never" }; /* by enum spool_sync */

    for (int i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            *out = (enum spool_sync)i;
            return true;
        }
    }
    return false;
}

static bool read_options(const struct mosquitto_opt *given, int n, struct options *o)
{
    *o = (struct options){ .sync = SPOOL_SYNC_INTERVAL };
    for (int i = 0; i < n; i++) {
        bool ok = true;
        if (strcmp(given[i].key, "run_dir") == 0) {
            o->run_dir = given[i].value;
        } else if (strcmp(given[i].key, "spool_dir") == 0) {
            o->spool_dir = given[i].value;
        } else if (strcmp(given[i].key, "spool_sync") == 0) {
            ok = read_sync(given[i].value, &o->sync);
        } else {
            ok = false;
        }
        if (!ok) {
            log_error("option_not_understood", LOG_Z("option", given[i].key),
                      LOG_Z("value", given[i].value));
            return false;
        }
    }
    if (o->run_dir == NULL || o->spool_dir == NULL) {
        log_error("option_missing", LOG_Z("needed", "run_dir and spool_dir"));
        return false;
    }
    return true;
}

static void plugin_free(struct plugin *p)
{
    if (p != NULL) {
        agentlink_free(p->agent);
        spool_writer_close(p->spool);
        clients_free(&p->clients);
        wills_free(p->wills);
        free(p);
    }
}

static struct plugin *plugin_new(const struct options *o)
{
    struct plugin *p = calloc(1, sizeof *p);

    if (p == NULL || (p->wills = wills_new()) == NULL ||
        (p->agent = agentlink_new(o->run_dir)) == NULL) {
        log_error("start_failed", LOG_Z("run_dir", o->run_dir));
        plugin_free(p);
        return NULL;
    }
    p->spool = spool_writer_open(o->spool_dir, o->sync);
    if (p->spool == NULL) {
        log_error("spool_open_failed", LOG_Z("dir", o->spool_dir),
                  LOG_Z("error", strerrordesc_np(errno)));
        plugin_free(p);
        return NULL;
    }
    return p;
}

int mosquitto_plugin_version(int supported_version_count, const int *supported_versions)
{
    for (int i = 0; i < supported_version_count; i++) {
        if (supported_versions[i] == MOSQ_PLUGIN_VERSION) {
            return MOSQ_PLUGIN_VERSION;
        }
    }
    return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *identifier, void **userdata,
                          struct mosquitto_opt *options, int option_count)
{
    struct options o;
    struct plugin *p;

    log_to(to_broker_log);
    if (!read_options(options, option_count, &o) || (p = plugin_new(&o)) == NULL) {
        return MOSQ_ERR_INVAL;
    }
    *userdata = p;
    for (size_t i = 0; i < EVENTS; i++) {
        int rc = mosquitto_callback_register(identifier, events[i].event, events[i].f, NULL, p);
        if (rc != MOSQ_ERR_SUCCESS) {
            log_error("event_not_registered", LOG_I("event", events[i].event));
            return rc;
        }
    }
    log_warning("plugin_ready", LOG_Z("spool", o.spool_dir));
    return MOSQ_ERR_SUCCESS;
}

/* The broker has sent the wills of all clients just before. */
int mosquitto_plugin_cleanup(void *userdata, struct mosquitto_opt *options, int option_count)
{
    struct plugin *p = userdata;

    (void)options;
    (void)option_count;
    if (p != NULL) {
        flush_will(p);
        plugin_free(p);
    }
    return MOSQ_ERR_SUCCESS;
}
