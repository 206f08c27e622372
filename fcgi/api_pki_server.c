/* Certificates of this server, for administrators. */
#include "api_pki.h"
#include "handlers.h"

int server_cert_list(struct request *r)
{
    return api_cert_list(r, CERT_SERVER);
}

int server_cert_active(struct request *r)
{
    return api_cert_active(r, CERT_SERVER, STR("No active server certificate found"));
}

int server_cert_download(struct request *r)
{
    return api_cert_download(r, CERT_SERVER, STR("-server.pem"));
}

int server_cert_create(struct request *r)
{
    const struct pki_order order = api_cert_order(r);
    struct certificate ca, c;
    struct str why;
    int status;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    status = pki_issuer(r, &ca, &why);
    if (status == 0 && str_is_null(why)) {
        status = pki_order_server(r, &order, &ca, &c, &why);
    }
    return api_cert_made(r, CERT_SERVER, status, &c, why);
}

int server_cert_deactivate(struct request *r)
{
    static const struct cert_change what = {
        .kind = CERT_SERVER,
        .change = api_cert_deactivate,
        .refused = " is already inactive",
        .done = " has been deactivated.",
        .event = "server-cert-deactivated",
    };

    return api_cert_change(r, &what);
}

int server_cert_expunge(struct request *r)
{
    static const struct cert_change what = {
        .kind = CERT_SERVER,
        .change = api_cert_delete,
        .refused = "Cannot expunge an active server certificate. Deactivate it first.",
        .alone = true,
        .done = " permanently deleted.",
        .event = "server-cert-expunged",
    };

    return api_cert_change(r, &what);
}
