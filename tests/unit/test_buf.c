/* The growing buffer: its maximum, its sink, its appenders. */
#include "lib/buf.h"
#include "vectors.h"

struct receiver {
    char got[4096];
    size_t n, calls, largest, refuse_at;
};

static bool receive(void *ctx, const char *p, size_t n)
{
    struct receiver *r = ctx;

    r->calls++;
    if (r->refuse_at == r->calls) {
        return false;
    }
    assert_true(n > 0 && r->n + n <= sizeof r->got);
    memcpy(r->got + r->n, p, n);
    r->n += n;
    r->largest = n > r->largest ? n : r->largest;
    return true;
}

static void grows_to_its_maximum(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5000);
    assert_str(buf_view(&b), STR(""));
    assert_null(b.p);
    for (int i = 0; i < 5000; i++) {
        buf_char(&b, (char)('a' + i % 26));
    }
    assert_true(buf_ok(&b));
    assert_int_equal(buf_view(&b).n, 5000);
    assert_true(b.size <= 5000);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(b.p[i], 'a' + i % 26);
    }
    buf_add(&b, "", 0);
    assert_true(buf_ok(&b));
    buf_char(&b, 'x');
    assert_false(buf_ok(&b));
    buf_free(&b);
}

static void fails_for_good(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_z(&b, "abc");
    buf_z(&b, "de"); /* does not fit: nothing of it is taken */
    buf_z(&b, "f");  /* would fit */
    assert_false(buf_ok(&b));
    assert_false(buf_drain(&b));
    assert_str(buf_view(&b), STR("abc"));
    buf_clear(&b);
    assert_true(buf_ok(&b));
    buf_z(&b, "wxyz");
    assert_str(buf_view(&b), STR("wxyz"));
    assert_true(buf_drain(&b)); /* no sink: nothing to do */
    assert_str(buf_view(&b), STR("wxyz"));
    buf_free(&b);
    buf_free(&b);
}

static void drains_when_full(void **state)
{
    struct receiver r = { .refuse_at = 0 };
    struct buf b;

    (void)state;
    buf_init(&b, 8);
    buf_sink(&b, receive, &r);
    buf_z(&b, "1234567");
    assert_int_equal(r.calls, 0);
    buf_z(&b, "8");
    assert_int_equal(r.calls, 1);
    buf_z(&b, "the quick brown fox jumps");
    assert_true(buf_drain(&b));
    assert_true(buf_drain(&b)); /* empty: the sink is not called */
    assert_true(buf_ok(&b));
    assert_str((struct str){ r.got, r.n }, STR("12345678the quick brown fox jumps"));
    assert_int_equal(r.largest, 8);
    assert_int_equal(r.calls, 5);
    assert_int_equal(b.drained, r.n);
    buf_free(&b);
}

static void a_refusal_is_final(void **state)
{
    struct receiver r = { .refuse_at = 2 };
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_sink(&b, receive, &r);
    buf_z(&b, "abcdefghijkl");
    assert_false(buf_ok(&b));
    buf_z(&b, "mnop");
    assert_false(buf_drain(&b));
    assert_int_equal(r.calls, 2);
    assert_int_equal(b.drained, 4);
    buf_free(&b);
}

static void numbers_and_formats(void **state)
{
    struct buf b;
    static const struct {
        int64_t v;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { 7, "7" },
        { -1, "-1" },
        { 1234567890, "1234567890" },
        { INT64_MAX, "9223372036854775807" },
        { INT64_MIN, "-9223372036854775808" },
    };

    (void)state;
    buf_init(&b, 100000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&b);
        buf_int(&b, cases[i].v);
        assert_str(buf_view(&b), str_of(cases[i].text));
    }
    buf_clear(&b);
    buf_str(&b, STR("a\0b"));
    buf_printf(&b, "<%s %d>", "x", 5);
    assert_str(buf_view(&b), STR("a\0b<x 5>"));
    for (int width = 254; width < 259; width++) { /* around the size of the small buffer */
        buf_clear(&b);
        buf_printf(&b, "%0*d", width, 3);
        assert_int_equal(buf_view(&b).n, width);
        assert_int_equal(b.p[width - 1], '3');
    }
    buf_clear(&b);
    buf_printf(&b, "%90000d", 1);
    assert_int_equal(buf_view(&b).n, 90000);
    buf_printf(&b, "%90000d", 1);
    assert_false(buf_ok(&b));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_its_maximum), cmocka_unit_test(fails_for_good),
        cmocka_unit_test(drains_when_full),     cmocka_unit_test(a_refusal_is_final),
        cmocka_unit_test(numbers_and_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
