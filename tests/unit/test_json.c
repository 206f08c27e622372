/* The JSON writer: json.dumps in its forms, and DRF's. */
#include "lib/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define OUT_MAX 4096

struct fixture {
    struct buf out;
    struct json j;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    if (*state == NULL)
        return -1;
    buf_init(&((struct fixture *)*state)->out, OUT_MAX);
    return 0;
}

static int tear_down(void **state)
{
    buf_free(&((struct fixture *)*state)->out);
    free(*state);
    return 0;
}

static struct json *start(struct fixture *f, enum json_style style)
{
    buf_clear(&f->out);
    json_init(&f->j, &f->out, style);
    return &f->j;
}

static void is(struct fixture *f, const char *want)
{
    struct str got = buf_view(&f->out);

    assert_true(json_done(&f->j));
    if (!str_eqz(got, want))
        fail_msg("got %.*s, want %s", STR_FMT(got), want);
}

/* {"a": [1, -2, true, null], "empty": {}, "none": [], "nested": [[{"k": "v"}]]} */
static void write_sample(struct json *j)
{
    json_object(j);
    json_k(j, "a");
    json_array(j);
    json_int(j, 1);
    json_int(j, -2);
    json_bool(j, true);
    json_null(j);
    json_end(j);
    json_k(j, "empty");
    json_object(j);
    json_end(j);
    json_k(j, "none");
    json_array(j);
    json_end(j);
    json_k(j, "nested");
    json_array(j);
    json_array(j);
    json_object(j);
    json_k(j, "k");
    json_str(j, STR("v"));
    json_end(j);
    json_end(j);
    json_end(j);
    json_end(j);
}

static void separators(void **state)
{
    static const char compact[] =
        "{\"a\":[1,-2,true,null],\"empty\":{},\"none\":[],\"nested\":[[{\"k\":\"v\"}]]}";
    struct fixture *f = *state;

    write_sample(start(f, JSON_COMPACT));
    is(f, compact);
    write_sample(start(f, JSON_TIGHT));
    is(f, compact);
    write_sample(start(f, JSON_PYTHON));
    is(f, "{\"a\": [1, -2, true, null], \"empty\": {}, \"none\": [], "
          "\"nested\": [[{\"k\": \"v\"}]]}");
}

static void indented(void **state)
{
    struct fixture *f = *state;

    write_sample(start(f, JSON_INDENT4));
    is(f, "{\n    \"a\": [\n        1,\n        -2,\n        true,\n        null\n    ],\n"
          "    \"empty\": {},\n    \"none\": [],\n    \"nested\": [\n        [\n            {\n"
          "                \"k\": \"v\"\n            }\n        ]\n    ]\n}");
    start(f, JSON_INDENT4)->indent = 0; /* lines without blanks, as json.dumps(indent=0) */
    json_array(&f->j);
    json_int(&f->j, 1);
    json_int(&f->j, 2);
    json_end(&f->j);
    is(f, "[\n1,\n2\n]");
}

static void texts(void **state)
{
    static const struct {
        struct str text;
        const char *compact, *ascii;
    } cases[] = {
#define CASE(text, compact, ascii) { { "" text, sizeof(text) - 1 }, compact, ascii }
        CASE("", "\"\"", "\"\""),
        CASE("a/b", "\"a/b\"", "\"a/b\""),
        CASE("\"\\", "\"\\\"\\\\\"", "\"\\\"\\\\\""),
        CASE("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\""),
        CASE("\0\x1f", "\"\\u0000\\u001f\"", "\"\\u0000\\u001f\""),
        CASE("\x7f", "\"\x7f\"", "\"\\u007f\""),
        CASE("\xc5\xbe\xe2\x98\x95", "\"\xc5\xbe\xe2\x98\x95\"", "\"\\u017e\\u2615\""),
        CASE("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"", "\"\\ud83d\\ude00\""),
        CASE("\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"", "\"\\udbff\\udfff\""),
        CASE("a\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\"a\\u2028\\u2029\xe2\x80\xaa\"",
             "\"a\\u2028\\u2029\\u202a\""),
        CASE("<&'>", "\"<&'>\"", "\"<&'>\""),
        CASE("x\xe2\x80", "\"x\xe2\x80\"", "\"x\\ufffd\""), /* never read past the end */
#undef CASE
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        json_str(start(f, JSON_COMPACT), cases[i].text);
        is(f, cases[i].compact);
        json_str(start(f, JSON_INDENT4), cases[i].text);
        is(f, cases[i].compact);
        json_str(start(f, JSON_PYTHON), cases[i].text);
        is(f, cases[i].ascii);
        json_str(start(f, JSON_TIGHT), cases[i].text);
        is(f, cases[i].ascii);
    }
    json_str(start(f, JSON_COMPACT), STR_NULL);
    is(f, "null");
}

static void keys_are_escaped(void **state)
{
    struct fixture *f = *state;
    struct json *j = start(f, JSON_PYTHON);

    json_object(j);
    json_key(j, STR("\xc3\xa9\"\n"));
    json_null(j);
    json_key(j, STR(""));
    json_null(j);
    json_end(j);
    is(f, "{\"\\u00e9\\\"\\n\": null, \"\": null}");
}

static void numbers(void **state)
{
    struct fixture *f = *state;
    struct json *j = start(f, JSON_COMPACT);

    json_array(j);
    json_int(j, INT64_MIN);
    json_int(j, INT64_MAX);
    json_float(j, 1.0);
    json_float(j, -0.0);
    json_float(j, 1e22);
    json_float(j, 1e-5);
    json_float(j, 51.5074);
    json_dec10(j, 387249674000);
    json_dec10(j, -1);
    json_dec10(j, 0);
    json_token(j, STR("[12345678901234567890]"));
    json_end(j);
    is(f, "[-9223372036854775808,9223372036854775807,1.0,-0.0,1e+22,1e-05,51.5074,"
          "\"38.7249674000\",\"-0.0000000001\",\"0.0000000000\",[12345678901234567890]]");
}

static void done_means_whole(void **state)
{
    struct fixture *f = *state;
    struct json *j = start(f, JSON_COMPACT);

    assert_false(json_done(j));
    json_object(j);
    assert_false(json_done(j));
    json_k(j, "a");
    json_int(j, 1);
    assert_false(json_done(j));
    json_end(j);
    assert_true(json_done(j));
}

static void deepest(void **state)
{
    struct fixture *f = *state;
    struct json *j = start(f, JSON_COMPACT);

    for (int i = 0; i < JSON_MAX_DEPTH - 1; i++)
        json_array(j);
    for (int i = 0; i < JSON_MAX_DEPTH - 1; i++)
        json_end(j);
    assert_true(json_done(j));
    assert_int_equal(buf_view(&f->out).n, 2 * (JSON_MAX_DEPTH - 1));
}

static void full_buffer_is_not_done(void **state)
{
    struct fixture *f = *state;
    struct json *j = start(f, JSON_COMPACT);

    json_array(j);
    for (int i = 0; i < OUT_MAX; i++)
        json_int(j, i);
    json_end(j);
    assert_false(json_done(j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators), cmocka_unit_test(indented),
        cmocka_unit_test(texts),      cmocka_unit_test(keys_are_escaped),
        cmocka_unit_test(numbers),    cmocka_unit_test(done_means_whole),
        cmocka_unit_test(deepest),    cmocka_unit_test(full_buffer_is_not_done),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
