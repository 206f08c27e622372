/* The few primitives that the Django formats are made of, over OpenSSL. */
#ifndef MYTRACKS_CRYPTO_H
#define MYTRACKS_CRYPTO_H

#include "arena.h"

#include <stdint.h>

#define SHA256_LEN 32

/* From the system's CSPRNG; exits the process when there is none. */
void crypto_random(void *out, size_t n);
/* n characters drawn uniformly from alphabet (no modulo bias). */
struct str crypto_random_text(struct arena *a, size_t n, struct str alphabet);
/* Random UUID (version 4), 36 characters. */
struct str crypto_uuid4(struct arena *a);
/* UUID version 5 (RFC 9562) of name in the DNS namespace. */
struct str crypto_uuid5_dns(struct arena *a, struct str name);
void crypto_sha256(struct str data, uint8_t out[SHA256_LEN]);
/* Of all parts one after the other; the list ends with STR_NULL. */
void crypto_sha256_parts(const struct str *parts, uint8_t out[SHA256_LEN]);
void crypto_hmac_sha256(struct str key, struct str data, uint8_t out[SHA256_LEN]);
/* Equal length and bytes; time depends on the length alone. */
bool crypto_equal(struct str a, struct str b);
/* Overwrites, not removed by the optimiser. */
void crypto_wipe(void *p, size_t n);

#endif
