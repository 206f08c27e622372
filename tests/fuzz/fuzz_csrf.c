/* Origin, Referer and tokens. Input: Origin, Referer, Host, cookie, form token, header token,
   trusted origins, with NUL between them. Without a cookie that fits its token nothing passes. */
#include "fuzz.h"

#include "lib/csrf.h"

static struct str present(struct str *rest)
{
    struct str part = fuzz_part(rest);

    return part.n == 0 ? STR_NULL : part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str rest = fuzz_text(data, size);
    struct csrf_request r = {
        .https = size % 2 == 1,
        .origin = present(&rest),
        .referer = present(&rest),
        .host = fuzz_part(&rest),
        .cookie = present(&rest),
        .form_token = present(&rest),
        .header_token = present(&rest),
        .trusted_origins = rest,
    };

    if (csrf_refused(a, &r) == NULL) {
        CHECK(csrf_cookie_usable(r.cookie));
        CHECK(!str_is_null(r.form_token) || !str_is_null(r.header_token));
        CHECK(str_is_null(r.origin) ||
              csrf_origin_trusted(r.https, r.host, r.origin, r.trusted_origins));
    }
    if (csrf_cookie_usable(r.cookie)) {
        struct str secret = csrf_secret_of(a, r.cookie), token = csrf_mask(a, secret);
        CHECK(secret.n == CSRF_SECRET_LEN && token.n == CSRF_TOKEN_LEN);
        CHECK(str_eq(csrf_secret_of(a, token), secret));
    }
    return 0;
}
