/* The spool: what was acknowledged is read exactly once and in order, whatever happens to the
   writer or the disk. */
#include "broker-agent/crc32c.h"
#include "lib/backlog.h"
#include "spool_fixture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void test_crc(void **state)
{
    uint8_t bytes[300];

    (void)state;
    assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283); /* RFC 3720's check value */
    assert_int_equal(crc32c_portable(0, "123456789", 9), 0xE3069283);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + 3);
        assert_int_equal(crc32c(1, bytes, i), crc32c_portable(1, bytes, i));
        assert_int_equal(crc32c(crc32c(0, bytes, i / 2), bytes + i / 2, i - i / 2),
                         crc32c(0, bytes, i));
    }
}

static void test_round_trip(void **state)
{
    const size_t sizes[] = { 0, 1, 250, 300 * 1024, 16 * 1024 * 1024 };
    const int count = (int)(sizeof sizes / sizeof sizes[0]);
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    int got[8];

    (void)state;
    assert_non_null(w);
    for (int i = 0; i < count; i++) {
        assert_true(append(w, i, sizes[i]));
    }
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    expect_numbers(got, read_all(r, got, 8), 0, count);
    assert_true(append(w, count, 10)); /* and the reader goes on from there */
    expect_numbers(got, read_all(r, got, 8), count, 1);
    assert_int_equal(spool_reader_damaged(r), 0);
    spool_reader_close(r);
    spool_writer_close(w);
}

static void test_texts_with_any_byte(void **state)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_ALWAYS);
    struct str nasty = { "\0\n\xff\x1b", 4 };
    struct spool_record out, in = { .received_at = INT64_MIN,
                                    .connected_at = INT64_MAX,
                                    .qos = 2,
                                    .username = nasty,
                                    .client_id = STR(""),
                                    .address = nasty,
                                    .tls_cn = nasty,
                                    .topic = nasty,
                                    .payload = STR("") };
    uint64_t segment, offset;

    (void)state;
    assert_true(spool_append(w, &in));
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    assert_int_equal(spool_next(r, &out, &segment, &offset), SPOOL_RECORD);
    assert_int_equal(out.received_at, in.received_at);
    assert_int_equal(out.connected_at, in.connected_at);
    assert_true(str_eq(out.username, nasty) && str_eq(out.address, nasty));
    assert_true(str_eq(out.tls_cn, nasty) && str_eq(out.topic, nasty));
    assert_true(out.client_id.n == 0 && out.payload.n == 0);
    spool_reader_close(r);
    spool_writer_close(w);
}

static void test_too_large(void **state)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    int got[2];

    (void)state;
    errno = 0;
    assert_false(append(w, 0, sizeof filler));
    assert_int_equal(errno, EMSGSIZE);
    assert_true(append(w, 1, 10));
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    expect_numbers(got, read_all(r, got, 2), 1, 1);
    spool_reader_close(r);
    spool_writer_close(w);
}

static void test_one_writer(void **state)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);

    (void)state;
    assert_non_null(w);
    assert_null(spool_writer_open(dir, SPOOL_SYNC_NEVER));
    assert_int_equal(errno, EWOULDBLOCK);
    spool_writer_close(w);
    w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    assert_non_null(w);
    spool_writer_close(w);
    assert_null(spool_writer_open("/nonexistent/spool", SPOOL_SYNC_NEVER));
    assert_int_equal(errno, ENOENT);
}

/* Each open begins a segment; a full one is followed by another. */
static void test_segments(void **state)
{
    int got[16], n = 0;

    (void)state;
    for (int i = 0; i < 3; i++, n++) {
        struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_INTERVAL);
        assert_true(append(w, n, 100));
        spool_writer_close(w);
    }
    assert_int_equal(segments_now(), 3);
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    for (; n < 3 + 5; n++) { /* four of them fill a segment */
        assert_true(append(w, n, 15 * 1024 * 1024));
    }
    assert_int_equal(segments_now(), 5);
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    expect_numbers(got, read_all(r, got, 16), 0, n);
    spool_delete_before(r, newest());
    assert_int_equal(segments_now(), 1);
    assert_true(append(w, n, 10));
    expect_numbers(got, read_all(r, got, 16), n, 1);
    spool_reader_close(r);
    spool_writer_close(w);
}

/* A segment's number grows even when the clock is behind what is there. */
static void test_numbers_grow(void **state)
{
    const uint64_t future = (uint64_t)clock_now() * 2;
    int got[2];

    (void)state;
    put_file(future, (const uint8_t *)"", 0);
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    assert_true(newest() > future);
    assert_true(append(w, 0, 10));
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    expect_numbers(got, read_all(r, got, 2), 0, 1);
    spool_reader_close(r);
    spool_writer_close(w);
}

static void test_positions(void **state)
{
    uint64_t segment[6], offset[6];
    struct spool_record record;
    int got[8];

    (void)state;
    for (int i = 0; i < 6; i += 2) {
        struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
        assert_true(append(w, i, 50) && append(w, i + 1, 50));
        spool_writer_close(w);
    }
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(spool_next(r, &record, &segment[i], &offset[i]), SPOOL_RECORD);
    }
    spool_reader_close(r);
    for (int i = 0; i < 6; i++) {
        r = spool_reader_open(dir, segment[i], offset[i]);
        expect_numbers(got, read_all(r, got, 8), i + 1, 5 - i);
        spool_reader_close(r);
    }
    /* The segment of the position is gone: on with the next; nothing is after it: from the start.
     */
    r = spool_reader_open(dir, segment[0] + 1, 999);
    expect_numbers(got, read_all(r, got, 8), 2, 4);
    spool_reader_close(r);
    r = spool_reader_open(dir, segment[5] + 1, 999);
    expect_numbers(got, read_all(r, got, 8), 0, 6);
    spool_reader_close(r);
    /* A position behind the end of a file that a power cut made shorter. */
    r = spool_reader_open(dir, segment[1], offset[1] + 1000);
    expect_numbers(got, read_all(r, got, 8), 2, 4);
    spool_reader_close(r);
}

static void test_empty_folder(void **state)
{
    char below[128];
    int got[2];

    (void)state;
    (void)snprintf(below, sizeof below, "%s/new", dir);
    struct spool_reader *r = spool_reader_open(below, 0, 0);
    assert_non_null(r);
    assert_int_equal(read_all(r, got, 2), 0);
    struct spool_writer *w = spool_writer_open(below, SPOOL_SYNC_NEVER);
    assert_int_equal(read_all(r, got, 2), 0);
    assert_true(append(w, 7, 1));
    expect_numbers(got, read_all(r, got, 2), 7, 1);
    spool_reader_close(r);
    spool_writer_close(w);
    assert_null(spool_reader_open("/nonexistent/spool", 0, 0));
}

/* Disk full, by the file size limit: refused records leave nothing, later ones work. */
static void test_disk_full(void **state)
{
    struct rlimit before, low;
    int got[64], acked = 0, refused = 0;
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);

    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = before;
    low.rlim_cur = 10000; /* not a multiple of a record: the last write is a short one */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    while (acked < 5) {
        assert_true(append(w, acked, 1500));
        acked++;
    }
    for (; refused < 3; refused++) {
        assert_false(append(w, 1000 + refused, 9990));
    }
    low.rlim_cur = 0; /* not even a segment's head */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    for (; refused < 9; refused++) {
        assert_false(append(w, 1000 + refused, 10));
    }
    int files = segments_now();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(files <= 2); /* attempts do not leave files behind */
    for (; acked < 10; acked++) {
        assert_true(append(w, acked, 1500));
    }
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    expect_numbers(got, read_all(r, got, 64), 0, 10);
    assert_int_equal(spool_reader_damaged(r), 0);
    spool_reader_close(r);
    spool_writer_close(w);
    (void)signal(SIGXFSZ, SIG_DFL);
}

static void test_wait(void **state)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    int got[4], wake = eventfd(1, 0);

    (void)state;
    assert_int_equal(read_all(r, got, 4), 0);
    usec_t from = clock_mono();
    assert_true(append(w, 0, 10)); /* before the wait: it must not be missed */
    spool_wait(r, -1, 30000);
    expect_numbers(got, read_all(r, got, 4), 0, 1);
    spool_wait(r, wake, 30000);
    assert_true(clock_mono() - from < 20 * USEC_PER_SEC);
    spool_wait(r, -1, 0);
    close(wake);
    spool_reader_close(r);
    spool_writer_close(w);
}

/* ---------------------------------------------------------------- kill -9 */

/* Appends from `first` on until killed, telling each number once it is safe. */
static _Noreturn void writer_process(int pipe_fd, int first)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_INTERVAL);

    for (int i = first; w != NULL; i++) {
        size_t size = i % 7 == 0 ? 200 * 1024 : (size_t)(i % 600);
        if (!append(w, i, size) || write(pipe_fd, &i, sizeof i) != (ssize_t)sizeof i) {
            break;
        }
        spool_tick(w);
    }
    _exit(1);
}

static void test_kill_nine(void **state)
{
    const char *env = getenv("CRASH_ROUNDS");
    const int rounds = env != NULL ? (int)strtol(env, NULL, 10) : 200;
    static int got[1 << 20];
    static bool acked[1 << 20];
    int next = 0, acked_n = 0;

    (void)state;
    srand(7);
    for (int round = 0; round < rounds; round++) {
        int fds[2], i;
        assert_int_equal(pipe(fds), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fds[0]);
            writer_process(fds[1], next);
        }
        close(fds[1]);
        if (round % 2 == 1) { /* else it may not have got so far on a busy machine */
            struct pollfd told = { .fd = fds[0], .events = POLLIN };
            assert_int_equal(poll(&told, 1, 30000), 1);
        }
        usleep((useconds_t)(rand() % 6000)); /* the moment is the random input */
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        while (read(fds[0], &i, sizeof i) == (ssize_t)sizeof i) {
            assert_true(i < (1 << 20) - 2);
            acked[i] = true;
            acked_n++;
            next = i + 1;
        }
        close(fds[0]);
        next++; /* the one that may be written, not acknowledged, keeps its number */
    }
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    int n = read_all(r, got, 1 << 20), found = 0;
    for (int i = 0; i < n; i++) {
        assert_true(i == 0 || got[i] > got[i - 1]); /* in order, none twice */
        found += acked[got[i]] ? 1 : 0;
    }
    assert_int_equal(found, acked_n);
    assert_true(n - found <= rounds);
    assert_true(acked_n >= rounds / 2);
    assert_int_equal(spool_reader_damaged(r), 0);
    spool_reader_close(r);
    print_message("%d rounds, %d acknowledged, %d read\n", rounds, acked_n, n);
}

/* The same while somebody reads all the time and commits positions, as the agent does. */
static void test_tailing(void **state)
{
    enum { COUNT = 20000 };
    struct spool_record record;
    uint64_t segment = 0, offset = 0, s, o;
    int expected = 0;

    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
        for (int i = 0; i < COUNT; i++) {
            if (!append(w, i, (size_t)(i * 37 % 3000))) {
                _exit(1);
            }
        }
        spool_writer_close(w);
        _exit(0);
    }
    while (expected < COUNT) {
        struct spool_reader *r = spool_reader_open(dir, segment, offset);
        for (int i = 0; i < 700 && expected < COUNT; i++) {
            if (spool_next(r, &record, &s, &o) != SPOOL_RECORD) {
                spool_wait(r, -1, 1000);
                continue;
            }
            assert_int_equal(check_record(&record), expected++);
            segment = s;
            offset = o;
        }
        assert_int_equal(spool_reader_damaged(r), 0);
        spool_reader_close(r);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void expect_backlog(uint64_t segment, uint64_t offset, int64_t records, int64_t bytes)
{
    struct backlog b;

    assert_true(backlog_read(dir, segment, offset, 1000, &b));
    assert_int_equal(b.records, records);
    assert_int_equal(b.bytes, bytes);
    assert_false(b.more);
}

/* What waits, as the status page counts it: behind a position, over segments, with a torn end. */
static void test_backlog(void **state)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    struct spool_record record;
    struct backlog all, rest;
    uint64_t segment = 0, offset = 0;

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_true(append(w, i, 100));
    }
    spool_writer_close(w);
    w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    assert_true(append(w, 5, 3000));
    spool_writer_close(w);
    assert_true(backlog_read(dir, 0, 0, 1000, &all));
    assert_int_equal(all.records, 6);
    assert_true(backlog_read(dir, 0, 0, 4, &rest));
    assert_true(rest.records == 4 && rest.more && rest.bytes == all.bytes);

    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    for (int64_t left = 5; left >= 0; left--) {
        assert_int_equal(spool_next(r, &record, &segment, &offset), SPOOL_RECORD);
        assert_true(backlog_read(dir, segment, offset, 1000, &rest));
        assert_int_equal(rest.records, left);
        assert_true(rest.bytes < all.bytes);
    }
    expect_backlog(segment, offset, 0, 0);
    spool_reader_close(r);

    char name[256];
    path_of(name, segment);
    int fd = open(name, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(fd, "\xff\xff\xff\x7f torn", 9), 9);
    close(fd);
    expect_backlog(segment, offset, 0, 9);
    assert_false(backlog_read("/nowhere", 0, 0, 1, &rest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc), TEST(test_round_trip), TEST(test_texts_with_any_byte),
        TEST(test_too_large),       TEST(test_one_writer), TEST(test_segments),
        TEST(test_numbers_grow),    TEST(test_positions),  TEST(test_empty_folder),
        TEST(test_disk_full),       TEST(test_wait),       TEST(test_kill_nine),
        TEST(test_tailing),         TEST(test_backlog),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
