#include "guard.h"

#include "form.h"
#include "lib/csrf.h"

#define CSRF_AGE INT64_C(31449600) /* Django's CSRF_COOKIE_AGE: a year of 52 weeks */

void csrf_read(struct request *r)
{
    struct str cookie;

    if (r->csrf_read) {
        return;
    }
    r->csrf_read = true;
    cookie = request_cookie(r, STR("csrftoken"));
    if (str_is_null(cookie)) {
        return;
    }
    if (csrf_cookie_usable(cookie)) {
        r->csrf_secret = csrf_secret_of(r->arena, cookie);
    } else {
        csrf_rotate(r);
    }
}

const char *csrf_check(struct request *r)
{
    struct csrf_request c = {
        .https = r->https,
        .host = r->host,
        .origin = request_env(r, "HTTP_ORIGIN"),
        .referer = request_env(r, "HTTP_REFERER"),
        .cookie = request_cookie(r, STR("csrftoken")),
        .form_token = form_field(r, STR("csrfmiddlewaretoken")),
        .header_token = request_env(r, "HTTP_X_CSRFTOKEN"),
        .trusted_origins = r->app->trusted_origins,
    };

    return csrf_refused(r->arena, &c);
}

struct str csrf_token(struct request *r)
{
    csrf_read(r);
    if (str_is_null(r->csrf_secret)) {
        csrf_rotate(r);
    }
    r->csrf_send = true;
    return csrf_mask(r->arena, r->csrf_secret);
}

void csrf_rotate(struct request *r)
{
    r->csrf_read = true;
    r->csrf_secret = csrf_new_secret(r->arena);
    r->csrf_send = true;
}

struct str csrf_cookie(struct request *r)
{
    char when[CLOCK_TEXT];

    if (!r->csrf_send) {
        return STR_NULL;
    }
    clock_http(r->now + CSRF_AGE * USEC_PER_SEC, when);
    return arena_printf(
        r->arena, "csrftoken=%.*s; expires=%s; Max-Age=%lld; Path=/; SameSite=Lax%s",
        STR_FMT(r->csrf_secret), when, (long long)CSRF_AGE, r->app->debug ? "" : "; Secure");
}
