/* The spool: what was acknowledged is read exactly once and in order, whatever happens to the
   writer, the disk or the file. */
#include "broker-agent/crc32c.h"
#include "broker-agent/spool.h"
#include "broker-agent/spool_format.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---------------------------------------------------------------- a folder for each test */

static char dir[64];

static void remove_all(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *e;
    char name[512];

    while (d != NULL && (e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (unlink(name) < 0) {
            remove_all(name);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    rmdir(path);
}

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_spool.XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int drop_dir(void **state)
{
    (void)state;
    remove_all(dir);
    return 0;
}

static void path_of(char out[256], uint64_t segment)
{
    char name[SPOOL_NAME];

    spool_name(name, segment);
    (void)snprintf(out, 256, "%s/%s", dir, name);
}

static void put_file(uint64_t segment, const uint8_t *p, size_t n)
{
    char path[256];
    path_of(path, segment);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

static size_t get_file(uint64_t segment, uint8_t *p, size_t max)
{
    char path[256];
    path_of(path, segment);
    int fd = open(path, O_RDONLY);

    assert_true(fd >= 0);
    ssize_t n = read(fd, p, max);
    assert_true(n >= 0 && (size_t)n < max);
    close(fd);
    return (size_t)n;
}

static uint64_t newest(void)
{
    uint64_t least, greatest;
    int fd = open(dir, O_RDONLY | O_DIRECTORY);

    assert_true(spool_segments(fd, 0, &least, &greatest));
    close(fd);
    return greatest;
}

static int segments_now(void)
{
    uint64_t at = 0, greatest;
    int n = 0, fd = open(dir, O_RDONLY | O_DIRECTORY);

    while (spool_segments(fd, at, &at, &greatest) && at != 0) {
        n++;
    }
    close(fd);
    return n;
}

/* ---------------------------------------------------------------- numbered records */

static char filler[SPOOL_RECORD_MAX];

/* Record i: its number as the topic, `size` bytes of payload that depend on it. */
static struct spool_record numbered(char topic[24], int i, size_t size)
{
    int n = snprintf(topic, 24, "owntracks/a/%d", i);

    memset(filler, 'a' + i % 26, size);
    return (struct spool_record){
        .received_at = 1000 + i,
        .connected_at = i,
        .retain = i % 2 == 1,
        .will = i % 5 == 4,
        .qos = (uint8_t)(i % 3),
        .username = STR("alice"),
        .client_id = STR("phone"),
        .address = STR("192.0.2.7"),
        .tls_cn = STR(""),
        .topic = { topic, (size_t)n },
        .payload = { filler, size },
    };
}

static bool append(struct spool_writer *w, int i, size_t size)
{
    char topic[24];
    struct spool_record r = numbered(topic, i, size);

    return spool_append(w, &r);
}

/* The number of a record, after checking all of it. */
static int check_record(const struct spool_record *r)
{
    char topic[24];
    int i = (int)(r->received_at - 1000);
    struct spool_record want = numbered(topic, i, r->payload.n);

    assert_true(str_eq(r->topic, want.topic) && str_eq(r->payload, want.payload));
    assert_true(str_eq(r->username, want.username) && str_eq(r->client_id, want.client_id));
    assert_true(str_eq(r->address, want.address) && str_eq(r->tls_cn, want.tls_cn));
    assert_int_equal(r->connected_at, i);
    assert_true(r->retain == want.retain && r->will == want.will && r->qos == want.qos);
    return i;
}

/* Reads to the end; the numbers into got. Returns how many. */
static int read_all(struct spool_reader *r, int *got, int max)
{
    struct spool_record record;
    uint64_t segment, offset;
    enum spool_rc rc;
    int n = 0;

    while ((rc = spool_next(r, &record, &segment, &offset)) == SPOOL_RECORD) {
        assert_true(n < max);
        got[n++] = check_record(&record);
    }
    assert_int_equal(rc, SPOOL_END);
    return n;
}

static void expect_numbers(const int *got, int n, int first, int count)
{
    assert_int_equal(n, count);
    for (int i = 0; i < n; i++) {
        assert_int_equal(got[i], first + i);
    }
}

/* ---------------------------------------------------------------- tests */

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

/* One segment of three records; boundary[i]: where record i ends (boundary[0]: the head's end). */
static size_t sample(uint8_t *bytes, size_t max, uint64_t boundary[4])
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    struct spool_record record;
    uint64_t segment = 0;

    boundary[0] = SPOOL_HEAD;
    for (int i = 0; i < 3; i++) {
        assert_true(append(w, i, 20 + 10 * (size_t)i));
        assert_int_equal(spool_next(r, &record, &segment, &boundary[i + 1]), SPOOL_RECORD);
    }
    spool_reader_close(r);
    spool_writer_close(w);
    size_t n = get_file(segment, bytes, max);
    char path[256];
    path_of(path, segment);
    unlink(path);
    return n;
}

/* Reads segments 1 (given) and 2 (record 9), returns the records of 1 in got. */
static int read_before_nine(const uint8_t *one, size_t n, const uint8_t *two, size_t two_n,
                            int *got, uint64_t *damaged)
{
    put_file(1, one, n);
    put_file(2, two, two_n);
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    int count = read_all(r, got, 8);
    *damaged = spool_reader_damaged(r);
    spool_reader_close(r);
    assert_true(count > 0);
    assert_int_equal(got[count - 1], 9);
    return count - 1;
}

static size_t segment_of_nine(uint8_t *bytes, size_t max)
{
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);

    assert_true(append(w, 9, 30));
    spool_writer_close(w);
    size_t n = get_file(newest(), bytes, max);
    char path[256];
    path_of(path, newest());
    unlink(path);
    return n;
}

static void test_torn_tail_everywhere(void **state)
{
    uint8_t one[1024], two[1024];
    uint64_t boundary[4], damaged;
    size_t n = sample(one, sizeof one, boundary), two_n = segment_of_nine(two, sizeof two);
    int got[8];

    (void)state;
    for (size_t cut = 0; cut <= n; cut++) {
        int whole = 0;
        while (whole < 3 && boundary[whole + 1] <= cut) {
            whole++;
        }
        expect_numbers(got, read_before_nine(one, cut, two, two_n, got, &damaged), 0, whole);
        assert_int_equal(damaged, 0);
    }
}

static void test_tail_in_progress(void **state)
{
    uint8_t one[1024];
    uint64_t boundary[4];
    size_t n = sample(one, sizeof one, boundary);
    int got[8];

    (void)state;
    for (size_t cut = 0; cut < n; cut++) {
        put_file(1, one, cut);
        struct spool_reader *r = spool_reader_open(dir, 0, 0);
        int before = read_all(r, got, 8);
        put_file(1, one, n);
        expect_numbers(got, before + read_all(r, got + before, 8 - before), 0, 3);
        spool_reader_close(r);
    }
}

static void test_bit_flips(void **state)
{
    uint8_t one[1024], two[1024];
    uint64_t boundary[4], damaged;
    size_t n = sample(one, sizeof one, boundary), two_n = segment_of_nine(two, sizeof two);
    int got[8];

    (void)state;
    for (size_t bit = 0; bit < n * 8; bit++) {
        int hit = -1; /* the record that holds it; none: the head, which is there twice */
        for (int i = 0; i < 3; i++) {
            if (bit / 8 >= boundary[i] && bit / 8 < boundary[i + 1]) {
                hit = i;
            }
        }
        one[bit / 8] ^= (uint8_t)(1 << bit % 8);
        int count = read_before_nine(one, n, two, two_n, got, &damaged);
        one[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(count, hit < 0 ? 3 : 2);
        for (int i = 0, want = 0; i < count; i++, want++) {
            want += want == hit ? 1 : 0;
            assert_int_equal(got[i], want);
        }
        /* The last one with a longer length looks like a torn tail. */
        assert_true(hit < 0 ? damaged == 0 : damaged == 1 || hit == 2);
    }
}

/* What was skipped is kept. */
static void test_damage_is_kept(void **state)
{
    uint8_t one[1024], two[1024], kept[1024];
    uint64_t boundary[4], damaged;
    size_t n = sample(one, sizeof one, boundary), two_n = segment_of_nine(two, sizeof two);
    char path[256];
    int got[8];

    (void)state;
    one[boundary[1] + 40] ^= 1;
    assert_int_equal(read_before_nine(one, n, two, two_n, got, &damaged), 2);
    assert_int_equal(damaged, 1);
    (void)snprintf(path, sizeof path, "%s/damaged/%016x-%" PRIx64, dir, 1, boundary[1]);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, kept, sizeof kept), boundary[2] - boundary[1]);
    assert_memory_equal(kept, one + boundary[1], boundary[2] - boundary[1]);
    close(fd);
}

/* Both copies of the salt gone: the whole segment is damaged, the next one is read. */
static void test_damaged_head(void **state)
{
    uint8_t one[1024], two[1024];
    uint64_t boundary[4], damaged;
    size_t n = sample(one, sizeof one, boundary), two_n = segment_of_nine(two, sizeof two);
    int got[8];

    (void)state;
    one[5] ^= 1;
    one[21] ^= 1;
    assert_int_equal(read_before_nine(one, n, two, two_n, got, &damaged), 0);
    assert_int_equal(damaged, 1);
}

/* A wrong length in the newest segment would otherwise stop the reader until the next restart. */
static void test_stuck_in_newest(void **state)
{
    uint8_t one[1024];
    uint64_t boundary[4];
    size_t n = sample(one, sizeof one, boundary);
    int got[8], count = 0;

    (void)state;
    one[boundary[1] + 2] ^= 1; /* 64 KiB more */
    put_file(1, one, n);
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    for (usec_t until = clock_mono() + 10 * USEC_PER_SEC; count < 2 && clock_mono() < until;) {
        count += read_all(r, got + count, 8 - count);
        spool_wait(r, -1, 50);
    }
    assert_int_equal(count, 2);
    assert_int_equal(got[0], 0);
    assert_int_equal(got[1], 2);
    assert_int_equal(spool_reader_damaged(r), 1);
    spool_reader_close(r);
}

/* A payload that holds a perfect record of another segment is never taken for one. */
static void test_record_in_payload(void **state)
{
    uint8_t inner[1024], outer[2048];
    uint64_t boundary[4];
    size_t n = sample(inner, sizeof inner, boundary);
    struct spool_record record = { .received_at = 1,
                                   .topic = STR("owntracks/mallory/x"),
                                   .payload = { (const char *)inner, n } };
    struct spool_writer *w = spool_writer_open(dir, SPOOL_SYNC_NEVER);
    int got[8];

    (void)state;
    assert_true(spool_append(w, &record));
    spool_writer_close(w);
    size_t outer_n = get_file(newest(), outer, sizeof outer);
    char path[256];
    path_of(path, newest());
    unlink(path);
    w = spool_writer_open(dir, SPOOL_SYNC_NEVER); /* a later segment */
    for (size_t cut = outer_n; cut > outer_n - 10; cut--) {
        const uint8_t flip = cut == outer_n ? 1 : 0; /* damaged, then torn */
        outer[SPOOL_HEAD] ^= flip;
        put_file(1, outer, cut);
        outer[SPOOL_HEAD] ^= flip;
        struct spool_reader *r = spool_reader_open(dir, 0, 0);
        assert_int_equal(read_all(r, got, 8), 0);
        spool_reader_close(r);
    }
    spool_writer_close(w);
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
    assert_true(acked_n > rounds);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, drop_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc),     TEST(test_round_trip),
        TEST(test_texts_with_any_byte), TEST(test_too_large),
        TEST(test_one_writer),          TEST(test_segments),
        TEST(test_numbers_grow),        TEST(test_positions),
        TEST(test_empty_folder),        TEST(test_torn_tail_everywhere),
        TEST(test_tail_in_progress),    TEST(test_bit_flips),
        TEST(test_damage_is_kept),      TEST(test_damaged_head),
        TEST(test_stuck_in_newest),     TEST(test_record_in_payload),
        TEST(test_disk_full),           TEST(test_wait),
        TEST(test_kill_nine),           TEST(test_tailing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
