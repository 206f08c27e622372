/* PKCS5_PBKDF2_HMAC spends more time in its generic layers than in SHA-256: a round is two
   compressions of one block each, and both HMAC pads are the same in all rounds. OpenSSL's
   compression function (with SHA-NI where there is one) is called directly here, which makes a
   login about twice as fast; a login is what this server computes longest. The low-level interface
   is marked deprecated, not wrong. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "pbkdf2.h"

#include "crypto.h"

#include <assert.h>
#include <endian.h>
#include <openssl/sha.h>
#include <string.h>

#define BLOCK SHA256_CBLOCK
#define WORDS 8 /* of a SHA-256 state */

/* HMAC's two states after their pads. */
struct pads {
    SHA256_CTX inner, outer;
};

static void pads_init(struct pads *p, struct str password)
{
    uint8_t key[BLOCK] = { 0 }, pad[BLOCK];

    if (password.n > BLOCK)
        crypto_sha256(password, key);
    else
        memcpy(key, password.p, password.n);
    SHA256_Init(&p->inner);
    SHA256_Init(&p->outer);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] = key[i] ^ 0x36;
    SHA256_Update(&p->inner, pad, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] = key[i] ^ 0x5c;
    SHA256_Update(&p->outer, pad, BLOCK);
    crypto_wipe(key, sizeof key);
    crypto_wipe(pad, sizeof pad);
}

/* A block whose first 32 bytes are a digest, padded as the last one of a pad and a digest. */
static void block_init(uint32_t block[BLOCK / 4])
{
    memset(block, 0, BLOCK);
    block[WORDS] = htobe32(0x80000000u);
    block[BLOCK / 4 - 1] = htobe32((BLOCK + SHA256_DIGEST_LENGTH) * 8);
}

static void put_state(const SHA256_CTX *state, uint32_t block[BLOCK / 4])
{
    for (int i = 0; i < WORDS; i++)
        block[i] = htobe32(state->h[i]);
}

/* block := HMAC(block's digest). */
static void hmac_block(const struct pads *p, uint32_t block[BLOCK / 4])
{
    SHA256_CTX state = p->inner;

    SHA256_Transform(&state, (const uint8_t *)block);
    put_state(&state, block);
    state = p->outer;
    SHA256_Transform(&state, (const uint8_t *)block);
    put_state(&state, block);
}

/* The first round: HMAC(salt, block number 1). */
static void first_block(const struct pads *p, struct str salt, uint32_t block[BLOCK / 4])
{
    static const uint8_t number[4] = { 0, 0, 0, 1 };
    SHA256_CTX state = p->inner;
    uint8_t digest[SHA256_DIGEST_LENGTH];

    SHA256_Update(&state, salt.p, salt.n);
    SHA256_Update(&state, number, sizeof number);
    SHA256_Final(digest, &state);
    memcpy(block, digest, sizeof digest);
    state = p->outer;
    SHA256_Transform(&state, (const uint8_t *)block);
    put_state(&state, block);
}

void pbkdf2_sha256(struct str password, struct str salt, uint32_t rounds, uint8_t key[PBKDF2_KEY])
{
    uint32_t block[BLOCK / 4], sum[WORDS];
    struct pads p;

    assert(rounds > 0);
    pads_init(&p, password);
    block_init(block);
    first_block(&p, salt, block);
    memcpy(sum, block, sizeof sum);
    for (uint32_t r = 1; r < rounds; r++) {
        hmac_block(&p, block);
        for (int i = 0; i < WORDS; i++)
            sum[i] ^= block[i];
    }
    memcpy(key, sum, PBKDF2_KEY);
    crypto_wipe(&p, sizeof p);
    crypto_wipe(block, sizeof block);
    crypto_wipe(sum, sizeof sum);
}
