/* Parsed JSON values: their shape, repeated keys, building, json.dumps and str() of them. */
#include "json_util.h"
#include "lib/jsonin.h"
#include "lib/pystr.h"

static void round_trips(void **state)
{
    static const struct {
        struct str text;
        const char *dumps, *str; /* json.dumps and str() of it in Python */
    } cases[] = {
        { S(" null "), "null", "None" },
        { S("true"), "true", "True" },
        { S("\r\n\tfalse"), "false", "False" },
        { S("-0"), "0", "0" },
        { S("-0.0"), "-0.0", "-0.0" },
        { S("1.0"), "1.0", "1.0" },
        { S("1e22"), "1e+22", "1e+22" },
        { S("1E5"), "100000.0", "100000.0" },
        { S("0.1000000000000000055"), "0.1", "0.1" },
        { S("1e-400"), "0.0", "0.0" },
        { S("12345678901234567890123"), "12345678901234567890123", "12345678901234567890123" },
        { S("\"\""), "\"\"", "" },
        { S("\"a\\/\\b\\f\\n\\r\\t\\\"\\\\\""), "\"a/\\b\\f\\n\\r\\t\\\"\\\\\"",
          "a/\b\f\n\r\t\"\\" },
        { S("\"\\u00e9\\uD83D\\uDE00\""), "\"\\u00e9\\ud83d\\ude00\"", "\xc3\xa9\xf0\x9f\x98\x80" },
        { S("\"\xc5\xbe\xe2\x98\x95\x7f\""), "\"\\u017e\\u2615\\u007f\"",
          "\xc5\xbe\xe2\x98\x95\x7f" },
        { S("[ ]"), "[]", "[]" },
        { S("{ }"), "{}", "{}" },
        { S("[1 ,\"a\", [ ] ,{\"b\" : null}]"), "[1, \"a\", [], {\"b\": null}]",
          "[1, 'a', [], {'b': None}]" },
        { S("{\"a\":true,\"b\":1.50,\"c\":[false,-0]}"),
          "{\"a\": true, \"b\": 1.5, \"c\": [false, 0]}",
          "{'a': True, 'b': 1.5, 'c': [False, 0]}" },
        { S("[\"it's\",\"\\\"\",\"'\\\"\",\"\\\\\"]"), "[\"it's\", \"\\\"\", \"'\\\"\", \"\\\\\"]",
          "[\"it's\", '\"', '\\'\"', '\\\\']" },
        { S("[\"\xc3\xa9\\t\\u007f\\u00a0\\u200b\\ud83d\\ude00\\udb40\\udc01\"]"),
          "[\"\\u00e9\\t\\u007f\\u00a0\\u200b\\ud83d\\ude00\\udb40\\udc01\"]",
          "['\xc3\xa9\\t\\x7f\\xa0\\u200b\xf0\x9f\x98\x80\\U000e0001']" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jval *v = parse(cases[i].text);
        assert_str(dumps(v), str_of(cases[i].dumps));
        assert_str(jval_py_str(arena, v), str_of(cases[i].str));
    }
}

static void reprs(void **state)
{
    (void)state;
    assert_str(py_repr(arena, STR("abc")), STR("'abc'"));
    assert_str(py_repr(arena, STR("")), STR("''"));
    assert_str(py_repr(arena, STR("it's")), STR("\"it's\""));
    assert_str(py_repr(arena, STR("'\"")), STR("'\\'\"'"));
    assert_str(py_repr(arena, STR("\0\x1b\n\r\t\\")), STR("'\\x00\\x1b\\n\\r\\t\\\\'"));
    assert_str(py_repr(arena, STR("\xc2\xa0\xc2\xad\xe3\x80\x80\xee\x80\x80\xef\xbb\xbf")),
               STR("'\\xa0\\xad\\u3000\\ue000\\ufeff'"));
    assert_str(py_repr(arena, STR("\xf3\xa0\x84\x80\xf4\x8f\xbf\xbf")),
               STR("'\xf3\xa0\x84\x80\\U0010ffff'"));
}

static void shape_of_values(void **state)
{
    char source[] = "{\"n\":12,\"s\":\"a\\tb\",\"l\":[1,2.5],\"t\":true,\"z\":null}";
    struct jval *v = parse(str_of(source));
    const struct jval *list = jval_getz(v, "l");

    (void)state;
    memset(source, 'x', sizeof source); /* nothing may point into the text */
    assert_int_equal(v->type, J_OBJECT);
    assert_int_equal(v->count, 5);
    assert_str(v->first->key, STR("n"));
    assert_str(v->last->key, STR("z"));
    assert_int_equal(jval_getz(v, "n")->type, J_INT);
    assert_str(jval_getz(v, "n")->text, STR("12"));
    assert_str(jval_getz(v, "s")->text, STR("a\tb"));
    assert_int_equal(list->type, J_ARRAY);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->last->type, J_FLOAT);
    assert_str(list->last->text, STR("2.5"));
    assert_true(jval_getz(v, "t")->type == J_BOOL && jval_getz(v, "t")->b);
    assert_true(jval_nothing(jval_getz(v, "z")) && jval_nothing(jval_getz(v, "Z")));
    assert_false(jval_nothing(jval_getz(v, "n")));
    assert_null(jval_getz(v, "N"));
    assert_null(jval_getz(list, "n"));
    assert_null(jval_getz(NULL, "n"));
}

static void repeated_keys(void **state)
{
    static const struct {
        const char *text, *dumps;
    } cases[] = {
        { "{\"a\":1,\"a\":2}", "{\"a\": 2}" },
        { "{\"a\":1,\"b\":2,\"a\":[3]}", "{\"a\": [3], \"b\": 2}" },
        { "{\"a\":1,\"\\u0061\":2,\"A\":3,\"a\":4}", "{\"a\": 4, \"A\": 3}" },
        { "{\"a\":{\"x\":1,\"x\":2},\"a\":{\"x\":1}}", "{\"a\": {\"x\": 1}}" },
        { "{\"\":1,\"\":null}", "{\"\": null}" },
        /* more than are compared one by one */
        { "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"c\":1,\"i\":"
          "2,"
          "\"c\":3}",
          "{\"a\": 0, \"b\": 0, \"c\": 3, \"d\": 0, \"e\": 0, \"f\": 0, \"g\": 0, \"h\": 0, "
          "\"i\": 2}" },
        { "{\"a\":0,\"a\":1,\"a\":2,\"a\":3,\"a\":4,\"a\":5,\"a\":6,\"a\":7,\"a\":8,\"a\":9}",
          "{\"a\": 9}" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jval *v = parse(str_of(cases[i].text));
        size_t n = 0;
        const struct jval *last = NULL;
        for (const struct jval *m = v->first; m != NULL; m = m->next, n++)
            last = m;
        assert_str(dumps(v), str_of(cases[i].dumps));
        assert_int_equal(v->count, n);
        assert_ptr_equal(v->last, last);
    }
}

/* Would take minutes if each key were compared with each. */
static void very_many_keys(void **state)
{
    enum { KEYS = 100000 };
    struct buf text;
    struct jval *v;
    size_t n = 0;

    (void)state;
    buf_init(&text, 4 << 20);
    buf_char(&text, '{');
    for (int i = 0; i < 2 * KEYS; i++)
        buf_printf(&text, "%s\"key-%d\":%d", i > 0 ? "," : "", i % KEYS, i);
    buf_char(&text, '}');
    v = parse(buf_view(&text));
    buf_free(&text);
    assert_int_equal(v->count, KEYS);
    for (const struct jval *m = v->first; m != NULL; m = m->next, n++) {
        int64_t i;
        assert_int_equal(num_json_int(m->text, &i), NUM_OK);
        assert_int_equal(i, KEYS + n);
    }
    assert_int_equal(n, KEYS);
}

static void building(void **state)
{
    struct jval *o = jval_object(arena);

    (void)state;
    jval_set(arena, o, STR("a"), jval_int(arena, INT64_MIN));
    jval_set(arena, o, STR("b"), jval_text(arena, STR("\xc3\xa9")));
    jval_set(arena, o, STR("c"), jval_object(arena));
    assert_str(dumps(o), STR("{\"a\": -9223372036854775808, \"b\": \"\\u00e9\", \"c\": {}}"));
    jval_set(arena, o, STR("a"), jval_int(arena, 1));
    jval_set(arena, o, STR("c"), jval_int(arena, 3));
    assert_str(dumps(o), STR("{\"a\": 1, \"b\": \"\\u00e9\", \"c\": 3}"));
    assert_int_equal(o->count, 3);
    assert_false(jval_remove(o, STR("B")));
    assert_true(jval_remove(o, STR("c")));
    jval_set(arena, o, STR("d"), jval_int(arena, 4));
    assert_str(dumps(o), STR("{\"a\": 1, \"b\": \"\\u00e9\", \"d\": 4}"));
    assert_true(jval_remove(o, STR("a")));
    assert_true(jval_remove(o, STR("b")));
    assert_true(jval_remove(o, STR("d")));
    assert_int_equal(o->count, 0);
    assert_str(dumps(o), STR("{}"));
    jval_set(arena, o, STR("e"), jval_int(arena, 5));
    assert_str(dumps(o), STR("{\"e\": 5}"));

    struct jval *list = jval_array(arena);
    assert_str(dumps(list), STR("[]"));
    jval_push(list, jval_null(arena));
    jval_push(list, jval_bool(arena, true));
    jval_push(list, jval_float(arena, 2.0));
    jval_push(list, o);
    assert_str(dumps(list), STR("[null, true, 2.0, {\"e\": 5}]"));
    assert_int_equal(list->count, 4);
}

/* bool() of each in Python. */
static void truth(void **state)
{
    static const struct {
        struct str text;
        bool truth;
    } cases[] = {
        { S("null"), false },
        { S("false"), false },
        { S("true"), true },
        { S("0"), false },
        { S("-0"), false },
        { S("-1"), true },
        { S("0.0"), false },
        { S("-0.0"), false },
        { S("0e5"), false },
        { S("1e-400"), false },
        { S("1e-300"), true },
        { S("\"\""), false },
        { S("\"0\""), true },
        { S("\"false\""), true },
        { S("[]"), false },
        { S("[0]"), true },
        { S("{}"), false },
        { S("{\"a\":0}"), true },
        { S("1000000000000000000000000000000000000000000000000000000000000000000"), true },
    };

    (void)state;
    assert_false(jval_truthy(NULL));
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (jval_truthy(parse(cases[i].text)) != cases[i].truth)
            fail_msg("%.*s", STR_FMT(cases[i].text));
    }
}

/* int() and float() of each in Python. */
static void numbers(void **state)
{
    static const struct {
        struct str text;
        enum num_rc whole, real;
        int64_t i;
        double d;
    } cases[] = {
        { S("null"), NUM_BAD, NUM_BAD, 0, 0 },
        { S("[1]"), NUM_BAD, NUM_BAD, 0, 0 },
        { S("{}"), NUM_BAD, NUM_BAD, 0, 0 },
        { S("true"), NUM_OK, NUM_OK, 1, 1.0 },
        { S("1.9"), NUM_OK, NUM_OK, 1, 1.9 },
        { S("-1.9"), NUM_OK, NUM_OK, -1, -1.9 },
        { S("\" 7 \""), NUM_OK, NUM_OK, 7, 7.0 },
        { S("\"1.5\""), NUM_BAD, NUM_OK, 0, 1.5 },
        { S("\"\""), NUM_BAD, NUM_BAD, 0, 0 },
        { S("\"nan\""), NUM_BAD, NUM_RANGE, 0, 0 },
        { S("9223372036854775808"), NUM_RANGE, NUM_OK, 0, 9223372036854775808.0 },
        { S("1e19"), NUM_RANGE, NUM_OK, 0, 1e19 },
        { S("-9223372036854775808.0"), NUM_OK, NUM_OK, INT64_MIN, -9223372036854775808.0 },
    };

    (void)state;
    for (size_t n = 0; n < COUNT(cases); n++) {
        int64_t i = 0;
        double d = 0.0;
        if (jval_py_int(parse(cases[n].text), &i) != cases[n].whole ||
            jval_py_float(parse(cases[n].text), &d) != cases[n].real || i != cases[n].i ||
            d < cases[n].d || d > cases[n].d)
            fail_msg("%.*s", STR_FMT(cases[n].text));
    }
    assert_int_equal(jval_py_int(NULL, &(int64_t){ 0 }), NUM_BAD);
    assert_int_equal(jval_py_float(NULL, &(double){ 0 }), NUM_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(round_trips),    TEST(reprs),    TEST(shape_of_values), TEST(repeated_keys),
        TEST(very_many_keys), TEST(building), TEST(truth),           TEST(numbers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
