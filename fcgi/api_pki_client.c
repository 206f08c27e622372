/* Certificates of users, for administrators. */
#include "api_pki.h"
#include "db/account.h"
#include "handlers.h"

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
    const struct pki_order order = api_cert_order(r);
    struct certificate ca, c;
    struct user u;
    struct str why;
    bool replied = false;
    int status;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    status = pki_issuer(r, &ca, &why);
    if (status == 0 && str_is_null(why)) {
        status = take_user(r, &u, &replied);
        if (status != 0 || replied) {
            return status;
        }
        status = pki_order_client(r, &order, &ca, &u, &c, &why);
    }
    return api_cert_made(r, CERT_CLIENT, status, &c, why);
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
    return pki_send_p12(r, &c, jval_py_str(r->arena, password));
}
