#include "public_link.h"

#include "lib/codec.h"
#include "lib/crypto.h"

#define LINK_TEXT 43 /* characters of base64url */

static struct str stored_form(struct arena *a, struct str secret)
{
    uint8_t sum[SHA256_LEN];

    crypto_sha256(secret, sum);
    return hex_encode(a, (struct str){ (const char *)sum, sizeof sum });
}

struct str public_link_new(struct arena *a, struct str *stored)
{
    uint8_t bytes[LINK_SECRET_BYTES];

    crypto_random(bytes, sizeof bytes);
    struct str secret = base64url_encode(a, (struct str){ (const char *)bytes, sizeof bytes });
    *stored = stored_form(a, secret);
    return secret;
}

enum db_rc public_link_of(struct request *r, struct link_row *out)
{
    struct str secret = request_env(r, "HTTP_X_SHARE_LINK");

    /* What cannot be one costs neither a hash nor a look. */
    return secret.n == LINK_TEXT
               ? db_link_open(r->app->db, r->arena, stored_form(r->arena, secret), r->now, out)
               : DB_NONE;
}
