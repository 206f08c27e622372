/* Times in the forms of Django, DRF and HTTP; Python's fromisoformat; Django's reading of columns.
 */
#include "lib/clock.h"
#include "vectors.h"

#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LAST_USEC (CLOCK_MAX_SEC * USEC_PER_SEC + 999999)

static void writing(void **state)
{
    static const struct {
        usec_t t;
        const char *db, *http;
    } cases[] = {
        { 0, "1970-01-01 00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { 1, "1970-01-01 00:00:00.000001", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { -1, "1969-12-31 23:59:59.999999", "Wed, 31 Dec 1969 23:59:59 GMT" },
        { INT64_C(1772433009782578), "2026-03-02 06:30:09.782578",
          "Mon, 02 Mar 2026 06:30:09 GMT" },
        { INT64_C(1772433009100000), "2026-03-02 06:30:09.100000",
          "Mon, 02 Mar 2026 06:30:09 GMT" },
        { INT64_C(1709210096000000), "2024-02-29 12:34:56", "Thu, 29 Feb 2024 12:34:56 GMT" },
        { INT64_C(951868800000000), "2000-03-01 00:00:00", "Wed, 01 Mar 2000 00:00:00 GMT" },
        { INT64_C(-2203891200000000), "1900-03-01 00:00:00", "Thu, 01 Mar 1900 00:00:00 GMT" },
        { CLOCK_MIN_SEC * USEC_PER_SEC, "0001-01-01 00:00:00", "Mon, 01 Jan 0001 00:00:00 GMT" },
        { LAST_USEC, "9999-12-31 23:59:59.999999", "Fri, 31 Dec 9999 23:59:59 GMT" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[CLOCK_TEXT], want[64];
        usec_t back;

        assert_int_equal(clock_db(cases[i].t, out), strlen(cases[i].db));
        assert_string_equal(out, cases[i].db);
        assert_true(clock_from_db(str_of(out), &back));
        assert_int_equal(back, cases[i].t);
        snprintf(want, sizeof want, "%.10sT%sZ", cases[i].db, cases[i].db + 11);
        assert_int_equal(clock_iso_z(cases[i].t, out), strlen(want));
        assert_string_equal(out, want);
        snprintf(want, sizeof want, "%.10sT%s+00:00", cases[i].db, cases[i].db + 11);
        assert_int_equal(clock_iso_offset(cases[i].t, out), strlen(want));
        assert_string_equal(out, want);
        assert_true(clock_from_iso(str_of(out), &back));
        assert_int_equal(back, cases[i].t);
        assert_int_equal(clock_http(cases[i].t, out), strlen(cases[i].http));
        assert_string_equal(out, cases[i].http);
    }
}

/* Against the C library, a time in every week of the calendar, both ways. */
static void whole_calendar(void **state)
{
    (void)state;
    for (int64_t sec = CLOCK_MIN_SEC; sec <= CLOCK_MAX_SEC; sec += 7 * 86400 - 3607) {
        char out[CLOCK_TEXT], want[64];
        time_t t = (time_t)sec;
        struct tm tm;
        usec_t back;

        assert_non_null(gmtime_r(&t, &tm));
        snprintf(want, sizeof want, "%04d-%02d-%02d %02d:%02d:%02d.000007", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        clock_db(sec * USEC_PER_SEC + 7, out);
        assert_string_equal(out, want);
        assert_true(clock_from_db(str_of(out), &back));
        assert_int_equal(back, sec * USEC_PER_SEC + 7);
        strftime(want, sizeof want, "%G-W%V-%u", &tm); /* year not padded before 1000 */
        if (tm.tm_year + 1900 > 1000 && tm.tm_year + 1900 < 9999) {
            assert_true(clock_from_iso(str_of(want), &back));
            assert_int_equal(clock_sec(back), sec - (sec - CLOCK_MIN_SEC) % 86400);
        }
    }
}

static void seconds_are_floored(void **state)
{
    (void)state;
    assert_int_equal(clock_sec(0), 0);
    assert_int_equal(clock_sec(999999), 0);
    assert_int_equal(clock_sec(1000000), 1);
    assert_int_equal(clock_sec(-1), -1);
    assert_int_equal(clock_sec(-1000000), -1);
    assert_int_equal(clock_sec(-1000001), -2);
    assert_int_equal(clock_sec(LAST_USEC), CLOCK_MAX_SEC);
}

static void the_clocks_run(void **state)
{
    struct timespec now;

    (void)state;
    clock_gettime(CLOCK_REALTIME, &now);
    usec_t before = (usec_t)now.tv_sec * USEC_PER_SEC + now.tv_nsec / 1000;
    assert_true(clock_now() >= before && clock_now() < before + 60 * USEC_PER_SEC);
    usec_t mono = clock_mono();
    assert_true(mono > 0 && clock_mono() >= mono);
}

/* text: what is read; want: the same time as clock_iso_z writes it, NULL: not accepted. Checked
   with Python 3.13; what 3.14 changed, and where we refuse what only CPython's C code takes, is
   marked. */
static const struct iso_case {
    const char *text, *want;
} iso_cases[] = {
    /* dates */
    { "2026-03-02", "2026-03-02T00:00:00Z" },
    { "20260302", "2026-03-02T00:00:00Z" },
    { "2026-W10", "2026-03-02T00:00:00Z" },
    { "2026W10", "2026-03-02T00:00:00Z" },
    { "2026-W10-3", "2026-03-04T00:00:00Z" },
    { "2026W103", "2026-03-04T00:00:00Z" },
    { "2020-W53-7", "2021-01-03T00:00:00Z" },
    { "2026-W53-1", "2026-12-28T00:00:00Z" },
    { "0001-W01-1", "0001-01-01T00:00:00Z" },
    { "2024-02-29", "2024-02-29T00:00:00Z" },
    { "2023-02-29", NULL },
    { "1900-02-29", NULL },
    { "2000-02-29", "2000-02-29T00:00:00Z" },
    { "2025-W53", NULL },
    { "2026-W00-1", NULL },
    { "2026-W54-1", NULL },
    { "2026-W01-0", NULL },
    { "2026-W01-8", NULL },
    { "9999-W52-6", NULL },
    { "0000-W01-1", NULL },
    { "0000-01-01", NULL },
    { "2026-00-01", NULL },
    { "2026-13-01", NULL },
    { "2026-01-00", NULL },
    { "2026-01-32", NULL },
    { "2026-1-1", NULL },
    { "2026-01", NULL },
    { "202601", NULL },
    { "2026-0101", NULL },
    { "202601-01", NULL },
    { "2026-W011", NULL },
    { "2026W01-1", NULL },
    { "2026-001", NULL },
    { "", NULL },
    { "today", NULL },
    { "-001-01-01", NULL },
    { "+2026-01-01", NULL },
    { " 2026-01-01", NULL },
    { "2026-01-01T", NULL },
    { "2026-01-01\xC3\xA9", NULL },
    /* times and separators */
    { "2026-03-02T06", "2026-03-02T06:00:00Z" },
    { "2026-03-02T06:30", "2026-03-02T06:30:00Z" },
    { "2026-03-02T06:30:09", "2026-03-02T06:30:09Z" },
    { "2026-03-02 06:30:09", "2026-03-02T06:30:09Z" },
    { "20260302T063009", "2026-03-02T06:30:09Z" },
    { "20260302063009", NULL },
    { "2026-03-02x06:30", "2026-03-02T06:30:00Z" },
    { "2026-03-02\xC3\xA9"
      "06:30",
      "2026-03-02T06:30:00Z" },
    { "2026-03-02\xF0\x9F\x98\x80"
      "06:30",
      "2026-03-02T06:30:00Z" },
    { "2026-03-02-06:30", "2026-03-02T06:30:00Z" },
    { "2026-03-02112", "2026-03-02T12:00:00Z" },
    { "2026-W10T12", "2026-03-02T12:00:00Z" },
    { "2026-W10-12", "2026-03-02T12:00:00Z" },
    { "2026-W10-1T12", "2026-03-02T12:00:00Z" },
    { "2026W10T12", "2026-03-02T12:00:00Z" },
    { "2026W101T12", "2026-03-02T12:00:00Z" },
    { "2026W10112", "2026-03-02T12:00:00Z" },
    { "2026-03-02T6", NULL },
    { "2026-03-02T6:30", NULL },
    { "2026-03-02T06:3", NULL },
    { "2026-03-02T06:30:", NULL },
    { "2026-03-02T06:3009", NULL },
    { "2026-03-02T0630:09", NULL },
    { "2026-03-02T063", NULL },
    { "2026-03-02T25:00", NULL },
    { "2026-03-02T06:60", NULL },
    { "2026-03-02T06:30:60", NULL },
    { "2026-03-02T06:30:09 ", NULL },
    { "2026-03-02T06:30 PM", NULL },
    { "2026-03-02T06:30:09:5", NULL },       /* Python 3.14 */
    { "2026-03-02T\xD9\xA0\xD9\xA6", NULL }, /* other digits */
    /* fractions */
    { "2026-03-02T06:30:09.7", "2026-03-02T06:30:09.700000Z" },
    { "2026-03-02T06:30:09,782", "2026-03-02T06:30:09.782000Z" },
    { "2026-03-02T06:30:09.782578", "2026-03-02T06:30:09.782578Z" },
    { "2026-03-02T06:30:09.7825789999", "2026-03-02T06:30:09.782578Z" },
    { "2026-03-02T063009.000001", "2026-03-02T06:30:09.000001Z" },
    { "2026-03-02T06:30:09.", NULL },
    { "2026-03-02T06:30:09.7x", NULL },
    { "2026-03-02T06:30.5", NULL },         /* Python 3.14 */
    { "2026-03-02T06.5", NULL },            /* Python 3.14 */
    { "2026-03-02T06:30:09.+01:00", NULL }, /* Python 3.14 */
    { "2026-03-02T06300912345", NULL },     /* ours */
    /* offsets */
    { "2026-03-02T06:30Z", "2026-03-02T06:30:00Z" },
    { "2026-03-02T06Z", "2026-03-02T06:00:00Z" },
    { "2026-03-02T06:30:09.5Z", "2026-03-02T06:30:09.500000Z" },
    { "2026-03-02T06:30+05:30", "2026-03-02T01:00:00Z" },
    { "2026-03-02T06:30-0530", "2026-03-02T12:00:00Z" },
    { "2026-03-02T06:30+01", "2026-03-02T05:30:00Z" },
    { "2026-03-02T06:30 +01:00", "2026-03-02T05:30:00Z" },
    { "2026-03-02T06:30+00:00:01.5", "2026-03-02T06:29:58.500000Z" },
    { "2026-03-02T06:30-23:59:59.999999", "2026-03-03T06:29:59.999999Z" },
    { "2026-03-02T06:30-00:00", "2026-03-02T06:30:00Z" },
    { "2026-03-02T06:30z", NULL },
    { "2026-03-02T06:30Z+01:00", NULL },
    { "2026-03-02T06:30Z ", NULL },
    { "2026-03-02T06:30+", NULL },
    { "2026-03-02T06:30+1", NULL },
    { "2026-03-02T06:30+1:00", NULL },
    { "2026-03-02T06:30+24:00", NULL },
    { "2026-03-02T06:30+00:60", NULL },    /* Python 3.14 */
    { "2026-03-02T06:30+00:00:60", NULL }, /* Python 3.14 */
    { "2026-03-02T06:30  +01:00", NULL },
    { "2026-03-02T06:30x+01:00", NULL }, /* ours */
    { "2026-03-02+01:00", "2026-03-02T01:00:00Z" },
    { "2026-03-02Z", NULL },
    /* midnight at the end of the day, Python 3.14 */
    { "2026-02-28T24:00", "2026-03-01T00:00:00Z" },
    { "2026-12-31T24:00:00.000", "2027-01-01T00:00:00Z" },
    { "2026-02-28T24+01:00", "2026-02-28T23:00:00Z" },
    { "2026-02-28T24:00:00.000001", NULL },
    { "2026-02-28T24:01", NULL },
    { "9999-12-31T24:00", NULL },
    { "9999-12-31T24:00+12:00", NULL },
    /* the ends of the calendar */
    { "0001-01-01T00:00:00", "0001-01-01T00:00:00Z" },
    { "0001-01-01T00:00:00+00:01", NULL },
    { "0001-01-01T00:01:00+00:01", "0001-01-01T00:00:00Z" },
    { "9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999999Z" },
    { "9999-12-31T23:59:59-00:01", NULL },
    { "10000-01-01", NULL },
};

static void python_iso_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(iso_cases); i++) {
        const struct iso_case *c = &iso_cases[i];
        char out[CLOCK_TEXT] = "";
        usec_t t;
        bool ok = clock_from_iso(str_of(c->text), &t);

        if (ok) {
            clock_iso_z(t, out);
        }
        if (ok != (c->want != NULL) || (ok && strcmp(out, c->want) != 0)) {
            fail_msg("\"%s\": got \"%s\", want \"%s\"", c->text, out,
                     c->want ? c->want : "refused");
        }
    }
    assert_false(clock_from_iso(STR_NULL, &(usec_t){ 0 }));
    assert_false(clock_from_iso(STR("2026-03-02T06\0"), &(usec_t){ 0 }));
}

/* Never a byte past the view: each beginning of a long text, in a heap block of its size. */
static void cut_texts(void **state)
{
    static const char *const texts[] = { "2026-03-02T06:30:09.782578+05:30:10.123456",
                                         "2026-W10-1T06:30:09Z", "2026W1012345", "20260302T06" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t n = 1; n <= strlen(texts[i]); n++) {
            char *p = malloc(n);
            usec_t t;

            assert_non_null(p);
            memcpy(p, texts[i], n);
            clock_from_iso((struct str){ p, n }, &t);
            clock_from_db((struct str){ p, n }, &t);
            free(p);
        }
    }
}

static void columns_as_django_reads_them(void **state)
{
    static const struct iso_case cases[] = {
        { "2026-3-2 6:30", "2026-03-02T06:30:00Z" },
        { "2026-3-2T6:3:9,5", "2026-03-02T06:03:09.500000Z" },
        { "2026-3-2 6:30:9.1234567 +01:00", "2026-03-02T05:30:09.123456Z" },
        { "2026-3-2 6:30Z", "2026-03-02T06:30:00Z" },
        { "0999-12-31 23:59:59", "0999-12-31T23:59:59Z" },
        { "2026-3-2", NULL },
        { "2026-3-2 6", NULL },
        { "2026-3-2 6:60", NULL },
        { "2026-3-2 24:00", NULL },
        { "2026-2-29 6:30", NULL },
        { "2026-3-2x6:30", NULL },
        { "2026-3-2 6:30:9 junk", NULL },
        { "999-12-31 23:59:59", NULL },
        { "garbage", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[CLOCK_TEXT] = "";
        usec_t t;
        bool ok = clock_from_db(str_of(cases[i].text), &t);

        if (ok) {
            clock_iso_z(t, out);
        }
        if (ok != (cases[i].want != NULL) || (ok && strcmp(out, cases[i].want) != 0)) {
            fail_msg("\"%s\": got \"%s\"", cases[i].text, out);
        }
    }
}

static void columns_in_the_vectors(void **state)
{
    struct tally tally = { .name = "read_back" };

    (void)state;
    for (const struct jval *c = vectors(STR("read_back"))->first; c != NULL; c = c->next) {
        struct str stored = case_text(c, STR("stored")), want = case_text(c, STR("drf"));
        char out[CLOCK_TEXT];
        usec_t t;

        if (str_eq(case_text(c, STR("column")), STR("datetime"))) {
            bool ok = clock_from_db(stored, &t);
            tally_check(&tally,
                        str_is_null(want)
                            ? !ok
                            : ok && str_eq((struct str){ out, clock_iso_z(t, out) }, want),
                        stored);
        }
    }
    tally_end(&tally);
}

static void times_in_the_vectors(void **state)
{
    struct tally tally = { .name = "drf_datetime" };

    (void)state;
    for (const struct jval *c = vectors(STR("drf_datetime"))->first; c != NULL; c = c->next) {
        struct str in = case_text(c, STR("in"));
        char out[CLOCK_TEXT];
        usec_t t;

        tally_check(&tally,
                    clock_from_iso(in, &t) &&
                        str_eq((struct str){ out, clock_iso_z(t, out) }, case_text(c, STR("out"))),
                    in);
    }
    tally_end(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writing),
        cmocka_unit_test(whole_calendar),
        cmocka_unit_test(seconds_are_floored),
        cmocka_unit_test(the_clocks_run),
        cmocka_unit_test(python_iso_format),
        cmocka_unit_test(cut_texts),
        cmocka_unit_test(columns_as_django_reads_them),
        cmocka_unit_test(columns_in_the_vectors),
        cmocka_unit_test(times_in_the_vectors),
    };

    return cmocka_run_group_tests(tests, vectors_open, vectors_close);
}
