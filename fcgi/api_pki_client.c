/* Certificates of users, for administrators. */
#include "api_pki.h"
#include "db/account.h"
#include "handlers.h"

#define DAYS_DEFAULT 1825

int client_cert_list(struct request *r)
{
    return api_cert_list(r, CERT_CLIENT);
}

/* The user that the body names, or *replied. */
static int take_user(struct request *r, struct user *out, bool *replied)
{
    const struct jval *v = jval_getz(r->json, "user_id");
    int64_t id;
    enum db_rc rc;

    *replied = true;
    if (jval_nothing(v)) {
        return api_error(r, 400, STR("Expected 'user_id' field"));
    }
    rc = jval_py_int(v, &id) == NUM_OK ? db_user_by_id(r->app->db, r->arena, id, out) : DB_NONE;
    if (rc == DB_NONE) {
        return api_error(
            r, 404,
            arena_concat(r->arena, (struct str[]){ STR("Expected valid user ID, got '"),
                                                   jval_py_str(r->arena, v), STR("'"), STR_NULL }));
    }
    *replied = false;
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int client_cert_create(struct request *r)
{
    struct pki_wish wish = { .use = PKI_CLIENT };
    struct certificate ca, c = { 0 };
    struct user u;
    struct str why;
    bool replied;
    int status;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    status = pki_issuer(r, &ca, &replied);
    if (status == 0 && !replied) {
        status = take_user(r, &u, &replied);
    }
    if (status != 0 || replied) {
        return status;
    }
    wish.common_name = u.username;
    if (!pki_take_days(r, jval_getz(r->json, "validity_days"), DAYS_DEFAULT, &wish.days, &why) ||
        !pki_take_key_bits(r, jval_getz(r->json, "key_size"), &wish.key_bits, &why)) {
        return api_error(r, 400, why);
    }
    if (!pki_name_ok(u.username)) {
        return api_error(r, 400, STR("This user's name cannot stand in a certificate"));
    }
    c.user_id = u.id;
    c.username = u.username;
    status = pki_make(r, CERT_CLIENT, &wish, &ca, &c);
    if (status != 0) {
        return status;
    }
    pki_note(r, "client-cert-made", &c);
    return api_cert_show(r, 201, CERT_CLIENT, &c);
}

static enum db_rc revoke(struct request *r, enum cert_kind kind, int64_t id)
{
    (void)kind;
    return db_cert_revoke(r->app->db, id, r->now);
}

int client_cert_revoke(struct request *r)
{
    static const struct cert_change what = {
        .kind = CERT_CLIENT,
        .change = revoke,
        .refused = " is already revoked",
        .done = " has been revoked.",
        .event = "client-cert-revoked",
    };

    return api_cert_change(r, &what);
}

int client_cert_expunge(struct request *r)
{
    static const struct cert_change what = {
        .kind = CERT_CLIENT,
        .change = api_cert_delete,
        .refused = "Cannot expunge an active certificate. Revoke it first.",
        .alone = true,
        .done = " permanently deleted.",
        .event = "client-cert-expunged",
    };

    return api_cert_change(r, &what);
}

/* ---- PKCS #12 */

static int send_p12(struct request *r, const struct certificate *c, struct str password)
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
    return api_file(r, "application/x-pkcs12", c->common_name, STR(".p12"), der);
}

int client_cert_download(struct request *r)
{
    struct certificate c;
    bool replied;
    int status = api_cert_find(r, CERT_CLIENT, &c, &replied);

    if (status != 0 || replied) {
        return status;
    }
    const struct jval *password = jval_getz(r->json, "password");
    if (!jval_truthy(password)) {
        return api_error(r, 400, STR("Expected 'password' field for .p12 encryption"));
    }
    return send_p12(r, &c, jval_py_str(r->arena, password));
}
