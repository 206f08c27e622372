#include "lib/represent.h"
#include "vectors.h"

static struct buf out;

static int set_up(void **state)
{
    buf_init(&out, (size_t)1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    buf_free(&out);
    return vectors_close(state);
}

static struct json writer(void)
{
    struct json j;

    buf_clear(&out);
    json_init(&j, &out, JSON_COMPACT);
    return j;
}

static void assert_json(const struct json *j, struct str want)
{
    assert_true(json_done(j));
    assert_str(buf_view(&out), want);
}

/* ---------------------------------------------------------------- rows that Django printed */
static struct str column(const struct jval *row, struct str name)
{
    return case_text(jval_get(jval_getz(row, "sqlite"), name), STR("text"));
}

static usec_t stored_time(const struct jval *row, struct str name)
{
    usec_t t = 0;

    assert_true(clock_from_db(column(row, name), &t));
    return t;
}

static dec10 stored_decimal(const struct jval *row, struct str name)
{
    double v;
    dec10 d = 0;

    assert_int_equal(num_py_float(column(row, name), &v), NUM_OK);
    assert_int_equal(dec10_from_double(v, &d), NUM_OK);
    return d;
}

static struct opt_int number(const struct jval *drf, struct str name)
{
    if (jval_nothing(jval_get(drf, name)))
        return (struct opt_int){ false, 0 };
    return (struct opt_int){ true, case_int(drf, name) };
}

/* What the vector does not show as stored is taken from what was printed. */
static void fill_location(struct location *l, const struct jval *row, const struct jval *drf)
{
    *l = (struct location){
        .id = case_int(drf, STR("id")),
        .device_id = case_int(drf, STR("device")),
        .device_key = case_text(drf, STR("device_name")),
        .latitude = stored_decimal(row, STR("latitude")),
        .longitude = stored_decimal(row, STR("longitude")),
        .timestamp = stored_time(row, STR("timestamp")),
        .received_at = stored_time(row, STR("received_at")),
        .accuracy = number(drf, STR("accuracy")),
        .altitude = number(drf, STR("altitude")),
        .velocity = number(drf, STR("velocity")),
        .battery_level = number(drf, STR("battery_level")),
        .battery_status = number(drf, STR("battery_status")),
        .vertical_accuracy = number(drf, STR("vertical_accuracy")),
        .course = number(drf, STR("course")),
        .monitoring_mode = number(drf, STR("monitoring_mode")),
        .connection_type = case_text(drf, STR("connection_type")),
        .tracker_id = case_text(drf, STR("tid_display")),
        .received_via = case_text(drf, STR("received_via")),
        .owntracks_message_id = case_text(drf, STR("owntracks_message_id")),
        .trigger = case_text(drf, STR("trigger")),
        .fix_source = case_text(drf, STR("fix_source")),
        .wifi_bssid = case_text(drf, STR("wifi_bssid")),
        .wifi_ssid = case_text(drf, STR("wifi_ssid")),
        .ip_address = column(row, STR("ip_address")),
        .in_regions = column(row, STR("in_regions")),
    };
    if (!str_is_null(column(row, STR("owntracks_created_at"))))
        l->owntracks_created_at =
            (struct opt_usec){ true, stored_time(row, STR("owntracks_created_at")) };
}

static void test_recorded_rows(void **state)
{
    struct tally t = { .name = "location_rows" };
    struct location l;
    struct buf want;

    (void)state;
    buf_init(&want, (size_t)1024 * 1024);
    for (const struct jval *row = vectors(STR("location_rows"))->first; row; row = row->next) {
        const struct jval *drf = jval_getz(row, "drf");
        struct json w, j = writer();
        fill_location(&l, row, drf);
        represent_location(&j, &l);
        assert_true(json_done(&j));
        buf_clear(&want);
        json_init(&w, &want, JSON_COMPACT);
        jval_write(&w, drf);
        tally_check(&t, str_eq(buf_view(&out), buf_view(&want)), buf_view(&out));
    }
    buf_free(&want);
    tally_end(&t);
}

/* ---------------------------------------------------------------- a location's edges */
#define EMPTY_TEXTS                                                               \
    .device_key = STR("k"), .connection_type = STR(""), .tracker_id = STR(""),    \
    .received_via = STR(""), .owntracks_message_id = STR(""), .trigger = STR(""), \
    .fix_source = STR(""), .wifi_bssid = STR(""), .wifi_ssid = STR("")

static struct str member(struct str json, const char *key)
{
    char pattern[64];

    snprintf(pattern, sizeof pattern, "\"%s\":", key);
    const char *p = memmem(json.p, json.n, pattern, strlen(pattern));
    assert_non_null(p);
    size_t from = (size_t)(p - json.p) + strlen(pattern);
    return str_sub(json, from, str_find(json, json.p[from] == '[' ? ']' : ',', from) - from);
}

static void test_stored_regions(void **state)
{
    static const struct {
        const char *stored, *printed;
    } cases[] = {
        { "[\"Home\", \"B\\u00fcro\"]", "[\"Home\",\"B\xc3\xbcro\"" },
        { "[]", "[" },
        { "[1.0, null]", "[1.0,null" },
        { "[\"a\\u0000b\"]", "[\"a\\u0000b\"" },
        { "{\"a\": 1}", "null}" },
        { "garbage", "null}" },
        { "", "null}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct location l = { EMPTY_TEXTS, .in_regions = str_of(cases[i].stored) };
        struct json j = writer();
        represent_location(&j, &l);
        assert_true(json_done(&j));
        assert_str(member(buf_view(&out), "in_regions"), str_of(cases[i].printed));
    }
}

/* A report before its fix has no negative age; halves of seconds before 1970 are cut to zero. */
static void test_ages(void **state)
{
    struct location l = { EMPTY_TEXTS, .timestamp = 10 * USEC_PER_SEC, .received_at = -500000 };
    struct json j = writer();

    (void)state;
    represent_location(&j, &l);
    assert_str(member(buf_view(&out), "fix_age_seconds"), STR("0"));
    assert_str(member(buf_view(&out), "reported_at_unix"), STR("0"));
    assert_str(member(buf_view(&out), "reported_at"), STR("\"1969-12-31T23:59:59.500000Z\""));
    l.owntracks_created_at = (struct opt_usec){ true, 12999999 };
    j = writer();
    represent_location(&j, &l);
    assert_str(member(buf_view(&out), "fix_age_seconds"), STR("2"));
    assert_str(member(buf_view(&out), "ip_address"), STR("null"));
}

/* ---------------------------------------------------------------- devices and events */
static void test_device(void **state)
{
    struct device d = { .id = 11,
                        .device_id = STR("new phone-1"),
                        .name = STR("N"),
                        .mqtt_user = STR("alice"),
                        .owner_username = STR("bob"),
                        .created_at = 1,
                        .last_seen = USEC_PER_SEC,
                        .is_online = true,
                        .location_count = 3 };
    struct json j = writer();

    (void)state;
    represent_device(&j, &d);
    assert_json(&j, STR("{\"id\":11,\"device_id\":\"new phone-1\",\"device_name\":"
                        "\"bob/new phone-1\",\"name\":\"N\",\"owner_username\":\"bob\","
                        "\"created_at\":\"1970-01-01T00:00:00.000001Z\",\"last_seen\":"
                        "\"1970-01-01T00:00:01Z\",\"is_online\":true,\"location_count\":3,"
                        "\"mqtt_user\":\"alice\",\"mqtt_topic_id\":\"alice/new phone-1\"}"));
    d = (struct device){
        .device_id = STR("x"), .name = STR(""), .mqtt_user = STR(""), .owner_username = STR("")
    };
    j = writer();
    represent_device(&j, &d);
    assert_json(&j, STR("{\"id\":0,\"device_id\":\"x\",\"device_name\":\"x\",\"name\":\"\","
                        "\"owner_username\":\"\",\"created_at\":\"1970-01-01T00:00:00Z\","
                        "\"last_seen\":\"1970-01-01T00:00:00Z\",\"is_online\":false,"
                        "\"location_count\":0,\"mqtt_user\":\"\",\"mqtt_topic_id\":\"\"}"));
}

static void test_events(void **state)
{
    struct location l = { EMPTY_TEXTS };
    struct json j = writer();

    (void)state;
    represent_welcome(&j, 1772800000);
    assert_json(&j, STR("{\"type\":\"welcome\",\"server_startup\":1772800000}"));
    j = writer();
    represent_offline_event(&j, STR("ipad"), STR("alice/ipad"), 1500000);
    assert_json(&j, STR("{\"type\":\"device_status\",\"data\":{\"device_id\":\"ipad\","
                        "\"device_display\":\"alice/ipad\",\"is_online\":false,\"event\":"
                        "\"device_offline\",\"disconnected_at\":"
                        "\"1970-01-01T00:00:01.500000+00:00\"}}"));
    j = writer();
    represent_location_event(&j, &l);
    assert_true(json_done(&j));
    assert_true(str_starts(buf_view(&out), STR("{\"type\":\"location\",\"data\":{\"id\":0,")));
    assert_true(str_ends(buf_view(&out), STR("\"in_regions\":null}}")));
}

static void test_display(void **state)
{
    (void)state;
    assert_str(device_display(vectors_arena, STR(""), STR("d")), STR("d"));
    assert_str(device_display(vectors_arena, STR("heidi@home"), STR("d/e")), STR("heidi@home/d/e"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_rows), cmocka_unit_test(test_stored_regions),
        cmocka_unit_test(test_ages),          cmocka_unit_test(test_device),
        cmocka_unit_test(test_events),        cmocka_unit_test(test_display),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
