#include "confgen.h"

#include "cli.h"
#include "lib/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONF_MAX (64 * 1024)

/* Made from the files by tools/embed.sh. */
extern const char nginx_serve_conf[], nginx_locations_conf[], nginx_fastcgi_conf[],
    nginx_fastcgi_params_conf[], nginx_tiles_conf[], mosquitto_serve_conf[],
    mosquitto_openssl_cnf[];

static const struct {
    const char *text, *name;
} files[] = {
    { nginx_serve_conf, "nginx.conf" },       { nginx_locations_conf, "locations.conf" },
    { nginx_fastcgi_conf, "fastcgi.conf" },   { nginx_fastcgi_params_conf, "fastcgi-params.conf" },
    { nginx_tiles_conf, "tiles.conf" },       { mosquitto_serve_conf, "mosquitto.conf" },
    { mosquitto_openssl_cnf, "openssl.cnf" },
};

struct variable {
    struct str name, value;
};
enum { VARIABLES = 17, V_LOCATIONS = 13, V_LISTENERS, V_ROOT_USER, V_RESOLVER };

struct str confgen_broker_dir(const struct config *c, struct arena *a)
{
    return arena_concat(a, (struct str[]){ config_str(c, CFG_RUN_DIR), STR("/broker"), STR_NULL });
}

/* Values end up in configuration files: a quote, brace or newline would change their meaning. */
static bool harmless(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < ' ' || strchr("\"'\\;{}$#@ ", value.p[i]) != NULL) {
            return false;
        }
    }
    return true;
}

static struct str number_text(const struct config *c, struct arena *a, enum config_id id)
{
    return arena_printf(a, "%lld", (long long)config_int(c, id));
}

/* The files are the agent's (broker-agent/tls.h). */
#define TLS_LINES                                                                      \
    "cafile %.*s/tls/ca.pem\ncrlfile %.*s/tls/crl.pem\ncertfile %.*s/tls/server.pem\n" \
    "keyfile %.*s/tls/server.pem\nrequire_certificate true\n"

/* The public listeners of the broker; negative ports are off. */
static struct str listeners(const struct config *c, struct arena *a, bool tls)
{
    struct str run = config_str(c, CFG_RUN_DIR);
    const struct {
        enum config_id port;
        bool on, plain_socket; /* libwebsockets opens its sockets in its own way */
        struct str more;
    } all[] = {
        { CFG_MQTT_PORT, true, true, STR("") },
        { CFG_MQTT_TLS_PORT, tls, true,
          arena_printf(a, TLS_LINES, STR_FMT(run), STR_FMT(run), STR_FMT(run), STR_FMT(run)) },
        { CFG_MQTT_WS_PORT, true, false, STR("protocol websockets\n") },
    };
    struct str bind = config_str(c, CFG_BIND), text = STR("");
    const char *domain =
        str_find(bind, ':', 0) == SIZE_MAX ? "socket_domain ipv4\n" : "socket_domain ipv6\n";

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].on && config_int(c, all[i].port) >= 0) {
            text = arena_printf(a, "%.*s\nlistener %lld %.*s\n%s%.*s", STR_FMT(text),
                                (long long)config_int(c, all[i].port), STR_FMT(bind),
                                all[i].plain_socket ? domain : "", STR_FMT(all[i].more));
        }
    }
    return text;
}

/* With TLS 1.3 a phone takes itself for connected before its certificate is judged; some programs
   then never learn of a refusal. The reference speaks 1.2. */
static struct str tls_max(const struct config *c)
{
    struct str set = config_str(c, CFG_MQTT_TLS);

    return set.n > 0 ? set : config_strict(c) ? STR("1.3") : STR("1.2");
}

static struct str in_url(struct arena *a, struct str address)
{
    return str_find(address, ':', 0) == SIZE_MAX
               ? address
               : arena_concat(a, (struct str[]){ STR("["), address, STR("]"), STR_NULL });
}

/* Where nginx finds the broker's WebSocket listener: as it is bound, or beside us when that is
   every address. Off: a place where nobody listens, so 502. */
static struct str websocket_server(const struct config *c, struct arena *a)
{
    struct str bind = config_str(c, CFG_BIND);

    if (config_int(c, CFG_MQTT_WS_PORT) < 0) {
        return arena_printf(a, "unix:%.*s/mqtt-websocket-is-off",
                            STR_FMT(config_str(c, CFG_RUN_DIR)));
    }
    bind = str_eqz(bind, "0.0.0.0") ? STR("127.0.0.1") : str_eqz(bind, "::") ? STR("::1") : bind;
    return arena_concat(a, (struct str[]){ in_url(a, bind), STR(":"),
                                           number_text(c, a, CFG_MQTT_WS_PORT), STR_NULL });
}

/* nginx looks names up by itself, and only at the servers that it is told. "" without any: then no
   tiles are fetched. */
static struct str resolver(struct arena *a)
{
    char line[256], address[64];
    struct str all = STR("");
    FILE *f = fopen("/etc/resolv.conf", "re");

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "nameserver %63[0-9a-fA-F.:]", address) == 1) {
            all = arena_concat(
                a, (struct str[]){ all, STR(" "), in_url(a, str_of(address)), STR_NULL });
        }
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return all.n > 0 ? arena_concat(a, (struct str[]){ STR("resolver"), all, STR(";"), STR_NULL })
                     : STR("");
}

static bool variables(const struct config *c, struct arena *a, const char *plugin, bool tls,
                      struct variable v[VARIABLES])
{
    struct str run = config_str(c, CFG_RUN_DIR), statics = config_str(c, CFG_STATIC_DIR);
    int64_t megabytes = config_int(c, CFG_TILE_CACHE);
    char *real = realpath(arena_cstr(a, statics), NULL);
    const struct variable all[VARIABLES] = {
        { STR("RUN_DIR"), run },
        { STR("CONF_DIR"), run },
        { STR("STATIC_DIR"), real != NULL ? arena_dup(a, str_of(real)) : statics },
        { STR("BIND"), in_url(a, config_str(c, CFG_BIND)) },
        { STR("HTTP_PORT"), number_text(c, a, CFG_HTTP_PORT) },
        { STR("MQTT_WS"), websocket_server(c, a) },
        { STR("PLUGIN"), str_of(plugin) },
        { STR("SPOOL_DIR"), config_spool_dir(c) },
        { STR("SPOOL_SYNC"), config_str(c, CFG_SPOOL_SYNC) },
        { STR("BROKER_DIR"), confgen_broker_dir(c, a) },
        { STR("TLS_MAX"), tls_max(c) },
        { STR("TILE_CACHE"), arena_printf(a, "%lld", (long long)(megabytes > 0 ? megabytes : 1)) },
        { STR("IMPORT_MAX"), number_text(c, a, CFG_IMPORT_MAX) },
        { STR("LOCATIONS"), STR_NULL }, /* from here set below: they hold directives */
        { STR("LISTENERS"), STR_NULL },
        { STR("ROOT_USER"), STR_NULL },
        { STR("RESOLVER"), STR_NULL },
    };

    free(real);
    memcpy(v, all, sizeof all);
    for (size_t i = 0; i < VARIABLES; i++) {
        if (!str_is_null(v[i].value) && !harmless(v[i].value)) {
            cli_fail(
                "%.*s cannot be '%.*s': blanks and the characters \"'\\;{}$#@ have a meaning in "
                "the configuration of nginx and Mosquitto",
                STR_FMT(v[i].name), STR_FMT(v[i].value));
            return false;
        }
    }
    v[V_LOCATIONS].value = arena_printf(a, "        include %.*s/locations.conf;", STR_FMT(run));
    v[V_LISTENERS].value = listeners(c, a, tls);
    v[V_RESOLVER].value = resolver(a);
    /* As root (containers, CI) the parts would drop to users that may not enter RUN_DIR. */
    v[V_ROOT_USER].value = geteuid() == 0 ? STR("user root;") : STR("");
    return true;
}

/* Replaces each @NAME@ of the text that is in v. */
static void render(struct buf *out, struct str text, const struct variable v[VARIABLES])
{
    size_t at = 0;

    while (at < text.n) {
        size_t open = str_find(text, '@', at), close = SIZE_MAX, i = VARIABLES;
        if (open != SIZE_MAX) {
            close = str_find(text, '@', open + 1);
        }
        if (close == SIZE_MAX) {
            break;
        }
        struct str name = str_sub(text, open + 1, close - open - 1);
        for (i = 0; i < VARIABLES && !str_eq(v[i].name, name); i++) {
        }
        buf_str(out, str_sub(text, at, open - at));
        if (i == VARIABLES) {
            buf_char(out, '@'); /* a named location, not a variable */
            at = open + 1;
        } else {
            buf_str(out, v[i].value);
            at = close + 1;
        }
    }
    buf_str(out, str_sub(text, at, text.n - at));
}

static bool write_file(const char *path, struct str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n;

    if (fd >= 0) {
        ok = close(fd) == 0 && ok;
    }
    if (!ok) {
        cli_fail("%s cannot be written: %s", path, strerror(errno));
    }
    return ok;
}

bool confgen_write(const struct config *c, const char *plugin, bool tls)
{
    struct arena *a = arena_new(CONF_MAX);
    struct variable v[VARIABLES] = { { { NULL, 0 }, { NULL, 0 } } };
    struct buf out;
    bool ok = variables(c, a, plugin, tls, v);

    buf_init(&out, CONF_MAX);
    for (size_t i = 0; ok && i < sizeof files / sizeof files[0]; i++) {
        bool broker = files[i].text == mosquitto_serve_conf;
        if (broker && geteuid() == 0) {
            v[V_ROOT_USER].value = STR("user root"); /* the broker's syntax has no semicolon */
        }
        buf_clear(&out);
        render(&out, str_of(files[i].text), v);
        struct str path =
            arena_printf(a, "%.*s/%s", STR_FMT(config_str(c, CFG_RUN_DIR)), files[i].name);
        ok = buf_ok(&out) && write_file(path.p, buf_view(&out));
    }
    buf_free(&out);
    arena_free(a);
    return ok;
}
