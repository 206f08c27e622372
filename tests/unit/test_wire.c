/* Messages between our processes, and the client side of the agent's socket. */
#include "lib/clock.h"
#include "lib/wire.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static uint8_t packet[WIRE_MAX + 16];

/* ---------------------------------------------------------------- packing */

static void test_round_trip(void **state)
{
    struct wire_msg out,
        in = { .kind = WIRE_VERIFY,
               .id = 0xfedcba98,
               .n = 5,
               .field = { STR("mqtt"), STR(""), { "a\0b", 3 }, STR_NULL, STR("0") } };
    size_t n = wire_pack(packet, sizeof packet, &in);

    (void)state;
    assert_int_equal(n, 5 + 5 * 4 + 4 + 3 + 1);
    assert_true(wire_unpack(packet, n, &out));
    assert_true(out.kind == WIRE_VERIFY && out.id == 0xfedcba98 && out.n == 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(str_eq(in.field[i], out.field[i]) && !str_is_null(out.field[i]));
    }
    assert_true(str_is_null(out.field[5]));
    struct wire_msg empty = { .kind = WIRE_HEALTH };
    n = wire_pack(packet, sizeof packet, &empty);
    assert_int_equal(n, 5);
    assert_true(wire_unpack(packet, n, &out) && out.n == 0);
}

static void test_sizes(void **state)
{
    static char large[WIRE_MAX];
    struct wire_msg out, m = { .kind = WIRE_PUBLISH, .n = 1, .field = { { large, WIRE_MAX - 9 } } };

    (void)state;
    assert_int_equal(wire_pack(packet, sizeof packet, &m), WIRE_MAX);
    assert_true(wire_unpack(packet, WIRE_MAX, &out) && out.field[0].n == WIRE_MAX - 9);
    assert_false(wire_unpack(packet, WIRE_MAX + 1, &out));
    m.field[0].n++;
    assert_int_equal(wire_pack(packet, sizeof packet, &m), 0);
    m.field[0].n = 10;
    assert_int_equal(wire_pack(packet, 18, &m), 0);
    assert_int_equal(wire_pack(packet, 19, &m), 19);
    assert_int_equal(wire_pack(packet, 4, &m), 0);
    m.n = WIRE_FIELDS + 1;
    assert_int_equal(wire_pack(packet, sizeof packet, &m), 0);
}

static void test_nonsense(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } cases[] = {
        { "", 0 },
        { "\1\0\0\0", 4 },
        { "\0\0\0\0\0", 5 },                    /* no such kind */
        { "\x0c\0\0\0\0", 5 },                  /* no such kind */
        { "\1\0\0\0\0\1", 6 },                  /* half a length */
        { "\1\0\0\0\0\1\0\0\0", 9 },            /* a field behind the end */
        { "\1\0\0\0\0\xff\xff\xff\xff", 9 },    /* and far behind it */
        { "\1\0\0\0\0\2\0\0\0xy\1\0\0\0", 15 }, /* the second one */
        { "\1\0\0\0\0"                          /* nine fields */
          "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
          41 },
    };
    struct wire_msg out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(packet, cases[i].bytes, cases[i].n);
        assert_false(wire_unpack(packet, cases[i].n, &out));
    }
    srand(1);
    for (int round = 0; round < 100000; round++) {
        size_t n = (size_t)(rand() % 60);
        uint8_t *p = malloc(n + 1); /* exact, so that ASan sees a read behind it */
        for (size_t i = 0; i < n; i++) {
            p[i] = (uint8_t)(rand() % (i < 1 ? 10 : 6));
        }
        if (wire_unpack(p, n, &out)) {
            for (size_t i = 0; i < out.n; i++) {
                assert_true((const uint8_t *)out.field[i].p + out.field[i].n <= p + n);
            }
        }
        free(p);
    }
}

/* ---------------------------------------------------------------- an agent with a script */

static char dir[64], path[96];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_wire.XXXXXX");
    if (mkdtemp(dir) == NULL) {
        return 1;
    }
    (void)snprintf(path, sizeof path, "%s/agent.sock", dir);
    return 0;
}

static int drop_dir(void **state)
{
    (void)state;
    unlink(path);
    rmdir(dir);
    return 0;
}

static int bound(int type)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    memcpy(sa.sun_path, path, strlen(path));
    unlink(path);
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    return fd;
}

static void send_msg(int fd, const struct wire_msg *m)
{
    static _Thread_local uint8_t out[WIRE_MAX];
    size_t n = wire_pack(out, sizeof out, m);

    (void)!send(fd, out, n, MSG_NOSIGNAL);
}

static void answer(int fd, const struct wire_msg *m)
{
    struct wire_msg push = { .kind = WIRE_GRANTS, .n = 1, .field = { STR("pushed") } };
    struct wire_msg late = { .kind = WIRE_DONE, .id = m->id - 1, .n = 1, .field = { STR("late") } };
    struct wire_msg done = { .kind = WIRE_DONE, .id = m->id, .n = 1, .field = { STR("ok") } };

    if (m->kind == WIRE_VERIFY) {
        done.kind = WIRE_VERDICT;
        done.n = 3;
        done.field[0] = str_eq(m->field[3], STR("right")) ? STR("1") : m->field[3];
        done.field[1] = STR("42");
        done.field[2] = STR("su");
    } else if (m->kind == WIRE_PUBLISH) {
        send_msg(fd, &push); /* before the answer, with strangers between */
        send_msg(fd, &late);
        push.kind = WIRE_KICK;
        push.id = m->id;
        send_msg(fd, &push);
    }
    send_msg(fd, &done);
}

/* Serves one connection after the other until the listener is shut down. WIRE_WATCH "close": ends
   the connection; "nonsense": sends some; "silent": says nothing. */
struct running {
    int listener;
    atomic_int connection; /* -1: none */
    pthread_t thread;
};

static void *agent(void *arg)
{
    struct running *r = arg;
    int fd;
    static uint8_t in[WIRE_MAX];
    struct wire_msg m;

    while ((fd = accept(r->listener, NULL, NULL)) >= 0) {
        atomic_store(&r->connection, fd);
        ssize_t n;
        while ((n = recv(fd, in, sizeof in, 0)) > 0) {
            assert_true(wire_unpack(in, (size_t)n, &m));
            if (m.kind != WIRE_WATCH) {
                answer(fd, &m);
            } else if (str_eq(m.field[0], STR("nonsense"))) {
                (void)!send(fd, "\xff", 1, MSG_NOSIGNAL);
            } else if (str_eq(m.field[0], STR("close"))) {
                break;
            }
        }
        atomic_store(&r->connection, -1);
        close(fd);
    }
    return NULL;
}

static void agent_start(struct running *r)
{
    r->listener = bound(SOCK_SEQPACKET);
    assert_int_equal(listen(r->listener, 8), 0);
    atomic_init(&r->connection, -1);
    assert_int_equal(pthread_create(&r->thread, NULL, agent, r), 0);
}

static void agent_stop(struct running *r)
{
    shutdown(r->listener, SHUT_RDWR);
    int fd = atomic_load(&r->connection);
    if (fd >= 0) {
        shutdown(fd, SHUT_RDWR);
    }
    pthread_join(r->thread, NULL);
    close(r->listener);
    unlink(path);
}

static bool call(struct link *l, enum wire_kind kind, const char *text, struct wire_msg *out)
{
    struct wire_msg m = { .kind = kind, .n = 1, .field = { str_of(text) } };

    return link_call(l, &m, out, kind == WIRE_WATCH ? 50 : 5000);
}

/* ---------------------------------------------------------------- the link */

static void test_calls(void **state)
{
    struct running r;
    struct wire_msg m;
    unsigned generation;
    struct link *l = link_new(path);

    (void)state;
    assert_false(link_connected(l, &generation));
    assert_false(call(l, WIRE_HEALTH, "x", &m)); /* nobody listens: at once */
    assert_false(link_poll(l, &m));
    agent_start(&r);
    for (int i = 0; i < 100; i++) {
        assert_true(call(l, WIRE_HEALTH, "x", &m));
        assert_true(m.kind == WIRE_DONE && str_eq(m.field[0], STR("ok")));
    }
    assert_true(link_connected(l, &generation) && generation == 1);
    assert_false(link_poll(l, &m));
    link_free(l);
    agent_stop(&r);
}

/* What comes by itself is not lost while an answer is awaited, and keeps its order. */
static void test_pushed(void **state)
{
    struct running r;
    struct wire_msg m;
    struct link *l = link_new(path);

    (void)state;
    agent_start(&r);
    for (int round = 0; round < 3; round++) {
        assert_true(call(l, WIRE_PUBLISH, "x", &m));
        assert_true(m.kind == WIRE_DONE && str_eq(m.field[0], STR("ok")));
    }
    for (int round = 0; round < 3; round++) {
        assert_true(link_poll(l, &m) && m.kind == WIRE_GRANTS);
        assert_true(str_eq(m.field[0], STR("pushed")));
        assert_true(link_poll(l, &m) && m.kind == WIRE_KICK);
    }
    assert_false(link_poll(l, &m));
    link_free(l);
    agent_stop(&r);
}

/* An agent that ends, hangs or talks nonsense: the call fails within its time, the next works. */
static void test_failures(void **state)
{
    static const char *const troubles[] = { "close", "nonsense", "silent" };
    struct running r;
    struct wire_msg m;
    unsigned generation;
    struct link *l = link_new(path);

    (void)state;
    agent_start(&r);
    for (unsigned i = 0; i < 3; i++) {
        usec_t from = clock_mono();
        assert_false(call(l, WIRE_WATCH, troubles[i], &m));
        assert_true(clock_mono() - from < 3 * USEC_PER_SEC);
        assert_true(call(l, WIRE_HEALTH, "x", &m));
        assert_true(link_connected(l, &generation) && generation == i + 2);
    }
    agent_stop(&r);
    assert_false(call(l, WIRE_HEALTH, "x", &m));
    agent_start(&r); /* restarted */
    assert_true(call(l, WIRE_HEALTH, "x", &m));
    struct wire_msg watch = { .kind = WIRE_WATCH, .n = 1, .field = { STR("silent") } };
    assert_true(link_send(l, &watch));
    link_free(l);
    agent_stop(&r);
}

/* A peer that does not read: sending ends, it does not block. */
static void test_full_socket(void **state)
{
    static char large[60000];
    int listener = bound(SOCK_SEQPACKET), sent = 0;
    struct link *l = link_new(path);
    struct wire_msg m = { .kind = WIRE_PUBLISH, .n = 1, .field = { { large, sizeof large } } };

    (void)state;
    assert_int_equal(listen(listener, 1), 0);
    while (link_send(l, &m)) {
        sent++;
        assert_true(sent < 10000);
    }
    assert_true(sent > 0);
    link_free(l);
    close(listener);
}

static void test_verify(void **state)
{
    static const struct {
        const char *password; /* the agent's verdict, but for "right" */
        enum verdict verdict;
    } cases[] = {
        { "right", VERDICT_OK }, { "0", VERDICT_NO },   { "1", VERDICT_OK },
        { "2", VERDICT_BUSY },   { "3", VERDICT_DOWN }, { "-1", VERDICT_DOWN },
        { "", VERDICT_DOWN },    { "x", VERDICT_DOWN },
    };
    struct running r;
    struct link *l = link_new(path);

    (void)state;
    struct verified v = link_verify(l, STR("form"), STR("::1"), STR("u"), STR("right"), 1000);
    assert_int_equal(v.verdict, VERDICT_DOWN);
    agent_start(&r);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        v = link_verify(l, STR("form"), STR("::1"), STR("u"), str_of(cases[i].password), 1000);
        assert_int_equal(v.verdict, cases[i].verdict);
        if (v.verdict == VERDICT_OK) {
            assert_true(v.user_id == 42 && v.is_staff && v.is_superuser);
        }
    }
    link_free(l);
    agent_stop(&r);
}

static void test_wake(void **state)
{
    int fd = bound(SOCK_DGRAM);
    char byte;

    (void)state;
    wake_agent(path, false);
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
    wake_agent(path, true);
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 1);
    for (int i = 0; i < 1000; i++) {
        wake_agent(path, false); /* full: never blocks */
    }
    close(fd);
    unlink(path);
    wake_agent(path, false);
    char long_path[300];
    memset(long_path, 'x', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    wake_agent(long_path, false);
    assert_null(link_new(long_path));
    link_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, drop_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_nonsense),
        TEST(test_calls),
        TEST(test_pushed),
        TEST(test_failures),
        TEST(test_full_socket),
        TEST(test_verify),
        TEST(test_wake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
