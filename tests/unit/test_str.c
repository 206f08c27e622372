/* Views of bytes. */
#include "lib/str.h"
#include "vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void null_is_not_empty(void **state)
{
    (void)state;
    assert_true(str_is_null(str_of(NULL)));
    assert_true(str_is_null(STR_NULL));
    assert_false(str_is_null(str_of("")));
    assert_false(str_is_null(STR("")));
    assert_true(str_eq(STR_NULL, STR("")));
    assert_true(str_eqz(STR("abc"), "abc"));
    assert_int_equal(STR("a\0b").n, 3);
}

static void comparing(void **state)
{
    static const struct {
        struct str a, b;
        int order;
        bool same, same_letters;
    } cases[] = {
        { { "", 0 }, { "", 0 }, 0, true, true },
        { { "a", 1 }, { "", 0 }, 1, false, false },
        { { "a", 1 }, { "ab", 2 }, -1, false, false },
        { { "abc", 3 }, { "abc", 3 }, 0, true, true },
        { { "abc", 3 }, { "ABC", 3 }, 1, false, true },
        { { "a\0b", 3 }, { "a\0c", 3 }, -1, false, false },
        { { "\xff", 1 }, { "a", 1 }, 1, false, false },
        { { "\xc3\xa4", 2 }, { "\xc3\x84", 2 }, 1, false, false }, /* not ASCII: no folding */
        { { "[", 1 }, { "{", 1 }, -1, false, false },              /* '[' ^ 32 == '{' */
        { { "@`", 2 }, { "`@", 2 }, -1, false, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(str_cmp(cases[i].a, cases[i].b), cases[i].order);
        assert_int_equal(str_cmp(cases[i].b, cases[i].a), -cases[i].order);
        assert_int_equal(str_eq(cases[i].a, cases[i].b), cases[i].same);
        assert_int_equal(str_ieq(cases[i].a, cases[i].b), cases[i].same_letters);
    }
}

static void beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("")));
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_true(str_starts(STR("abc"), STR("abc")));
    assert_false(str_starts(STR("abc"), STR("abcd")));
    assert_false(str_starts(STR("abc"), STR("bc")));
    assert_true(str_starts(STR_NULL, STR("")));
    assert_true(str_ends(STR("abc"), STR("")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_false(str_ends(STR("abc"), STR("ab")));
    assert_false(str_ends(STR("c"), STR("bc")));
    assert_true(str_ends(STR_NULL, STR("")));
}

static void finding(void **state)
{
    struct str s = STR("abcabc");

    (void)state;
    assert_int_equal(str_find(s, 'a', 0), 0);
    assert_int_equal(str_find(s, 'a', 1), 3);
    assert_int_equal(str_find(s, 'c', 5), 5);
    assert_true(str_find(s, 'a', 4) == SIZE_MAX);
    assert_true(str_find(s, 'a', 6) == SIZE_MAX);
    assert_true(str_find(s, 'a', SIZE_MAX) == SIZE_MAX);
    assert_true(str_find(STR_NULL, 'a', 0) == SIZE_MAX);
    assert_int_equal(str_find(STR("a\0b"), '\0', 0), 1);
}

static void cutting(void **state)
{
    struct str s = STR("abcdef");

    (void)state;
    assert_str(str_sub(s, 0, 3), STR("abc"));
    assert_str(str_sub(s, 4, 2), STR("ef"));
    assert_str(str_sub(s, 4, 100), STR("ef"));
    assert_str(str_sub(s, 4, SIZE_MAX), STR("ef"));
    assert_str(str_sub(s, 6, 1), STR(""));
    assert_str(str_sub(s, SIZE_MAX, SIZE_MAX), STR(""));
    assert_true(str_is_null(str_sub(STR_NULL, 1, 1)));
    assert_str(str_trim(STR(" \t\n\v\f\r a b \r\n")), STR("a b"));
    assert_str(str_trim(STR(" \t ")), STR(""));
    assert_str(str_trim(STR("a")), STR("a"));
    assert_str(str_trim(STR("\xc2\xa0x")), STR("\xc2\xa0x"));
}

static void splitting(void **state)
{
    static const struct {
        const char *text;
        const char *parts[5];
    } cases[] = {
        { "a,,b", { "a", "", "b" } }, { "", { "" } },           { ",", { "", "" } },
        { "abc", { "abc" } },         { "a,", { "a", "" } },    { ",a", { "", "a" } },
        { "a;b,c", { "a;b", "c" } },  { ",,", { "", "", "" } },
    };
    struct str part;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str rest = str_of(cases[i].text);

        for (size_t k = 0; cases[i].parts[k] != NULL; k++) {
            assert_true(str_split(&rest, ',', &part));
            assert_str(part, str_of(cases[i].parts[k]));
        }
        assert_false(str_split(&rest, ',', &part));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_is_not_empty),
        cmocka_unit_test(comparing),
        cmocka_unit_test(beginnings_and_ends),
        cmocka_unit_test(finding),
        cmocka_unit_test(cutting),
        cmocka_unit_test(splitting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
