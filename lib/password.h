/* Django password columns (django/contrib/auth/hashers.py): pbkdf2_sha256, pbkdf2_sha1, scrypt,
   argon2, bcrypt_sha256, unusable ("!..."). Slow by design: call them from the verifier only. */
#ifndef MYTRACKS_PASSWORD_H
#define MYTRACKS_PASSWORD_H

#include "arena.h"

#include <stdint.h>

/* True when the password fits. Anything malformed, unknown or unusable is false after work that
   takes as long as a real check with `iterations` rounds of PBKDF2-SHA256. */
bool password_verify(struct str password, struct str encoded, int64_t iterations);
/* Does the work of one check and returns nothing: for unknown and inactive users. */
void password_burn(struct str password, int64_t iterations);
/* A new pbkdf2_sha256 column text with a 22-character salt. */
struct str password_hash(struct arena *a, struct str password, int64_t iterations);
/* An unusable column text: "!" and 40 random letters. */
struct str password_unusable(struct arena *a);
/* True when a form login should replace it: another algorithm, or fewer iterations (never
   downwards), or a salt under 128 bits. */
bool password_outdated(struct str encoded, int64_t iterations);

#endif
