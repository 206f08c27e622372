#include "vectors.h"

#include "lib/codec.h"
#include "lib/crypto.h"

static struct arena *a;

static int set_up(void **state)
{
    a = arena_new(1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(a);
    return vectors_close(state);
}

static struct str hex_of(const uint8_t sum[SHA256_LEN])
{
    return hex_encode(a, (struct str){ (const char *)sum, SHA256_LEN });
}

static void test_waypoint_rids(void **state)
{
    struct tally t = { .name = "waypoint_rids" };

    (void)state;
    for (const struct jval *c = jval_getz(vectors(STR("waypoint_rids")), "cases")->first; c != NULL;
         c = c->next)
        tally_check(
            &t, str_eq(crypto_uuid5_dns(a, case_text(c, STR("name"))), case_text(c, STR("rid"))),
            case_text(c, STR("name")));
    tally_end(&t);
}

/* FIPS 180-4 examples. */
static void test_sha256(void **state)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    uint8_t sum[SHA256_LEN], again[SHA256_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str text = str_of(cases[i].text);
        crypto_sha256(text, sum);
        assert_true(str_eqz(hex_of(sum), cases[i].hex));
        crypto_sha256_parts(
            (struct str[]){ str_sub(text, 0, 1), STR(""), str_sub(text, 1, SIZE_MAX), STR_NULL },
            again);
        assert_memory_equal(sum, again, sizeof(sum));
    }
}

/* RFC 4231 test cases 1, 2 and 6. */
static void test_hmac(void **state)
{
    char key6[131];
    uint8_t sum[SHA256_LEN];

    (void)state;
    crypto_hmac_sha256(
        STR("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
        STR("Hi There"), sum);
    assert_true(
        str_eqz(hex_of(sum), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    crypto_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), sum);
    assert_true(
        str_eqz(hex_of(sum), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    memset(key6, 0xaa, sizeof(key6));
    crypto_hmac_sha256((struct str){ key6, sizeof(key6) },
                       STR("Test Using Larger Than Block-Size Key - Hash Key First"), sum);
    assert_true(
        str_eqz(hex_of(sum), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

static void test_random(void **state)
{
    unsigned seen[3] = { 0 };
    uint8_t x[SHA256_LEN] = { 0 }, y[SHA256_LEN] = { 0 };
    const size_t n = 30000;

    (void)state;
    crypto_random(x, sizeof(x));
    crypto_random(y, sizeof(y));
    assert_memory_not_equal(x, y, sizeof(x));
    struct str text = crypto_random_text(a, n, STR("abc"));
    assert_int_equal(text.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_in_range(text.p[i], 'a', 'c');
        seen[text.p[i] - 'a']++;
    }
    /* Expected 10,000 with a standard deviation of 82: eight of them are never passed. */
    for (size_t i = 0; i < 3; i++)
        assert_in_range(seen[i], 9344, 10656);
    assert_int_equal(crypto_random_text(a, 0, STR("x")).n, 0);
}

static void test_uuid4(void **state)
{
    struct str u = crypto_uuid4(a);

    (void)state;
    assert_int_equal(u.n, 36);
    for (size_t i = 0; i < u.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        assert_true(dash ? u.p[i] == '-' : strchr("0123456789abcdef", u.p[i]) != NULL);
    }
    assert_int_equal(u.p[14], '4');
    assert_non_null(strchr("89ab", u.p[19]));
    assert_false(str_eq(u, crypto_uuid4(a)));
}

static void test_equal_and_wipe(void **state)
{
    char secret[16] = "secret";

    (void)state;
    assert_true(crypto_equal(STR(""), STR("")));
    assert_true(crypto_equal(STR("a\0b"), STR("a\0b")));
    assert_false(crypto_equal(STR("a\0b"), STR("a\0c")));
    assert_false(crypto_equal(STR("abc"), STR("abcd")));
    crypto_wipe(secret, sizeof(secret));
    for (size_t i = 0; i < sizeof(secret); i++)
        assert_int_equal(secret[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waypoint_rids), cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac),          cmocka_unit_test(test_random),
        cmocka_unit_test(test_uuid4),         cmocka_unit_test(test_equal_and_wipe),
    };

    return cmocka_run_group_tests_name("crypto", tests, set_up, tear_down);
}
