/* Time zones: every offset is the C library's, over a century, for zones of all kinds. */
#include "fixture.h"
#include "lib/zone.h"

#include <time.h>

/* Northern and southern summer, halves and quarters of hours, none at all, changes of the standard
   time, summer time that is the "standard" one (Dublin), rules with odd hours (Godthab, Jerusalem),
   no rule but a table (Casablanca). */
static const char *const names[] = {
    "UTC",
    "Europe/Vienna",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Pacific/Auckland",
    "Pacific/Apia",
    "America/Godthab",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "Etc/GMT+5",
    "America/Santiago",
};

static void test_as_the_c_library(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *z = zone_load(f->a, str_of(names[i]));
        assert_non_null(z);
        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        /* 9,001 s and every hour: no change is jumped over for long, and none is hit by chance
         * only. */
        for (int64_t sec = INT64_C(-315619200); sec < INT64_C(4102444800); sec += 9001) {
            time_t t = (time_t)sec;
            struct tm tm;
            assert_non_null(localtime_r(&t, &tm));
            if (zone_offset(z, sec) != tm.tm_gmtoff)
                fail_msg("%s at %lld: %lld instead of %ld", names[i], (long long)sec,
                         (long long)zone_offset(z, sec), tm.tm_gmtoff);
        }
    }
}

static void test_exactly_at_the_change(void **state)
{
    struct fixture *f = *state;
    const struct zone *z = zone_load(f->a, STR("Europe/Vienna"));
    /* 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC; and in 2090, by the rule at the file's end. */
    static const int64_t summer[] = { 1774746000, 3794173200 },
                         winter[] = { 1792890000, 3812922000 };

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(zone_offset(z, summer[i] - 1), 3600);
        assert_int_equal(zone_offset(z, summer[i]), 7200);
        assert_int_equal(zone_offset(z, winter[i] - 1), 7200);
        assert_int_equal(zone_offset(z, winter[i]), 3600);
    }
}

static void test_names_that_are_none(void **state)
{
    static const char *const bad[] = { "",
                                       "Europe",
                                       "Europe/Wien!",
                                       "../passwd",
                                       "Europe/../UTC",
                                       "/etc/passwd",
                                       "posixrules\n",
                                       "zone.tab",
                                       "Mars/Olympus",
                                       "Europe/Vienna\t",
                                       "tzdata.zi" };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (zone_load(f->a, str_of(bad[i])))
            fail_msg("\"%s\" is a zone", bad[i]);
    assert_null(zone_load(f->a, (struct str){ "UTC\0x", 5 }));
    assert_int_equal(zone_offset(NULL, 1), 0);
}

/* Cut anywhere, and with any byte changed: no crash (sanitizers), and never an offset beyond a day.
 */
static void test_broken_files(void **state)
{
    struct fixture *f = *state;
    char file[8192];
    FILE *in = fopen("/usr/share/zoneinfo/Europe/Vienna", "rb");

    assert_non_null(in);
    size_t n = fread(file, 1, sizeof file, in);
    fclose(in);
    assert_true(n > 500 && n < sizeof file);
    for (size_t cut = 0; cut < n; cut++) {
        const struct zone *z = zone_read(f->a, arena_dup(f->a, (struct str){ file, cut }));
        (void)zone_offset(z, 1772800000);
        arena_reset(f->a);
    }
    for (size_t at = 0; at < n; at++)
        for (int bit = 0; bit < 8; bit++) {
            struct str copy = arena_dup(f->a, (struct str){ file, n });
            char *p = arena_alloc(f->a, n);
            memcpy(p, copy.p, n);
            p[at] = (char)(p[at] ^ (1 << bit));
            const struct zone *z = zone_read(f->a, (struct str){ p, n });
            int64_t offset = zone_offset(z, 1772800000), late = zone_offset(z, 3794173200);
            assert_in_range(offset + 700000, 0, 1400000);
            assert_in_range(late + 700000, 0, 1400000);
            arena_reset(f->a);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_as_the_c_library),
        FIXTURE_TEST(test_exactly_at_the_change),
        FIXTURE_TEST(test_names_that_are_none),
        FIXTURE_TEST(test_broken_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
