/* Authorities and the revocation list, for administrators; the list is for everybody. */
#include "api_pki.h"
#include "handlers.h"

int ca_list(struct request *r)
{
    return api_cert_list(r, CERT_CA);
}

int ca_active(struct request *r)
{
    return api_cert_active(r, CERT_CA, STR("No active CA certificate found"));
}

int ca_download(struct request *r)
{
    return api_cert_download(r, CERT_CA, STR(".pem"));
}

int ca_create(struct request *r)
{
    const struct pki_order order = api_cert_order(r);
    struct certificate c;
    struct str why;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    return api_cert_made(r, CERT_CA, pki_order_ca(r, &order, &c, &why), &c, why);
}

int ca_deactivate(struct request *r)
{
    static const struct cert_change what = {
        .kind = CERT_CA,
        .change = api_cert_deactivate,
        .refused = " is already inactive",
        .done = " has been deactivated.",
        .event = "ca-deactivated",
    };

    return api_cert_change(r, &what);
}

int crl_get(struct request *r)
{
    struct certificate ca;
    struct str pem = STR("");
    enum db_rc rc = db_cert_active(r->app->db, r->arena, CERT_CA, &ca);

    if (rc == DB_NONE) {
        return api_error(r, 404, STR("No active CA certificate"));
    }
    int status = rc == DB_OK ? pki_list(r, &ca, &pem) : error_of_db(rc);
    if (status != 0) {
        return status;
    }
    return reply_file(r, PEM_TYPE, STR("my-tracks"), STR(".crl"), pem);
}
