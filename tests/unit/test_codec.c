/* Text encodings, against what Python's base64 and urllib.parse do with the same input. */
#include "lib/codec.h"
#include "lib/utf8scan.h"
#include "vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define S(lit)                  \
    {                           \
        "" lit, sizeof(lit) - 1 \
    }
#define NONE    \
    {           \
        NULL, 0 \
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

static void base64_both_ways(void **state)
{
    static const struct {
        struct str bytes, standard, url;
    } cases[] = {
        { S(""), S(""), S("") },
        { S("f"), S("Zg=="), S("Zg") },
        { S("fo"), S("Zm8="), S("Zm8") },
        { S("foo"), S("Zm9v"), S("Zm9v") },
        { S("foob"), S("Zm9vYg=="), S("Zm9vYg") },
        { S("fooba"), S("Zm9vYmE="), S("Zm9vYmE") },
        { S("foobar"), S("Zm9vYmFy"), S("Zm9vYmFy") },
        { S("\0\0\0"), S("AAAA"), S("AAAA") },
        { S("\xff\xef\xbe"), S("/+++"), S("_---") },
        { S("\xfb\xff\xfe"), S("+//+"), S("-__-") },
    };
    struct arena *a = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_str(base64_encode(a, cases[i].bytes), cases[i].standard);
        assert_str(base64_decode(a, cases[i].standard), cases[i].bytes);
        assert_str(base64url_encode(a, cases[i].bytes), cases[i].url);
        assert_str(base64url_decode(a, cases[i].url), cases[i].bytes);
    }
}

static void base64_odd_texts(void **state)
{
    static const struct {
        struct str text, standard, url;
    } cases[] = {
        { S("Zg="), NONE, S("f") },
        { S("Zg"), NONE, S("f") },
        { S("Z"), NONE, NONE },
        { S("Zm9v\nYg=="), S("foob"), S("foob") },
        { S(" Z g = = "), S("f"), S("f") },
        { S("Zg==Zg=="), S("f"), S("f") },
        { S("Z=g=="), S("f"), S("f") },
        { S("Zm9v="), S("foo"), S("foo") },
        { S("Zm9v====Zg"), NONE, S("foof") },
        { S("=Zg=="), S("f"), S("f") },
        { S("Zm=8="), S("fo"), S("fo") },
        { S("Zm=8"), NONE, NONE },
        { S("Zm8=!"), S("fo"), S("fo") },
        { S("\xffZg=="), S("f"), S("f") },
        { S("Z\0g=="), S("f"), S("f") },
        { S("-_--"), S(""), S("\xfb\xff\xbe") },
        { S("Zm9vY"), NONE, NONE },
        { S("===="), S(""), S("") },
        { S("Zg=\n="), S("f"), S("f") },
        { S("Zm9vYg=x="), S("foob\x0c"), S("foob\x0c") },
    };
    struct arena *a = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_str(base64_decode(a, cases[i].text), cases[i].standard);
        assert_str(base64url_decode(a, cases[i].text), cases[i].url);
    }
    assert_str(base64_decode(a, STR_NULL), STR(""));
}

static void hexadecimal(void **state)
{
    uint8_t bytes[4];
    struct arena *a = *state;

    assert_str(hex_encode(a, STR("\x00\x7f\x80\xff")), STR("007f80ff"));
    assert_str(hex_encode(a, STR("")), STR(""));
    assert_true(hex_decode(STR("007F80ff"), bytes, 4));
    assert_memory_equal(bytes, "\x00\x7f\x80\xff", 4);
    assert_true(hex_decode(STR(""), bytes, 0));
    assert_false(hex_decode(STR("007f80f"), bytes, 4));
    assert_false(hex_decode(STR("007f80"), bytes, 4));
    assert_false(hex_decode(STR("007f80ff00"), bytes, 4));
    assert_false(hex_decode(STR("007f80fg"), bytes, 4));
    assert_false(hex_decode(STR("007f80f "), bytes, 4));
    assert_false(hex_decode(STR("007f80\x10"
                                "1"),
                            bytes, 4)); /* '\x10' | 0x20 is '0' */
}

static void base62(void **state)
{
    static const struct {
        const char *text;
        int64_t v;
    } good[] = { { "0", 0 },
                 { "-1", -1 },
                 { "z", 61 },
                 { "00010", 62 },
                 { "AzL8n0Y58m7", INT64_MAX },
                 { "-AzL8n0Y58m7", -INT64_MAX } };
    static const char *const bad[] = { "",  "-",  "--1",         "+1",           "1 ",
                                       "_", "1.", "AzL8n0Y58m8", "zzzzzzzzzzzz", "1\xc3\xa9" };
    struct arena *a = *state;
    int64_t v;

    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(base62_decode(str_of(good[i].text), &v));
        assert_int_equal(v, good[i].v);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(base62_decode(str_of(bad[i]), &v));
    assert_false(base62_decode(STR("1\0"), &v));
    assert_str(base62_encode(a, UINT64_MAX), STR("LygHa16AHYF"));
}

static void base62_vectors(void **state)
{
    struct arena *a = *state;
    struct tally t = { .name = "base62" };

    for (const struct jval *c = vectors(STR("base62"))->first; c != NULL; c = c->next) {
        struct str text = case_text(c, STR("b62"));
        int64_t want = case_int(c, STR("int")), got = -1;
        tally_check(&t, str_eq(base62_encode(a, (uint64_t)want), text), text);
        tally_check(&t, base62_decode(text, &got) && got == want, text);
    }
    tally_end(&t);
}

static void percent_decoding(void **state)
{
    static const struct {
        struct str text, kept, blank; /* '+' kept, '+' a blank */
    } cases[] = {
        { S("/a%20b+c"), S("/a b+c"), S("/a b c") },
        { S("%2B+%2b"), S("+++"), S("+ +") },
        { S("%"), S("%"), S("%") },
        { S("%4"), S("%4"), S("%4") },
        { S("%zz%41"), S("%zzA"), S("%zzA") },
        { S("%%41"), S("%A"), S("%A") },
        { S("%00%ff"), S("\0\xff"), S("\0\xff") },
        { S("%25%34%31"), S("%41"), S("%41") }, /* once only */
        { S(""), S(""), S("") },
    };
    struct arena *a = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_str(percent_decode(a, cases[i].text, false), cases[i].kept);
        assert_str(percent_decode(a, cases[i].text, true), cases[i].blank);
    }
}

static void percent_encoding(void **state)
{
    static const char kept[] = "AZaz09_.-~";
    struct arena *a = *state;

    assert_str(form_encode(a, STR(" b/\xc3\xa9+&=\0")), STR("+b%2F%C3%A9%2B%26%3D%00"));
    assert_str(percent_encode(a, STR(" b/\xc3\xa9+&=\0"), "/&"), STR("%20b/%C3%A9%2B&%3D%00"));
    assert_str(form_encode(a, str_of(kept)), str_of(kept));
    assert_str(percent_encode(a, str_of(kept), ""), str_of(kept));
    for (unsigned c = 0; c < 256; c++) {
        char byte = (char)(unsigned char)c;
        struct str one = { &byte, 1 };
        assert_str(percent_decode(a, form_encode(a, one), true), one);
        assert_str(percent_decode(a, percent_encode(a, one, "/"), false), one);
    }
}

static void forms(void **state)
{
#define FFFD "\xef\xbf\xbd"
    static const struct {
        struct str text;
        size_t n;
        struct pair pairs[2];
    } cases[] = {
        { S(""), 0, { { NONE, NONE } } },
        { S("&"), 0, { { NONE, NONE } } },
        { S("a=1&b=2"), 2, { { S("a"), S("1") }, { S("b"), S("2") } } },
        { S("a=1&&b=2"), 2, { { S("a"), S("1") }, { S("b"), S("2") } } },
        { S("a=1&a=2"), 2, { { S("a"), S("1") }, { S("a"), S("2") } } },
        { S("a"), 1, { { S("a"), S("") } } },
        { S("a="), 1, { { S("a"), S("") } } },
        { S("=b"), 1, { { S(""), S("b") } } },
        { S("a=b=c"), 1, { { S("a"), S("b=c") } } },
        { S("a+b=c+d"), 1, { { S("a b"), S("c d") } } },
        { S("%61=%62"), 1, { { S("a"), S("b") } } },
        { S("a=%C3%A9"), 1, { { S("a"), S("\xc3\xa9") } } },
        { S("a=\xc3\xa9"), 1, { { S("a"), S("\xc3\xa9") } } },
        { S("a=%ff"), 1, { { S("a"), S(FFFD) } } },
        { S("a=\xff"), 1, { { S("a"), S(FFFD) } } },
        { S("a=%E2%82"), 1, { { S("a"), S(FFFD) } } },
        { S("a=%zz%4"), 1, { { S("a"), S("%zz%4") } } },
        { S("a=%00b"), 1, { { S("a"), S("\0b") } } },
        { S("a;b=1"), 1, { { S("a;b"), S("1") } } },
        { S("a=%2B+%26"), 1, { { S("a"), S("+ &") } } },
        { S("%F0%9F%98%80=%F0%9F%98"), 1, { { S("\xf0\x9f\x98\x80"), S(FFFD) } } },
    };
    struct arena *a = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pair *pairs;
        size_t n;
        assert_true(form_decode(a, cases[i].text, 10, &pairs, &n));
        assert_int_equal(n, cases[i].n);
        for (size_t k = 0; k < n; k++) {
            assert_str(pairs[k].name, cases[i].pairs[k].name);
            assert_str(pairs[k].value, cases[i].pairs[k].value);
        }
    }
}

static void form_limits(void **state)
{
    struct arena *a = *state;
    struct pair *pairs;
    size_t n;

    assert_true(form_decode(a, STR("a=1&b=2&c=3"), 3, &pairs, &n));
    assert_int_equal(n, 3);
    assert_false(form_decode(a, STR("a=1&b=2&c=3"), 2, &pairs, &n));
    assert_false(form_decode(a, STR("&&&"), 3, &pairs, &n)); /* as Django: parts, not pairs */
    assert_true(form_decode(a, STR(""), 0, &pairs, &n));
    assert_true(form_decode(a, STR_NULL, 0, &pairs, &n));
    assert_int_equal(n, 0);
}

static void last_of_a_name(void **state)
{
    struct pair *pairs;
    size_t n;

    assert_true(form_decode(*state, STR("a=1&b=2&a=3&A=4&c"), 9, &pairs, &n));
    assert_str(pair_last(pairs, n, STR("a")), STR("3"));
    assert_str(pair_last(pairs, n, STR("c")), STR(""));
    assert_true(str_is_null(pair_last(pairs, n, STR("d"))));
    assert_true(str_is_null(pair_last(pairs, 0, STR("a"))));
}

/* errors="replace": one U+FFFD for each maximal part of a character. */
static void repaired_utf8(void **state)
{
    static const struct {
        struct str text, want;
    } cases[] = {
        { S("a\xc3\xa9\xe2\x98\x95\xf0\x9f\x98\x80"), S("a\xc3\xa9\xe2\x98\x95\xf0\x9f\x98\x80") },
        { S("\x80"), S(FFFD) },
        { S("a\xff"
            "b"),
          S("a" FFFD "b") },
        { S("\xc0\xaf"), S(FFFD FFFD) },
        { S("\xe2\x98"), S(FFFD) },
        { S("\xe2\x98x"), S(FFFD "x") },
        { S("\xf0\x9f\x98\xf0\x9f"), S(FFFD FFFD) },
        { S("\xed\xa0\x80"), S(FFFD FFFD FFFD) },
        { S("\xe0\x80\x80"), S(FFFD FFFD FFFD) },
        { S("\xf4\x90\x80\x80"), S(FFFD FFFD FFFD FFFD) },
        { S(""), S("") },
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_str(utf8_repair(*state, cases[i].text), cases[i].want);
    assert_int_equal(utf8_first_bad(STR("abcdefgh\xc3\xa9\xc3")), 10);
    assert_int_equal(utf8_first_bad(STR_NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_both_ways), cmocka_unit_test(base64_odd_texts),
        cmocka_unit_test(hexadecimal),      cmocka_unit_test(base62),
        cmocka_unit_test(base62_vectors),   cmocka_unit_test(percent_decoding),
        cmocka_unit_test(percent_encoding), cmocka_unit_test(forms),
        cmocka_unit_test(form_limits),      cmocka_unit_test(last_of_a_name),
        cmocka_unit_test(repaired_utf8),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
