/* Certificates of this server, for administrators. */
#include "api_pki.h"
#include "handlers.h"

#define DAYS_DEFAULT 1825
#define SANS_TEXT_MAX ((size_t)256 * 1024) /* JSON of PKI_SANS_MAX names */

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

/* As Django stores a list. */
static struct str stored_sans(struct request *r, const struct pki_wish *wish)
{
    struct buf b;
    struct json j;

    buf_init(&b, SANS_TEXT_MAX);
    json_init(&j, &b, JSON_PYTHON);
    json_array(&j);
    for (size_t i = 0; i < wish->san_count; i++) {
        json_str(&j, wish->sans[i]);
    }
    json_end(&j);
    struct str text = arena_dup(r->arena, buf_view(&b));
    buf_free(&b);
    return text;
}

int server_cert_create(struct request *r)
{
    struct pki_wish wish = { .use = PKI_SERVER };
    struct certificate ca, c = { 0 };
    struct str why;
    bool replied;
    int status;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    status = pki_issuer(r, &ca, &replied);
    if (status != 0 || replied) {
        return status;
    }
    if (!pki_take_name(r, jval_getz(r->json, "common_name"), STR_NULL, &wish.common_name, &why) ||
        !pki_take_days(r, jval_getz(r->json, "validity_days"), DAYS_DEFAULT, &wish.days, &why) ||
        !pki_take_key_bits(r, jval_getz(r->json, "key_size"), &wish.key_bits, &why) ||
        !pki_take_sans(r, jval_getz(r->json, "san_entries"), &wish, &why)) {
        return api_error(r, 400, why);
    }
    c.san_entries = stored_sans(r, &wish);
    status = pki_make(r, CERT_SERVER, &wish, &ca, &c);
    if (status != 0) {
        return status;
    }
    pki_note(r, "server-cert-made", &c);
    return api_cert_show(r, 201, CERT_SERVER, &c);
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
