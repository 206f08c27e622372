/* Encrypted messages, with NaCl's own vector. */
#include "fixture.h"
#include "lib/codec.h"
#include "lib/secretbox.h"

/* nacl-20110221/tests/secretbox.c: key; nonce and box; text. */
static const char key_hex[] = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389",
                  box_hex[] = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37"
                              "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce"
                              "48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
                              "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae"
                              "90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
                              "7973f622a43d14a6599b1f654cb45a74e355a5",
                  text_hex[] = "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
                               "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
                               "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
                               "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
                               "5e0705";

static struct str bytes(struct arena *a, const char *hex)
{
    struct str s = str_of(hex);
    char *out = arena_alloc(a, s.n / 2);

    assert_true(hex_decode(s, (uint8_t *)out, s.n / 2));
    return (struct str){ out, s.n / 2 };
}

static void test_vector(void **state)
{
    struct fixture *f = *state;
    struct str key = bytes(f->a, key_hex), box = base64_encode(f->a, bytes(f->a, box_hex));

    assert_true(str_eq(secretbox_open(f->a, key, box), bytes(f->a, text_hex)));
}

/* DATA of {"_type":"encrypted","data":"DATA"}. */
static struct str data_of(struct str message)
{
    size_t before = sizeof "{\"_type\":\"encrypted\",\"data\":\"" - 1;

    assert_true(message.n > before + 2);
    return str_sub(message, before, message.n - before - 2);
}

static void test_round(void **state)
{
    struct fixture *f = *state;
    struct str key = STR("s3cr1t"), text = STR("{\"_type\":\"location\"}"),
               message = secretbox_message(f->a, key, text);

    assert_str(secretbox_open(f->a, key, data_of(message)), "{\"_type\":\"location\"}");
    assert_false(str_eq(message, secretbox_message(f->a, key, text)));
    assert_true(str_is_null(secretbox_open(f->a, STR("s3cr1T"), data_of(message))));
    /* One bit of it. */
    char *changed = arena_alloc(f->a, message.n);
    memcpy(changed, data_of(message).p, data_of(message).n);
    changed[50] = changed[50] == 'A' ? 'B' : 'A';
    assert_true(
        str_is_null(secretbox_open(f->a, key, (struct str){ changed, data_of(message).n })));
}

static void test_ends(void **state)
{
    struct fixture *f = *state;
    struct str key = STR("k"), nuls = { "{}\0\0", 4 };

    assert_str(secretbox_open(f->a, key, data_of(secretbox_message(f->a, key, nuls))), "{}");
    assert_str(secretbox_open(f->a, key, data_of(secretbox_message(f->a, key, STR("")))), "");
    assert_true(str_is_null(secretbox_open(f->a, key, STR(""))));
    assert_true(str_is_null(secretbox_open(f->a, key, STR("!!!!"))));
    assert_true(str_is_null(secretbox_open(f->a, key, STR("AAAA"))));
}

static void test_passphrases(void **state)
{
    (void)state;
    assert_true(secretbox_passphrase_ok(STR("x")));
    assert_true(secretbox_passphrase_ok(STR("12345678901234567890123456789 ~!")));
    assert_false(secretbox_passphrase_ok(STR("")));
    assert_false(secretbox_passphrase_ok(STR("123456789012345678901234567890123")));
    assert_false(secretbox_passphrase_ok(STR("caf\xc3\xa9")));
    assert_false(secretbox_passphrase_ok(STR("a\tb")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_vector), TEST(test_round), TEST(test_ends),
                                        TEST(test_passphrases) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
