#include "api_pki.h"

#include "lib/represent.h"

/* How the reference speaks of each kind. */
static const struct words {
    void (*represent)(struct json *j, const struct certificate *c);
    const char *subject;                /* 'NAME' ... */
    const char *unknown, *unknown_tail; /* ID between them */
} words[CERT_KINDS] = {
    [CERT_CA] = { represent_ca, "CA", "Expected valid CA ID, got '", "' which does not exist" },
    [CERT_SERVER] = { represent_server_cert, "Server cert", "Expected valid server cert ID, got '",
                      "' which does not exist" },
    [CERT_CLIENT] = { represent_client_cert, "Certificate for",
                      "Expected valid client cert ID, got '", "'" },
};

struct listing {
    struct request *r;
    enum cert_kind kind;
};

static bool list_row(void *ctx, const struct certificate *c)
{
    const struct listing *l = ctx;

    words[l->kind].represent(&l->r->reply.json, c);
    return buf_ok(&l->r->reply.body);
}

int api_cert_list(struct request *r, enum cert_kind kind)
{
    struct listing l = { r, kind };

    reply_prepare(r);
    json_array(api_begin(r, 200));
    enum db_rc rc = db_cert_list(r->app->db, kind, list_row, &l);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int api_cert_show(struct request *r, int status, enum cert_kind kind, const struct certificate *c)
{
    words[kind].represent(api_begin(r, status), c);
    return 0;
}

struct pki_order api_cert_order(struct request *r)
{
    return (struct pki_order){
        .common_name = jval_getz(r->json, "common_name"),
        .validity_days = jval_getz(r->json, "validity_days"),
        .key_size = jval_getz(r->json, "key_size"),
        .san_entries = jval_getz(r->json, "san_entries"),
    };
}

int api_cert_made(struct request *r, enum cert_kind kind, int status, const struct certificate *c,
                  struct str why)
{
    if (status != 0) {
        return status;
    }
    return str_is_null(why) ? api_cert_show(r, 201, kind, c) : api_error(r, 400, why);
}

int api_cert_find(struct request *r, enum cert_kind kind, struct certificate *c, bool *replied)
{
    const struct words *w = &words[kind];
    int64_t id;
    enum db_rc rc =
        api_row_id(r->arg[0], &id) ? db_cert_get(r->app->db, r->arena, kind, id, c) : DB_NONE;

    *replied = rc == DB_NONE;
    if (*replied) {
        return api_error(
            r, 404,
            arena_concat(r->arena, (struct str[]){ str_of(w->unknown), r->arg[0],
                                                   str_of(w->unknown_tail), STR_NULL }));
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int api_cert_active(struct request *r, enum cert_kind kind, struct str none)
{
    struct certificate c;
    enum db_rc rc = db_cert_active(r->app->db, r->arena, kind, &c);

    if (rc == DB_NONE) {
        return api_error(r, 404, none);
    }
    return rc == DB_OK ? api_cert_show(r, 200, kind, &c) : error_of_db(rc);
}

int api_cert_download(struct request *r, enum cert_kind kind, struct str suffix)
{
    struct certificate c;
    bool replied;
    int status = api_cert_find(r, kind, &c, &replied);

    if (status != 0 || replied) {
        return status;
    }
    return reply_file(r, PEM_TYPE, c.common_name, suffix, c.pem);
}

/* "KIND 'NAME' (fingerprint=...)" and behind; authorities have no fingerprint in it. */
static struct str speak_of(struct request *r, enum cert_kind kind, const struct certificate *c,
                           const char *behind)
{
    struct str name = kind == CERT_CLIENT ? c->username : c->common_name;
    struct str text = arena_concat(r->arena, (struct str[]){ str_of(words[kind].subject), STR(" '"),
                                                             name, STR("'"), STR_NULL });

    if (kind != CERT_CA) {
        text = arena_concat(r->arena, (struct str[]){ text, STR(" (fingerprint="), c->fingerprint,
                                                      STR(")"), STR_NULL });
    }
    return arena_concat(r->arena, (struct str[]){ text, str_of(behind), STR_NULL });
}

int api_cert_change(struct request *r, const struct cert_change *what)
{
    struct certificate c;
    bool replied;
    int status = api_cert_find(r, what->kind, &c, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = what->change(r, what->kind, c.id);
    if (rc == DB_NONE) {
        return api_error(r, 400,
                         what->alone ? str_of(what->refused)
                                     : speak_of(r, what->kind, &c, what->refused));
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    pki_note(r, what->event, &c);
    return api_detail(r, 200, speak_of(r, what->kind, &c, what->done));
}

enum db_rc api_cert_deactivate(struct request *r, enum cert_kind kind, int64_t id)
{
    return db_cert_deactivate(r->app->db, kind, id);
}

enum db_rc api_cert_delete(struct request *r, enum cert_kind kind, int64_t id)
{
    return db_cert_delete(r->app->db, kind, id);
}
