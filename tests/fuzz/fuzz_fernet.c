/* Fernet: any text as a token, and any bytes as a token's body under a right signature. */
#include "fuzz.h"

#include "lib/codec.h"
#include "lib/crypto.h"
#include "lib/fernet.h"

#include <string.h>

#define SECRET STR("fuzz-secret")

/* URL alphabet with padding. */
static struct str token_of(struct arena *a, struct str bytes)
{
    struct str text = base64url_encode(a, bytes);

    return arena_concat(
        a, (struct str[]){ text, str_sub(STR("==="), 0, (4 - text.n % 4) % 4), STR_NULL });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str raw = fuzz_text(data, size), sealed = fernet_seal(a, SECRET, raw, 1);
    uint8_t keys[SHA256_LEN], sum[SHA256_LEN];

    (void)fernet_open(a, SECRET, raw);
    CHECK(str_eq(fernet_open(a, SECRET, sealed), raw));
    CHECK(str_is_null(fernet_open(a, STR("another"), sealed)));
    crypto_sha256(SECRET, keys);
    crypto_hmac_sha256((struct str){ (const char *)keys, SHA256_LEN / 2 }, raw, sum);
    (void)fernet_open(
        a, SECRET,
        token_of(a, arena_concat(
                        a, (struct str[]){ raw, { (const char *)sum, SHA256_LEN }, STR_NULL })));
    return 0;
}
