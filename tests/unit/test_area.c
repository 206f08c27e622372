/* Positions told as areas: one place per cell, the same every time, all over the earth. */
#include "fixture.h"
#include "lib/area.h"

#include <math.h>

#define DEGREE 1000000

static struct track_point at(double lat, double lon)
{
    return (struct track_point){ .lat = (int32_t)lround(lat * DEGREE),
                                 .lon = (int32_t)lround(lon * DEGREE),
                                 .acc = 5,
                                 .vel = 70,
                                 .alt = 300 };
}

static struct track_point snapped(double lat, double lon)
{
    struct track_point p = at(lat, lon);

    area_snap(&p.lat, &p.lon);
    return p;
}

static void expect_one_cell(double lat1, double lon1, double lat2, double lon2)
{
    struct track_point a = snapped(lat1, lon1), b = snapped(lat2, lon2);

    if (a.lat != b.lat || a.lon != b.lon)
        fail_msg("%f %f -> %d %d, %f %f -> %d %d", lat1, lon1, a.lat, a.lon, lat2, lon2, b.lat,
                 b.lon);
}

/* Everywhere: on the earth, near enough, and the middle is its own. */
static void near_and_stable(void **state)
{
    (void)state;
    for (double lat = -90; lat <= 90; lat += 0.7371)
        for (double lon = -180; lon <= 180; lon += 1.3717) {
            struct track_point exact = at(lat, lon), p = snapped(lat, lon), again = p;
            area_snap(&again.lat, &again.lon);
            assert_true(again.lat == p.lat && again.lon == p.lon);
            assert_true(abs(p.lat) <= 90 * DEGREE && abs(p.lon) <= 180 * DEGREE);
            assert_true(track_metres(&exact, &p) <= AREA_METRES);
        }
}

/* A cell is about a kilometre wide and high, at any latitude where there is room for several. */
static void cells_are_about_a_kilometre(void **state)
{
    static const double lats[] = { 0.003, 12.3, -33.9, 48.2, 60.1, -77.7, 89.5 };

    (void)state;
    for (size_t i = 0; i < sizeof lats / sizeof lats[0]; i++) {
        struct track_point first = snapped(lats[i], 16.4), next = first, other = first;
        next = snapped(lats[i] + 0.01, 16.4);
        assert_int_equal(next.lat - first.lat, 10000);
        double lon = 16.4;
        while (other.lon == first.lon)
            other = snapped(lats[i], lon += 0.0005);
        double width = track_metres(&first, &other);
        if (width < 900 || width > 1300)
            fail_msg("%f: %f m", lats[i], width);
    }
}

static void neighbours_have_one_cell(void **state)
{
    (void)state;
    expect_one_cell(48.200001, 16.3703, 48.209998, 16.3703);
    expect_one_cell(-0.0000011, 0.0000011, -0.0099, 0.0000011);
    struct track_point north = snapped(0.000001, 10), south = snapped(-0.000001, 10);
    assert_int_equal(north.lat, 5000); /* no double cell where the signs meet */
    assert_int_equal(south.lat, -5000);
}

static void poles_and_date_line(void **state)
{
    (void)state;
    expect_one_cell(-90, -180, -90, -90); /* a few cells meet there */
    expect_one_cell(90, 0, 89.9951, 0);
    expect_one_cell(90, 180, 90, -180);
    expect_one_cell(52.5, 180, 52.5, -180);
    struct track_point east = snapped(52.5, 179.9999), west = snapped(52.5, -179.9999);
    assert_true(east.lon > 0 && west.lon < 0 && abs(east.lon + west.lon) <= 1);
    assert_true(track_metres(&east, &west) < 1300);
}

static void a_location_keeps_no_fact_but_area_time_and_battery(void **state)
{
    struct opt_int known = { true, 7 };
    struct location l = {
        .id = 3,
        .device_id = 4,
        .device_key = STR("emma/phone"),
        .owner_id = 5,
        .latitude = INT64_C(481234567890),
        .longitude = INT64_C(-1637654321),
        .timestamp = 10,
        .received_at = 11,
        .accuracy = known,
        .altitude = known,
        .velocity = known,
        .battery_level = known,
        .battery_status = known,
        .vertical_accuracy = known,
        .course = known,
        .monitoring_mode = known,
        .connection_type = STR("w"),
        .tracker_id = STR("em"),
        .received_via = STR("http"),
        .owntracks_message_id = STR("m"),
        .trigger = STR("c"),
        .fix_source = STR("gps"),
        .wifi_bssid = STR("aa"),
        .wifi_ssid = STR("home"),
        .ip_address = STR("192.0.2.1"),
        .in_regions = STR("[\"Home\"]"),
    };
    struct track_point p = { .lat = 48123457, .lon = -163765 };

    (void)state;
    area_location(&l);
    area_point(&p);
    /* The track has it in the same cell. */
    assert_int_equal(l.latitude, p.lat * INT64_C(10000));
    assert_int_equal(l.longitude, p.lon * INT64_C(10000));
    assert_int_equal(l.latitude, INT64_C(481250000000));
    assert_true(l.id == 3 && l.device_id == 4 && l.owner_id == 5 && l.timestamp == 10);
    assert_true(l.battery_level.set && l.battery_status.set);
    assert_int_equal(l.accuracy.v, AREA_METRES);
    assert_false(l.altitude.set || l.velocity.set || l.vertical_accuracy.set || l.course.set ||
                 l.monitoring_mode.set);
    const struct str gone[] = { l.connection_type, l.owntracks_message_id, l.trigger,
                                l.fix_source,      l.wifi_bssid,           l.wifi_ssid };
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_true(gone[i].n == 0 && gone[i].p != NULL);
    assert_true(str_is_null(l.ip_address) && str_is_null(l.in_regions));
    assert_true(p.acc == AREA_METRES && p.vel == TRACK_NONE && p.alt == TRACK_NONE);
}

static void worse_accuracy_stays(void **state)
{
    struct location l = { .accuracy = { true, 5000 } };
    struct track_point p = { .acc = 5000 };

    (void)state;
    area_location(&l);
    area_point(&p);
    assert_true(l.accuracy.v == 5000 && p.acc == 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_and_stable),
        cmocka_unit_test(cells_are_about_a_kilometre),
        cmocka_unit_test(neighbours_have_one_cell),
        cmocka_unit_test(poles_and_date_line),
        cmocka_unit_test(a_location_keeps_no_fact_but_area_time_and_battery),
        cmocka_unit_test(worse_accuracy_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
