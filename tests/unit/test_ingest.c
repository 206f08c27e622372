/* What no recording shows: who may write where, what is set aside or dropped, regions, rewriting.
 */
#include "fixture.h"
#include "lib/log.h"

#include "sender.h"

/* ---------------------------------------------------------------- whose device */
enum who { NOBODY, AS_ALICE, AS_DAVE, AS_ADMIN, MQTT_ALICE, MQTT_ADMIN };

static struct sender sender_of(enum who who, enum ingest_mode mode)
{
    struct sender s = http(0, STR(""), mode);

    if (who == MQTT_ALICE || who == MQTT_ADMIN)
        s = mqtt(who == MQTT_ALICE ? STR("alice") : STR("admin"), T0, T0);
    else if (who != NOBODY)
        s = http(who == AS_ALICE  ? ALICE
                 : who == AS_DAVE ? DAVE
                                  : ADMIN,
                 who == AS_ALICE  ? STR("alice")
                 : who == AS_DAVE ? STR("dave")
                                  : STR("admin"),
                 mode);
    s.is_superuser = who == AS_ADMIN || who == MQTT_ADMIN;
    return s;
}

static void test_device_lookup(void **state)
{
    enum { OPEN = INGEST_MODE_OPEN, KNOWN = INGEST_MODE_KNOWN, AUTH = INGEST_MODE_AUTH };
    static const struct {
        enum who who;
        int mode;
        const char *user, *device; /* topic user: NULL, none */
        bool make;
        enum ingest_result want;
        int64_t id;
        const char *row; /* name, owner, mqtt_user afterwards */
    } cases[] = {
        /* Anonymous: by the id alone. */
        { NOBODY, OPEN, NULL, "ipad", true, INGEST_STORED, 2, "|2|alice" },
        { NOBODY, OPEN, "bob", "ipad", true, INGEST_STORED, 2, "|2|alice" },
        { NOBODY, OPEN, NULL, "oldphone", true, INGEST_STORED, 5, "Device oldphone||" },
        { NOBODY, OPEN, NULL, "pixel7", true, INGEST_AMBIGUOUS, 0, NULL },
        { NOBODY, OPEN, "dave", "pixel7", true, INGEST_AMBIGUOUS, 0, NULL },
        { NOBODY, OPEN, "alice", "pixel7", true, INGEST_STORED, 1, "Alice's Pixel|2|alice" },
        { NOBODY, OPEN, "bob", "pixel7", true, INGEST_STORED, 3, "Bob's phone|3|bob" },
        { NOBODY, OPEN, "alice", "fresh", false, INGEST_DROPPED, 0, NULL },
        { NOBODY, OPEN, "alice", "fresh", true, INGEST_STORED, 11, "Device fresh||" },
        { NOBODY, KNOWN, NULL, "ipad", true, INGEST_FORBIDDEN, 0, NULL },
        { NOBODY, KNOWN, "alice", "pixel7", true, INGEST_FORBIDDEN, 0, NULL },
        { NOBODY, KNOWN, NULL, "fresh", true, INGEST_FORBIDDEN, 0, NULL },
        { NOBODY, KNOWN, NULL, "oldphone", true, INGEST_STORED, 5, "Device oldphone||" },
        { NOBODY, AUTH, NULL, "oldphone", true, INGEST_FORBIDDEN, 0, NULL },
        /* With credentials the body only names the device (H-06). */
        { AS_ALICE, AUTH, NULL, "ipad", true, INGEST_STORED, 2, "|2|alice" },
        { AS_ALICE, OPEN, "bob", "pixel7", true, INGEST_STORED, 1, "Alice's Pixel|2|alice" },
        { AS_ALICE, KNOWN, "bob", "garmin", true, INGEST_STORED, 11, "Device garmin|2|" },
        { AS_ALICE, AUTH, NULL, "fresh", true, INGEST_STORED, 11, "Device fresh|2|" },
        { AS_ALICE, AUTH, NULL, "fresh", false, INGEST_DROPPED, 0, NULL },
        { AS_ALICE, AUTH, NULL, "oldphone", true, INGEST_STORED, 5, "Device oldphone|2|" },
        { AS_ALICE, AUTH, NULL, "oldphone", false, INGEST_STORED, 5, "Device oldphone||" },
        { AS_DAVE, OPEN, NULL, "tracker-x", true, INGEST_STORED, 11, "Device tracker-x|5|" },
        { AS_ADMIN, OPEN, "bob", "pixel7", true, INGEST_STORED, 3, "Bob's phone|3|bob" },
        { AS_ADMIN, OPEN, NULL, "pixel7", true, INGEST_STORED, 11, "Device pixel7|1|" },
        { AS_ADMIN, OPEN, "mallory", "tracker-x", true, INGEST_STORED, 6, "||mallory" },
        /* MQTT: the topic's user, whoever sends. */
        { MQTT_ALICE, OPEN, "alice", "pixel7", true, INGEST_STORED, 1, "Alice's Pixel|2|alice" },
        { MQTT_ALICE, OPEN, "alice", "garmin", true, INGEST_STORED, 11, "garmin|2|alice" },
        { MQTT_ALICE, OPEN, "alice", "oldphone", true, INGEST_STORED, 5,
          "Device oldphone|2|alice" },
        { MQTT_ALICE, OPEN, "alice", "oldphone", false, INGEST_STORED, 5, "Device oldphone||" },
        { MQTT_ALICE, OPEN, "alice", "tracker-x", true, INGEST_STORED, 11, "tracker-x|2|alice" },
        { MQTT_ALICE, OPEN, "alice", "tracker-x", false, INGEST_DROPPED, 0, NULL },
        { MQTT_ADMIN, OPEN, "mallory", "tracker-x", true, INGEST_STORED, 6, "||mallory" },
        { MQTT_ADMIN, OPEN, "nobody", "op2", true, INGEST_STORED, 10, "Device op2||nobody" },
        { MQTT_ADMIN, OPEN, "nobody", "ipad", true, INGEST_STORED, 11, "ipad||nobody" },
        { MQTT_ADMIN, OPEN, "carol", "cphone", true, INGEST_STORED, 11, "cphone|4|carol" },
        { MQTT_ADMIN, OPEN, "Alice", "ipad", true, INGEST_STORED, 11, "ipad||Alice" },
    };
    struct fixture *f = *state;
    char query[256];

    fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sender s = sender_of(cases[i].who, (enum ingest_mode)cases[i].mode);
        struct device d = { 0 };
        assert_int_equal(db_begin(f->db), DB_OK);
        enum ingest_result have = ingest_device(f->db, f->a, &s, str_of(cases[i].user),
                                                str_of(cases[i].device), cases[i].make, &d);
        if (have != cases[i].want || (cases[i].row && d.id != cases[i].id))
            fail_msg("case %zu: result %d, device %d", i, have, (int)d.id);
        if (cases[i].row) {
            snprintf(query, sizeof query,
                     "SELECT name || '|' || coalesce(owner_id, '') || '|' || mqtt_user"
                     " FROM my_tracks_device WHERE id = %d",
                     (int)d.id);
            if (strcmp(sql_string(f, f->db, query), cases[i].row) != 0)
                fail_msg("case %zu: %s", i, sql_string(f, f->db, query));
        }
        assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_device"),
                         d.id > 10 ? 11 : 10);
        db_rollback(f->db);
        sql_do(f->db, "UPDATE sqlite_sequence SET seq = 10 WHERE name = 'my_tracks_device'");
    }
}

/* ---------------------------------------------------------------- set aside */
static void test_quarantine(void **state)
{
    static const struct {
        const char *payload, *why;
    } cases[] = {
        { "{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)" },
        { " ", "Expecting value: line 1 column 2 (char 1)" },
        { "[]", "not a JSON object" },
        { "{}", "no _type" },
        { "{\"_type\":5}", "no _type" },
        { "{\"_type\":\"\"}", "unknown _type" },
        { "{\"_type\":\"Location\",\"lat\":1,\"lon\":1,\"tst\":1}", "unknown _type" },
        { "{\"_type\":\"location\",\"lat\":91,\"lon\":1,\"tst\":1}", "lat or lon is out of range" },
        { "{\"_type\":\"location\",\"lat\":1,\"tst\":1}", "location without lat or lon" },
        { "{\"_type\":\"transition\",\"tst\":1}", "transition without event or tst" },
        { "{\"_type\":\"waypoints\",\"waypoints\":{}}", "waypoints is not a list" },
        { "\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte" },
    };
    struct fixture *f = *state;
    struct sender s = mqtt(STR("alice"), T0, T0);

    fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(publish(f, &s, "owntracks/alice/unborn", str_of(cases[i].payload)),
                         INGEST_QUARANTINE);
        assert_string_equal(sql_string(f, f->db,
                                       "SELECT reason FROM mytracks_quarantine"
                                       " ORDER BY id DESC LIMIT 1"),
                            cases[i].why);
        assert_string_equal(sql_string(f, f->db,
                                       "SELECT CAST(raw AS text) FROM mytracks_quarantine"
                                       " ORDER BY id DESC LIMIT 1"),
                            cases[i].payload);
    }
    assert_string_equal(sql_string(f, f->db,
                                   "SELECT received_at || ' ' || via || ' ' || username || ' ' ||"
                                   " address || ' ' || topic FROM mytracks_quarantine LIMIT 1"),
                        "2026-03-06 12:26:40 mqtt alice 192.0.2.1 owntracks/alice/unborn");
    /* Nothing else was touched. */
    assert_int_equal(new_rows(f), 0);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_device"), 10);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_owntracksmessage"), 8);
}

static void test_dropped(void **state)
{
    static const struct {
        const char *topic, *payload;
    } cases[] = {
        { "owntracks/alice/ipad", "" },
        { "owntracks/alice", LOC "}" },
        { "owntracks/alice/", LOC "}" },
        { "owntracks//ipad", LOC "}" },
        { "owntracks", LOC "}" },
        { "foo/alice/ipad", LOC "}" },
        { "/owntracks/alice/ipad", LOC "}" },
        { "owntracks/alice/ipad/cmd", "{\"_type\":\"cmd\",\"action\":\"dump\"}" },
        { "owntracks/alice/unborn", "{\"_type\":\"status\"}" },
        { "owntracks/alice/unborn", "{\"_type\":\"lwt\"}" },
        { "owntracks/alice/unborn", "{\"_type\":\"transition\",\"event\":\"enter\",\"tst\":1}" },
        { "owntracks/alice/unborn", "{\"_type\":\"waypoint\",\"lat\":1,\"lon\":1}" },
        { "owntracks/alice/ipad", "{\"_type\":\"waypoints\",\"waypoints\":[]}" },
        { "owntracks/alice/ipad", "{\"_type\":\"waypoints\",\"waypoints\":[5,{\"lat\":1}]}" },
    };
    struct fixture *f = *state;
    struct sender s = mqtt(STR("alice"), T0, T0);

    fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(publish(f, &s, cases[i].topic, str_of(cases[i].payload)), INGEST_DROPPED);
    assert_int_equal(sql_number(f->db, "SELECT (SELECT count(*) FROM mytracks_quarantine)"
                                       " + (SELECT count(*) FROM my_tracks_location) - 540"
                                       " + (SELECT count(*) FROM my_tracks_device) - 10"),
                     0);
}

/* Payloads that would take too much memory are kept, not parsed. */
static void test_sizes(void **state)
{
    struct fixture *f = *state;
    struct sender s = mqtt(STR("alice"), T0, T0);
    size_t n = (size_t)9 * 1024 * 1024;
    char *big = malloc(n);

    assert_non_null(big);
    memset(big, '[', n);
    fixture_household(f);
    static const struct {
        size_t n, kept;
    } cases[] = {
        { 100000, 100000 },
        { (size_t)9 * 1024 * 1024, (size_t)8 * 1024 * 1024 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(publish(f, &s, "owntracks/alice/ipad", (struct str){ big, cases[i].n }),
                         INGEST_QUARANTINE);
        assert_int_equal(sql_number(f->db, "SELECT length(raw) FROM mytracks_quarantine"
                                           " WHERE reason = 'message too big'"
                                           " ORDER BY id DESC LIMIT 1"),
                         cases[i].kept);
    }
    /* A location with a long unknown member is stored, a card of that size is too long for a row.
     */
    static const struct {
        const char *type;
        enum ingest_result want;
    } long_ones[] = {
        { "{\"_type\":\"location\",\"lat\":1,\"lon\":1,\"tst\":1,\"image\":\"", INGEST_STORED },
        { "{\"_type\":\"card\",\"face\":\"", INGEST_QUARANTINE },
    };
    for (size_t i = 0; i < sizeof long_ones / sizeof *long_ones; i++) {
        size_t head = strlen(long_ones[i].type), total = (size_t)3 * 1024 * 1024;
        memset(big, 'A', total);
        memcpy(big, long_ones[i].type, head);
        memcpy(big + total - 2, "\"}", 2);
        arena_reset(f->a);
        assert_int_equal(publish(f, &s, "owntracks/alice/ipad", (struct str){ big, total }),
                         long_ones[i].want);
    }
    free(big);
}

/* ---------------------------------------------------------------- regions */
static void test_transition_regions(void **state)
{
    static const struct {
        const char *members;
        int64_t waypoint; /* 0: none */
    } cases[] = {
        { "\"rid\":\"a15d146a-48eb-5c2d-a4be-2e76f9a429aa\",\"desc\":\"Other\"", 1 },
        { "\"rid\":\"41d230cb-ab14-5d97-b8ac-ccc955925fd2\"", 3 },                   /* inactive */
        { "\"rid\":\"16b53bf6-62a7-55d8-a4c8-2bd837ad0f35\",\"desc\":\"Home\"", 0 }, /* bob's */
        { "\"rid\":\"made-up\",\"desc\":\"Work\"", 2 },
        { "\"desc\":\"Home\"", 1 },
        { "\"desc\":\"Gym (old)\"", 0 }, /* inactive: not by name */
        { "\"desc\":\"home\"", 0 },
        { "\"desc\":\"\"", 0 },
    };
    struct fixture *f = *state;
    char payload[256];

    fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(payload, sizeof payload,
                 "{\"_type\":\"transition\",\"event\":\"enter\",\"tst\":%zu,%s}", i + 1,
                 cases[i].members);
        assert_int_equal(ipad(f, 0, 1, payload), INGEST_STORED);
        assert_int_equal(sql_number(f->db, "SELECT coalesce(waypoint_id, 0)"
                                           " FROM my_tracks_transition ORDER BY id DESC LIMIT 1"),
                         cases[i].waypoint);
        assert_int_equal(ipad(f, 10, 11, payload), INGEST_REPEATED);
    }
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_transition WHERE id > 14"),
                     (int64_t)(sizeof cases / sizeof *cases));
}

static void test_waypoints(void **state)
{
    struct fixture *f = *state;
    const char *list =
        "{\"_type\":\"waypoints\",\"waypoints\":[{\"desc\":\"A\",\"lat\":1,\"lon\":2},"
        "{\"desc\":\"B\",\"lat\":\"x\",\"lon\":2},{\"desc\":\"C\",\"lat\":3,"
        "\"lon\":2}]}";

    fixture_household(f);
    /* As the reference, up to the bad one; the rest is not lost. */
    assert_int_equal(ipad(f, 0, 1, list), INGEST_QUARANTINE);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_waypoint WHERE id > 5"), 1);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM mytracks_quarantine"), 1);
    /* A single waypoint is a list of one, stored once, with ids that leave no gap. */
    const char *one = "{\"_type\":\"waypoint\",\"desc\":\"A\",\"lat\":1,\"lon\":2,\"rad\":100}";
    assert_int_equal(ipad(f, 0, 2, one), INGEST_REPEATED);
    assert_int_equal(ipad(f, 0, 3, "{\"_type\":\"waypoint\",\"desc\":\"D\",\"lat\":1,\"lon\":2}"),
                     INGEST_STORED);
    assert_string_equal(
        sql_string(f, f->db,
                   "SELECT group_concat(id || label || user_id || radius)"
                   " FROM (SELECT * FROM my_tracks_waypoint WHERE id > 5 ORDER BY id)"),
        "6A2100,7D2100");
}

/* ---------------------------------------------------------------- PUT */
static void test_rewrite(void **state)
{
    struct fixture *f = *state;
    char why[JSONIN_WHY];
    struct sender s = http(ALICE, STR("alice"), INGEST_MODE_OPEN);
    struct device d = { .id = 2 };
    struct ot_http in;
    struct ot_errors errors;

    fixture_household(f);
    assert_true(ot_http_fields(
        f->a,
        jsonin_parse(f->a,
                     STR("{\"device_id\":\"ipad\",\"lat\":1,\"lon\":2,\"tst\":1772800000,"
                         "\"trigger\":\"x\",\"t\":\"u\"}"),
                     why),
        &in, &errors));
    assert_int_equal(ingest_rewrite(f->db, f->a, 355, &s, &d, &in.fix), DB_OK);
    assert_string_equal(
        sql_string(f, f->db,
                   "SELECT device_id || '|' || latitude || typeof(latitude) || '|' || timestamp ||"
                   " '|' || coalesce(accuracy, 'NULL') || '|' || connection_type || tracker_id ||"
                   " '|' || received_via || '|' || received_at || '|' || \"trigger\""
                   " FROM my_tracks_location WHERE id = 355"),
        "2|1integer|2026-03-06 12:26:40|NULL||mqtt|2026-03-02 20:00:30|u");
    assert_int_equal(ingest_rewrite(f->db, f->a, 9999, &s, &d, &in.fix), DB_NONE);
}

/* ---------------------------------------------------------------- the spool's position */
static void test_spool_position(void **state)
{
    struct fixture *f = *state;
    struct spool_position p = { 7, 7 };
    struct sender s = mqtt(STR("alice"), T0, T0);

    fixture_household(f);
    assert_int_equal(db_spool_position(f->db, &p), DB_OK);
    assert_true(p.segment == 0 && p.offset == 0);
    /* Rows and position come and go together. */
    assert_int_equal(db_begin(f->db), DB_OK);
    assert_int_equal(ingest_mqtt(f->db, f->a, &s, STR("owntracks/alice/fresh"), STR(LOC "}")),
                     INGEST_STORED);
    assert_int_equal(db_spool_advance(f->db, (struct spool_position){ 3, 4096 }), DB_OK);
    db_rollback(f->db);
    assert_int_equal(db_spool_position(f->db, &p), DB_OK);
    assert_true(p.segment == 0 && p.offset == 0);
    assert_int_equal(sql_number(f->db, "SELECT count(*) FROM my_tracks_device"), 10);
    sql_do(f->db, "DELETE FROM mytracks_spool_position");
    assert_int_equal(db_spool_position(f->db, &p), DB_NONE);
    assert_int_equal(db_spool_advance(f->db, (struct spool_position){ 3, 4096 }), DB_OK);
    assert_int_equal(db_spool_advance(f->db, (struct spool_position){ 4, 1 }), DB_OK);
    assert_int_equal(db_spool_position(f->db, &p), DB_OK);
    assert_true(p.segment == 4 && p.offset == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_device_lookup),
        FIXTURE_TEST(test_quarantine),
        FIXTURE_TEST(test_dropped),
        FIXTURE_TEST(test_sizes),
        FIXTURE_TEST(test_transition_regions),
        FIXTURE_TEST(test_waypoints),
        FIXTURE_TEST(test_rewrite),
        FIXTURE_TEST(test_spool_position),
    };
    (void)log_open("test", NULL, LOG_LVL_WARNING);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
