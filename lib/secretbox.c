#include "secretbox.h"

#include "codec.h"
#include "fernet.h"
#include "log.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NONCE crypto_secretbox_NONCEBYTES
#define OVERHEAD ((size_t)(NONCE + crypto_secretbox_MACBYTES))

static_assert(SECRETBOX_PASSPHRASE_MAX == crypto_secretbox_KEYBYTES, "a passphrase is a key");

struct key {
    unsigned char byte[crypto_secretbox_KEYBYTES];
};

/* Any number of times, from any thread (libsodium's documentation, "Usage"). */
static struct key key_of(struct str passphrase)
{
    struct key k = { { 0 } };

    if (sodium_init() < 0) {
        log_error("sodium_failed", LOG_Z("why", "no random numbers"));
        abort();
    }
    memcpy(k.byte, passphrase.p, str_sub(passphrase, 0, sizeof k.byte).n);
    return k;
}

bool secretbox_passphrase_ok(struct str passphrase)
{
    if (passphrase.n == 0 || passphrase.n > SECRETBOX_PASSPHRASE_MAX)
        return false;
    for (size_t i = 0; i < passphrase.n; i++)
        if (passphrase.p[i] < ' ' || passphrase.p[i] > '~')
            return false;
    return true;
}

struct str secretbox_open(struct arena *a, struct str passphrase, struct str data)
{
    struct str box = base64_decode(a, data);

    if (str_is_null(box) || box.n < OVERHEAD)
        return STR_NULL;
    char *plain = arena_alloc(a, box.n);
    size_t n = box.n - OVERHEAD;
    struct key k = key_of(passphrase);
    const unsigned char *nonce = (const unsigned char *)box.p;
    int rc = crypto_secretbox_open_easy((unsigned char *)plain, nonce + NONCE, box.n - NONCE, nonce,
                                        k.byte);
    sodium_memzero(&k, sizeof k);
    if (rc != 0)
        return STR_NULL;
    while (n > 0 && plain[n - 1] == '\0')
        n--;
    return (struct str){ plain, n };
}

struct str secretbox_message(struct arena *a, struct str passphrase, struct str plain)
{
    char *box = arena_alloc(a, OVERHEAD + plain.n);
    struct key k = key_of(passphrase);

    randombytes_buf(box, NONCE);
    /* Fails only above its limit of 2^38 bytes. */
    (void)crypto_secretbox_easy((unsigned char *)box + NONCE, (const unsigned char *)plain.p,
                                plain.n, (const unsigned char *)box, k.byte);
    sodium_memzero(&k, sizeof k);
    struct str data = base64_encode(a, (struct str){ box, OVERHEAD + plain.n });
    return arena_concat(a, (struct str[]){ STR("{\"_type\":\"encrypted\",\"data\":\""), data,
                                           STR("\"}"), STR_NULL });
}

struct str secretbox_message_sealed(struct arena *a, struct str secret_key, struct str sealed,
                                    struct str plain)
{
    struct str passphrase = fernet_open(a, secret_key, sealed);

    return str_is_null(passphrase) ? STR_NULL : secretbox_message(a, passphrase, plain);
}
