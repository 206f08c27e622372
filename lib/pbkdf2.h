/* PBKDF2-HMAC-SHA256 (RFC 8018) for one block of key, at the speed of the hash itself. */
#ifndef MYTRACKS_PBKDF2_H
#define MYTRACKS_PBKDF2_H

#include "str.h"

#include <stdint.h>

#define PBKDF2_KEY 32 /* bytes: one block */

/* rounds: at least 1. */
void pbkdf2_sha256(struct str password, struct str salt, uint32_t rounds, uint8_t key[PBKDF2_KEY]);

#endif
