/* Torn, flipped and forged bytes in the spool: everything else is still read, nothing altered is.
 */
#include "spool_fixture.h"

#include <inttypes.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_torn_tail_everywhere), TEST(test_tail_in_progress), TEST(test_bit_flips),
        TEST(test_damage_is_kept),       TEST(test_damaged_head),     TEST(test_stuck_in_newest),
        TEST(test_record_in_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
