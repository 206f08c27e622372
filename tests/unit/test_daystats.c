/* Days in somebody's zone, and what is counted of them. */
#include "lib/daystats.h"
#include "lib/localdays.h"

#include "fixture.h"

#include <math.h>

#define MIDNIGHT INT64_C(1772755200) /* 2026-03-06 in UTC */
#define VIENNA STR("3600,1774746000:7200,1792890000:3600")

static struct arena *arena;

static struct local_zone zone_of(struct str text)
{
    struct local_zone z;

    assert_true(local_zone_read(text, &z));
    return z;
}

static void test_zones_are_read(void **state)
{
    static const char *const bad[] = { "x",         "3600,",      "3600,5",
                                       "3600,5:",   ",5:3600",    "64801",
                                       "-64801",    "0,5:1,5:2",  "0,9:1,5:2",
                                       "0,5:64801", "1.5",        "0,5:3600:2",
                                       "0 ",        "0,-1:99999", "0,253402300800:1" };
    (void)state;
    struct local_zone z = zone_of(VIENNA);
    assert_int_equal(z.n, 3);
    assert_int_equal(local_offset(&z, 0), 3600);
    assert_int_equal(local_offset(&z, 1774745999), 3600);
    assert_int_equal(local_offset(&z, 1774746000), 7200);
    assert_int_equal(local_offset(&z, INT64_C(9999999999)), 3600);
    z = zone_of(STR(""));
    assert_int_equal(local_offset(&z, MIDNIGHT), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (local_zone_read(str_of(bad[i]), &z)) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
}

static void test_days_have_the_hours_that_they_have(void **state)
{
    struct local_zone z = zone_of(VIENNA);
    int64_t spring = 1774746000 / DAY_SEC, autumn = 1792890000 / DAY_SEC;

    (void)state;
    assert_int_equal(local_day_start(&z, spring + 1) - local_day_start(&z, spring), 23 * 3600);
    assert_int_equal(local_day_start(&z, autumn + 1) - local_day_start(&z, autumn), 25 * 3600);
    for (int64_t day = spring - 400; day < spring + 400; day++) {
        int64_t start = local_day_start(&z, day);
        assert_int_equal(local_day(&z, start), day);
        assert_int_equal(local_day(&z, start - 1), day - 1);
    }
    z = zone_of(STR("-18000"));
    assert_int_equal(local_day(&z, -1), -1);
    assert_int_equal(local_day_start(&z, 0), 18000);
}

/* The clock goes forward at midnight: that day begins at one. */
static void test_a_day_without_midnight(void **state)
{
    struct local_zone z = zone_of(STR("-10800,1541300400:-7200")); /* 2018-11-04 in Brazil */

    (void)state;
    assert_int_equal(local_day_start(&z, 1541300400 / DAY_SEC), 1541300400);
    assert_int_equal(local_day(&z, 1541300399), 1541300400 / DAY_SEC - 1);
}

static struct track_point at(int64_t t, double lat)
{
    return (struct track_point){
        .t = t, .lat = (int32_t)lround(lat * 1e6), .lon = 16300000, .acc = 5, .vel = TRACK_NONE
    };
}

/* Three days in UTC: at A from noon to 22:00, an hour of 30 km to B, there until noon of the third.
 */
static void count(struct day_stat days[3], int64_t silence)
{
    struct local_zone *z = ARENA_NEW(arena, struct local_zone);
    struct day_stats *s;

    *z = zone_of(STR(""));
    for (int64_t i = 0; i < 3; i++) {
        days[i] =
            (struct day_stat){ .from = MIDNIGHT + i * DAY_SEC, .to = MIDNIGHT + (i + 1) * DAY_SEC };
    }
    s = day_stats_new(arena, z, days, 3);
    for (int64_t t = MIDNIGHT - 3600; t <= MIDNIGHT + 2 * DAY_SEC + DAY_SEC / 2; t += 60) {
        int64_t since = t - MIDNIGHT - 22 * 3600;
        double way = since < 0 ? 0 : since > 3600 ? 1 : (double)since / 3600;
        struct track_point p = at(t, 48 + way * 0.27);
        if (t < MIDNIGHT + 23 * 3600 + 1800 || t >= MIDNIGHT + 23 * 3600 + 1800 + silence) {
            day_stats_add(s, &p);
        }
    }
    day_stats_end(s);
}

static void test_a_stay_goes_on_over_midnight_and_through_silence(void **state)
{
    struct day_stat d[3];

    (void)state;
    count(d, 3600); /* no word from 23:30 to 0:30 */
    assert_int_equal(d[0].positions, 23 * 60 + 30);
    assert_int_equal(d[1].positions, 23 * 60 + 30);
    assert_float_equal(d[0].metres, 30022, 100);
    assert_float_equal(d[1].metres, 0, 0.1);
    assert_int_equal(d[0].moving + d[0].resting, DAY_SEC);
    assert_true(llabs(d[0].moving - 3600) < 300);
    assert_true(d[0].hour[22] > 3300 && d[0].hour[21] + d[0].hour[23] < 120);
    assert_int_equal(d[1].resting, DAY_SEC);
    assert_int_equal(d[2].resting, DAY_SEC / 2);
    assert_int_equal(d[0].stay_count, 2);
    assert_false(d[0].stays[0].begins); /* since the evening before */
    assert_true(d[0].stays[1].begins);
    assert_int_equal(d[1].stay_count, 1);
    assert_false(d[1].stays[0].begins);
}

static void test_what_lies_in_a_long_silence_is_not_known(void **state)
{
    struct day_stat d[3];

    (void)state;
    count(d, DAY_STATS_SILENCE - 60);
    assert_int_equal(d[1].resting, DAY_SEC);
    count(d, DAY_STATS_SILENCE + 60); /* until half past ten of the next evening */
    assert_int_equal(d[0].resting + d[0].moving, DAY_SEC - 1860);
    assert_true(d[1].resting < 2 * 3600);
}

static void test_thousands_of_stays_in_bounded_memory(void **state)
{
    struct local_zone z = zone_of(STR(""));
    struct day_stat *d = ARENA_ARRAY(arena, 100, struct day_stat);
    int64_t stays = 0, seconds = 0;

    (void)state;
    for (int64_t i = 0; i < 100; i++) {
        d[i] = (struct day_stat){ .from = i * DAY_SEC, .to = (i + 1) * DAY_SEC };
    }
    struct day_stats *s = day_stats_new(arena, &z, d, 100);
    for (int64_t t = 0; t < 100 * DAY_SEC;
         t += 60) { /* 20 minutes here, 10 there, far away: 4800 */
        struct track_point p = at(t, t % 1800 < 1200 ? 48 : 49);
        day_stats_add(s, &p);
    }
    day_stats_end(s);
    for (size_t i = 0; i < 100; i++) {
        for (size_t k = 0; k < d[i].stay_count; k++) {
            stays += d[i].stays[k].begins;
        }
        seconds += d[i].resting + d[i].moving;
    }
    assert_true(stays > SPANS_MAX);
    assert_int_equal(seconds, 100 * DAY_SEC - 60);
}

static void test_a_day_is_read_as_it_was_written(void **state)
{
    struct day_stat d[3], again = { 0 };
    struct buf text;

    (void)state;
    count(d, 60);
    buf_init(&text, DAY_STATS_TEXT);
    day_stat_write(&text, &d[0]);
    assert_true(day_stat_read(arena, buf_view(&text), &again));
    assert_int_equal(again.positions, d[0].positions);
    assert_int_equal(again.moving, d[0].moving);
    assert_int_equal(again.resting, d[0].resting);
    assert_memory_equal(again.hour, d[0].hour, sizeof again.hour);
    assert_int_equal(again.stay_count, 2);
    assert_memory_equal(again.stays, d[0].stays, 2 * sizeof again.stays[0]);
    assert_false(day_stat_read(arena, str_sub(buf_view(&text), 0, text.n - 2), &again));
    buf_char(&text, ',');
    assert_false(day_stat_read(arena, buf_view(&text), &again));
    assert_false(day_stat_read(arena, STR(""), &again));
    buf_free(&text);
}

static void test_spots(void **state)
{
    struct spots *s = ARENA_NEW(arena, struct spots);
    struct day_stay stay = { .lat = 48000000, .lon = 16300000, .seconds = 600, .begins = true };

    (void)state;
    spots_add(s, -1, &stay);
    stay.lat += 1000; /* 111 m */
    stay.seconds = 900;
    spots_add(s, -1, &stay);
    spots_add(s, 3, &stay); /* in a named place */
    stay.lat += 900000;
    stay.begins = false;
    spots_add(s, 3, &stay); /* wherever in it */
    assert_int_equal(s->n, 2);
    spots_sort(s);
    assert_int_equal(s->spot[0].seconds, 1800);
    assert_int_equal(s->spot[0].place, 3);
    assert_int_equal(s->spot[0].stays, 1);
    assert_int_equal(s->spot[1].seconds, 1500);
    assert_int_equal(s->spot[1].lat, 48001000); /* of the longest */
    for (int32_t i = 0; i < 2 * (int32_t)DAY_STATS_SPOTS; i++) {
        stay = (struct day_stay){ .lat = i * 10000 - 40000000, .lon = 0, .seconds = 300 };
        spots_add(s, -1, &stay);
    }
    assert_int_equal(s->n, DAY_STATS_SPOTS);
    spots_sort(s);
    assert_int_equal(s->spot[0].seconds, 1800);
    assert_int_equal(s->spot[1].seconds, 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zones_are_read),
        cmocka_unit_test(test_days_have_the_hours_that_they_have),
        cmocka_unit_test(test_a_day_without_midnight),
        cmocka_unit_test(test_a_stay_goes_on_over_midnight_and_through_silence),
        cmocka_unit_test(test_what_lies_in_a_long_silence_is_not_known),
        cmocka_unit_test(test_thousands_of_stays_in_bounded_memory),
        cmocka_unit_test(test_a_day_is_read_as_it_was_written),
        cmocka_unit_test(test_spots),
    };

    arena = arena_new((size_t)16 * 1024 * 1024);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
