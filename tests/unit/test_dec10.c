/* Numbers, against what Python, Django's decimal columns and DRF's fields do with the same input.
 */
#include "lib/num.h"
#include "vectors.h"

#include <math.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define S(lit)                  \
    {                           \
        "" lit, sizeof(lit) - 1 \
    }

static int set_up(void **state)
{
    *state = arena_new((size_t)64 << 20);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(*state);
    return vectors_close(state);
}

static void decimals(void **state)
{
    static const struct {
        double v;
        const char *text; /* NULL: out of range */
    } cases[] = {
        { 0, "0.0000000000" },
        { -0.0, "0.0000000000" },
        { 1, "1.0000000000" },
        { -7.5, "-7.5000000000" },
        { 51.5074, "51.5074000000" },
        { 1e-10, "0.0000000001" },
        { -1e-10, "-0.0000000001" },
        { 5e-11, "0.0000000000" },           /* a tie at the last place, to even */
        { 0x1p-11, "0.0004882812" },         /* 4.8828125e-4: tie, stays even */
        { 0x3p-11, "0.0014648438" },         /* 1.46484375e-3: tie, goes to even */
        { 1.00000000005, "1.0000000000" },   /* 15 digits first: 1.00000000005000, tie to even */
        { 12.34567890125, "12.3456789012" }, /* tie to even */
        { 12.34567890135, "12.3456789014" },
        { 89.99999999995, "90.0000000000" },
        { 0.30000000000000004, "0.3000000000" },
        { 99999.9999999999, "99999.9999999999" },
        { -99999.9999999999, "-99999.9999999999" },
        { 99999.99999999996, NULL },
        { 1e5, NULL },
        { -1e300, NULL },
        { 1e-300, "0.0000000000" },
        { INFINITY, NULL },
        { NAN, NULL },
    };
    char text[DEC10_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        dec10 v = 0;
        enum num_rc rc = dec10_from_double(cases[i].v, &v);
        assert_int_equal(rc, cases[i].text == NULL ? NUM_RANGE : NUM_OK);
        if (cases[i].text == NULL)
            continue;
        assert_int_equal(dec10_text(v, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        assert_true(dec10_double(v) == strtod(cases[i].text, NULL));
    }
}

static void short_texts(void **state)
{
    static const struct {
        dec10 v;
        const char *none, *one;
    } cases[] = {
        { 0, "0", "0.0" },
        { 100 * DEC10_ONE, "100", "100.0" },
        { -DEC10_ONE / 4, "-0.25", "-0.25" },
        { 48 * DEC10_ONE + 1, "48.0000000001", "48.0000000001" },
        { 105 * DEC10_ONE / 10, "10.5", "10.5" },
    };
    char text[DEC10_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(dec10_short(cases[i].v, 0, text), strlen(cases[i].none));
        assert_memory_equal(text, cases[i].none, strlen(cases[i].none));
        assert_int_equal(dec10_short(cases[i].v, 1, text), strlen(cases[i].one));
        assert_memory_equal(text, cases[i].one, strlen(cases[i].one));
        assert_int_equal(dec10_short(cases[i].v, 10, text), dec10_text(cases[i].v, text));
    }
}

/* What SQLite holds, as its text, read the way the database layer does. */
static bool reads_as(struct str stored, struct str want)
{
    char text[DEC10_TEXT];
    double v;
    dec10 d;

    if (num_json_float(stored, &v) != NUM_OK || dec10_from_double(v, &d) != NUM_OK)
        return false;
    return str_eq((struct str){ text, dec10_text(d, text) }, want);
}

static void decimal_columns_vectors(void **state)
{
    static const char *const columns[] = { "latitude", "longitude" };
    struct tally t = { .name = "read_back, location_rows" };

    (void)state;
    for (const struct jval *c = vectors(STR("read_back"))->first; c != NULL; c = c->next) {
        struct str stored = case_text(jval_getz(c, "sqlite"), STR("text"));
        struct str want = case_text(c, STR("drf"));
        if (str_eq(case_text(c, STR("column")), STR("decimal(15,10)")) && !str_is_null(want))
            tally_check(&t, reads_as(stored, want), stored);
    }
    for (const struct jval *c = vectors(STR("location_rows"))->first; c != NULL; c = c->next) {
        for (size_t i = 0; i < COUNT(columns); i++) {
            struct str name = str_of(columns[i]);
            struct str stored = case_text(jval_get(jval_getz(c, "sqlite"), name), STR("text"));
            tally_check(&t, reads_as(stored, case_text(jval_getz(c, "drf"), name)), stored);
        }
    }
    tally_end(&t);
}

/* ---- DRF's fields */

static void drf_decimals(void **state)
{
    static const char bad[] = "A valid number is required.";
    static const char digits[] = "Ensure that there are no more than 15 digits in total.";
    static const char places[] = "Ensure that there are no more than 10 decimal places.";
    static const char whole[] =
        "Ensure that there are no more than 5 digits before the decimal point.";
    static const struct {
        struct str text;
        const char *why; /* NULL: accepted */
        dec10 v;
    } cases[] = {
        { S("1"), NULL, DEC10_ONE },
        { S("-0.5"), NULL, -DEC10_ONE / 2 },
        { S("\x1c"
            "5\xe3\x80\x80"),
          NULL, 5 * DEC10_ONE },
        { S("_1__0_"), NULL, 10 * DEC10_ONE }, /* Decimal() drops underscores anywhere */
        { S(".5"), NULL, DEC10_ONE / 2 },
        { S("5."), NULL, 5 * DEC10_ONE },
        { S("1E+2"), NULL, 100 * DEC10_ONE },
        { S("100e-2"), NULL, DEC10_ONE },
        { S("00000000000000000001"), NULL, DEC10_ONE },
        { S("1e\xd9\xa3"), NULL, 1000 * DEC10_ONE },
        { S("999999999999999e-10"), NULL, 999999999999999 },
        { S("0e4"), NULL, 0 },
        { S("0e5"), whole, 0 },
        { S("0e15"), digits, 0 },
        { S("1e999999999999999999"), digits, 0 },
        { S("1e1000000000000000000"), bad, 0 },
        { S("1e99999999999999999999999999999"), bad, 0 },
        { S("1e-1999999999999999997"), digits, 0 },
        { S("1e-1999999999999999998"), bad, 0 },
        { S("1e-99999999999999999999999999999"), bad, 0 },
        { S("0.00000000000"), places, 0 },
        { S("9999999999999990e-11"), digits, 0 },
        { S("100000"), whole, 0 },
        { S(""), bad, 0 },
        { S("."), bad, 0 },
        { S("_"), bad, 0 },
        { S("e5"), bad, 0 },
        { S("1e"), bad, 0 },
        { S("1e+"), bad, 0 },
        { S("1 2"), bad, 0 },
        { S("--1"), bad, 0 },
        { S("sNaN12"), bad, 0 },
        { S("-Infinity"), bad, 0 },
        { S("1\0"), bad, 0 },
        { S("\xc2\xb2"), bad, 0 },
        { S("1\xff"), bad, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *why = NULL;
        dec10 v = 0;
        bool ok = dec10_drf(cases[i].text, &v, &why);
        if (!ok && (why == NULL || cases[i].why == NULL))
            fail_msg("%s", cases[i].text.p);
        assert_int_equal(ok, cases[i].why == NULL);
        if (!ok)
            assert_string_equal(why, cases[i].why);
        assert_int_equal(v, cases[i].v);
    }
}

static void drf_integers(void **state)
{
    static const char bad[] = "A valid integer is required.";
    static const struct {
        struct str text;
        const char *why;
        int64_t v;
    } cases[] = {
        { S("12"), NULL, 12 },
        { S("12.0"), NULL, 12 },
        { S("12."), NULL, 12 },
        { S("-12.000 \n"), NULL, -12 },
        { S(" 1_000.0\xe3\x80\x80"), NULL, 1000 },
        { S("9223372036854775807.0"), NULL, INT64_MAX },
        { S("9223372036854775808"), bad, 0 },
        { S("12.5"), bad, 0 },
        { S("1.0.0"), bad, 0 },
        { S(".0"), bad, 0 },
        { S("1 .0"), NULL, 1 },
        { S("1. 0"), bad, 0 },
        { S("1e3"), bad, 0 },
        { S("0"), NULL, 0 },
        { S("000"), NULL, 0 },
        { S(""), bad, 0 },
        { S("True"), bad, 0 },
        { S("\xff"), bad, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *why = NULL;
        int64_t v = 0;
        bool ok = num_drf_int(cases[i].text, &v, &why);
        if (ok != (cases[i].why == NULL))
            fail_msg("%s", cases[i].text.p);
        if (!ok)
            assert_string_equal(why, cases[i].why);
        assert_int_equal(v, cases[i].v);
    }
}

static void drf_longest_texts(void **state)
{
    static const char too_large[] = "String value too large.";
    struct arena *a = *state;
    char *nines = arena_alloc(a, 1001), *blanks = arena_alloc(a, 3000);
    const char *why;
    int64_t v;

    memset(nines, '9', 1001);
    memset(blanks, ' ', 3000);
    blanks[2999] = '1';
    assert_false(num_drf_int((struct str){ nines, 1001 }, &v, &why));
    assert_string_equal(why, too_large);
    assert_false(num_drf_int((struct str){ nines, 1000 }, &v, &why));
    assert_string_equal(why, "A valid integer is required.");
    assert_false(num_drf_int((struct str){ blanks, 3000 }, &v, &why));
    assert_string_equal(why, too_large);
    assert_false(dec10_drf((struct str){ nines, 1001 }, &v, &why));
    assert_string_equal(why, too_large);
    assert_false(dec10_drf((struct str){ nines, 1000 }, &v, &why));
    assert_string_equal(why, "Ensure that there are no more than 15 digits in total.");
    assert_true(dec10_drf((struct str){ blanks, 3000 }, &v, &why)); /* blanks go before counting */
}

/* The text that a case's Python repr stands for: 'x' without its quotes, others as str() shows
   them. The file cuts long ones short and tells their length. */
static struct str python_input(struct arena *a, const struct jval *c)
{
    struct str in = case_text(c, STR("in"));

    if (in.p == NULL || !str_starts(in, STR("'")))
        return in;
    if (!str_ends(in, STR("...")))
        return str_sub(in, 1, in.n - 2);
    size_t n = (size_t)case_int(c, STR("len"));
    char *text = arena_alloc(a, n);
    memset(text, in.p[1], n);
    return (struct str){ text, n };
}

/* None is no text: the callers answer for null themselves. */
static bool is_none(const struct jval *c)
{
    return str_eq(case_text(c, STR("in")), STR("None"));
}

static void drf_decimal_vectors(void **state)
{
    struct tally t = { .name = "drf_decimal_input" };

    for (const struct jval *c = vectors(STR("drf_decimal_input"))->first; c != NULL; c = c->next) {
        struct str want = case_text(c, STR("ok"));
        const struct jval *errors = jval_getz(c, "error");
        char text[DEC10_TEXT];
        const char *why;
        dec10 v;
        if (is_none(c))
            continue;
        if (str_eq(want, STR("-0E-10"))) /* no minus zero in units of 1e-10 */
            want = STR("0.0000000000");
        if (dec10_drf(python_input(*state, c), &v, &why))
            tally_check(&t, str_eq((struct str){ text, dec10_text(v, text) }, want), want);
        else
            tally_check(&t, errors != NULL && str_eqz(errors->first->text, why), str_of(why));
    }
    tally_end(&t);
}

static void drf_integer_vectors(void **state)
{
    struct tally t = { .name = "drf_integer_input" };

    for (const struct jval *c = vectors(STR("drf_integer_input"))->first; c != NULL; c = c->next) {
        const struct jval *want = jval_getz(c, "ok"), *errors = jval_getz(c, "error");
        struct str in = case_text(c, STR("in"));
        const char *why;
        int64_t v, expected = 0;
        if (is_none(c))
            continue;
        /* What fits no column is refused here, where the reference fails at the INSERT. */
        bool fits = want != NULL && num_json_int(want->text, &expected) == NUM_OK;
        if (num_drf_int(python_input(*state, c), &v, &why))
            tally_check(&t, fits && v == expected, in);
        else if (want != NULL)
            tally_check(&t, !fits && strcmp(why, "A valid integer is required.") == 0, in);
        else
            tally_check(&t, str_eqz(errors->first->text, why), in);
    }
    tally_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals),
        cmocka_unit_test(short_texts),
        cmocka_unit_test(decimal_columns_vectors),
        cmocka_unit_test(drf_decimals),
        cmocka_unit_test(drf_integers),
        cmocka_unit_test(drf_longest_texts),
        cmocka_unit_test(drf_decimal_vectors),
        cmocka_unit_test(drf_integer_vectors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
