/* Numbers, against what Python, Django's decimal columns and DRF's fields do with the same input.
 */
#include "lib/num.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define S(lit)                  \
    {                           \
        "" lit, sizeof(lit) - 1 \
    }

static int set_up(void **state)
{
    *state = arena_new((size_t)1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static void python_integers(void **state)
{
    static const struct {
        struct str text;
        enum num_rc rc;
        int64_t v;
    } cases[] = {
        { S("0"), NUM_OK, 0 },
        { S("-0"), NUM_OK, 0 },
        { S("+12"), NUM_OK, 12 },
        { S("0012"), NUM_OK, 12 },
        { S(" \t\n\v\f\r-12 "), NUM_OK, -12 },
        { S("\xc2\xa0\xe3\x80\x80"
            "5\xc2\x85"),
          NUM_OK, 5 }, /* no-break, ideographic, NEL */
        { S("1_000"), NUM_OK, 1000 },
        { S("\xd9\xa1\xd9\xa2_\xef\xbc\x93"), NUM_OK, 123 }, /* Arabic-Indic, full width */
        { S("\xf0\x9d\x9f\x97"), NUM_OK, 9 },                /* mathematical bold */
        { S("9223372036854775807"), NUM_OK, INT64_MAX },
        { S("-9223372036854775808"), NUM_OK, INT64_MIN },
        { S("9223372036854775808"), NUM_RANGE, 0 },
        { S("-9223372036854775809"), NUM_RANGE, 0 },
        { S("99999999999999999999999999999999"), NUM_RANGE, 0 },
        { S(""), NUM_BAD, 0 },
        { S(" "), NUM_BAD, 0 },
        { S("-"), NUM_BAD, 0 },
        { S("+-1"), NUM_BAD, 0 },
        { S("- 1"), NUM_BAD, 0 },
        { S("1 2"), NUM_BAD, 0 },
        { S("_1"), NUM_BAD, 0 },
        { S("1_"), NUM_BAD, 0 },
        { S("1__0"), NUM_BAD, 0 },
        { S("-_1"), NUM_BAD, 0 },
        { S("1.0"), NUM_BAD, 0 },
        { S("1e3"), NUM_BAD, 0 },
        { S("0x10"), NUM_BAD, 0 },
        { S("abc"), NUM_BAD, 0 },
        { S("\xc2\xb2"), NUM_BAD, 0 }, /* superscript two is no decimal digit */
        { S("\x1c"
            "5"),
          NUM_BAD, 0 }, /* str.strip() takes U+001C, int() does not */
        { S("1\0"), NUM_BAD, 0 },
        { S("1\xff"), NUM_BAD, 0 },
        { S("99999999999999999999x"), NUM_BAD, 0 },
    };
    struct arena *a = *state;
    char *zeros = arena_alloc(a, 4301);

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t v = 0;
        assert_int_equal(num_py_int(cases[i].text, &v), cases[i].rc);
        assert_int_equal(v, cases[i].v);
    }
    int64_t v = 1;
    memset(zeros, '0', 4301);
    assert_int_equal(num_py_int((struct str){ zeros, 4300 }, &v), NUM_OK);
    assert_int_equal(v, 0);
    assert_int_equal(num_py_int((struct str){ zeros, 4301 }, &v), NUM_BAD);
    assert_int_equal(num_py_int(STR_NULL, &v), NUM_BAD);
}

static void python_floats(void **state)
{
    static const struct {
        struct str text;
        enum num_rc rc;
        double v;
    } cases[] = {
        { S("0"), NUM_OK, 0 },
        { S("1.5"), NUM_OK, 1.5 },
        { S(" +.5 "), NUM_OK, 0.5 },
        { S("5."), NUM_OK, 5 },
        { S("-1e3"), NUM_OK, -1000 },
        { S("1E-2"), NUM_OK, 0.01 },
        { S("1_0.2_5e1_0"), NUM_OK, 10.25e10 },
        { S("\xd9\xa3.\xd9\xa3"), NUM_OK, 3.3 },
        { S("1e-400"), NUM_OK, 0 },
        { S("1.7976931348623157e308"), NUM_OK, DBL_MAX },
        { S("1e999"), NUM_RANGE, 0 },
        { S("nan"), NUM_RANGE, 0 },
        { S("-NaN"), NUM_RANGE, 0 },
        { S("+inf"), NUM_RANGE, 0 },
        { S("Infinity"), NUM_RANGE, 0 },
        { S(""), NUM_BAD, 0 },
        { S("."), NUM_BAD, 0 },
        { S("1e"), NUM_BAD, 0 },
        { S("e5"), NUM_BAD, 0 },
        { S("1._5"), NUM_BAD, 0 },
        { S("1_.5"), NUM_BAD, 0 },
        { S("_1"), NUM_BAD, 0 },
        { S("1_"), NUM_BAD, 0 },
        { S("1e_5"), NUM_BAD, 0 },
        { S("1,5"), NUM_BAD, 0 },
        { S("1 5"), NUM_BAD, 0 },
        { S("0x1p3"), NUM_BAD, 0 },
        { S("nan(1)"), NUM_BAD, 0 },
        { S("infinit"), NUM_BAD, 0 },
        { S("--1"), NUM_BAD, 0 },
        { S("1\0"), NUM_BAD, 0 },
        { S("\xff"), NUM_BAD, 0 },
    };
    struct arena *a = *state;
    char *ones = arena_alloc(a, NUM_TEXT_MAX + 1);

    for (size_t i = 0; i < COUNT(cases); i++) {
        double v = 0;
        assert_int_equal(num_py_float(cases[i].text, &v), cases[i].rc);
        assert_true(v == cases[i].v);
    }
    double v = 0;
    memset(ones, '0', NUM_TEXT_MAX + 1);
    ones[0] = '1';
    ones[1] = '.';
    assert_int_equal(num_py_float((struct str){ ones, NUM_TEXT_MAX }, &v), NUM_OK);
    assert_true(v == 1.0);
    assert_int_equal(num_py_float((struct str){ ones, NUM_TEXT_MAX + 1 }, &v), NUM_RANGE);
}

static void json_tokens(void **state)
{
    int64_t i = 0;
    double d = 0;

    (void)state;
    assert_int_equal(num_json_int(STR("-12"), &i), NUM_OK);
    assert_int_equal(i, -12);
    assert_int_equal(num_json_int(STR("-9223372036854775808"), &i), NUM_OK);
    assert_true(i == INT64_MIN);
    assert_int_equal(num_json_int(STR("9223372036854775808"), &i), NUM_RANGE);
    assert_int_equal(num_json_int(STR("12345678901234567890"), &i), NUM_RANGE);
    assert_int_equal(num_json_int(STR("1.0"), &i), NUM_BAD);
    assert_int_equal(num_json_int(STR("+1"), &i), NUM_BAD);
    assert_int_equal(num_json_int(STR("-"), &i), NUM_BAD);
    assert_int_equal(num_json_int(STR_NULL, &i), NUM_BAD);
    assert_int_equal(num_json_float(STR("-1.5e3"), &d), NUM_OK);
    assert_true(d == -1500.0);
    assert_int_equal(num_json_float(STR("9007199254740993"), &d), NUM_OK);
    assert_true(d == 9007199254740992.0);
    assert_int_equal(num_json_float(STR("1e999"), &d), NUM_RANGE);
    assert_int_equal(num_json_float(STR("nan"), &d), NUM_BAD);
    assert_int_equal(num_json_float(STR(" 1"), &d), NUM_BAD);
    assert_int_equal(num_json_float(STR_NULL, &d), NUM_BAD);
}

static void python_repr(void **state)
{
    static const struct {
        double v;
        const char *text;
    } cases[] = {
        { 0x0.0p+0, "0.0" },
        { -0x0.0p+0, "-0.0" },
        { 0x1.0000000000000p+0, "1.0" },
        { -0x1.8000000000000p+0, "-1.5" },
        { 0x1.999999999999ap-4, "0.1" },
        { 0x1.3333333333334p-2, "0.30000000000000004" },
        { 0x1.9000000000000p+6, "100.0" },
        { 0x1.b69b4ba630f35p+56, "1.2345678901234568e+17" },
        { 0x1.c6bf526340000p+49, "1000000000000000.0" },
        { 0x1.1c37937e07fffp+53, "9999999999999998.0" },
        { 0x1.1c37937e08000p+53, "1e+16" },
        { 0x1.0f0cf064dd592p+73, "1e+22" },
        { 0x1.aa535d3d0c000p+53, "1.5e+16" },
        { 0x1.a36e2eb1c432dp-14, "0.0001" },
        { 0x1.4f8b588e368f1p-17, "1e-05" },
        { 0x1.f75104d551d69p-17, "1.5e-05" },
        { 0x1.02e4b6ce5dc68p-13, "0.00012345" },
        { 0x0.0000000000001p-1022, "5e-324" },
        { 0x0.0000000000002p-1022, "1e-323" },
        { 0x1.0000000000000p-1022, "2.2250738585072014e-308" },
        { 0x0.fffffffffffffp-1022, "2.225073858507201e-308" },
        { 0x1.fffffffffffffp+1023, "1.7976931348623157e+308" },
        { 0x1.0000000000000p-44, "5.684341886080802e-14" }, /* not the nearest 16 digits */
        { 0x1.0000000000000p+100, "1.2676506002282294e+30" },
        { 0x0.0000000000003p-1022, "1.5e-323" },
        { 0x1.0000000000000p+53, "9007199254740992.0" },
        { 0x1.1666666666666p+2, "4.35" },
        { 0x1.5555555555555p-2, "0.3333333333333333" },
        { -0x1.5555555555555p-1, "-0.6666666666666666" },
        { 0x1.9c0f27bb2fec5p+5, "51.5074" },
        { 0x1.edd2f1a9fbe77p+6, "123.456" },
        { 0x1.249ad2594c37dp+332, "1e+100" },
        { 0x1.091b5aeffdb8ep-23, "1.2345e-07" },
        { 0x1.1c37937e08000p+52, "5000000000000000.0" },
        { 0x1.78c29dccccccdp+23, "12345678.9" },
        { INFINITY, "inf" },
        { -INFINITY, "-inf" },
        { NAN, "nan" },
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(num_py_repr(cases[i].v, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
    /* Every power of two reads back. */
    for (int e = -1074; e < 1024; e++) {
        num_py_repr(ldexp(-1, e), text);
        assert_true(strtod(text, NULL) == ldexp(-1, e));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_integers),
        cmocka_unit_test(python_floats),
        cmocka_unit_test(json_tokens),
        cmocka_unit_test(python_repr),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
