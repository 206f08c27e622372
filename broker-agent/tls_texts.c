#include "tls_texts.h"

#include "lib/buf.h"
#include "lib/fernet.h"
#include "lib/log.h"
#include "lib/wire.h"

#define TEXT_MAX ((size_t)4 * 1024 * 1024)
/* One message to the plugin. More can hardly be: 3,000 phones lost and not expired. */
#define REVOKED_MAX (WIRE_MAX - 1024)
#define PLACEHOLDER_DAYS 3650

/* ---------------------------------------------------------------- rows */
struct reading {
    struct arena *arena;
    usec_t now;
    struct tls_rows *rows;
};

static bool add_authority(void *ctx, const struct certificate *c)
{
    const struct reading *reading = ctx;
    struct tls_rows *rows = reading->rows;

    if (c->not_after > reading->now) {
        struct certificate *row = &rows->authority[rows->n++].row;
        *row = (struct certificate){
            .id = c->id,
            .pem = arena_dup(reading->arena, c->pem),
            .sealed_key = arena_dup(reading->arena, c->sealed_key),
            .common_name = arena_dup(reading->arena, c->common_name),
            .fingerprint = arena_dup(reading->arena, c->fingerprint),
        };
    }
    return rows->n < TLS_AUTHORITIES_MAX;
}

enum db_rc tls_rows_read(struct db *db, struct arena *a, usec_t now, struct tls_rows *out)
{
    struct reading reading = { a, now, out };

    out->n = 0;
    enum db_rc rc = db_cert_active(db, a, CERT_SERVER, &out->server);
    out->has_server = rc == DB_OK;
    if (rc == DB_OK || rc == DB_NONE)
        rc = db_cert_list(db, CERT_CA, add_authority, &reading);
    for (size_t i = 0; rc == DB_OK && i < out->n; i++) {
        struct authority *au = &out->authority[i];
        rc = db_revoked_list(db, a, au->row.id, now, &au->revoked, &au->revoked_count);
    }
    return rc;
}

void tls_rows_digest(struct arena *a, const struct tls_rows *rows, uint8_t out[SHA256_LEN])
{
    size_t n = 1, at = 0;

    for (size_t i = 0; i < rows->n; i++)
        n += 1 + rows->authority[i].revoked_count;
    struct str *parts = ARENA_ARRAY(a, n + 1, struct str);
    parts[at++] = rows->has_server ? rows->server.fingerprint : STR("none");
    for (size_t i = 0; i < rows->n; i++) {
        const struct authority *au = &rows->authority[i];
        parts[at++] = au->row.fingerprint;
        for (size_t j = 0; j < au->revoked_count; j++)
            parts[at++] = au->revoked[j].serial;
    }
    parts[at] = STR_NULL;
    crypto_sha256_parts(parts, out);
}

/* ---------------------------------------------------------------- texts */
struct output {
    struct buf authorities, revocations, revoked;
};

static bool unseal(struct arena *a, struct str secret_key, const struct certificate *c,
                   struct pki_pair *out)
{
    *out = (struct pki_pair){ c->pem, fernet_open(a, secret_key, c->sealed_key) };
    if (str_is_null(out->key))
        log_error("key_not_readable", LOG_S("cn", c->common_name),
                  LOG_Z("why", "not sealed with this SECRET_KEY"));
    return !str_is_null(out->key);
}

static void add(struct arena *a, struct str secret_key, const struct authority *au, usec_t now,
                struct output *o)
{
    struct pki_pair pair;
    struct str crl;
    const char *why;

    if (!unseal(a, secret_key, &au->row, &pair))
        return;
    if (!pki_crl(a, &pair, au->revoked, au->revoked_count, now, &crl, &why)) {
        log_error("revocation_list_failed", LOG_S("cn", au->row.common_name), LOG_Z("why", why));
        return;
    }
    buf_str(&o->authorities, au->row.pem);
    buf_str(&o->revocations, crl);
    for (size_t i = 0; i < au->revoked_count; i++) {
        buf_str(&o->revoked, au->revoked[i].serial);
        buf_char(&o->revoked, '\n');
    }
}

bool tls_texts_make(struct arena *a, struct str secret_key, const struct tls_rows *rows, usec_t now,
                    struct tls_texts *out)
{
    struct pki_pair server;
    struct output o;

    if (!unseal(a, secret_key, &rows->server, &server))
        return false;
    buf_init(&o.authorities, TEXT_MAX);
    buf_init(&o.revocations, TEXT_MAX);
    buf_init(&o.revoked, REVOKED_MAX);
    for (size_t i = 0; i < rows->n; i++)
        add(a, secret_key, &rows->authority[i], now, &o);
    bool ok = buf_ok(&o.authorities) && buf_ok(&o.revocations) && o.authorities.n > 0;
    if (!buf_ok(&o.revoked)) /* they are refused all the same, when they connect again */
        log_event(LOG_LVL_ERROR, "too_many_revoked_to_drop", NULL);
    if (ok)
        *out = (struct tls_texts){
            .authorities = arena_dup(a, buf_view(&o.authorities)),
            .revocations = arena_dup(a, buf_view(&o.revocations)),
            .server = arena_concat(a, (struct str[]){ server.certificate, server.key, STR_NULL }),
            .revoked = arena_dup(a, buf_view(&o.revoked)),
        };
    buf_free(&o.authorities);
    buf_free(&o.revocations);
    buf_free(&o.revoked);
    return ok;
}

bool tls_texts_placeholder(struct arena *a, usec_t now, struct tls_texts *out)
{
    struct pki_wish wish = { .use = PKI_CA,
                             .common_name = STR("no certificate yet"),
                             .key_bits = 2048,
                             .days = PLACEHOLDER_DAYS };
    struct pki_pair pair;
    struct pki_facts facts;
    struct str crl;
    const char *why;

    if (!pki_issue(a, &wish, NULL, now, &pair, &facts, &why) ||
        !pki_crl(a, &pair, NULL, 0, now, &crl, &why)) {
        log_error("placeholder_failed", LOG_Z("why", why));
        return false;
    }
    *out = (struct tls_texts){
        .authorities = pair.certificate,
        .revocations = crl,
        .server = arena_concat(a, (struct str[]){ pair.certificate, pair.key, STR_NULL }),
        .revoked = STR(""),
    };
    return true;
}
