/* The revocation list, signed once for each change and each day. */
#include "errors.h"
#include "lib/crypto.h"
#include "pki.h"

#include <string.h>

#define RENEW (24 * 3600 * USEC_PER_SEC)
#define LIST_MAX ((size_t)4 * 1024 * 1024)

/* Of this worker: one process, one request at a time. */
static struct {
    bool made;
    uint8_t key[SHA256_LEN]; /* of what is on it */
    usec_t at;
    struct buf pem;
} kept = { .pem = { .max = LIST_MAX } };

static void key_of(struct request *r, const struct certificate *ca,
                   const struct pki_revoked *revoked, size_t n, uint8_t out[SHA256_LEN])
{
    struct str *parts = ARENA_ARRAY(r->arena, n * 2 + 2, struct str);

    parts[0] = ca->fingerprint;
    for (size_t i = 0; i < n; i++) {
        parts[2 * i + 1] = revoked[i].serial;
        parts[2 * i + 2] = STR("\n");
    }
    parts[2 * n + 1] = STR_NULL;
    crypto_sha256_parts(parts, out);
}

static int renew(struct request *r, const struct certificate *ca, const struct pki_revoked *revoked,
                 size_t n)
{
    struct pki_pair pair;
    struct str pem;
    const char *why;
    int status = pki_unseal(r, ca, &pair);

    if (status != 0) {
        return status;
    }
    if (!pki_crl(r->arena, &pair, revoked, n, r->now, &pem, &why)) {
        return pki_failed("crl", why);
    }
    buf_clear(&kept.pem);
    buf_str(&kept.pem, pem);
    return buf_ok(&kept.pem) ? 0 : 500;
}

int pki_list(struct request *r, const struct certificate *ca, struct str *pem)
{
    struct pki_revoked *revoked;
    uint8_t key[SHA256_LEN];
    size_t n;
    enum db_rc rc = db_revoked_list(r->app->db, r->arena, ca->id, r->now, &revoked, &n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    key_of(r, ca, revoked, n, key);
    if (!kept.made || memcmp(kept.key, key, sizeof key) != 0 || r->now < kept.at ||
        r->now - kept.at >= RENEW) {
        kept.made = false;
        int status = renew(r, ca, revoked, n);
        if (status != 0) {
            return status;
        }
        memcpy(kept.key, key, sizeof key);
        kept.at = r->now;
        kept.made = true;
    }
    *pem = buf_view(&kept.pem);
    return 0;
}
