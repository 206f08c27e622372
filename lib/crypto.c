#include "crypto.h"

#include "log.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define UUID_LEN 16

/* These primitives fail only when memory or the kernel's generator is gone: nothing that could go
   on safely. No exit handlers: other threads may be inside the libraries that those would tear
   down. */
static void __attribute__((noreturn)) die(const char *what)
{
    log_error("crypto_failed", LOG_Z("what", what));
    _exit(EXIT_FAILURE);
}

void crypto_random(void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got > 0) {
            p += got;
            n -= (size_t)got;
        } else if (errno != EINTR) {
            die("getrandom");
        }
    }
}

struct str crypto_random_text(struct arena *a, size_t n, struct str alphabet)
{
    char *text = arena_alloc(a, n + 1);
    uint8_t pool[64];
    size_t used = sizeof(pool);

    assert(alphabet.n > 0 && alphabet.n <= 256);
    /* Bytes past the last whole multiple would favour the first letters. */
    const size_t usable = 256 - 256 % alphabet.n;

    for (size_t i = 0; i < n;) {
        if (used == sizeof(pool)) {
            crypto_random(pool, sizeof(pool));
            used = 0;
        }
        uint8_t byte = pool[used++];
        if (byte < usable)
            text[i++] = alphabet.p[byte % alphabet.n];
    }
    crypto_wipe(pool, sizeof(pool));
    return (struct str){ text, n };
}

/* RFC 9562 text of 16 bytes, with the bits of that version and the variant set. */
static struct str uuid_text(struct arena *a, uint8_t u[UUID_LEN], unsigned version)
{
    u[6] = (uint8_t)((u[6] & 0x0f) | version << 4);
    u[8] = (uint8_t)((u[8] & 0x3f) | 0x80);
    return arena_printf(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                        u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
                        u[12], u[13], u[14], u[15]);
}

struct str crypto_uuid4(struct arena *a)
{
    uint8_t u[UUID_LEN];

    crypto_random(u, sizeof(u));
    return uuid_text(a, u, 4);
}

/* Digest of all parts; the list ends with STR_NULL. */
static void digest(const EVP_MD *md, const struct str *parts, uint8_t *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
        die("digest");
    for (; parts->p != NULL; parts++) {
        if (EVP_DigestUpdate(ctx, parts->p, parts->n) != 1)
            die("digest");
    }
    if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
        die("digest");
    EVP_MD_CTX_free(ctx);
}

struct str crypto_uuid5_dns(struct arena *a, struct str name)
{
    /* 6ba7b810-9dad-11d1-80b4-00c04fd430c8 */
    static const char dns[UUID_LEN] = "\x6b\xa7\xb8\x10\x9d\xad\x11\xd1"
                                      "\x80\xb4\x00\xc0\x4f\xd4\x30\xc8";
    const struct str parts[] = { { dns, sizeof(dns) }, name, STR_NULL };
    uint8_t sum[SHA_DIGEST_LENGTH];

    digest(EVP_sha1(), parts, sum);
    return uuid_text(a, sum, 5);
}

void crypto_sha256_parts(const struct str *parts, uint8_t out[SHA256_LEN])
{
    digest(EVP_sha256(), parts, out);
}

void crypto_sha256(struct str data, uint8_t out[SHA256_LEN])
{
    const struct str parts[] = { data, STR_NULL };

    crypto_sha256_parts(parts, out);
}

void crypto_hmac_sha256(struct str key, struct str data, uint8_t out[SHA256_LEN])
{
    const EVP_MD *md = EVP_sha256();

    assert(key.n <= INT32_MAX);
    if (HMAC(md, key.p, (int)key.n, (const uint8_t *)data.p, data.n, out, NULL) == NULL)
        die("hmac");
}

bool crypto_equal(struct str a, struct str b)
{
    return a.n == b.n && CRYPTO_memcmp(a.p, b.p, a.n) == 0;
}

void crypto_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
