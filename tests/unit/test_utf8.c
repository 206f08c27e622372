/* UTF-8 and the two Unicode properties in use. */
#include "lib/utf8.h"
#include "vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_scalar(uint32_t cp)
{
    return cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
}

static void every_scalar_value(void **state)
{
    char text[4];

    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (!is_scalar(cp)) {
            continue;
        }
        struct str s = { text, utf8_put(text, cp) };
        size_t at = 0;
        if (!utf8_valid(s) || utf8_next(s, &at) != cp || at != s.n || utf8_length(s) != 1) {
            fail_msg("U+%04X", cp);
        }
    }
}

/* Of all strings of three bytes exactly those made of 1-, 2- and 3-byte characters are valid. */
static void every_three_bytes(void **state)
{
    const unsigned long one = 128, two = 0x800 - 0x80, three = 0x10000 - 0x800 - 0x800;
    unsigned long valid = 0;

    (void)state;
    for (uint32_t v = 0; v < 1U << 24; v++) {
        const char text[3] = { (char)(v >> 16), (char)(v >> 8), (char)v };

        valid += utf8_valid((struct str){ text, 3 });
    }
    assert_int_equal(valid, one * one * one + 2 * one * two + three);
}

static void valid_and_not(void **state)
{
    static const struct {
        struct str text;
        bool valid;
    } cases[] = {
        { { "", 0 }, true },
        { { "plain ASCII text, longer than a word", 36 }, true },
        { { "nul \0 inside", 12 }, true },
        { { "\xF4\x8F\xBF\xBF", 4 }, true },      /* U+10FFFF */
        { { "\xF4\x90\x80\x80", 4 }, false },     /* U+110000 */
        { { "\xF5\x80\x80\x80", 4 }, false },     /* beyond */
        { { "\xF0\x8F\xBF\xBF", 4 }, false },     /* overlong U+FFFF */
        { { "\xC0\x80", 2 }, false },             /* overlong NUL */
        { { "\xE0\x9F\xBF", 3 }, false },         /* overlong U+07FF */
        { { "\xED\xA0\x80", 3 }, false },         /* surrogate */
        { { "\xED\xBF\xBF", 3 }, false },         /* surrogate */
        { { "\xF8\x88\x80\x80\x80", 5 }, false }, /* five bytes */
        { { "\x80", 1 }, false },                 /* lone continuation */
        { { "\xC3", 1 }, false },                 /* cut */
        { { "\xE2\x82", 2 }, false },             /* cut */
        { { "\xF0\x9F\x98", 3 }, false },         /* cut */
        { { "12345678\xFF", 9 }, false },         /* behind a fast step */
        { { "1234567\xC3\xA4"
            "8901234567",
            19 },
          true }, /* across fast steps */
        { { "1234567\xC3"
            "8901234567",
            18 },
          false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (utf8_valid(cases[i].text) != cases[i].valid) {
            fail_msg("case %zu", i);
        }
        /* Exactly the bytes of the view are read: the sanitizer watches a heap copy. */
        char *copy = malloc(cases[i].text.n + 1);
        assert_non_null(copy);
        memcpy(copy + 1, cases[i].text.p, cases[i].text.n);
        assert_int_equal(utf8_valid((struct str){ copy + 1, cases[i].text.n }), cases[i].valid);
        free(copy);
    }
}

static void counting_and_cutting(void **state)
{
    struct str s = STR("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z");
    static const size_t bytes[] = { 0, 1, 3, 6, 10, 11, 11, 11 };

    (void)state;
    assert_int_equal(utf8_length(s), 5);
    for (size_t points = 0; points < COUNT(bytes); points++) {
        assert_int_equal(utf8_head(s, points).n, bytes[points]);
    }
    assert_int_equal(utf8_head(s, SIZE_MAX).n, 11);
    assert_int_equal(utf8_length(STR("")), 0);
}

static void stripping(void **state)
{
    (void)state;
    assert_str(utf8_strip(STR(" \t\n\x1c\x1f a b \xC2\x85")), STR("a b"));
    assert_str(utf8_strip(STR("\xC2\xA0\xE2\x80\x83\xE3\x80\x80x\xE2\x80\xA9")), STR("x"));
    assert_str(utf8_strip(STR("\xE2\x80\x8Bx")),
               STR("\xE2\x80\x8Bx")); /* zero width: not a blank */
    assert_str(utf8_strip(STR("\xC3\xA4")), STR("\xC3\xA4"));
    assert_str(utf8_strip(STR(" \xE3\x80\x80 ")), STR(""));
    assert_str(utf8_strip(STR("")), STR(""));
}

static void digits(void **state)
{
    static const struct {
        uint32_t cp;
        int value;
    } cases[] = {
        { '0', 0 },     { '9', 9 },     { '/', -1 },      { ':', -1 },     { 0x660, 0 },
        { 0x669, 9 },   { 0x66A, -1 },  { 0xFF15, 5 },    { 0x1D7CE, 0 },  { 0x1D7D7, 9 },
        { 0x1D7D8, 0 }, { 0x1D7FF, 9 }, { 0x1FBF9, 9 },   { 0x1FBFA, -1 }, { 0xB2, -1 },
        { 0x2460, -1 }, { 0x4E00, -1 }, { 0x966, 0 },     { 0x10D40, 0 },  { 0x1E5FA, 9 },
        { 0x19DA, -1 }, { 0xBD, -1 },   { 0x10FFFF, -1 },
    };
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (utf8_digit(cases[i].cp) != cases[i].value) {
            fail_msg("U+%04X", cases[i].cp);
        }
    }
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        count += utf8_digit(cp) >= 0;
    }
    assert_int_equal(count, 760); /* Nd in Unicode 16.0 */
}

static void spaces(void **state)
{
    size_t count = 0;

    (void)state;
    assert_true(utf8_is_space(' ') && utf8_is_space(0x1C) && utf8_is_space(0x202F));
    assert_false(utf8_is_space(0x1B) || utf8_is_space(0x180E) || utf8_is_space(0x200B) ||
                 utf8_is_space(0xFEFF));
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        count += utf8_is_space(cp);
    }
    assert_int_equal(count, 29);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value),
        cmocka_unit_test(every_three_bytes),
        cmocka_unit_test(valid_and_not),
        cmocka_unit_test(counting_and_cutting),
        cmocka_unit_test(stripping),
        cmocka_unit_test(digits),
        cmocka_unit_test(spaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
