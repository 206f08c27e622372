/* What went wrong for phones: kept, counted, cut. */
#include "vectors.h"

#include "broker-agent/troubles.h"

static struct trouble_of of(const char *user, const char *topic)
{
    return (struct trouble_of){ .kind = "publish",
                                .why = "no",
                                .user = str_of(user),
                                .address = STR("192.0.2.1"),
                                .client_id = STR("c"),
                                .topic = str_of(topic) };
}

static size_t used(const struct troubles *t)
{
    size_t n = 0;

    for (size_t i = 0; i < TROUBLES_KEPT; i++) {
        n += t->row[i].at != 0;
    }
    return n;
}

static const struct trouble *find(const struct troubles *t, const char *user)
{
    for (size_t i = 0; i < TROUBLES_KEPT; i++) {
        if (t->row[i].at != 0 && strcmp(t->row[i].user, user) == 0) {
            return &t->row[i];
        }
    }
    return NULL;
}

static void test_the_same_again_is_counted(void **state)
{
    static struct troubles t;
    struct trouble_of a = of("emma", "x"), b = of("emma", "y");

    (void)state;
    troubles_add(&t, 100, &a);
    troubles_add(&t, 200, &a);
    troubles_add(&t, 300, &b);
    assert_int_equal(used(&t), 2);
    const struct trouble *found = find(&t, "emma");
    assert_true(found != NULL && found->at == 200 && found->times == 2);
}

static void test_the_oldest_goes(void **state)
{
    static struct troubles t;
    char name[16];

    (void)state;
    for (int i = 0; i < TROUBLES_KEPT; i++) {
        snprintf(name, sizeof name, "user%d", i);
        struct trouble_of one = of(name, "x");
        troubles_add(&t, 1000 + i, &one);
    }
    struct trouble_of first = of("user0", "x"), other = of("late", "x");
    troubles_add(&t, 5000, &first); /* no longer the oldest */
    troubles_add(&t, 5001, &other);
    assert_int_equal(used(&t), TROUBLES_KEPT);
    assert_non_null(find(&t, "user0"));
    assert_null(find(&t, "user1"));
    assert_non_null(find(&t, "late"));
}

static void test_texts_are_cut_between_characters(void **state)
{
    char out[6];

    (void)state;
    text_fit(out, sizeof out, STR("abcdefg"));
    assert_string_equal(out, "abcde");
    text_fit(out, sizeof out, STR("abcd\xC3\xBC"));
    assert_string_equal(out, "abcd");
    text_fit(out, sizeof out, STR("abc\xC3\xBC"));
    assert_string_equal(out, "abc\xC3\xBC");
    text_fit(out, sizeof out, STR("a\xFF"));
    assert_string_equal(out, "?");
    text_fit(out, sizeof out, STR_NULL);
    assert_string_equal(out, "");
}

static void test_as_json(void **state)
{
    static struct troubles t;
    struct trouble_of a = of("emma", "owntracks/bob/x");
    struct buf b;
    struct json j;

    (void)state;
    troubles_add(&t, INT64_C(1772800000) * USEC_PER_SEC, &a);
    buf_init(&b, 1024);
    json_init(&j, &b, JSON_COMPACT);
    json_object(&j);
    troubles_put(&j, STR("troubles"), &t);
    json_end(&j);
    assert_true(json_done(&j));
    assert_true(str_eqz(buf_view(&b),
                        "{\"troubles\":[{\"at\":\"2026-03-06T12:26:40Z\",\"kind\":\"publish\","
                        "\"why\":\"no\",\"times\":1,\"user\":\"emma\",\"address\":\"192.0.2.1\","
                        "\"client_id\":\"c\",\"topic\":\"owntracks/bob/x\"}]}"));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_again_is_counted),
        cmocka_unit_test(test_the_oldest_goes),
        cmocka_unit_test(test_texts_are_cut_between_characters),
        cmocka_unit_test(test_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
