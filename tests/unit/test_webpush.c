/* Web push: the example of RFC 8291, and signatures that OpenSSL takes. */
#include "fixture.h"
#include "lib/codec.h"
#include "lib/webpush.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

/* RFC 8291 section 5. */
#define UA_PUBLIC \
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define AS_PRIVATE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define TEXT "When I grow up, I want to be a watermelon"
#define BODY                                                                                   \
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY" \
    "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS" \
    "gSxsj_Qulcy4a-fN"

static const uint8_t *raw(struct arena *a, const char *text, size_t n)
{
    struct str s = base64url_decode(a, str_of(text));

    assert_int_equal(s.n, n);
    return (const uint8_t *)s.p;
}

static void test_example(void **state)
{
    struct fixture *f = *state;
    struct webpush_browser b;

    assert_true(webpush_read_browser(f->a, STR(UA_PUBLIC), STR(AUTH), &b));
    struct str body = webpush_seal_with(f->a, &b, STR(TEXT), raw(f->a, AS_PRIVATE, WEBPUSH_SCALAR),
                                        raw(f->a, SALT, WEBPUSH_SALT));
    assert_str(base64url_encode(f->a, body), BODY);
    /* Its own key and salt each time. */
    struct str one = webpush_seal(f->a, &b, STR(TEXT)), two = webpush_seal(f->a, &b, STR(TEXT));
    assert_int_equal(one.n, body.n);
    assert_memory_not_equal(one.p, two.p, WEBPUSH_SALT);
    assert_memory_not_equal(one.p + 21, two.p + 21, WEBPUSH_POINT);
}

static void test_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const points[] = {
        "",
        "BCVxsr7N",
        UA_PUBLIC "AA",
        /* the same with another last byte: beside the curve */
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw8",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    struct webpush_browser b;
    uint8_t zero[WEBPUSH_SCALAR] = { 0 }, most[WEBPUSH_SCALAR];

    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        assert_false(webpush_read_browser(f->a, str_of(points[i]), STR(AUTH), &b));
    }
    assert_false(webpush_read_browser(f->a, STR(UA_PUBLIC), STR("BTBZMqHH6r4Tts7J_aSI"), &b));
    assert_true(webpush_read_browser(f->a, STR(UA_PUBLIC), STR(AUTH), &b));
    memset(most, 0xff, sizeof most);
    assert_true(str_is_null(webpush_seal_with(f->a, &b, STR(TEXT), zero, zero)));
    assert_true(str_is_null(webpush_seal_with(f->a, &b, STR(TEXT), most, zero)));
}

/* Whether the token's signature is by that key. */
static bool signed_by(struct arena *a, struct str token, struct str key)
{
    size_t dot = token.n;

    while (dot > 0 && token.p[dot - 1] != '.') {
        dot--;
    }
    struct str point = base64url_decode(a, key),
               pair = base64url_decode(a, str_sub(token, dot, token.n - dot));
    uint8_t *der = NULL;
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    ECDSA_SIG *sig = ECDSA_SIG_new();

    assert_int_equal(pair.n, 64);
    ECDSA_SIG_set0(sig, BN_bin2bn((const uint8_t *)pair.p, 32, NULL),
                   BN_bin2bn((const uint8_t *)pair.p + 32, 32, NULL));
    int n = i2d_ECDSA_SIG(sig, &der);
    EVP_PKEY_fromdata_init(ctx);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, pkey);
    bool good = EVP_DigestVerify(md, der, (size_t)n, (const uint8_t *)token.p, dot - 1) == 1;
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(pkey);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return good;
}

static void test_authorization(void **state)
{
    struct fixture *f = *state;
    struct str secret = STR("the secret of a server"), key = webpush_public_key(f->a, secret),
               text = webpush_authorization(f->a, secret, STR("https://push.example"),
                                            STR("mailto:me@example.net"), 1453341205);

    assert_true(str_starts(text, STR("vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.")));
    size_t end = 0;
    while (text.p[end] != ',') {
        end++;
    }
    struct str token = str_sub(text, 8, end - 8);
    assert_true(
        str_eq(str_sub(text, end, text.n - end), arena_printf(f->a, ", k=%.*s", STR_FMT(key))));
    struct str rest = str_sub(token, 37, token.n - 37);
    size_t dot = 0;
    while (rest.p[dot] != '.') {
        dot++;
    }
    assert_str(base64url_decode(f->a, str_sub(rest, 0, dot)),
               "{\"aud\": \"https://push.example\", \"exp\": 1453341205, \"sub\": "
               "\"mailto:me@example.net\"}");
    assert_true(signed_by(f->a, token, key));
    assert_false(signed_by(f->a, token, webpush_public_key(f->a, STR("another"))));
    assert_true(str_eq(key, webpush_public_key(f->a, secret)));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_example), TEST(test_refused),
                                        TEST(test_authorization) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
