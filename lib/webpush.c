#include "webpush.h"

#include "codec.h"
#include "crypto.h"
#include "log.h"
#include "owntracks.h"

#include <assert.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CURVE "P-256"
#define RECORD 4096u
#define TAG 16u
#define CEK 16u
#define NONCE 12u
#define LAST_RECORD "\x02" /* RFC 8188 section 2: a delimiter, no padding */

/* Fails only without memory: keys and points have been looked at. As crypto.c does. */
static void need(bool done, const char *what)
{
    if (!done) {
        log_error("crypto_failed", LOG_Z("what", what));
        _exit(EXIT_FAILURE);
    }
}

static struct str bytes(const void *p, size_t n)
{
    return (struct str){ p, n };
}

/* ---- keys */

struct ec_pair {
    EVP_PKEY *key; /* the caller frees it */
    uint8_t point[WEBPUSH_POINT];
};

/* private_key NULL: of a public key alone. NULL: it is no key of the curve. */
static EVP_PKEY *key_of(const BIGNUM *private_key, const uint8_t point[WEBPUSH_POINT])
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    need(build != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1, "key");
    need(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
                                              WEBPUSH_POINT) == 1 &&
             (private_key == NULL ||
              OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, private_key) == 1),
         "key");
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    need(params != NULL, "key");
    if (EVP_PKEY_fromdata(ctx, &key, private_key == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                          params) != 1) {
        key = NULL;
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* False: 0, or not below the curve's order. */
static bool pair_of(const uint8_t scalar[WEBPUSH_SCALAR], struct ec_pair *out)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *n = BN_secure_new();

    need(point != NULL && n != NULL && BN_bin2bn(scalar, WEBPUSH_SCALAR, n) != NULL, "pair");
    bool good = !BN_is_zero(n) && BN_cmp(n, EC_GROUP_get0_order(group)) < 0;
    if (good) {
        need(EC_POINT_mul(group, point, n, NULL, NULL, NULL) == 1 &&
                 EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out->point,
                                    WEBPUSH_POINT, NULL) == WEBPUSH_POINT,
             "pair");
        out->key = key_of(n, out->point);
        need(out->key != NULL, "pair");
    }
    BN_clear_free(n);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return good;
}

/* The first of these that is a key: practically always the first. */
static void server_pair(struct str secret_key, struct ec_pair *out)
{
    uint8_t scalar[WEBPUSH_SCALAR];
    char label[] = "mytracks web push 0";

    do {
        crypto_hmac_sha256(secret_key, str_of(label), scalar);
        label[sizeof label - 2]++;
    } while (!pair_of(scalar, out));
    crypto_wipe(scalar, sizeof scalar);
}

struct str webpush_public_key(struct arena *a, struct str secret_key)
{
    struct ec_pair pair;

    server_pair(secret_key, &pair);
    EVP_PKEY_free(pair.key);
    return base64url_encode(a, bytes(pair.point, WEBPUSH_POINT));
}

bool webpush_read_browser(struct arena *a, struct str p256dh, struct str auth,
                          struct webpush_browser *out)
{
    struct str point = base64url_decode(a, p256dh), secret = base64url_decode(a, auth);

    if (point.n != WEBPUSH_POINT || secret.n != WEBPUSH_AUTH) {
        return false;
    }
    memcpy(out->point, point.p, WEBPUSH_POINT);
    memcpy(out->auth, secret.p, WEBPUSH_AUTH);
    EVP_PKEY *key = key_of(NULL, out->point);
    EVP_PKEY_free(key);
    return key != NULL;
}

/* ---- who sends it */

/* ECDSA's two numbers at full length, one behind the other (RFC 7518 section 3.4). */
static struct str sign(struct arena *a, EVP_PKEY *key, struct str text)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[128], *out = arena_alloc(a, 2 * WEBPUSH_SCALAR);
    size_t n = sizeof der;
    const uint8_t *p = der;

    need(ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
             EVP_DigestSign(ctx, der, &n, (const uint8_t *)text.p, text.n) == 1,
         "sign");
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
    need(sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, WEBPUSH_SCALAR) > 0 &&
             BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + WEBPUSH_SCALAR, WEBPUSH_SCALAR) > 0,
         "sign");
    ECDSA_SIG_free(sig);
    EVP_MD_CTX_free(ctx);
    return bytes(out, 2 * WEBPUSH_SCALAR);
}

static struct str claims(struct arena *a, struct str origin, struct str contact, int64_t expires)
{
    struct jval *o = jval_object(a);

    jval_set(a, o, STR("aud"), jval_text(a, origin));
    jval_set(a, o, STR("exp"), jval_int(a, expires));
    jval_set(a, o, STR("sub"), jval_text(a, contact));
    return ot_dump(a, o);
}

struct str webpush_authorization(struct arena *a, struct str secret_key, struct str origin,
                                 struct str contact, int64_t expires_sec)
{
    struct ec_pair pair;
    struct str head = base64url_encode(a, STR("{\"typ\":\"JWT\",\"alg\":\"ES256\"}"));
    struct str body = base64url_encode(a, claims(a, origin, contact, expires_sec));
    struct str token = arena_printf(a, "%.*s.%.*s", STR_FMT(head), STR_FMT(body));

    server_pair(secret_key, &pair);
    struct str signature = base64url_encode(a, sign(a, pair.key, token));
    struct str key = base64url_encode(a, bytes(pair.point, WEBPUSH_POINT));
    EVP_PKEY_free(pair.key);
    return arena_printf(a, "vapid t=%.*s.%.*s, k=%.*s", STR_FMT(token), STR_FMT(signature),
                        STR_FMT(key));
}

/* ---- what is in it */

static void agree(EVP_PKEY *own, const struct webpush_browser *to, uint8_t secret[WEBPUSH_SCALAR])
{
    EVP_PKEY *peer = key_of(NULL, to->point);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
    size_t n = WEBPUSH_SCALAR;

    need(peer != NULL && ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
             EVP_PKEY_derive_set_peer(ctx, peer) == 1 && EVP_PKEY_derive(ctx, secret, &n) == 1 &&
             n == WEBPUSH_SCALAR,
         "agree");
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
}

/* HKDF (RFC 5869) for at most one block: info ends in the counter 1. */
static void hkdf(struct str salt, struct str material, struct str info, uint8_t out[SHA256_LEN])
{
    uint8_t prk[SHA256_LEN];

    crypto_hmac_sha256(salt, material, prk);
    crypto_hmac_sha256(bytes(prk, sizeof prk), info, out);
    crypto_wipe(prk, sizeof prk);
}

/* RFC 8291 section 3.4. */
static void derive(struct arena *a, const struct webpush_browser *to, const struct ec_pair *own,
                   const uint8_t salt[WEBPUSH_SALT], uint8_t cek[SHA256_LEN],
                   uint8_t nonce[SHA256_LEN])
{
    uint8_t secret[WEBPUSH_SCALAR], ikm[SHA256_LEN];
    const struct str info[] = { STR("WebPush: info\0"), bytes(to->point, WEBPUSH_POINT),
                                bytes(own->point, WEBPUSH_POINT), STR("\1"), STR_NULL };

    agree(own->key, to, secret);
    hkdf(bytes(to->auth, WEBPUSH_AUTH), bytes(secret, sizeof secret), arena_concat(a, info), ikm);
    hkdf(bytes(salt, WEBPUSH_SALT), bytes(ikm, sizeof ikm), STR("Content-Encoding: aes128gcm\0\1"),
         cek);
    hkdf(bytes(salt, WEBPUSH_SALT), bytes(ikm, sizeof ikm), STR("Content-Encoding: nonce\0\1"),
         nonce);
    crypto_wipe(secret, sizeof secret);
    crypto_wipe(ikm, sizeof ikm);
}

/* out: text.n + TAG bytes. */
static void encrypt(const uint8_t *cek, const uint8_t *nonce, struct str text, uint8_t *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;

    need(ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, cek, nonce) == 1 &&
             EVP_EncryptUpdate(ctx, out, &n, (const uint8_t *)text.p, (int)text.n) == 1 &&
             (size_t)n == text.n && EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
             EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, out + text.n) == 1,
         "encrypt");
    EVP_CIPHER_CTX_free(ctx);
}

struct str webpush_seal_with(struct arena *a, const struct webpush_browser *to, struct str text,
                             const uint8_t scalar[WEBPUSH_SCALAR], const uint8_t salt[WEBPUSH_SALT])
{
    struct ec_pair own;
    uint8_t cek[SHA256_LEN], nonce[SHA256_LEN];

    assert(text.n <= WEBPUSH_TEXT_MAX);
    if (!pair_of(scalar, &own)) {
        return STR_NULL;
    }
    derive(a, to, &own, salt, cek, nonce);
    EVP_PKEY_free(own.key);
    /* RFC 8188 section 2.1: salt, record size, key id */
    struct str head =
        arena_concat(a, (struct str[]){ bytes(salt, WEBPUSH_SALT), STR("\0\0\x10\0\x41"),
                                        bytes(own.point, WEBPUSH_POINT), STR_NULL });
    struct str plain = arena_concat(a, (struct str[]){ text, STR(LAST_RECORD), STR_NULL });
    uint8_t *out = arena_alloc(a, head.n + plain.n + TAG);
    memcpy(out, head.p, head.n);
    encrypt(cek, nonce, plain, out + head.n);
    crypto_wipe(cek, sizeof cek);
    return bytes(out, head.n + plain.n + TAG);
}

struct str webpush_seal(struct arena *a, const struct webpush_browser *to, struct str text)
{
    uint8_t scalar[WEBPUSH_SCALAR], salt[WEBPUSH_SALT];
    struct str sealed;

    do {
        crypto_random(scalar, sizeof scalar);
        crypto_random(salt, sizeof salt);
        sealed = webpush_seal_with(a, to, text, scalar, salt);
    } while (str_is_null(sealed));
    crypto_wipe(scalar, sizeof scalar);
    return sealed;
}
