/* Tracks that are reduced, and days told as stays and moves. */
#include "fixture.h"
#include "lib/stays.h"
#include "lib/track.h"

#include <math.h>

#define DEGREE 1000000

static struct track_point at(int64_t t, double lat, double lon)
{
    return (struct track_point){ .t = t,
                                 .lat = (int32_t)lround(lat * DEGREE),
                                 .lon = (int32_t)lround(lon * DEGREE),
                                 .acc = 10,
                                 .vel = TRACK_NONE,
                                 .alt = TRACK_NONE };
}

static void test_metres(void **state)
{
    struct track_point a = at(0, 0, 0), b = at(0, 0, 0.01), c = at(0, 60, 0), d = at(0, 60, 0.01);
    struct track_point e = at(0, 10, 179.999), f = at(0, 10, -179.999);

    (void)state;
    assert_true(fabs(track_metres(&a, &b) - 1112) < 2);
    assert_true(fabs(track_metres(&c, &d) - 556) < 2);
    assert_true(fabs(track_metres(&e, &f) - 219) < 2);
}

static void test_a_line_is_its_ends(void **state)
{
    struct fixture *fx = *state;
    struct track *t = track_new(fx->a, 100, 2);
    size_t n;
    double tolerance;

    for (int i = 0; i < 1000; i++) {
        struct track_point p = at(i * 10, 48 + i * 1e-5, 16);
        track_add(t, &p);
    }
    const struct track_point *v = track_finish(t, &n, &tolerance);
    assert_true(n >= 2 && n <= 6); /* a window's end is a point too */
    assert_true(v[0].t == 0 && v[n - 1].t == 9990);
}

static void test_corners_and_gaps_stay(void **state)
{
    struct fixture *fx = *state;
    struct track *t = track_new(fx->a, 100, 2);
    size_t n, corner = 0, gaps = 0;
    double tolerance;

    for (int i = 0; i < 100; i++) {
        struct track_point p = i < 50 ? at(i * 10, 48 + i * 1e-4, 16)
                                      : at(i * 10 + 4000, 48 + 50e-4, 16 + (i - 50) * 1e-4);
        track_add(t, &p);
    }
    const struct track_point *v = track_finish(t, &n, &tolerance);
    for (size_t i = 0; i < n; i++) {
        corner += v[i].lat == 48 * DEGREE + 5000 && v[i].lon == 16 * DEGREE;
        gaps += v[i].t == 490 || v[i].t == 4500;
    }
    assert_true(corner == 1 && gaps == 2 && n < 10);
    for (size_t i = 0; i < n; i++) {
        assert_true(track_is_silent(t, i) == (v[i].t == 4500));
    }
}

/* Straight on for hours, with one silence, and more corners than the budget allows: the silence is
   told of the first point after it that is left, and of no other. */
static void test_silence_is_told(void **state)
{
    struct fixture *fx = *state;
    struct track *t = track_new(fx->a, 8, 0);
    size_t n, silent = 0;
    double tolerance;

    for (int i = 0; i < 3000; i++) {
        struct track_point p =
            at(i * 60 + (i < 2000 ? 0 : 7200), 48 + i * 1e-4, 16 + (i % 7) * 1e-5);
        track_add(t, &p);
    }
    const struct track_point *v = track_finish(t, &n, &tolerance);
    for (size_t i = 1; i < n; i++) {
        if (track_is_silent(t, i)) {
            silent++;
            assert_true(v[i - 1].t < 2000 * 60 && v[i].t >= 2000 * 60 + 7200);
        }
    }
    assert_true(silent == 1 && n <= 8);
}

/* A walk that turns all the time, far more points than may be kept: never more than the budget, in
   order, and no point farther from the line than is said. */
static void test_budget_and_promise(void **state)
{
    struct fixture *fx = *state;
    enum { N = 20000 };
    struct track *t = track_new(fx->a, 200, 1);
    struct track_point *all = ARENA_ARRAY(fx->a, N, struct track_point);
    size_t n;
    double tolerance;

    for (int i = 0; i < N; i++) {
        all[i] = at(i * 5, 48 + 0.05 * sin(i / 700.0), 16 + 0.05 * cos(i / 450.0) + 1e-5 * (i % 7));
        track_add(t, &all[i]);
    }
    const struct track_point *v = track_finish(t, &n, &tolerance);
    assert_true(n <= 200 && n > 20 && tolerance > 1);
    assert_true(v[0].t == all[0].t && v[n - 1].t == all[N - 1].t);
    size_t k = 0;
    for (int i = 0; i < N; i++) {
        while (k + 2 < n && v[k + 1].t <= all[i].t)
            k++;
        assert_true(v[k].t < v[k + 1].t);
        double x = cos(48 * 3.14159265 / 180) * (v[k + 1].lon - v[k].lon),
               y = v[k + 1].lat - v[k].lat;
        double px = cos(48 * 3.14159265 / 180) * (all[i].lon - v[k].lon),
               py = all[i].lat - v[k].lat;
        double along = (px * x + py * y) / (x * x + y * y);
        along = along < 0 ? 0 : along > 1 ? 1 : along;
        assert_true(hypot(px - along * x, py - along * y) * 0.1112 < tolerance * 1.02 + 1);
    }
}

static size_t spans(struct fixture *fx, const struct track_point *p, size_t count,
                    const struct span **out)
{
    struct stays *s = stays_new(fx->a);
    size_t n;

    for (size_t i = 0; i < count; i++)
        stays_add(s, &p[i]);
    *out = stays_finish(s, &n);
    return n;
}

/* Home for an hour, ten minutes by car, work for an hour. */
static size_t day(struct track_point *p)
{
    size_t n = 0;

    for (int i = 0; i < 60; i++)
        p[n++] = at(i * 60, 48 + (i % 3) * 1e-4, 16 - (i % 2) * 2e-4);
    for (int i = 1; i <= 10; i++) {
        p[n] = at(3540 + i * 60, 48 + i * 0.005, 16);
        p[n++].vel = 30 + i;
    }
    for (int i = 1; i <= 60; i++)
        p[n++] = at(4140 + i * 60, 48.05, 16);
    return n;
}

static void test_stays_and_moves(void **state)
{
    struct fixture *fx = *state;
    struct track_point p[200];
    const struct span *s;

    assert_int_equal(spans(fx, p, day(p), &s), 3);
    assert_true(s[0].kind == SPAN_STAY && s[0].from == 0 && s[0].to == 3540 && s[0].points == 60);
    assert_true(fabs(s[0].where.lat - 48000100.0) < 20);
    assert_true(s[1].kind == SPAN_MOVE && s[1].from == 3540 && s[1].to == 4140);
    assert_true(fabs(s[1].metres - 5560) < 60 && s[1].top_speed == 40);
    assert_true(s[2].kind == SPAN_STAY && s[2].to == 7740);
}

static void test_what_does_not_end_a_stay(void **state)
{
    struct fixture *fx = *state;
    struct track_point p[200];
    const struct span *s;
    size_t n = 0;

    for (int i = 0; i < 30; i++)
        p[n++] = i == 15 ? at(i * 60, 48.02, 16) /* 2 km away for a moment */ : at(i * 60, 48, 16);
    p[n++] = at(30 * 3600, 48, 16); /* silence, and still there */
    assert_int_equal(spans(fx, p, n, &s), 1);
    assert_true(s[0].kind == SPAN_STAY && s[0].from == 0 && s[0].to == 30 * 3600);
}

static void test_gaps(void **state)
{
    struct fixture *fx = *state;
    struct track_point p[200];
    const struct span *s;
    size_t n = 0;

    for (int i = 0; i < 10; i++)
        p[n++] = at(i * 60, 48, 16);
    for (int i = 0; i < 10; i++)
        p[n++] = at(7200 + i * 60, 48.5, 16);
    assert_int_equal(spans(fx, p, n, &s), 3);
    assert_true(s[1].kind == SPAN_GAP && s[1].from == 540 && s[1].to == 7200 &&
                fabs(s[1].metres - 55600) < 600);
    assert_int_equal(spans(fx, p, 0, &s), 0);
    assert_int_equal(spans(fx, p, 1, &s), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_metres),
        TEST(test_a_line_is_its_ends),
        TEST(test_corners_and_gaps_stay),
        TEST(test_silence_is_told),
        TEST(test_budget_and_promise),
        TEST(test_stays_and_moves),
        TEST(test_what_does_not_end_a_stay),
        TEST(test_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
