/* How to connect a phone: addresses and certificates. */
#include "api.h"
#include "db/trust.h"
#include "errors.h"
#include "handlers.h"
#include "templates.h"
#include "web.h"

/* The Host header without its port. */
static struct str host_name(struct str host)
{
    size_t end = host.n;

    while (end > 0 && host.p[end - 1] >= '0' && host.p[end - 1] <= '9') {
        end--;
    }
    return end > 0 && host.p[end - 1] == ':' ? str_sub(host, 0, end - 1) : host;
}

int about_page(struct request *r)
{
    const struct config *c = r->app->config;
    struct certificate_name ca, server;
    struct about_view view;
    enum db_rc rc = db_active_ca_name(r->app->db, r->arena, &ca);

    if (rc == DB_OK) {
        rc = db_active_server_name(r->app->db, r->arena, &server);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    view = (struct about_view){
        .page = web_view(r, STR("About"), false),
        .base_url = api_base(r),
        .host = host_name(r->host),
        .public_domain = config_str(c, CFG_PUBLIC_DOMAIN),
        .mqtt_port = config_int(c, CFG_MQTT_PORT),
        .mqtt_tls_port = config_int(c, CFG_MQTT_TLS_PORT),
        .ca_name = ca.common_name,
        .ca_fingerprint = ca.fingerprint,
        .server_name = server.common_name,
        .server_fingerprint = server.fingerprint,
        .version = STR(MYTRACKS_VERSION),
    };
    web_page(r, 200);
    tmpl_about(&r->reply.body, &view);
    return 0;
}
