/* The parts of the broker plugin that need no broker. */
#include "broker-agent/plugin/budget.h"
#include "broker-agent/plugin/clients.h"
#include "broker-agent/plugin/users.h"
#include "broker-agent/plugin/wills.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---------------------------------------------------------------- budget */

#define MS ((usec_t)1000)
#define START (100 * USEC_PER_SEC)

static struct budget with_publishes(int n)
{
    struct budget b;

    budget_init(&b, START);
    for (int i = 0; i < n; i++) {
        budget_publish(&b, START);
    }
    return b;
}

static void test_budget_levels(void **state)
{
    static const struct {
        int publishes, wait;
    } cases[] = { { 0, 3000 }, { 1, 1000 }, { 2, 1000 }, { 3, 250 },
                  { 6, 250 },  { 7, 40 },   { 5000, 40 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct budget b = with_publishes(cases[i].publishes);
        assert_int_equal(budget_wait(&b, START), cases[i].wait);
        /* Two seconds later it is quiet, and what was cut comes back with time. */
        int later = budget_wait(&b, START + 2 * USEC_PER_SEC);
        assert_true(later >= 400 - 40 && later <= 3000);
        assert_int_equal(budget_wait(&b, START + 30 * USEC_PER_SEC), 3000);
    }
}

/* Logins one after the other, each hashing for 300 ms, while nobody publishes. */
static void test_budget_quiet(void **state)
{
    struct budget b = with_publishes(0);
    usec_t now = START;
    int waited = 0;

    (void)state;
    for (int wait; (wait = budget_wait(&b, now)) >= 300; waited++) {
        now += 300 * MS;
        budget_spent(&b, now, 300 * MS, wait, false);
    }
    assert_in_range(waited, 10, 14);
    now += 1500 * MS; /* a fifth of it is earned */
    assert_true(budget_wait(&b, now) >= 300);
    /* Without traffic it always asks. */
    budget_spent(&b, now, 10 * USEC_PER_SEC, 1, true);
    assert_int_equal(budget_wait(&b, now), BUDGET_ASK);
    budget_spent(&b, now, USEC_PER_SEC, BUDGET_ASK, true);
    assert_int_equal(budget_wait(&b, now), BUDGET_ASK);
}

/* 60 s of a storm: requests without pause, each question takes 0.2 ms, and 50 publishes a second.
 */
static void test_budget_storm(void **state)
{
    struct budget b = with_publishes(50);
    usec_t now = START, blocked = 0, longest = 0;
    int asked = 0;

    (void)state;
    while (now < START + 60 * USEC_PER_SEC) {
        budget_publish(&b, now);
        usec_t in_a_row = 0;
        for (int i = 0; i < 500; i++) {
            int wait = budget_wait(&b, now);
            usec_t cost = wait > 0 ? wait * MS : wait == BUDGET_ASK ? 200 : 5;
            now += cost;
            in_a_row += cost;
            asked += wait == BUDGET_ASK ? 1 : 0;
            budget_spent(&b, now, cost, wait, true);
        }
        blocked += in_a_row;
        longest = in_a_row > longest ? in_a_row : longest;
        now += 20 * MS;
    }
    assert_true(longest < 80 * MS); /* the first round: one wait, and the questions */
    assert_true(blocked < 15 * USEC_PER_SEC);
    assert_true(asked > 20000); /* whoever is known already gets in */
}

/* ---------------------------------------------------------------- users */

static struct wire_msg grants(const char *name, const char *flags, const char *readable,
                              const char *commandable)
{
    return (struct wire_msg){ .kind = WIRE_GRANTS,
                              .n = 4,
                              .field = { str_of(name), str_of(flags), str_of(readable),
                                         str_of(commandable) } };
}

static void test_users(void **state)
{
    struct users u = { 0 };
    struct wire_msg m = grants("alice", "au", "x/1\ny/2\n", "bob");

    (void)state;
    assert_null(users_find(&u, STR("alice")));
    assert_null(users_update(&u, &m)); /* nobody asked for her */
    struct user *alice = users_need(&u, STR("alice"));
    assert_true(alice != NULL && !alice->known && !alice->grants.active);
    assert_ptr_equal(users_need(&u, STR("alice")), alice);
    assert_ptr_equal(users_update(&u, &m), alice);
    assert_true(alice->known && alice->grants.active && alice->grants.superuser);
    assert_int_equal(alice->grants.readable_count, 2);
    assert_true(str_eq(alice->grants.readable[1], STR("y/2")));
    assert_int_equal(alice->grants.commandable_count, 1);
    assert_true(str_eq(alice->grants.commandable[0], STR("bob")));
    m = grants("alice", "", "", "\n\nc\n\nd");
    (void)users_update(&u, &m);
    assert_true(!alice->grants.active && !alice->grants.superuser);
    assert_int_equal(alice->grants.readable_count, 0);
    assert_int_equal(alice->grants.commandable_count, 2);
    m.n = 3;
    assert_null(users_update(&u, &m));
    users_free(&u);
}

static void test_many_users(void **state)
{
    struct users u = { 0 };
    char name[24];

    (void)state;
    for (int i = 0; i < USERS_MAX; i++) {
        int n = snprintf(name, sizeof name, "user%d", i);
        assert_non_null(users_need(&u, (struct str){ name, (size_t)n }));
    }
    assert_null(users_need(&u, STR("one more")));
    assert_non_null(users_need(&u, STR("user77")));
    for (int i = 0; i < USERS_MAX; i++) {
        int n = snprintf(name, sizeof name, "user%d", i);
        assert_non_null(users_find(&u, (struct str){ name, (size_t)n }));
    }
    users_free(&u);
}

/* ---------------------------------------------------------------- clients */

static char cn[] = "cn", serial[] = "0x1";
static const struct certificate_of certificate = { cn, serial };

static const struct mosquitto *context(size_t i)
{
    return (const struct mosquitto *)(0x10000 + i * 512);
}

static void test_clients(void **state)
{
    struct clients c = { 0 };

    (void)state;
    assert_null(clients_find(&c, context(1)));
    clients_offline(&c, context(1));
    assert_non_null(clients_add(&c, context(1), STR("alice"), &certificate, 5));
    clients_offline(&c, context(1));
    clients_offline(&c, context(1));
    struct client *alice = clients_find(&c, context(1)); /* kept: a will may follow */
    assert_true(alice != NULL && !alice->online && alice->connected_at == 5);
    assert_string_equal(alice->certificate.cn, "cn");
    assert_string_equal(alice->certificate.serial, "0x1");
    struct client *bob = clients_add(&c, context(1), STR("bob"), NULL, 6);
    assert_ptr_equal(clients_find(&c, context(1)), bob);
    assert_true(bob->online && bob->certificate.cn == NULL && c.gone == 0 && c.table.n == 1);
    clients_free(&c);
}

static void add_serial(const struct client *client, void *ctx)
{
    strcat(ctx, client->certificate.serial != NULL ? client->certificate.serial : "-");
}

static void test_each_client(void **state)
{
    struct clients c = { 0 };
    char seen[32] = "";

    (void)state;
    clients_each(&c, add_serial, seen);
    assert_non_null(clients_add(&c, context(1), STR("alice"), &certificate, 5));
    assert_non_null(clients_add(&c, context(2), STR("bob"), NULL, 5));
    clients_offline(&c, context(2));
    clients_each(&c, add_serial, seen);
    assert_string_equal(seen, "0x1");
    clients_free(&c);
}

static void test_clients_are_bounded(void **state)
{
    struct clients c = { 0 };

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        assert_non_null(clients_add(&c, context(i), STR("stays"), NULL, 1));
    }
    for (size_t i = 100; i < 100000; i++) {
        assert_non_null(clients_add(&c, context(i), STR("goes"), &certificate, 1));
        clients_offline(&c, context(i));
        assert_true(c.table.n < 100 + 20002);
    }
    for (size_t i = 0; i < 100; i++) {
        assert_non_null(clients_find(&c, context(i)));
    }
    clients_free(&c);
}

/* ---------------------------------------------------------------- wills */

static void test_wills(void **state)
{
    static char large[65536];
    char topic[] = "owntracks/a/b";
    struct wills *w = wills_new();
    struct spool_record r = { .connected_at = 3,
                              .qos = 1,
                              .username = STR("a"),
                              .client_id = STR(""),
                              .address = STR("::1"),
                              .tls_cn = STR(""),
                              .topic = { topic, strlen(topic) },
                              .payload = { large, 65535 } };

    (void)state;
    assert_null(wills_take(w));
    wills_remember(w, context(1), &r);
    wills_forget(w, context(2)); /* another client's message */
    topic[0] = 'X';              /* the broker's memory is used for something else */
    const struct spool_record *will = wills_take(w);
    assert_true(will != NULL && will->will && will->qos == 1 && will->connected_at == 3);
    assert_true(str_eq(will->topic, STR("owntracks/a/b")) && will->payload.n == 65535);
    assert_null(wills_take(w)); /* once */
    wills_remember(w, context(1), &r);
    wills_forget(w, context(1));
    assert_null(wills_take(w));
    r.payload.n = 65536; /* no will is that long */
    wills_remember(w, context(1), &r);
    assert_null(wills_take(w));
    wills_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget_levels),
        cmocka_unit_test(test_budget_quiet),
        cmocka_unit_test(test_budget_storm),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_many_users),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_clients_are_bounded),
        cmocka_unit_test(test_each_client),
        cmocka_unit_test(test_wills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
