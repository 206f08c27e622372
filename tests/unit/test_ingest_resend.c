/* Messages sent again after a lost acknowledgement, and what the newest report is. */
#include "fixture.h"
#include "lib/log.h"

#include "sender.h"

/* ---------------------------------------------------------------- sent again */
static void test_location_sent_again(void **state)
{
    struct fixture *f = *state;

    fixture_household(f);
    assert_int_equal(ipad(f, 0, 1, LOC ",\"acc\":5}"), INGEST_STORED);
    /* Twice on one connection are two reports. */
    assert_int_equal(ipad(f, 0, 2, LOC ",\"acc\":5}"), INGEST_STORED);
    assert_int_equal(new_rows(f), 2);
    /* The acknowledgement was lost: the phone comes back and sends it again. */
    assert_int_equal(ipad(f, 10, 11, LOC ",\"acc\":5}"), INGEST_REPEATED);
    assert_int_equal(ipad(f, 20, 21, LOC ", \"acc\" : 5.9 }"), INGEST_REPEATED);
    assert_int_equal(new_rows(f), 2);
    /* The phone was there all the same. */
    assert_string_equal(sql_string(f, f->db, "SELECT last_seen FROM my_tracks_device WHERE id = 2"),
                        "2026-03-06 12:27:01");
    assert_int_equal(
        sql_number(f->db, "SELECT latest_location_id FROM my_tracks_device WHERE id = 2"), 542);
    /* Another device's equal report is its own. */
    struct sender bob = mqtt(STR("bob"), AFTER(30), AFTER(31));
    assert_int_equal(publish(f, &bob, "owntracks/bob/ipad", STR(LOC ",\"acc\":5}")), INGEST_STORED);
}

/* Each column that a message fills tells two reports apart. */
static void test_location_that_differs(void **state)
{
    static const char *const others[] = {
        "{\"_type\":\"location\",\"lat\":1.5,\"lon\":2.5,\"tst\":1772800001}",
        "{\"_type\":\"location\",\"lat\":1.50000000000001,\"lon\":2.5,\"tst\":1772800000}",
        "{\"_type\":\"location\",\"lat\":1.5,\"lon\":2.6,\"tst\":1772800000}",
        LOC ",\"acc\":0}",
        LOC ",\"alt\":0}",
        LOC ",\"vel\":0}",
        LOC ",\"batt\":0}",
        LOC ",\"conn\":\"w\"}",
        LOC ",\"tid\":\"x\"}",
        LOC ",\"_id\":\"x\"}",
        LOC ",\"created_at\":1}",
        LOC ",\"t\":\"u\"}",
        LOC ",\"bs\":1}",
        LOC ",\"source\":\"x\"}",
        LOC ",\"vac\":1}",
        LOC ",\"cog\":1}",
        LOC ",\"m\":1}",
        LOC ",\"BSSID\":\"x\"}",
        LOC ",\"SSID\":\"x\"}",
        LOC ",\"inregions\":[]}",
    };
    struct fixture *f = *state;
    int n = (int)(sizeof others / sizeof *others);

    fixture_household(f);
    assert_int_equal(ipad(f, 0, 1, LOC "}"), INGEST_STORED);
    for (int i = 0; i < n; i++)
        assert_int_equal(ipad(f, 10 + i, 10 + i, others[i]), INGEST_STORED);
    assert_int_equal(new_rows(f), n + 1);
    for (int i = 0; i < n; i++)
        assert_int_equal(ipad(f, 100 + i, 100 + i, others[i]), INGEST_REPEATED);
    assert_int_equal(ipad(f, 200, 200, LOC ",\"unknown\":1}"), INGEST_REPEATED);
    assert_int_equal(new_rows(f), n + 1);
}

static void test_http_sent_again(void **state)
{
    struct fixture *f = *state;
    struct sender s = http(0, STR(""), INGEST_MODE_OPEN);
    const char *json = LOC ",\"device_id\":\"garmin\",\"_id\":\"dup\"}";

    fixture_household(f);
    assert_int_equal(post(f, &s, json), INGEST_STORED);
    assert_int_equal(post(f, &s, json), INGEST_STORED); /* an API client: as the reference */
    s.phone = true;
    assert_int_equal(post(f, &s, json), INGEST_REPEATED);
    assert_int_equal(post(f, &s, LOC ",\"device_id\":\"garmin\",\"_id\":\"new\"}"), INGEST_STORED);
    assert_int_equal(new_rows(f), 3);
}

static void test_messages_sent_again(void **state)
{
    struct fixture *f = *state;
    const char *status = "{\"_type\":\"status\",\"_id\":\"x1\"}";

    fixture_household(f);
    assert_int_equal(ipad(f, 0, 1, status), INGEST_STORED);
    assert_int_equal(ipad(f, 0, 2, status), INGEST_STORED);
    assert_int_equal(ipad(f, 10, 11, status), INGEST_REPEATED);
    assert_int_equal(ipad(f, 10, 11, "{\"_type\":\"status\",\"_id\":\"x\"}"), INGEST_STORED);
    assert_int_equal(ipad(f, 10, 11, "{\"_type\":\"card\",\"_id\":\"x1\"}"), INGEST_STORED);
    /* After an hour it is news. */
    assert_int_equal(ipad(f, 3700, 3701, status), INGEST_STORED);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_owntracksmessage"
                                       " WHERE id > 8 AND ip_address = '192.0.2.1'"),
                     5);
}

static void test_lwt(void **state)
{
    struct fixture *f = *state;
    const char *lwt = "{\"_type\":\"lwt\",\"tst\":1772799990.5}";

    fixture_household(f);
    assert_int_equal(ipad(f, 0, 1, LOC "}"), INGEST_STORED);
    assert_int_equal(ipad(f, 0, 2, lwt), INGEST_STORED);
    assert_string_equal(sql_string(f, f->db,
                                   "SELECT payload FROM my_tracks_owntracksmessage"
                                   " WHERE id = 9 AND ip_address IS NULL"),
                        "{\"event\": \"offline\", \"connected_at\": \"2026-03-06T12:26:30+00:00\", "
                        "\"disconnected_at\": \"2026-03-06T12:26:42+00:00\"}");
    assert_string_equal(sql_string(f, f->db,
                                   "SELECT is_online || ' ' || last_seen"
                                   " FROM my_tracks_device WHERE id = 2"),
                        "0 2026-03-06 12:26:42");
    /* Back again; the old will once more does not put it offline. */
    assert_int_equal(ipad(f, 10, 11, LOC ",\"acc\":1}"), INGEST_STORED);
    assert_int_equal(ipad(f, 10, 12, lwt), INGEST_REPEATED);
    assert_int_equal(sql_number(f->db, "SELECT is_online FROM my_tracks_device WHERE id = 2"), 1);
    assert_int_equal(ipad(f, 10, 13, "{\"_type\":\"lwt\"}"), INGEST_STORED);
    assert_string_equal(sql_string(f, f->db,
                                   "SELECT payload FROM my_tracks_owntracksmessage"
                                   " ORDER BY id DESC LIMIT 1"),
                        "{\"event\": \"offline\", \"connected_at\": null, "
                        "\"disconnected_at\": \"2026-03-06T12:26:53+00:00\"}");
}

/* ---------------------------------------------------------------- latest location */
static void test_latest(void **state)
{
    static const struct {
        const char *payload;
        int received;
        int64_t latest;
    } steps[] = {
        { LOC "}", 1, 541 },
        { LOC ",\"created_at\":1772700000}", 2, 541 },           /* reported long ago */
        { LOC ",\"created_at\":1772800100}", 3, 543 },           /* a clock that is fast */
        { LOC ",\"acc\":1}", 4, 543 },                           /* received before that */
        { LOC ",\"created_at\":1772800100,\"acc\":1}", 5, 545 }, /* equal: the higher id */
        { "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":1772799999,"
          "\"created_at\":1772800100}",
          6, 545 }, /* equal report, older fix */
        { LOC ",\"acc\":2}", 200, 547 },
    };
    struct fixture *f = *state;

    fixture_household(f);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(ipad(f, 0, steps[i].received, steps[i].payload), INGEST_STORED);
        assert_int_equal(
            sql_number(f->db, "SELECT latest_location_id FROM my_tracks_device WHERE id = 2"),
            steps[i].latest);
    }
    /* Over HTTP the same rule, and nothing else of the device moves. */
    struct sender s = http(0, STR(""), INGEST_MODE_OPEN);
    assert_int_equal(post(f, &s, LOC ",\"device_id\":\"ipad\"}"), INGEST_STORED);
    assert_int_equal(
        sql_number(f->db, "SELECT latest_location_id FROM my_tracks_device WHERE id = 2"), 547);
    assert_int_equal(post(f, &s, LOC ",\"device_id\":\"ipad\",\"created_at\":1772900000}"),
                     INGEST_STORED);
    assert_string_equal(sql_string(f, f->db,
                                   "SELECT latest_location_id || ' ' || last_seen || ' ' ||"
                                   " last_location_at || ' ' || is_online || ' ' || mqtt_user"
                                   " FROM my_tracks_device WHERE id = 2"),
                        "549 2026-03-06 12:30:00 2026-03-06 12:30:00 1 alice");
    /* A pointer to a row that is gone gives way. */
    sql_do(f->db, "PRAGMA foreign_keys = OFF; DELETE FROM my_tracks_location WHERE id = 549;"
                  "PRAGMA foreign_keys = ON");
    assert_int_equal(ipad(f, 0, 201, LOC ",\"created_at\":5}"), INGEST_STORED);
    assert_int_equal(
        sql_number(f->db, "SELECT latest_location_id FROM my_tracks_device WHERE id = 2"), 550);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_location_sent_again),
        FIXTURE_TEST(test_location_that_differs),
        FIXTURE_TEST(test_http_sent_again),
        FIXTURE_TEST(test_messages_sent_again),
        FIXTURE_TEST(test_lwt),
        FIXTURE_TEST(test_latest),
    };
    (void)log_open("test", NULL, LOG_LVL_WARNING);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
