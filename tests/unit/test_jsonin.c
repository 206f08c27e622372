/* The JSON reader against Python's json module and the Django vectors. */
#include "json_util.h"
#include "lib/codec.h"
#include "lib/jsonin.h"

static bool refused(struct str text, const char *prefix)
{
    char why[JSONIN_WHY];

    return jsonin_parse(arena, text, why) == NULL && str_starts(str_of(why), str_of(prefix));
}

/* n times open, then close as often. */
static struct str nested(struct str open, struct str inner, char close, size_t n)
{
    char *text = arena_alloc(arena, (open.n + 1) * n + inner.n);
    size_t at = 0;

    for (size_t i = 0; i < n; i++, at += open.n)
        memcpy(text + at, open.p, open.n);
    memcpy(text + at, inner.p, inner.n);
    memset(text + at + inner.n, close, n);
    return (struct str){ text, at + inner.n + n };
}

static struct str digits(size_t n)
{
    char *text = arena_alloc(arena, n);

    memset(text, '9', n);
    return (struct str){ text, n };
}

/* ---- what is refused, and how that is said */

static void messages(void **state)
{
    static const struct {
        struct str text;
        const char *why; /* Python 3.14's */
    } cases[] = {
        { S(""), "Expecting value: line 1 column 1 (char 0)" },
        { S(" "), "Expecting value: line 1 column 2 (char 1)" },
        { S("\n\n x"), "Expecting value: line 3 column 2 (char 3)" },
        { S("{"), "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
        { S("{\"a\":1,}"),
          "Illegal trailing comma before end of object: line 1 column 7 (char 6)" },
        { S("[1,]"), "Illegal trailing comma before end of array: line 1 column 3 (char 2)" },
        { S("["), "Expecting value: line 1 column 2 (char 1)" },
        { S("[1"), "Expecting ',' delimiter: line 1 column 3 (char 2)" },
        { S("{\"a\""), "Expecting ':' delimiter: line 1 column 5 (char 4)" },
        { S("{\"a\":"), "Expecting value: line 1 column 6 (char 5)" },
        { S("{\"a\":1"), "Expecting ',' delimiter: line 1 column 7 (char 6)" },
        { S("{\"a\":1,"),
          "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)" },
        { S("{\"a\":1, b"),
          "Expecting property name enclosed in double quotes: line 1 column 9 (char 8)" },
        { S("[1,"), "Expecting value: line 1 column 4 (char 3)" },
        { S("\"\\"), "Unterminated string starting at: line 1 column 1 (char 0)" },
        { S("\"\\u12"), "Invalid \\uXXXX escape: line 1 column 3 (char 2)" },
        { S("\"\\u12x4\""), "Invalid \\uXXXX escape: line 1 column 3 (char 2)" },
        { S("\"\\ud83d"), "Invalid \\uXXXX escape: line 1 column 3 (char 2)" },
        { S("\"abc"), "Unterminated string starting at: line 1 column 1 (char 0)" },
        { S("\"a\n\""), "Invalid control character at: line 1 column 3 (char 2)" },
        { S("\"\\x\""), "Invalid \\escape: line 1 column 2 (char 1)" },
        { S("\xef\xbb\xbf{}"),
          "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)" },
        { S("nul"), "Expecting value: line 1 column 1 (char 0)" },
        { S("-"), "Expecting value: line 1 column 1 (char 0)" },
        { S("[1 2]"), "Expecting ',' delimiter: line 1 column 4 (char 3)" },
        { S("{a"), "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
        { S("{\"a\" 1}"), "Expecting ':' delimiter: line 1 column 6 (char 5)" },
        { S("01"), "Extra data: line 1 column 2 (char 1)" },
        { S("-01"), "Extra data: line 1 column 3 (char 2)" },
        { S("1."), "Extra data: line 1 column 2 (char 1)" },
        { S(".5"), "Expecting value: line 1 column 1 (char 0)" },
        { S("+1"), "Expecting value: line 1 column 1 (char 0)" },
        { S("1e"), "Extra data: line 1 column 2 (char 1)" },
        { S("1e+"), "Extra data: line 1 column 2 (char 1)" },
        { S("0x10"), "Extra data: line 1 column 2 (char 1)" },
        { S("\"\\ud83d\\u12\""), "Invalid \\uXXXX escape: line 1 column 9 (char 8)" },
        { S("{\"a\":1,,}"),
          "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)" },
        { S("[,"), "Expecting value: line 1 column 2 (char 1)" },
        { S("{,"), "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
        { S("\"\\u 123\""), "Invalid \\uXXXX escape: line 1 column 3 (char 2)" },
        { S("{\"a\":1 ,  }"),
          "Illegal trailing comma before end of object: line 1 column 8 (char 7)" },
        { S("[1 ,  ]"), "Illegal trailing comma before end of array: line 1 column 4 (char 3)" },
        { S("{\"a\":1} x"), "Extra data: line 1 column 9 (char 8)" },
        { S("{}{}"), "Extra data: line 1 column 3 (char 2)" },
        { S("{}\x00junk"), "Extra data: line 1 column 3 (char 2)" },
        { S("\x0b{}"), "Expecting value: line 1 column 1 (char 0)" },
        { S("\x01{}"), "Expecting value: line 1 column 1 (char 0)" },
        { S("{'a':1}"),
          "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
        { S("{/*c*/\"s\":1}"),
          "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
        { S("{\"\xc3\xa9\":\n\"\xc5\xbe\xe2\x98\x95\" x}"),
          "Expecting ',' delimiter: line 2 column 6 (char 11)" },
        { S("\"\xc3\xa9\n"), "Invalid control character at: line 1 column 3 (char 2)" },
        { S("[\"\xf0\x9f\x98\x80\",\n \"\xc3\xa9\" \"x\"]"),
          "Expecting ',' delimiter: line 2 column 6 (char 11)" },
        { S("{\"a\":\"\t\"}"), "Invalid control character at: line 1 column 7 (char 6)" },
        { S("\"\x00\""), "Invalid control character at: line 1 column 2 (char 1)" },
        { S("tru"), "Expecting value: line 1 column 1 (char 0)" },
        { S("[truefalse]"), "Expecting ',' delimiter: line 1 column 6 (char 5)" },
        { S("}"), "Expecting value: line 1 column 1 (char 0)" },
        { S("]"), "Expecting value: line 1 column 1 (char 0)" },
        { S(":"), "Expecting value: line 1 column 1 (char 0)" },
        { S("\"\\U0041\""), "Invalid \\escape: line 1 column 2 (char 1)" },
        { S("\"\\\n\""), "Invalid \\escape: line 1 column 2 (char 1)" },
        { S("{\"a\":\"\xff\"}"),
          "'utf-8' codec can't decode byte 0xff in position 6: invalid start byte" },
        { S("\"\x80\""), "'utf-8' codec can't decode byte 0x80 in position 1: invalid start byte" },
        { S("\"\xc3(\""),
          "'utf-8' codec can't decode byte 0xc3 in position 1: invalid continuation byte" },
        { S("\"\xe2\x82(\""),
          "'utf-8' codec can't decode bytes in position 1-2: invalid continuation byte" },
        { S("\"\xe2\x82"),
          "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data" },
        { S("\"\xf0\x9f\x98"),
          "'utf-8' codec can't decode bytes in position 1-3: unexpected end of data" },
        { S("\"\xf0\x9f\x98\""),
          "'utf-8' codec can't decode bytes in position 1-3: invalid continuation byte" },
        { S("\"\xed\xa0\x80\""),
          "'utf-8' codec can't decode byte 0xed in position 1: invalid continuation byte" },
        { S("\"\xe0\x80\x80\""),
          "'utf-8' codec can't decode byte 0xe0 in position 1: invalid continuation byte" },
        { S("\"\xf4\x90\x80\x80\""),
          "'utf-8' codec can't decode byte 0xf4 in position 1: invalid continuation byte" },
        { S("\xc0\xaf"), "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start byte" },
        { S("\xf5"), "'utf-8' codec can't decode byte 0xf5 in position 0: invalid start byte" },
        { S("{} \xc3"),
          "'utf-8' codec can't decode byte 0xc3 in position 3: unexpected end of data" },
    };
    char why[JSONIN_WHY];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(jsonin_parse(arena, cases[i].text, why));
        assert_string_equal(why, cases[i].why);
    }
    assert_null(jsonin_parse(arena, STR_NULL, why));
    assert_string_equal(why, "Expecting value: line 1 column 1 (char 0)");
}

/* What Python takes and we do not. */
static void own_rules(void **state)
{
    static const struct {
        struct str text;
        const char *why;
    } cases[] = {
        { S("[\"a\\u0000\"]"), "Null character in a text: line 1 column 4 (char 3)" },
        { S("{\"a\\u0000\":1}"), "Null character in a text: line 1 column 4 (char 3)" },
        { S("\"\\ud800\""), "Unpaired surrogate in a text: line 1 column 2 (char 1)" },
        { S("\"\\udc00\""), "Unpaired surrogate in a text: line 1 column 2 (char 1)" },
        { S("\"\\ud800\\ud800\""), "Unpaired surrogate in a text: line 1 column 2 (char 1)" },
        { S("\"\\ud800x\""), "Unpaired surrogate in a text: line 1 column 2 (char 1)" },
        { S("[NaN]"), "Out of range float values are not JSON compliant: 'NaN'" },
        { S("[Infinity]"), "Out of range float values are not JSON compliant: 'Infinity'" },
        { S("[-Infinity]"), "Out of range float values are not JSON compliant: '-Infinity'" },
        { S("[1e999]"), "Out of range float values are not JSON compliant: '1e999'" },
        { S("-1e999"), "Out of range float values are not JSON compliant: '-1e999'" },
    };
    char why[JSONIN_WHY];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(jsonin_parse(arena, cases[i].text, why));
        assert_string_equal(why, cases[i].why);
    }
}

static void limits(void **state)
{
    struct str minus[] = { STR("-"), digits(JSONIN_MAX_DIGITS), STR_NULL };
    struct str fraction[] = { STR("0."), digits(NUM_TEXT_MAX), STR_NULL };
    struct str exponent[] = { STR("1e"), digits(1000), STR_NULL };

    (void)state;
    parse(nested(STR("["), STR(""), ']', JSONIN_MAX_DEPTH));
    parse(nested(STR("{\"a\":"), STR("1"), '}', JSONIN_MAX_DEPTH));
    assert_true(refused(nested(STR("["), STR(""), ']', JSONIN_MAX_DEPTH + 1),
                        "Nested too deeply: line 1 column 65 (char 64)"));
    assert_true(
        refused(nested(STR("{\"a\":"), STR("1"), '}', JSONIN_MAX_DEPTH + 1), "Nested too deeply"));
    assert_true(refused(nested(STR("["), STR(""), ']', 100000), "Nested too deeply"));
    /* Depth counts what is open, not what was. */
    parse(STR("[[[[]]],[[[]]],[[[]]]]"));
    parse(digits(JSONIN_MAX_DIGITS));
    parse(arena_concat(arena, minus));
    assert_true(refused(digits(JSONIN_MAX_DIGITS + 1), "Number with too many digits"));
    assert_true(refused(arena_concat(arena, fraction), "Number with too many digits"));
    assert_true(refused(arena_concat(arena, exponent), "Out of range float values"));
}

static void stored_texts_may_hold_nul(void **state)
{
    struct str text = STR("{\"a\\u0000\":\"\\u0000b\"}");
    char why[JSONIN_WHY];
    struct jval *v = jsonin_parse_stored(arena, text, why);

    (void)state;
    assert_non_null(v);
    assert_str(jval_get(v, STR("a\0"))->text, STR("\0b"));
    assert_null(jval_getz(v, "a"));
    assert_str(dumps(v), STR("{\"a\\u0000\": \"\\u0000b\"}"));
    assert_null(jsonin_parse_stored(arena, STR("\"\0\""), why));
    assert_string_equal(why, "Invalid control character at: line 1 column 2 (char 1)");
    assert_null(jsonin_parse_stored(arena, STR("\"\\ud800\""), why));
}

/* ---- the vectors */

/* Inputs that Python takes and security.md 3.9 wants refused. */
static bool is_closed(struct str name)
{
    static const char *const closed[] = { "\\u0000 value", "1e999",     "lone high",
                                          "lone low",      "depth 999", "depth 20000" };

    for (size_t i = 0; i < COUNT(closed); i++)
        if (str_eqz(name, closed[i]))
            return true;
    return false;
}

/* The input of a case; those too long for the file are made here by their names. */
static struct str vector_input(const struct jval *c)
{
    struct str name = case_text(c, STR("name")), hex = case_text(c, STR("bytes_hex"));
    int64_t depth;

    if (!str_is_null(hex)) {
        uint8_t *bytes = arena_alloc(arena, hex.n / 2);
        assert_true(hex_decode(hex, bytes, hex.n / 2));
        return (struct str){ (char *)bytes, hex.n / 2 };
    }
    if (str_eqz(name, "4301 digits")) {
        struct str parts[] = { STR("{\"n\":"), digits(4301), STR("}"), STR_NULL };
        return arena_concat(arena, parts);
    }
    assert_true(str_starts(name, STR("depth ")));
    assert_int_equal(num_py_int(str_sub(name, 6, name.n), &depth), NUM_OK);
    return nested(STR("["), STR(""), ']', (size_t)depth);
}

static void json_parsing_vectors(void **state)
{
    struct tally t = { .name = "json_parsing" };

    (void)state;
    for (const struct jval *c = vectors(STR("json_parsing"))->first; c != NULL; c = c->next) {
        struct str name = case_text(c, STR("name")), want = case_text(c, STR("drf_json"));
        bool wanted = !str_starts(want, STR("REJECT")) && !is_closed(name);
        char why[JSONIN_WHY];
        struct jval *v = jsonin_parse(arena, vector_input(c), why);
        if (v == NULL || !wanted)
            tally_check(&t, (v != NULL) == wanted, name);
        else
            tally_check(&t, str_eq(dumps(v), want), name);
    }
    tally_end(&t);
}

/* The inputs by the names of cjson_same_inputs, and what the "Do" column of security.md 3.9 makes
   of them; NULL: refused. */
static const struct same_input {
    const char *name;
    struct str text;
    const char *dumps;
} same_inputs[] = {
    { "duplicate key", S("{\"device_id\":\"first\",\"device_id\":\"last\"}"),
      "{\"device_id\": \"last\"}" },
    { "case variant first", S("{\"DEVICE_ID\":\"upper\",\"device_id\":\"lower\"}"),
      "{\"DEVICE_ID\": \"upper\", \"device_id\": \"lower\"}" },
    { "\\u0000 in value", S("{\"device_id\":\"phone\\u0000evil\"}"), NULL },
    { "\\u0000 in key", S("{\"device_id\\u0000x\":\"k\"}"), NULL },
    { "raw NUL after value", S("{\"device_id\":\"a\"}\0junk"), NULL },
    { "trailing garbage", S("{\"device_id\":\"a\"} garbage"), NULL },
    { "two documents", S("{}{}"), NULL },
    { "leading zero", S("{\"n\":01}"), NULL },
    { "1.", S("{\"n\":1.}"), NULL },
    { ".5", S("{\"n\":.5}"), NULL },
    { "+1", S("{\"n\":+1}"), NULL },
    { "-", S("{\"n\":-}"), NULL },
    { "1e", S("{\"n\":1e}"), NULL },
    { "1e999", S("{\"n\":1e999}"), NULL },
    { "0x10", S("{\"n\":0x10}"), NULL },
    { "NaN", S("{\"n\":NaN}"), NULL },
    { "Infinity", S("{\"n\":Infinity}"), NULL },
    { "2^53+1", S("{\"n\":9007199254740993}"), "{\"n\": 9007199254740993}" },
    { "20 digits", S("{\"n\":12345678901234567890}"), "{\"n\": 12345678901234567890}" },
    { "0.1", S("{\"n\":0.1}"), "{\"n\": 0.1}" },
    { "1e22", S("{\"n\":1e22}"), "{\"n\": 1e+22}" },
    { "1.0", S("{\"n\":1.0}"), "{\"n\": 1.0}" },
    { "-0", S("{\"n\":-0}"), "{\"n\": 0}" },
    { "-0.0", S("{\"n\":-0.0}"), "{\"n\": -0.0}" },
    { "lone high surrogate", S("{\"s\":\"\\ud800\"}"), NULL },
    { "lone low surrogate", S("{\"s\":\"\\udc00\"}"), NULL },
    { "pair", S("{\"s\":\"\\ud83d\\ude00\"}"), "{\"s\": \"\\ud83d\\ude00\"}" },
    { "invalid utf8", S("{\"s\":\"\xff\xfe\"}"), NULL },
    { "raw control char", S("{\"s\":\"a\nb\"}"), NULL },
    { "raw tab", S("{\"s\":\"a\tb\"}"), NULL },
    { "bad escape", S("{\"s\":\"\\x\"}"), NULL },
    { "single quote", S("{'s':1}"), NULL },
    { "trailing comma", S("{\"s\":1,}"), NULL },
    { "array trailing comma", S("[1,]"), NULL },
    { "comment", S("{/*c*/\"s\":1}"), NULL },
    { "BOM", S("\xef\xbb\xbf{\"s\":1}"), NULL },
    { "empty", S(""), NULL },
    { "spaces", S("   "), NULL },
    { "vertical tab", S("\v{}"), NULL },
    { "0x01 before", S("\x01{}"), NULL },
    { "64-digit number",
      S("{\"n\":9999999999999999999999999999999999999999999999912345678901234567}"),
      "{\"n\": 9999999999999999999999999999999999999999999999912345678901234567}" },
    { "escaped slash", S("{\"s\":\"a\\/b\"}"), "{\"s\": \"a/b\"}" },
    { "DEL + unicode out", S("{\"s\":\"\xc5\xbe\x7f\"}"), "{\"s\": \"\\u017e\\u007f\"}" },
};

static bool same_input_is_right(struct str name)
{
    int64_t depth;
    char why[JSONIN_WHY];

    if (str_starts(name, STR("depth ")))
        return num_py_int(str_sub(name, 6, name.n), &depth) == NUM_OK &&
               refused(nested(STR("["), STR(""), ']', (size_t)depth), "Nested too deeply");
    for (size_t i = 0; i < COUNT(same_inputs); i++) {
        const struct same_input *in = &same_inputs[i];
        if (!str_eqz(name, in->name))
            continue;
        struct jval *v = jsonin_parse(arena, in->text, why);
        return in->dumps == NULL ? v == NULL : v != NULL && str_eq(dumps(v), str_of(in->dumps));
    }
    return false;
}

static void cjson_same_inputs_vectors(void **state)
{
    struct tally t = { .name = "cjson_same_inputs" };

    (void)state;
    for (const struct jval *c = vectors(STR("cjson_same_inputs"))->first; c; c = c->next) {
        size_t arrow = 0;
        while (!str_starts(str_sub(c->text, arrow, 4), STR(" -> ")))
            arrow++;
        struct str name = str_trim(str_sub(c->text, 0, arrow));
        tally_check(&t, same_input_is_right(name), name);
    }
    tally_end(&t);
}

static void json_column_vectors(void **state)
{
    const struct jval *c = vectors(STR("json_column"));
    struct str stored = case_text(jval_getz(jval_getz(c, "sqlite"), "payload"), STR("text"));
    struct tally t = { .name = "json_column" };

    (void)state;
    tally_check(&t, str_eq(dumps(jval_getz(c, "payload_python")), stored), stored);
    tally_check(&t, str_eq(dumps(parse(stored)), stored), stored);
    tally_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages),
        TEST(own_rules),
        TEST(limits),
        TEST(stored_texts_may_hold_nul),
        TEST(json_parsing_vectors),
        TEST(cjson_same_inputs_vectors),
        TEST(json_column_vectors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
