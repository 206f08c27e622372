/* The domesti-bot's texts, log and cooldowns, and its row. */
#include "db/domesti.h"
#include "fixture.h"
#include "lib/owntracks.h"
#include "lib/weburl.h"

#define SEC USEC_PER_SEC

static const char *url_refused(struct fixture *f, const char *url)
{
    const char *why = domesti_url_refused(f->a, str_of(url));

    return why == NULL ? "" : why;
}

static void urls(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(url_refused(f, "http://h"), "");
    assert_string_equal(url_refused(f, "HTTPS://User@Host:8443/x?y#z"), "");
    assert_string_equal(url_refused(f, ""), "URL must use http or https");
    assert_string_equal(url_refused(f, "h/x"), "URL must use http or https");
    assert_string_equal(url_refused(f, "//h/x"), "URL must use http or https");
    assert_string_equal(url_refused(f, "ftp://h/x"), "URL must use http or https");
    assert_string_equal(url_refused(f, "http:h"), "URL must be absolute");
    assert_string_equal(url_refused(f, "http:///h"), "URL must be absolute");
    assert_string_equal(url_refused(f, "http://[::1"), "URL must be absolute");
    assert_str(url_origin(f->a, STR("HTTPS://Host:8443/x?y")), "https://Host:8443");
    assert_str(url_origin(f->a, STR("http://h?x")), "http://h");
}

static void keys(void **state)
{
    char longest[DOMESTI_TEXT_MAX + 1];

    (void)state;
    memset(longest, 'k', sizeof longest);
    assert_null(domesti_key_refused(STR("k")));
    assert_null(domesti_key_refused(STR("schl\xc3\xbcssel 1")));
    assert_null(domesti_key_refused((struct str){ longest, sizeof longest - 1 }));
    assert_non_null(domesti_key_refused((struct str){ longest, sizeof longest }));
    assert_string_equal(domesti_key_refused(STR("")), "api_key is required");
    assert_non_null(domesti_key_refused(STR("a\r\nb")));
    assert_non_null(domesti_key_refused(STR("a\x7f")));
}

static struct domesti_event event_at(struct fixture *f, usec_t t)
{
    return (struct domesti_event){ .at = t,
                                   .user_id = STR_NULL,
                                   .payload = jval_object(f->a),
                                   .preview = STR("p"),
                                   .source = "live" };
}

static void log_keeps_the_newest(void **state)
{
    struct fixture *f = *state;
    struct str log = STR("[]");
    struct domesti_event e;
    char why[JSONIN_WHY];

    for (int i = 0; i < 7; i++) {
        e = event_at(f, i * SEC);
        e.http_status = 200 + i;
        log = domesti_log_add(f->a, log, &e);
    }
    const struct jval *list = jsonin_parse(f->a, log, why);
    assert_int_equal(list->count, DOMESTI_LOG_MAX);
    assert_str(jval_getz(list->first, "http_status")->text, "206");
    assert_str(jval_getz(list->last, "http_status")->text, "202");
}

static void log_entry(void **state)
{
    struct fixture *f = *state;
    struct domesti_event e = event_at(f, 1500000);

    e.success = true;
    e.posted = true;
    e.post_url = STR("http://h/\xc3\xa4");
    e.user_id = STR("emma");
    e.elapsed_ms = 7;
    assert_str(domesti_log_add(f->a, STR("not JSON"), &e),
               "[{\"sent_at\": \"1970-01-01T00:00:01.500000+00:00\", \"success\": true, "
               "\"http_status\": null, \"post_url\": \"http://h/\\u00e4\", \"user_id\": \"emma\", "
               "\"payload\": {}, \"response_preview\": \"p\", \"source\": \"live\", "
               "\"elapsed_ms\": 7}]");
    e = event_at(f, 0);
    assert_str(domesti_log_add(f->a, STR("{\"a\": 1}"), &e),
               "[{\"sent_at\": \"1970-01-01T00:00:00+00:00\", \"success\": false, "
               "\"http_status\": null, \"user_id\": null, \"payload\": {}, "
               "\"response_preview\": \"p\", \"source\": \"live\", \"elapsed_ms\": 0}]");
}

static void payload(void **state)
{
    struct fixture *f = *state;
    struct domesti_device d = { STR("p"), STR("m"), NULL };
    struct domesti_position p = { STR("u"), 1.5, -2.0, 0, &d };

    assert_str(ot_dump(f->a, domesti_payload(f->a, &p)),
               "{\"user_id\": \"u\", \"lat\": 1.5, \"lon\": -2.0, "
               "\"timestamp\": \"1970-01-01T00:00:00+00:00\", \"device_id\": \"p\", "
               "\"mqtt_user\": \"m\", \"source\": \"my-tracks\"}");
    p.device = NULL;
    assert_true(jval_nothing(jval_getz(domesti_payload(f->a, &p), "device_id")));
}

static void reasons(void **state)
{
    struct fixture *f = *state;

    assert_null(domesti_reason_refused(f->a, STR("stale_watchdog")));
    assert_string_equal(domesti_reason_refused(f->a, STR("it's")),
                        "Expected reason in ['accuracy_streak', 'approach_monitoring', "
                        "'boundary_proximity', 'deferred_edge', 'stale_watchdog'], got \"it's\"");
    assert_int_equal(domesti_user_cooldown(30, STR("stale_watchdog")), 30);
    assert_int_equal(domesti_user_cooldown(30, STR("approach_monitoring")), 5);
}

static void cooldowns(void **state)
{
    struct fixture *f = *state;
    struct jval *times = domesti_times(f->a, STR("{\"bob\": \"1970-01-01T00:01:40Z\", \"x\": 1}"));
    usec_t until = 0;

    assert_true(domesti_waits(times, STR("bob"), 10, 100 * SEC, &until));
    assert_int_equal(until, 110 * SEC);
    assert_true(domesti_waits(times, STR("bob"), 10, 110 * SEC - 1, &until));
    assert_false(domesti_waits(times, STR("bob"), 10, 110 * SEC, &until));
    /* The clock was set back: a little, far. */
    assert_true(domesti_waits(times, STR("bob"), 10, 91 * SEC, &until));
    assert_false(domesti_waits(times, STR("bob"), 10, 90 * SEC, &until));
    assert_false(domesti_waits(times, STR("bob"), 0, 100 * SEC, &until));
    assert_false(domesti_waits(times, STR("x"), 10, 100 * SEC, &until));
    assert_false(domesti_waits(times, STR("alice"), 10, 100 * SEC, &until));
    domesti_time_set(f->a, times, STR("alice"), 100 * SEC + 5);
    assert_true(domesti_waits(times, STR("alice"), 10, 100 * SEC, &until));
    assert_int_equal(until, 110 * SEC + 5);
    assert_int_equal(domesti_after(CLOCK_MAX_SEC * SEC - 1, DOMESTI_COOLDOWN_MAX),
                     CLOCK_MAX_SEC * SEC);
    assert_int_equal(domesti_times(f->a, STR("[1]"))->count, 0);
    assert_int_equal(domesti_times(f->a, STR("{"))->count, 0);
}

/* ---- the row */

static void first_load_makes_the_row(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    struct domesti d;

    assert_int_equal(db_domesti_get(db, f->a, &d), DB_OK);
    assert_false(d.stored);
    assert_int_equal(db_domesti_load(db, f->a, 5 * SEC, &d), DB_OK);
    assert_int_equal(d.user_cooldown, 30);
    assert_int_equal(db_domesti_load(db, f->a, 6 * SEC, &d), DB_OK);
    assert_true(d.stored);
    assert_string_equal(
        sql_string(
            f, db,
            "SELECT id || updated_at || typeof(encrypted_api_key) ||"
            " length(encrypted_api_key) || last_relayed_location_by_user || recent_webhook_log"
            " FROM my_tracks_domestibotconfig"),
        "11970-01-01 00:00:05blob0{}[]");
}

static void row_is_rewritten_but_for_what_is_not_ours(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct domesti d, again;
    const char *others = "SELECT last_relayed_location_by_user FROM my_tracks_domestibotconfig";
    const char *before = sql_string(f, db, others);

    assert_int_equal(db_domesti_load(db, f->a, 0, &d), DB_OK);
    assert_int_equal(d.device_cooldown, 3);
    assert_true(str_starts(d.sealed_key, STR("gAAAAA")));
    d.device_cooldown = 4;
    d.user_times = STR("{\"a\": \"b\"}");
    assert_int_equal(db_begin(db), DB_OK);
    assert_int_equal(db_domesti_put(db, &d, 0), DB_OK);
    assert_int_equal(db_commit(db), DB_OK);
    assert_int_equal(db_domesti_get(db, f->a, &again), DB_OK);
    assert_int_equal(again.device_cooldown, 4);
    assert_str(again.user_times, "{\"a\": \"b\"}");
    assert_true(str_eq(again.sealed_key, d.sealed_key) && str_eq(again.log, d.log));
    assert_true(again.paired_at.set && again.paired_at.t == d.paired_at.t);
    assert_string_equal(sql_string(f, db, others), before);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM my_tracks_domestibotconfig"), 1);
}

static void absurd_cooldowns_are_bounded(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct domesti d;

    sql_do(db, "UPDATE my_tracks_domestibotconfig SET"
               " location_request_user_cooldown_seconds = 9223372036854775807");
    assert_int_equal(db_domesti_get(db, f->a, &d), DB_OK);
    assert_int_equal(d.user_cooldown, DOMESTI_COOLDOWN_MAX);
}

static void devices_of_a_user(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct domesti_device *first, one;
    struct str name = STR_NULL;

    assert_int_equal(db_domesti_devices(db, f->a, BOB, STR_NULL, &first), DB_OK);
    assert_str(first->device_id, "pixel7");
    assert_str(first->mqtt_user, "bob");
    assert_str(first->next->device_id, "garmin");
    assert_null(first->next->next);
    assert_int_equal(db_domesti_devices(db, f->a, BOB, STR("garmin"), &first), DB_OK);
    assert_str(first->mqtt_user, "");
    assert_int_equal(db_domesti_devices(db, f->a, BOB, STR("ipad"), &first), DB_OK);
    assert_null(first);
    assert_int_equal(db_domesti_device(db, f->a, STR("alice"), &one), DB_OK);
    assert_str(one.device_id, "pixel7");
    assert_int_equal(db_domesti_device(db, f->a, STR("erin"), &one), DB_NONE);
    assert_int_equal(db_domesti_staff(db, f->a, &name), DB_NONE);
    sql_do(db, "UPDATE auth_user SET is_staff = 1 WHERE username IN ('bob', 'grace', 'erin')");
    assert_int_equal(db_domesti_staff(db, f->a, &name), DB_OK);
    assert_str(name, "bob");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(urls),
        FIXTURE_TEST(keys),
        FIXTURE_TEST(log_keeps_the_newest),
        FIXTURE_TEST(log_entry),
        FIXTURE_TEST(payload),
        FIXTURE_TEST(reasons),
        FIXTURE_TEST(cooldowns),
        FIXTURE_TEST(first_load_makes_the_row),
        FIXTURE_TEST(row_is_rewritten_but_for_what_is_not_ours),
        FIXTURE_TEST(absurd_cooldowns_are_bounded),
        FIXTURE_TEST(devices_of_a_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
