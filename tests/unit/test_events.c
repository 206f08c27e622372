/* Transitions and regions as live events: their rows, their JSON, and the same from HTTP. */
#include "fixture.h"

#include "db/events.h"
#include "lib/represent.h"

#include "sender.h"

#define TRANSITION                                                                        \
    "{\"_type\":\"transition\",\"tst\":1772800000,\"event\":\"enter\",\"desc\":\"Home\"," \
    "\"rid\":\"a15d146a-48eb-5c2d-a4be-2e76f9a429aa\"}"
#define REGION(name) "{\"_type\":\"waypoint\",\"desc\":\"" name "\",\"lat\":1.5,\"lon\":2.5}"

struct feed {
    struct fixture *f;
    struct buf text;
    size_t left; /* rows wanted */
};

static void feed_open(struct feed *feed, struct fixture *f)
{
    *feed = (struct feed){ .f = f, .left = SIZE_MAX };
    buf_init(&feed->text, 65536);
}

static bool add_transition(void *ctx, const struct transition *t)
{
    struct feed *feed = ctx;
    struct json j;

    json_init(&j, &feed->text, JSON_COMPACT);
    represent_transition_event(&j, t);
    assert_true(json_done(&j));
    return --feed->left > 0;
}

static bool add_news(void *ctx, const struct region_news *n)
{
    struct feed *feed = ctx;
    struct json j;

    assert_int_equal(n->received_at, T0);
    json_init(&j, &feed->text, JSON_COMPACT);
    represent_regions_event(&j, n->device, n->count);
    assert_true(json_done(&j));
    return --feed->left > 0;
}

/* What the feed tells after an id; feed is empty again. */
static void assert_transitions(struct feed *feed, int64_t after, const char *want)
{
    assert_int_equal(db_transition_feed(feed->f->db, after, 10, add_transition, feed), DB_OK);
    assert_str(buf_view(&feed->text), want);
    buf_clear(&feed->text);
}

static void assert_news(struct feed *feed, int64_t after, const char *want)
{
    assert_int_equal(db_region_news_feed(feed->f->db, after, 10, add_news, feed), DB_OK);
    assert_str(buf_view(&feed->text), want);
    buf_clear(&feed->text);
}

/* ---------------------------------------------------------------- over MQTT */
static void test_transitions(void **state)
{
    struct fixture *f = *state;
    struct feed feed;
    int64_t last = 0;

    fixture_household(f);
    feed_open(&feed, f);
    assert_int_equal(db_transition_last_id(f->db, &last), DB_OK);
    assert_int_equal(last, 14);
    assert_transitions(&feed, last, "");
    assert_int_equal(ipad(f, 0, 1, TRANSITION), INGEST_STORED);
    assert_int_equal(ipad(f, 2, 3, TRANSITION), INGEST_REPEATED); /* sent again: told once */
    assert_int_equal(
        ipad(f, 0, 1, "{\"_type\":\"transition\",\"tst\":1772800001.5,\"event\":\"leave\"}"),
        INGEST_STORED);
    assert_transitions(
        &feed, last,
        "{\"type\":\"transition\",\"data\":{\"id\":15,\"device_id\":\"ipad\","
        "\"device_display\":\"alice/ipad\",\"event\":\"enter\","
        "\"region_id\":\"a15d146a-48eb-5c2d-a4be-2e76f9a429aa\",\"description\":\"Home\","
        "\"timestamp\":\"2026-03-06T12:26:40+00:00\",\"waypoint_label\":\"Home\"}}"
        "{\"type\":\"transition\",\"data\":{\"id\":16,\"device_id\":\"ipad\","
        "\"device_display\":\"alice/ipad\",\"event\":\"leave\",\"region_id\":\"\","
        "\"description\":\"\",\"timestamp\":\"2026-03-06T12:26:41+00:00\","
        "\"waypoint_label\":null}}");
    feed.left = 1;
    assert_int_equal(db_transition_feed(f->db, 0, 10, add_transition, &feed), DB_OK);
    assert_non_null(strstr(arena_cstr(f->a, buf_view(&feed.text)), "\"id\":1,"));
    assert_null(strstr(arena_cstr(f->a, buf_view(&feed.text)), "\"id\":2,"));
    buf_free(&feed.text);
}

static void test_region_news(void **state)
{
    struct fixture *f = *state;
    struct feed feed;
    int64_t last = -1;

    fixture_household(f);
    feed_open(&feed, f);
    assert_int_equal(db_region_news_last_id(f->db, &last), DB_OK);
    assert_int_equal(last, 0);
    assert_int_equal(ipad(f, 0, 0,
                          "{\"_type\":\"waypoints\",\"waypoints\":[" REGION("A") "," REGION(
                              "A") "," REGION("B") ",{\"desc\":\"nowhere\"},7]}"),
                     INGEST_STORED);
    assert_int_equal(ipad(f, 0, 0, REGION("C")), INGEST_STORED);
    /* Nothing new, nothing usable, or nobody's: no event. */
    assert_int_equal(ipad(f, 0, 0, REGION("C")), INGEST_REPEATED);
    assert_int_equal(ipad(f, 0, 0, "{\"_type\":\"waypoints\",\"waypoints\":[]}"), INGEST_DROPPED);
    assert_int_equal(
        ipad(f, 0, 0,
             "{\"_type\":\"waypoints\",\"waypoints\":[" REGION("D") ",{\"lat\":\"x\",\"lon\":1}]}"),
        INGEST_QUARANTINE);
    struct sender mallory = mqtt(STR("mallory"), T0, T0);
    assert_int_equal(publish(f, &mallory, "owntracks/mallory/tracker-x", STR(REGION("E"))),
                     INGEST_DROPPED);
#define NEWS(n)                                                                 \
    "{\"type\":\"waypoint_event\",\"data\":{\"device_display\":\"alice/ipad\"," \
    "\"new_count\":" #n "}}"
    assert_news(&feed, 0, NEWS(2) NEWS(1));
    assert_news(&feed, 1, NEWS(1));
    assert_int_equal(db_region_news_trim(f->db, T0), DB_OK);
    assert_news(&feed, 1, NEWS(1));
    assert_int_equal(db_region_news_trim(f->db, T0 + 1), DB_OK);
    assert_news(&feed, 0, "");
    buf_free(&feed.text);
}

/* ---------------------------------------------------------------- over HTTP */
static enum ingest_result follow(struct fixture *f, const struct sender *s, const char *device,
                                 enum ot_type type, const char *text)
{
    char parse_why[JSONIN_WHY];
    const char *why = "";
    struct device d;
    const struct jval *msg = jsonin_parse(f->a, str_of(text), parse_why);

    assert_int_equal(db_begin(f->db), DB_OK);
    assert_int_equal(ingest_device(f->db, f->a, s, STR_NULL, str_of(device), true, &d),
                     INGEST_STORED);
    enum ingest_result result = ingest_follow(f->db, f->a, s, &d, type, msg, &why);
    assert_int_equal(db_commit(f->db), DB_OK);
    if (result == INGEST_QUARANTINE)
        assert_true(why != NULL && *why != '\0');
    return result;
}

/* Nothing but a row follows from what an API client posts, or somebody without a name. */
static void test_follow(void **state)
{
    struct fixture *f = *state;
    struct feed feed;

    fixture_household(f);
    feed_open(&feed, f);
    struct sender alice = http(ALICE, STR("alice"), INGEST_MODE_OPEN);
    struct sender nobody = http(0, STR(""), INGEST_MODE_OPEN);
    assert_int_equal(follow(f, &alice, "ipad", OT_TRANSITION, TRANSITION), INGEST_DROPPED);
    nobody.phone = true;
    assert_int_equal(follow(f, &nobody, "ipad", OT_TRANSITION, TRANSITION), INGEST_DROPPED);
    assert_transitions(&feed, 14, "");

    alice.phone = true;
    assert_int_equal(follow(f, &alice, "ipad", OT_TRANSITION, TRANSITION), INGEST_STORED);
    assert_int_equal(follow(f, &alice, "ipad", OT_TRANSITION, TRANSITION), INGEST_REPEATED);
    assert_int_equal(follow(f, &alice, "ipad", OT_TRANSITION, "{}"), INGEST_QUARANTINE);
    assert_int_equal(follow(f, &alice, "ipad", OT_STATUS, "{}"), INGEST_DROPPED);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_transition WHERE id > 14"
                                       " AND device_id = 2 AND waypoint_id = 1"),
                     1);
    assert_int_equal(follow(f, &alice, "fresh", OT_WAYPOINT, REGION("A")), INGEST_STORED);
    assert_news(&feed, 0,
                "{\"type\":\"waypoint_event\",\"data\":{\"device_display\":\"alice/fresh\","
                "\"new_count\":1}}");
    buf_free(&feed.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_transitions),
        FIXTURE_TEST(test_region_news),
        FIXTURE_TEST(test_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
