#include "invitation.h"

#include "codec.h"
#include "crypto.h"
#include "num.h"
#include "signing.h"

#define SALT STR("mytracks.invitation")
#define SKEW_SEC 60 /* a clock that was set back a little */

static struct str at(struct arena *a, struct str secret, int64_t accounts, int64_t second)
{
    uint8_t sum[SHA256_LEN];
    struct str value = arena_printf(a, "%lld.%lld", (long long)second, (long long)accounts);

    salted_hmac(SALT, value, secret, sum);
    return arena_concat(
        a, (struct str[]){ arena_printf(a, "%lld.", (long long)second),
                           base64url_encode(a, (struct str){ (const char *)sum, sizeof sum }),
                           STR_NULL });
}

struct str invitation_make(struct arena *a, struct str secret, int64_t accounts, usec_t now)
{
    return at(a, secret, accounts, clock_sec(now));
}

bool invitation_good(struct arena *a, struct str secret, int64_t accounts, usec_t now,
                     struct str token)
{
    struct str rest = token, text;
    int64_t made, today = clock_sec(now);

    return str_split(&rest, '.', &text) && num_py_int(text, &made) == NUM_OK &&
           made <= today + SKEW_SEC && made > today - INVITATION_HOURS * 3600 &&
           crypto_equal(token, at(a, secret, accounts, made));
}
