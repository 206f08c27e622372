#include "app.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

struct str app_lan_addresses(struct arena *a)
{
    struct str list = STR("");
    struct ifaddrs *all = NULL;
    char text[INET_ADDRSTRLEN];

    if (getifaddrs(&all) != 0) {
        return list;
    }
    for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
        struct sockaddr_in address;
        if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET ||
            (i->ifa_flags & IFF_LOOPBACK) != 0) {
            continue;
        }
        memcpy(&address, i->ifa_addr, sizeof address);
        if (inet_ntop(AF_INET, &address.sin_addr, text, sizeof text) != NULL) {
            list = arena_printf(a, "%.*s%s%s", STR_FMT(list), list.n > 0 ? "," : "", text);
        }
    }
    freeifaddrs(all);
    return list;
}

static struct str kept(struct app *app, enum config_id id)
{
    return arena_dup(app->keep, config_str(app->config, id));
}

static enum ingest_mode ingest_mode(const struct app *app)
{
    struct str mode = config_str(app->config, CFG_HTTP_INGEST);

    if (str_eqz(mode, "open") || str_eqz(mode, "known")) {
        return str_eqz(mode, "open") ? INGEST_MODE_OPEN : INGEST_MODE_KNOWN;
    }
    return str_eqz(mode, "auth") || app->strict ? INGEST_MODE_AUTH : INGEST_MODE_OPEN;
}

void app_configure(struct app *app, const struct config *config, struct arena *keep)
{
    app->config = config;
    app->keep = keep;
    app->debug = config_bool(config, CFG_DEBUG);
    app->strict = config_strict(config);
    app->strict_users = config_strict_users(config);
    app->ingest = ingest_mode(app);
    app->secret = kept(app, CFG_SECRET_KEY);
    app->allowed_hosts = kept(app, CFG_ALLOWED_HOSTS);
    if (app->debug) {
        app->allowed_hosts =
            arena_concat(keep, (struct str[]){ app->allowed_hosts, STR(","),
                                               app_lan_addresses(keep), STR_NULL });
    }
    app->command_key = kept(app, CFG_COMMAND_API_KEY);
    app->trusted_origins = kept(app, CFG_CSRF_TRUSTED_ORIGINS);
    app->trusted_proxies = kept(app, CFG_TRUSTED_PROXIES);
    app->tiles = tiles_configure(config, keep);
    app->pbkdf2_iterations = config_int(config, CFG_PBKDF2_ITERATIONS);
    app->max_rows = config_int(config, CFG_MAX_ROWS);
    app->session_touch = config_int(config, CFG_SESSION_TOUCH);
    app->http_port = config_is_set(config, CFG_HTTP_PORT) ? config_int(config, CFG_HTTP_PORT) : 0;
}

void app_wake(const struct app *app, bool outgoing)
{
    if (app->wake_path != NULL) {
        wake_agent(app->wake_path, outgoing);
    }
}
