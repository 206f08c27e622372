/* From what was typed to a certificate. */
#include "pki.h"

#define CA_DAYS 3650
#define CERT_DAYS 1825
#define SANS_TEXT_MAX ((size_t)256 * 1024) /* JSON of PKI_SANS_MAX names */

static int make(struct request *r, enum cert_kind kind, const struct pki_wish *wish,
                const struct certificate *ca, struct certificate *c, const char *event)
{
    int status = pki_make(r, kind, wish, ca, c);

    if (status == 0) {
        pki_note(r, event, c);
    }
    return status;
}

static bool take_common(struct request *r, const struct pki_order *o, int64_t days,
                        struct pki_wish *wish, struct str *why)
{
    return pki_take_days(r, o->validity_days, days, &wish->days, why) &&
           pki_take_key_bits(r, o->key_size, &wish->key_bits, why);
}

int pki_order_ca(struct request *r, const struct pki_order *o, struct certificate *c,
                 struct str *why)
{
    struct pki_wish wish = { .use = PKI_CA };

    *c = (struct certificate){ 0 };
    if (!pki_take_name(r, o->common_name, STR("My Tracks CA"), &wish.common_name, why) ||
        !take_common(r, o, CA_DAYS, &wish, why)) {
        return 0;
    }
    *why = STR_NULL;
    return make(r, CERT_CA, &wish, NULL, c, "ca-made");
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

int pki_order_server(struct request *r, const struct pki_order *o, const struct certificate *ca,
                     struct certificate *c, struct str *why)
{
    struct pki_wish wish = { .use = PKI_SERVER };

    *c = (struct certificate){ 0 };
    if (!pki_take_name(r, o->common_name, STR_NULL, &wish.common_name, why) ||
        !take_common(r, o, CERT_DAYS, &wish, why) ||
        !pki_take_sans(r, o->san_entries, &wish, why)) {
        return 0;
    }
    *why = STR_NULL;
    c->san_entries = stored_sans(r, &wish);
    return make(r, CERT_SERVER, &wish, ca, c, "server-cert-made");
}

int pki_order_client(struct request *r, const struct pki_order *o, const struct certificate *ca,
                     const struct user *u, struct certificate *c, struct str *why)
{
    struct pki_wish wish = { .use = PKI_CLIENT, .common_name = u->username };

    *c = (struct certificate){ .user_id = u->id, .username = u->username };
    if (!take_common(r, o, CERT_DAYS, &wish, why)) {
        return 0;
    }
    if (!pki_name_ok(u->username)) {
        *why = STR("This user's name cannot stand in a certificate");
        return 0;
    }
    *why = STR_NULL;
    return make(r, CERT_CLIENT, &wish, ca, c, "client-cert-made");
}
