/* The link that makes the first administrator. */
#include "vectors.h"

#include "lib/invitation.h"

#define NOW (INT64_C(1772800000) * USEC_PER_SEC)
#define HOUR (3600 * USEC_PER_SEC)
#define SECRET STR("0123456789-secret")

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    a = arena_new((size_t)1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static bool good(struct str token, int64_t accounts, usec_t now)
{
    return invitation_good(a, SECRET, accounts, now, token);
}

static void test_for_a_day_and_until_an_account_is_made(void **state)
{
    struct str token = invitation_make(a, SECRET, 3, NOW);

    (void)state;
    assert_true(good(token, 3, NOW));
    assert_true(good(token, 3, NOW + 24 * HOUR - USEC_PER_SEC));
    assert_false(good(token, 3, NOW + 24 * HOUR));
    assert_true(good(token, 3, NOW - 30 * USEC_PER_SEC));
    assert_false(good(token, 3, NOW - HOUR));
    assert_false(good(token, 4, NOW));
    assert_false(good(token, 2, NOW));
    assert_false(invitation_good(a, STR("another secret"), 3, NOW, token));
}

static void test_what_was_changed_is_refused(void **state)
{
    struct str token = invitation_make(a, SECRET, 0, NOW);

    (void)state;
    for (size_t i = 0; i < token.n; i++) {
        char *other = arena_alloc(a, token.n);
        memcpy(other, token.p, token.n);
        other[i] = other[i] == '1' ? '2' : '1';
        assert_false(good((struct str){ other, token.n }, 0, NOW));
        assert_false(good((struct str){ token.p, i }, 0, NOW));
    }
    assert_false(good(STR("."), 0, NOW));
    assert_false(good(STR("-1772800000.x"), 0, NOW));
    assert_false(good(STR("99999999999999999999.x"), 0, NOW));
    assert_false(good(STR_NULL, 0, NOW));
    /* The same number in another writing. */
    assert_false(good(arena_concat(a, (struct str[]){ STR("+"), token, STR_NULL }), 0, NOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_for_a_day_and_until_an_account_is_made),
        cmocka_unit_test(test_what_was_changed_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
