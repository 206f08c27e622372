/* Fernet (github.com/fernet/spec) under Django's SECRET_KEY: base64url(SHA256(SECRET_KEY)). */
#ifndef MYTRACKS_FERNET_H
#define MYTRACKS_FERNET_H

#include "arena.h"

#include <stdint.h>

/* Token text ("gAAAAA..."). */
struct str fernet_seal(struct arena *a, struct str secret_key, struct str plain, int64_t now_sec);
/* STR_NULL when it is no token or was sealed under another key. No age limit. */
struct str fernet_open(struct arena *a, struct str secret_key, struct str token);

#endif
