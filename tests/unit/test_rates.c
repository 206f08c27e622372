/* Counts of the last minutes, and what Linux tells of a process. */
#include "broker-agent/rates.h"
#include "lib/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MINUTE (60 * USEC_PER_SEC)

static void expect(const struct rates *r, usec_t now, int steps, uint64_t n, uint64_t bytes)
{
    struct rate got = rates_last(r, now, steps);

    assert_int_equal(got.n, n);
    assert_int_equal(got.bytes, bytes);
}

static void old_ones_leave(void **state)
{
    static struct rates r;
    usec_t now = 5000 * MINUTE;

    (void)state;
    expect(&r, now, RATES_STEPS, 0, 0);
    rates_add(&r, now, 2, 100);
    rates_add(&r, now + 1, 1, 50);
    expect(&r, now, 1, 3, 150);
    rates_add(&r, now + 4 * MINUTE, 1, 7);
    expect(&r, now + 4 * MINUTE, 30, 4, 157);
    expect(&r, now + 6 * MINUTE, 30, 1, 7);
    expect(&r, now + 6 * MINUTE, RATES_STEPS, 4, 157);
    expect(&r, now + 60 * MINUTE, RATES_STEPS, 1, 7);
    expect(&r, now + 65 * MINUTE, RATES_STEPS, 0, 0);
    /* The slot of an hour ago is used again. */
    rates_add(&r, now + 60 * MINUTE, 10, 0);
    expect(&r, now + 60 * MINUTE, RATES_STEPS, 11, 7);
    assert_int_equal(r.total, 14);
}

static void as_json(void **state)
{
    static struct rates r;
    struct buf b;
    struct json j;

    (void)state;
    rates_add(&r, 10 * MINUTE, 3, 40);
    buf_init(&b, 1024);
    json_init(&j, &b, JSON_COMPACT);
    json_object(&j);
    rates_put(&j, STR("read"), &r, 20 * MINUTE);
    json_end(&j);
    assert_true(json_done(&j));
    assert_true(str_eqz(buf_view(&b),
                        "{\"read\":{\"total\":3,\"minutes_5\":{\"count\":0,\"bytes\":0},"
                        "\"minutes_60\":{\"count\":3,\"bytes\":40}}}"));
    buf_free(&b);
}

static void of_a_process(void **state)
{
    struct process_facts facts;
    pid_t child[8];
    int hold[2];

    (void)state;
    assert_true(process_facts(getpid(), &facts));
    assert_true(facts.rss > 100 * 1024 && facts.uptime >= 0 && facts.uptime < 3600);
    assert_false(process_facts(0, &facts));
    assert_int_equal(pipe(hold), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char c;
        close(hold[1]);
        _exit(read(hold[0], &c, 1) == 0 ? 0 : 1);
    }
    size_t n = process_children(getpid(), child, 8);
    assert_true(n == 0 || (n == 1 && child[0] == pid)); /* 0: a kernel that does not tell */
    assert_int_equal(process_children(getpid(), child, 0), 0);
    close(hold[0]);
    close(hold[1]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_false(process_facts(pid, &facts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_ones_leave),
        cmocka_unit_test(as_json),
        cmocka_unit_test(of_a_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
