/* How to connect a phone: addresses and certificates. */
#include "api.h"
#include "db/pki.h"
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
    struct certificate ca = { .id = 0 }, server = { .id = 0 };
    struct about_view view;
    enum db_rc rc = db_cert_active(r->app->db, r->arena, CERT_CA, &ca);

    if (rc == DB_OK || rc == DB_NONE) {
        rc = db_cert_active(r->app->db, r->arena, CERT_SERVER, &server);
    }
    if (rc != DB_OK && rc != DB_NONE) {
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
