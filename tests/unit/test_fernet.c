#include "vectors.h"

#include "lib/codec.h"
#include "lib/crypto.h"
#include "lib/fernet.h"

static struct arena *a;

static int set_up(void **state)
{
    a = arena_new((size_t)32 * 1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(a);
    return vectors_close(state);
}

static bool opens_as_expected(const struct jval *c)
{
    struct str plain = fernet_open(a, case_text(c, STR("secret_key")), case_text(c, STR("token")));

    if (!case_true(c, STR("ok")))
        return str_is_null(plain);
    return !str_is_null(plain) &&
           str_eq(plain, base64_decode(a, case_text(c, STR("plaintext_b64"))));
}

static void test_vectors(void **state)
{
    struct tally t = { .name = "fernet" };

    (void)state;
    for (const struct jval *c = vectors(STR("fernet"))->first; c != NULL; c = c->next)
        tally_check(&t, opens_as_expected(c), case_text(c, STR("note")));
    tally_end(&t);
}

static void test_round_trip(void **state)
{
    static const char bytes[100] = "any bytes \x00\xff and padding up to several blocks";
    const struct str key = STR("k");

    (void)state;
    for (size_t n = 0; n <= sizeof(bytes); n++) {
        struct str plain = { bytes, n };
        struct str token = fernet_seal(a, key, plain, 1700000000);
        /* 57 bytes and whole blocks, at least one, in padded base64. */
        assert_int_equal(token.n, (57 + (n / 16 + 1) * 16 + 2) / 3 * 4);
        assert_true(str_starts(token, STR("gAAAAABlU_EA")));
        assert_true(str_eq(fernet_open(a, key, token), plain));
        assert_true(str_is_null(fernet_open(a, STR("K"), token)));
    }
    assert_false(str_eq(fernet_seal(a, key, STR("x"), 0), fernet_seal(a, key, STR("x"), 0)));
}

/* No changed bit, no cut and no over-long token opens. */
static void test_tampering(void **state)
{
    struct str token = fernet_seal(a, STR("key"), STR("a private key"), 1);
    struct str raw = base64url_decode(a, token);
    char *copy = arena_alloc(a, raw.n);

    (void)state;
    for (size_t bit = 0; bit < raw.n * 8; bit++) {
        memcpy(copy, raw.p, raw.n);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        struct str bad = base64_encode(a, (struct str){ copy, raw.n });
        assert_true(str_is_null(fernet_open(a, STR("key"), bad)));
    }
    for (size_t n = 0; n < raw.n; n++) {
        struct str cut = base64_encode(a, str_sub(raw, 0, n));
        assert_true(str_is_null(fernet_open(a, STR("key"), cut)));
    }
    char *blanks = arena_alloc(a, 3 * 1024 * 1024);
    memset(blanks, ' ', 3 * 1024 * 1024);
    memcpy(blanks, token.p, token.n);
    assert_false(str_is_null(fernet_open(a, STR("key"), (struct str){ blanks, 1024 * 1024 })));
    assert_true(str_is_null(fernet_open(a, STR("key"), (struct str){ blanks, 3 * 1024 * 1024 })));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_tampering),
    };

    return cmocka_run_group_tests_name("fernet", tests, set_up, tear_down);
}
