/* The verifier: cache, coalescing, results kept for those who have left, penalties. With real
   hashes of few rounds. */
#include "broker-agent/agent.h"
#include "broker-agent/verify.h"
#include "lib/password.h"

#include <cmocka.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#define ROUNDS 2000

static sem_t finished; /* the pool calls server_wake for each finished job */
static int answers;
static enum verdict last;
static int64_t last_id;

void server_wake(void)
{
    sem_post(&finished);
}

static void done(void *waiter, enum verdict verdict, const struct user *user)
{
    (*(int *)waiter)++;
    answers++;
    last = verdict;
    last_id = user != NULL ? user->id : 0;
}

struct fixture {
    struct arena *arena;
    struct verifier *v;
    struct user alice;
};

static int set_up(void **state)
{
    static struct fixture f;

    sem_init(&finished, 0, 0);
    answers = 0;
    f.arena = arena_new(1024 * 1024);
    f.v = verifier_new(ROUNDS, 1);
    f.alice = (struct user){ .id = 7, .username = STR("alice"), .is_active = true };
    f.alice.password = password_hash(f.arena, STR("right horse"), ROUNDS);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    verifier_free(f->v);
    arena_free(f->arena);
    sem_destroy(&finished);
    return 0;
}

static int asked[8]; /* answers per waiter */

static void ask(struct fixture *f, const char *password, int wait_ms, int waiter)
{
    struct verify_request r = { .address = STR("192.0.2.1"),
                                .username = STR("alice"),
                                .password = str_of(password),
                                .user = &f->alice,
                                .wait_ms = wait_ms,
                                .waiter = &asked[waiter] };

    asked[waiter] = 0;
    verifier_ask(f->v, &r, done);
}

static void collect(struct fixture *f)
{
    sem_wait(&finished);
    verifier_collect(f->v, done);
}

static void test_right_and_wrong(void **state)
{
    struct fixture *f = *state;

    ask(f, "right horse", 5000, 0);
    assert_int_equal(answers, 0);
    collect(f);
    assert_int_equal(asked[0], 1);
    assert_int_equal(last, VERDICT_OK);
    assert_int_equal(last_id, 7);
    ask(f, "wrong horse", 5000, 1);
    collect(f);
    assert_int_equal(last, VERDICT_NO);
    assert_int_equal(last_id, 0);
    /* Both are answered from the cache now. */
    ask(f, "right horse", 0, 2);
    assert_int_equal(last, VERDICT_OK);
    ask(f, "wrong horse", 0, 3);
    assert_int_equal(last, VERDICT_NO);
    assert_int_equal(answers, 4);
}

static void test_kept_for_the_next_attempt(void **state)
{
    struct fixture *f = *state;

    ask(f, "right horse", 0, 0); /* cannot wait at all */
    if (asked[0] == 0) {
        verifier_collect(f->v, done); /* its wait is over */
    }
    assert_int_equal(asked[0], 1);
    assert_true(last == VERDICT_BUSY || last == VERDICT_OK);
    if (last == VERDICT_BUSY) {
        collect(f); /* nobody waits, the result is kept */
    }
    ask(f, "right horse", 0, 1);
    assert_int_equal(asked[1], 1);
    assert_int_equal(last, VERDICT_OK);
}

static void test_equal_requests_are_one_job(void **state)
{
    struct fixture *f = *state;
    int jobs = 0;

    for (int i = 0; i < 8; i++) {
        ask(f, "right horse", 60000, i);
    }
    collect(f);
    jobs++;
    while (sem_trywait(&finished) == 0) {
        jobs++;
    }
    verifier_collect(f->v, done);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(asked[i], 1);
    }
    assert_int_equal(jobs, 1);
}

static void test_new_password_is_not_cached(void **state)
{
    struct fixture *f = *state;

    ask(f, "right horse", 5000, 0);
    collect(f);
    assert_int_equal(last, VERDICT_OK);
    f->alice.password = password_hash(f->arena, STR("another horse"), ROUNDS);
    ask(f, "right horse", 5000, 1);
    assert_int_equal(asked[1], 0);
    collect(f);
    assert_int_equal(last, VERDICT_NO);
}

static void test_inactive_and_unknown(void **state)
{
    struct fixture *f = *state;
    struct verify_request unknown = { .address = STR("192.0.2.1"),
                                      .username = STR("nobody"),
                                      .password = STR("right horse"),
                                      .wait_ms = 5000,
                                      .waiter = &asked[1] };

    f->alice.is_active = false;
    ask(f, "right horse", 5000, 0);
    assert_int_equal(asked[0], 0); /* a hash is computed all the same */
    collect(f);
    assert_int_equal(last, VERDICT_NO);
    asked[1] = 0;
    verifier_ask(f->v, &unknown, done);
    assert_int_equal(asked[1], 0);
    collect(f);
    assert_int_equal(last, VERDICT_NO);
}

static void test_penalty(void **state)
{
    struct fixture *f = *state;

    ask(f, "wrong horse", 5000, 0);
    collect(f);
    for (int i = 0; i < 20 && last == VERDICT_NO; i++) {
        ask(f, "wrong horse", 0, 1);
    }
    assert_int_equal(last, VERDICT_BUSY);
    ask(f, "right horse", 0, 2); /* also the right one, from this address, for a while */
    assert_int_equal(last, VERDICT_BUSY);
    struct verify_request elsewhere = { .address = STR("198.51.100.9"),
                                        .username = STR("alice"),
                                        .password = STR("right horse"),
                                        .user = &f->alice,
                                        .wait_ms = 5000,
                                        .waiter = &asked[3] };
    verifier_ask(f->v, &elsewhere, done);
    collect(f);
    assert_int_equal(last, VERDICT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_right_and_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kept_for_the_next_attempt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_equal_requests_are_one_job, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_password_is_not_cached, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_inactive_and_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_penalty, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
