#include "pki.h"

#include "errors.h"
#include "lib/fernet.h"
#include "lib/log.h"

#define DAY (24 * 3600 * USEC_PER_SEC)

int pki_failed(const char *what, const char *why)
{
    log_error("pki-failed", LOG_Z("what", what), LOG_Z("why", why));
    return 500;
}

int pki_issuer(struct request *r, struct certificate *ca, struct str *why)
{
    enum db_rc rc = db_cert_active(r->app->db, r->arena, CERT_CA, ca);

    *why = rc == DB_NONE ? STR("No active CA certificate. Generate a CA first.") : STR_NULL;
    return rc == DB_OK || rc == DB_NONE ? 0 : error_of_db(rc);
}

int pki_unseal(struct request *r, const struct certificate *c, struct pki_pair *out)
{
    *out = (struct pki_pair){ c->pem, fernet_open(r->arena, r->app->secret, c->sealed_key) };
    return str_is_null(out->key) ? pki_failed("unseal", "not sealed with this SECRET_KEY") : 0;
}

static enum db_rc store(struct request *r, enum cert_kind kind, struct certificate *c,
                        const struct pki_pair *made, const struct pki_facts *facts)
{
    c->pem = made->certificate;
    c->sealed_key = fernet_seal(r->arena, r->app->secret, made->key, clock_sec(r->now));
    c->fingerprint = facts->fingerprint;
    c->serial = facts->serial;
    c->not_before = facts->not_before;
    c->not_after = facts->not_after;
    c->created_at = clock_now();
    c->is_active = true;
    return db_cert_add(r->app->db, kind, c);
}

int pki_make(struct request *r, enum cert_kind kind, const struct pki_wish *wish,
             const struct certificate *ca, struct certificate *c)
{
    struct pki_pair issuer, made;
    struct pki_facts facts;
    const char *why;
    int status = ca != NULL ? pki_unseal(r, ca, &issuer) : 0;

    if (status != 0) {
        return status;
    }
    if (!pki_issue(r->arena, wish, ca != NULL ? &issuer : NULL, 0, &made, &facts, &why)) {
        return pki_failed("issue", why);
    }
    c->common_name = wish->common_name;
    c->key_size = wish->key_bits;
    if (ca != NULL) {
        c->issuing_ca_id = ca->id;
        c->issuing_ca_name = ca->common_name;
    }
    enum db_rc rc = store(r, kind, c, &made, &facts);
    /* Authority or user were deleted meanwhile: the next attempt says so. */
    return rc == DB_OK ? 0 : rc == DB_CONFLICT ? 503 : error_of_db(rc);
}

int64_t pki_days_left(usec_t not_after, usec_t now)
{
    return (not_after - now) / DAY - (not_after < now ? 1 : 0);
}

void pki_note(struct request *r, const char *event, const struct certificate *c)
{
    struct str address = request_address(r);

    log_warning(event, LOG_S("by", r->who.user.username),
                LOG_S("address", str_is_null(address) ? STR("-") : address),
                LOG_S("cn", c->common_name), LOG_S("fingerprint", c->fingerprint));
}

int pki_send_p12(struct request *r, const struct certificate *c, struct str password)
{
    struct certificate ca;
    struct pki_pair pair;
    struct str der;
    const char *why;
    enum db_rc rc = db_cert_get(r->app->db, r->arena, CERT_CA, c->issuing_ca_id, &ca);
    int status = rc == DB_OK ? pki_unseal(r, c, &pair) : error_of_db(rc);

    if (status != 0) {
        return status;
    }
    if (!pki_p12(r->arena, &pair, ca.pem, c->common_name, password, &der, &why)) {
        return pki_failed("p12", why);
    }
    pki_note(r, "client-key-downloaded", c);
    return reply_file(r, "application/x-pkcs12", c->common_name, STR(".p12"), der);
}
