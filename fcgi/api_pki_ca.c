/* Authorities and the revocation list, for administrators; the list is for everybody. */
#include "api_pki.h"
#include "handlers.h"

#define DAYS_DEFAULT 3650

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
    struct pki_wish wish = { .use = PKI_CA };
    struct certificate c = { 0 };
    struct str why;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    if (!pki_take_name(r, jval_getz(r->json, "common_name"), STR("My Tracks CA"), &wish.common_name,
                       &why) ||
        !pki_take_days(r, jval_getz(r->json, "validity_days"), DAYS_DEFAULT, &wish.days, &why) ||
        !pki_take_key_bits(r, jval_getz(r->json, "key_size"), &wish.key_bits, &why)) {
        return api_error(r, 400, why);
    }
    int status = pki_make(r, CERT_CA, &wish, NULL, &c);
    if (status != 0) {
        return status;
    }
    pki_note(r, "ca-made", &c);
    return api_cert_show(r, 201, CERT_CA, &c);
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
    return api_file(r, "application/x-pem-file", STR("my-tracks"), STR(".crl"), pem);
}
