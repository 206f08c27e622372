/* Small pages that are JSON, and the service worker. */
#include "handlers.h"
#include "lib/weburl.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 64

int health_page(struct request *r)
{
    struct json *j = web_json(r);

    json_object(j);
    json_k(j, "status");
    json_str(j, STR("ok"));
    json_end(j);
    return 0;
}

int service_worker(struct request *r)
{
    reply_head(r, 200, "application/javascript");
    reply_cache(r, STR("no-cache"));
    reply_header(r, "X-Accel-Redirect", STR("/internal/sw.js"));
    return 0;
}

int page_post_only(struct request *r)
{
    struct json *j = web_json(r);

    r->reply.status = 405;
    json_object(j);
    json_k(j, "ok");
    json_bool(j, false);
    json_k(j, "error");
    json_str(j, STR("This wants a POST."));
    json_end(j);
    return 0;
}

int page_refused(struct request *r)
{
    return web_empty(r, 405);
}

static bool is_loopback(struct str name)
{
    return str_eqz(name, "localhost") || str_eqz(name, "127.0.0.1") || str_eqz(name, "[::1]") ||
           str_eqz(name, "::1");
}

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;

    return str_cmp(*x, *y);
}

/* Names of a comma list under which this server may be reached, beside `own`. */
static size_t add_names(struct str list, struct str own, struct str *out, size_t n)
{
    struct str name;

    while (n < NAMES_MAX && str_split(&list, ',', &name)) {
        bool known = false;
        name = str_trim(name);
        for (size_t i = 0; i < n; i++) {
            known = known || str_eq(out[i], name);
        }
        if (name.n > 0 && !known && !str_ieq(name, own) && !str_eqz(name, "*") &&
            (is_loopback(own) || !is_loopback(name))) {
            out[n++] = name;
        }
    }
    return n;
}

/* The configured port, else that of the Host header, else the scheme's. */
static int64_t port_of(struct request *r, struct str host_port)
{
    int64_t port;

    if (!r->https && r->app->http_port > 0) {
        return r->app->http_port;
    }
    if (host_port.n > 0 && num_json_int(host_port, &port) == NUM_OK) {
        return port;
    }
    return r->https ? 443 : 80;
}

/* Host without its port. The brackets of an IPv6 address stay. */
static struct str split_port(struct str host, struct str *port)
{
    size_t colon = host.n;

    while (colon > 0 && host.p[colon - 1] >= '0' && host.p[colon - 1] <= '9') {
        colon--;
    }
    if (colon == 0 || host.p[colon - 1] != ':') {
        *port = STR("");
        return host;
    }
    *port = str_sub(host, colon, host.n);
    return str_sub(host, 0, colon - 1);
}

static void write_names(struct request *r, struct json *j, struct str own)
{
    struct str names[NAMES_MAX];
    size_t n = add_names(config_str(r->app->config, CFG_ALLOWED_HOSTS), own, names, 0);

    n = add_names(app_lan_addresses(r->arena), own, names, n);
    qsort(names, n, sizeof names[0], by_text);
    json_k(j, "local_ips");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        json_str(j, names[i]);
    }
    json_end(j);
}

int network_info(struct request *r)
{
    struct json *j = web_json(r);
    struct str port_text, name = split_port(r->host, &port_text), scheme = request_scheme(r);
    int64_t port = port_of(r, port_text);
    bool usual = port == (r->https ? 443 : 80);

    json_object(j);
    json_k(j, "hostname");
    json_str(j, name);
    json_k(j, "local_ip");
    json_str(j, name);
    write_names(r, j, name);
    json_k(j, "port");
    json_int(j, port);
    json_k(j, "scheme");
    json_str(j, scheme);
    json_k(j, "server_url");
    json_str(j, usual ? arena_printf(r->arena, "%.*s://%.*s", STR_FMT(scheme), STR_FMT(name))
                      : arena_printf(r->arena, "%.*s://%.*s:%lld", STR_FMT(scheme), STR_FMT(name),
                                     (long long)port));
    json_end(j);
    return 0;
}
