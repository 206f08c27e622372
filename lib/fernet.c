#include "fernet.h"

#include "codec.h"
#include "crypto.h"
#include "log.h"

#include <openssl/evp.h>
#include <string.h>

/* version (1) | seconds since 1970, big-endian (8) | IV (16) | ciphertext | HMAC (32) */
#define VERSION '\x80'
#define IV_AT 9
#define BLOCK 16
#define CIPHER_AT (IV_AT + BLOCK)
#define TOKEN_MAX ((size_t)2 * 1024 * 1024) /* characters; what a request can bring, sealed */

/* Django's key: the halves of SHA256(SECRET_KEY) sign and encrypt. */
struct keys {
    uint8_t sign[SHA256_LEN / 2], encrypt[SHA256_LEN / 2];
};

static struct keys keys_of(struct str secret_key)
{
    uint8_t sum[SHA256_LEN];
    struct keys k;

    crypto_sha256(secret_key, sum);
    memcpy(k.sign, sum, sizeof(k.sign));
    memcpy(k.encrypt, sum + sizeof(k.sign), sizeof(k.encrypt));
    crypto_wipe(sum, sizeof(sum));
    return k;
}

/* AES-128-CBC with PKCS #7 padding. out holds in.n + BLOCK bytes. Returns the bytes written, -1
   when the padding is wrong. */
static int aes_cbc(const struct keys *k, bool encrypt, const char *iv, struct str in, char *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, tail = 0;

    if (ctx == NULL || EVP_CipherInit_ex(ctx, EVP_aes_128_cbc(), NULL, k->encrypt,
                                         (const uint8_t *)iv, encrypt) != 1)
        log_out_of_memory(in.n);
    bool ok = EVP_CipherUpdate(ctx, (uint8_t *)out, &n, (const uint8_t *)in.p, (int)in.n) == 1 &&
              EVP_CipherFinal_ex(ctx, (uint8_t *)out + n, &tail) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok ? n + tail : -1;
}

/* The signature of a token's other bytes. */
static void signature(const struct keys *k, struct str signed_part, uint8_t out[SHA256_LEN])
{
    crypto_hmac_sha256((struct str){ (const char *)k->sign, sizeof(k->sign) }, signed_part, out);
}

/* Between the two alphabets of base64, in place. */
static void swap_alphabet(char *p, size_t n, const char from[2], const char to[2])
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == from[0])
            p[i] = to[0];
        else if (p[i] == from[1])
            p[i] = to[1];
    }
}

struct str fernet_seal(struct arena *a, struct str secret_key, struct str plain, int64_t now_sec)
{
    char *raw = arena_alloc(a, CIPHER_AT + plain.n + BLOCK + SHA256_LEN);
    struct keys k = keys_of(secret_key);

    raw[0] = VERSION;
    for (int i = 0; i < 8; i++)
        raw[1 + i] = (char)(uint8_t)((uint64_t)now_sec >> (56 - 8 * i));
    crypto_random(raw + IV_AT, BLOCK);
    int n = aes_cbc(&k, true, raw + IV_AT, plain, raw + CIPHER_AT);
    if (n < 0)
        log_out_of_memory(plain.n); /* encryption has no other reason to fail */
    struct str body = { raw, CIPHER_AT + (size_t)n };
    signature(&k, body, (uint8_t *)raw + body.n);
    crypto_wipe(&k, sizeof(k));

    struct str text = base64_encode(a, (struct str){ raw, body.n + SHA256_LEN });
    char *token = arena_alloc(a, text.n + 1);
    memcpy(token, text.p, text.n);
    swap_alphabet(token, text.n, "+/", "-_");
    return (struct str){ token, text.n };
}

struct str fernet_open(struct arena *a, struct str secret_key, struct str token)
{
    uint8_t expected[SHA256_LEN];

    if (token.n > TOKEN_MAX)
        return STR_NULL;
    /* Python's decoder takes both alphabets, and skips what belongs to neither. */
    char *text = arena_alloc(a, token.n + 1);
    if (token.n > 0)
        memcpy(text, token.p, token.n);
    swap_alphabet(text, token.n, "-_", "+/");
    struct str raw = base64_decode(a, (struct str){ text, token.n });
    if (str_is_null(raw) || raw.n < CIPHER_AT + BLOCK + SHA256_LEN || raw.p[0] != VERSION)
        return STR_NULL;

    struct str body = str_sub(raw, 0, raw.n - SHA256_LEN);
    struct keys k = keys_of(secret_key);
    int n = -1;
    char *plain = arena_alloc(a, body.n + BLOCK);
    signature(&k, body, expected);
    if (crypto_equal(str_sub(raw, body.n, SHA256_LEN),
                     (struct str){ (const char *)expected, sizeof(expected) }))
        n = aes_cbc(&k, false, raw.p + IV_AT, str_sub(body, CIPHER_AT, SIZE_MAX), plain);
    crypto_wipe(&k, sizeof(k));
    return n < 0 ? STR_NULL : (struct str){ plain, (size_t)n };
}
