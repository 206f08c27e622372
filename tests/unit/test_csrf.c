#include "vectors.h"

#include "lib/csrf.h"
#include "lib/weburl.h"

#define SECRET "abcdefghijklmnopqrstuvwxyzABCDEF"

static struct arena *a;

static int set_up(void **state)
{
    a = arena_new(4 * 1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(a);
    return vectors_close(state);
}

/* ---- Django's token functions */

/* Django's exception as the reason of a request with that token in the header. */
static struct str reason_of(struct str result)
{
    if (str_eqz(result, "ok"))
        return STR_NULL;
    if (str_starts(result, STR("cookie ")))
        return arena_printf(a, "CSRF %.*s.", STR_FMT(result));
    if (str_starts(result, STR("token ")))
        result = str_sub(result, 6, SIZE_MAX);
    return arena_printf(a, "CSRF token from the 'X-Csrftoken' HTTP header %.*s.", STR_FMT(result));
}

static bool tokens_as_expected(const struct jval *c)
{
    struct csrf_request r = {
        .host = STR("tracks.example.org"),
        .origin = STR_NULL,
        .referer = STR_NULL,
        .cookie = case_text(c, STR("cookie")),
        .header_token = case_text(c, STR("token")),
        .trusted_origins = STR(""),
    };
    struct str want = reason_of(case_text(c, STR("result"))), secret = case_text(c, STR("secret"));
    const char *why = csrf_refused(a, &r);
    bool bad_cookie = str_starts(want, STR("CSRF cookie"));

    return (why == NULL) == case_true(c, STR("match")) && str_eq(str_of(why), want) &&
           csrf_cookie_usable(r.cookie) == !bad_cookie &&
           (bad_cookie || str_is_null(secret) || str_eq(csrf_secret_of(a, r.cookie), secret));
}

static void test_tokens(void **state)
{
    struct tally t = { .name = "csrf_tokens" };

    (void)state;
    for (const struct jval *c = jval_getz(vectors(STR("csrf_tokens")), "cases")->first; c != NULL;
         c = c->next)
        tally_check(&t, tokens_as_expected(c), case_text(c, STR("note")));
    tally_end(&t);
}

/* ---- CsrfViewMiddleware */

static bool one_of(struct str s, const char *const *list)
{
    while (*list != NULL && !str_eqz(s, *list))
        list++;
    return *list != NULL;
}

/* What comes before the check, in Django and in us: the host, the scheme that a proxy tells, safe
   methods, and that only POST has form fields. */
static const char *refused(const struct jval *c)
{
    static const char *const safe[] = { "GET", "HEAD", "OPTIONS", "TRACE", NULL };
    struct str method = case_text(c, STR("method")), trusted = STR(""), first;
    struct str proto = case_text(c, STR("x_forwarded_proto"));
    struct csrf_request r = {
        .https = case_true(c, STR("secure")) ||
                 (str_split(&proto, ',', &first) && str_eqz(str_trim(first), "https")),
        .host = case_text(c, STR("host")),
        .origin = case_text(c, STR("origin")),
        .referer = case_text(c, STR("referer")),
        .cookie = case_text(c, STR("csrf_cookie")),
        .form_token = str_eqz(method, "POST") ? case_text(c, STR("form_token")) : STR_NULL,
        .header_token = case_text(c, STR("x_csrftoken")),
    };

    for (const struct jval *o = jval_getz(c, "CSRF_TRUSTED_ORIGINS")->first; o != NULL; o = o->next)
        trusted = arena_printf(a, "%.*s%.*s, ", STR_FMT(trusted), STR_FMT(o->text));
    r.trusted_origins = trusted;
    if (!host_allowed(a, r.host, STR("tracks.example.org, localhost")))
        return arena_printf(a, "Origin checking failed - %.*s does not match any trusted origins.",
                            STR_FMT(r.origin))
            .p;
    return one_of(method, safe) ? NULL : csrf_refused(a, &r);
}

static void test_requests(void **state)
{
    struct tally t = { .name = "csrf_requests" };

    (void)state;
    for (const struct jval *c = vectors(STR("csrf_requests"))->first; c != NULL; c = c->next) {
        const char *why = refused(c);
        tally_check(&t,
                    (why == NULL) == str_eqz(case_text(c, STR("expect")), "accept") &&
                        str_eq(str_of(why), case_text(c, STR("reason"))),
                    case_text(c, STR("note")));
    }
    tally_end(&t);
}

/* ---- the Origin rule alone */

static void test_origins(void **state)
{
    static const struct {
        const char *host, *origin, *trusted;
        bool https, good;
    } cases[] = {
        { "t.example", "http://t.example", "", false, true },
        { "t.example", "https://t.example", "", true, true },
        { "t.example", "https://t.example", "", false, false },
        { "t.example", "http://t.example", "", true, false },
        { "t.example:8080", "http://t.example:8080", "", false, true },
        { "t.example:8080", "http://t.example", "", false, false },
        { "[::1]:8080", "http://[::1]:8080", "", false, true },
        { "t.example", "http://t.example/", "", false, false },
        { "t.example", "HTTP://t.example", "", false, false },
        { "t.example", "http://T.example", "", false, false },
        { "t.example", "null", "", false, false },
        { "t.example", "null", "null", false, false },
        { "t.example", "", "", false, false },
        { "", "http://", "", false, false },
        { "t.example", "t.example", "", false, false },
        { "t.example", "//t.example", "", false, false },
        { "t.example", "https://a.example", "https://b.example,https://a.example", false, true },
        { "t.example", "https://a.example", " https://b.example , https://a.example ", false,
          true },
        { "t.example", "https://a.example:8443", "https://a.example", false, false },
        { "t.example", "https://a.example:8443", "https://a.example:8443", false, true },
        { "t.example", "https://x.a.example", "https://*.a.example", false, true },
        { "t.example", "https://x.y.a.example", "https://*.A.example", false, true },
        { "t.example", "https://a.example", "https://*.a.example", false, true },
        { "t.example", "https://xa.example", "https://*.a.example", false, false },
        { "t.example", "https://x.a.example:8443", "https://*.a.example", false, false },
        { "t.example", "https://x.a.example:8443", "https://*.a.example:8443", false, true },
        { "t.example", "http://x.a.example", "https://*.a.example", false, false },
        { "t.example", "https://evil.test\\.a.example", "https://*.a.example", false, false },
        { "t.example", "https://evil.test@x.a.example", "https://*.a.example", false, false },
        { "t.example", "https://evil.test/.a.example", "https://*.a.example", false, false },
        { "t.example", "https://evil.test#.a.example", "https://*.a.example", false, false },
        { "t.example", "https://evil.test?.a.example", "https://*.a.example", false, false },
        { "t.example", "https://evil.test\xe2\x84\x80.a.example", "https://*.a.example", false,
          false },
        { "t.example", "https://evil.test", "*", false, false },
        { "t.example", "https://evil.test", "https://", false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (csrf_origin_trusted(cases[i].https, str_of(cases[i].host), str_of(cases[i].origin),
                                str_of(cases[i].trusted)) != cases[i].good)
            fail_msg("Origin %s, Host %s, trusted %s", cases[i].origin, cases[i].host,
                     cases[i].trusted);
    }
}

/* Bytes of a header come back as text, as Django's Latin-1 headers do: it ends up in JSON. */
static void test_reason_is_text(void **state)
{
    struct csrf_request r = { .host = STR("h"),
                              .origin = STR("http://\xff\xe9\x01"),
                              .referer = STR_NULL,
                              .cookie = STR(SECRET),
                              .header_token = STR(SECRET),
                              .trusted_origins = STR("") };

    (void)state;
    assert_string_equal(csrf_refused(a, &r),
                        "Origin checking failed - http://\xc3\xbf\xc3\xa9\x01 does not match any "
                        "trusted origins.");
}

static void test_referers(void **state)
{
    static const struct {
        const char *referer, *trusted;
        bool good;
    } cases[] = {
        { "https://t.example/x?y#z", "", true },
        { "HTTPS://t.example", "", true }, /* urlsplit lowers the scheme */
        { "https://T.example/", "", false },
        { "https://t.example.evil.test/", "", false },
        { "https://t.example@evil.test/", "", false },
        { "https://u:p@t.example/", "", false },
        { "https://app.a.example/", "https://*.a.example", true },
        { "https://app.a.example/", "http://*.a.example",
          true }, /* the entry's scheme is not asked */
        { "https://evil.test\xe2\x84\x80.a.example/", "https://*.a.example", false },
        { "", "", false },
        { "https://", "", false },
        { "https:t.example", "", false },
        { "//t.example/", "", false },
    };
    struct csrf_request r = { .https = true,
                              .host = STR("t.example"),
                              .origin = STR_NULL,
                              .cookie = STR(SECRET),
                              .header_token = STR(SECRET) };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        r.referer = str_of(cases[i].referer);
        r.trusted_origins = str_of(cases[i].trusted);
        if ((csrf_refused(a, &r) == NULL) != cases[i].good)
            fail_msg("Referer %s, trusted %s", cases[i].referer, cases[i].trusted);
    }
}

/* ---- our own tokens */

static void test_masks(void **state)
{
    struct csrf_request r = {
        .host = STR("h"), .origin = STR_NULL, .referer = STR_NULL, .trusted_origins = STR("")
    };

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct str secret = csrf_new_secret(a);
        struct str token = csrf_mask(a, secret);
        assert_int_equal(secret.n, CSRF_SECRET_LEN);
        assert_int_equal(token.n, CSRF_TOKEN_LEN);
        assert_true(csrf_cookie_usable(secret) && csrf_cookie_usable(token));
        assert_true(str_eq(csrf_secret_of(a, token), secret));
        assert_true(str_eq(csrf_secret_of(a, secret), secret));
        assert_false(str_eq(csrf_mask(a, secret), token));
        r.cookie = secret;
        r.form_token = token;
        assert_null(csrf_refused(a, &r));
        r.cookie = csrf_new_secret(a);
        assert_string_equal(csrf_refused(a, &r), "CSRF token from POST incorrect.");
    }
    assert_false(csrf_cookie_usable(STR_NULL));
    assert_false(csrf_cookie_usable(STR("")));
    assert_false(csrf_cookie_usable(STR(SECRET "A")));
    assert_false(csrf_cookie_usable(STR("abcdefghijklmnopqrstuvwxyzABCDE\0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),   cmocka_unit_test(test_requests),
        cmocka_unit_test(test_origins),  cmocka_unit_test(test_reason_is_text),
        cmocka_unit_test(test_referers), cmocka_unit_test(test_masks),
    };

    return cmocka_run_group_tests_name("csrf", tests, set_up, tear_down);
}
