/* The live hub: who gets a frame, in what order, and what a slow reader costs. */
#include "broker-agent/hub.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int touched;

static void touch(struct hub_socket *s)
{
    (void)s;
    touched++;
}

static void publish(struct hub *h, const char *text, const int64_t *users, size_t n)
{
    struct frame *f = frame_new(str_of(text));

    touched = 0;
    assert_non_null(f);
    hub_publish(h, f, true, users, n, touch);
    frame_release(f);
}

static void expect(struct hub_socket *s, const char *text)
{
    struct frame *f = hub_take(s);

    if (text == NULL) {
        assert_null(f);
        return;
    }
    assert_non_null(f);
    assert_int_equal(f->n, strlen(text));
    assert_memory_equal(f->data + HUB_HEAD, text, f->n);
    frame_release(f);
}

static void test_audience(void **state)
{
    struct hub h = { 0 };
    static struct hub_socket owner = { .user_id = 2 }, friend = { .user_id = 3 };
    static struct hub_socket staff = { .user_id = 1, .is_staff = true }, anonymous, other;
    const int64_t users[] = { 2, 3 };

    (void)state;
    other.user_id = 9;
    hub_add(&h, &owner);
    hub_add(&h, &friend);
    hub_add(&h, &staff);
    hub_add(&h, &anonymous);
    hub_add(&h, &other);
    publish(&h, "one", users, 2);
    assert_int_equal(touched, 3);
    publish(&h, "two", NULL, 0);
    assert_int_equal(touched, 1);
    expect(&owner, "one");
    expect(&owner, NULL);
    expect(&friend, "one");
    expect(&staff, "one");
    expect(&staff, "two");
    expect(&anonymous, NULL);
    expect(&other, NULL);
    hub_remove(&h, &staff);
    hub_remove(&h, &owner);
    assert_int_equal(h.count, 3);
    publish(&h, "three", users, 2);
    assert_int_equal(touched, 1);
    expect(&friend, "three");
}

static void test_slow_reader(void **state)
{
    struct hub h = { 0 };
    static struct hub_socket slow = { .user_id = 2 }, quick = { .user_id = 2 };
    const int64_t users[] = { 2 };
    char text[16];

    (void)state;
    hub_add(&h, &slow);
    hub_add(&h, &quick);
    for (int i = 0; i < HUB_QUEUE + 10; i++) {
        snprintf(text, sizeof text, "%d", i);
        publish(&h, text, users, 1);
        expect(&quick, text);
    }
    assert_true(slow.drop);
    assert_false(quick.drop);
    expect(&slow, "0"); /* what it had stays in order until it is closed */
    expect(&slow, "1");
    hub_remove(&h, &slow); /* releases the rest: the sanitizer build would tell */
    hub_remove(&h, &quick);
    assert_int_equal(h.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audience),
        cmocka_unit_test(test_slow_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
