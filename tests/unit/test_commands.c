/* Commands for phones: what they may be, and how they wait. */
#include "db/commands.h"
#include "fixture.h"
#include "lib/command.h"
#include "lib/owntracks.h"

#include "sender.h"

#define T(s) "{\"_type\": \"cmd\", \"action\": \"" s "\""

static void test_build(void **state)
{
    static const struct {
        const char *action, *body, *want; /* want: the message, or the reason */
    } cases[] = {
        { "reportLocation", "{\"evil\": 1}", T("reportLocation") "}" },
        { "clearWaypoints", "{}", T("clearWaypoints") "}" },
        { "waypoints", "{}", T("waypoints") "}" },
        { "status", "{}", T("status") "}" },
        { "dump", "{}", T("dump") "}" },
        { "reportSteps", "{\"from\": 1, \"to\": 2}", T("reportSteps") ", \"from\": 1, \"to\": 2}" },
        { "reportSteps", "{\"from\": 2, \"to\": 2}",
          "from and to must be Unix seconds, from before to" },
        { "reportSteps", "{\"from\": \"1\", \"to\": 2}",
          "from and to must be Unix seconds, from before to" },
        { "reportSteps", "{\"to\": 2}", "from and to must be Unix seconds, from before to" },
        { "setWaypoints", "{}", "waypoints must be a list of 1 to 1000 regions" },
        { "setWaypoints", "{\"waypoints\": []}", "waypoints must be a list of 1 to 1000 regions" },
        { "setWaypoints", "{\"waypoints\": [1]}", "each of waypoints must be an object" },
        { "setWaypoints", "{\"waypoints\": [{\"desc\": \" \", \"lat\": 1, \"lon\": 2}]}",
          "waypoints[0]: desc must be a text of 1 to 200 characters" },
        { "setWaypoints", "{\"waypoints\": [{\"desc\": \"x\", \"lat\": 91, \"lon\": 2}]}",
          "waypoints[0]: lat and lon must be numbers, -90 to 90 and -180 to 180" },
        { "setWaypoints", "{\"waypoints\": [{\"desc\": \"x\", \"lat\": \"1\", \"lon\": 2}]}",
          "waypoints[0]: lat and lon must be numbers, -90 to 90 and -180 to 180" },
        { "setWaypoints",
          "{\"waypoints\": [{\"desc\": \"x\", \"lat\": 1, \"lon\": 2, \"rad\": -1}]}",
          "waypoints[0]: rad must be a number of metres from 0 to 20000000" },
        { "setWaypoints",
          "{\"waypoints\": [{\"desc\": \"x\", \"lat\": 1, \"lon\": 2, \"run\": \"rm\", \"_type\": "
          "\"cmd\"},"
          " {\"desc\": \"y\", \"lat\": 1.5, \"lon\": 2, \"rad\": 9, \"tst\": 7}]}",
          T("setWaypoints") ", \"waypoints\": {\"_type\": \"waypoints\", \"waypoints\": "
                            "[{\"_type\": \"waypoint\","
                            " \"desc\": \"x\", \"lat\": 1, \"lon\": 2, \"tst\": 1772800000}, "
                            "{\"_type\": \"waypoint\", \"desc\": \"y\","
                            " \"lat\": 1.5, \"lon\": 2, \"rad\": 9, \"tst\": 7}]}}" },
        { "setConfiguration", "{}", "configuration must be an object of 1 to 200 settings" },
        { "setConfiguration", "{\"configuration\": {\"a\": []}}",
          "configuration: 'a' must be a text, a number or a truth" },
        { "setConfiguration", "{\"configuration\": {\"a\": null}}",
          "configuration: 'a' must be a text, a number or a truth" },
        { "setConfiguration",
          "{\"configuration\": {\"_type\": \"cmd\", \"monitoring\": 2, \"cmd\": true}}",
          T("setConfiguration") ", \"configuration\": {\"_type\": \"configuration\", "
                                "\"monitoring\": 2,"
                                " \"cmd\": true}}" },
    };
    struct fixture *f = *state;
    char reason[JSONIN_WHY];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str why = STR("");
        const struct command_kind *kind = command_kind(str_of(cases[i].action));
        const struct jval *body = jsonin_parse(f->a, str_of(cases[i].body), reason);
        assert_non_null(kind);
        const struct jval *got = command_build(f->a, kind, body, T0, &why);
        assert_str(got != NULL ? ot_dump(f->a, got) : why, cases[i].want);
    }
    assert_null(command_kind(STR("restart")));
    assert_null(command_kind(STR("")));
    assert_true(command_kind(STR("dump"))->ios_only && command_kind(STR("reportSteps"))->ios_only);
}

static struct queued_command command(const char *action, const char *answer)
{
    return (struct queued_command){
        .device_id = 2, /* alice's iPad */
        .created_by = ALICE,
        .action = str_of(action),
        .answer = str_of(answer),
        .topic = STR("owntracks/alice/ipad/cmd"),
        .target = STR("alice"),
        .payload = str_of(action),
        .created_at = T0,
        .expires_at = AFTER(1000),
        .delivered_via = STR(""),
    };
}

static int64_t add(struct db *db, const char *action, const char *answer)
{
    struct queued_command c = command(action, answer);

    assert_int_equal(db_command_add(db, &c), DB_OK);
    return c.id;
}

static struct queued_command seen;

static bool note_row(void *ctx, const struct queued_command *c)
{
    ++*(int *)ctx;
    seen = *c;
    return true;
}

static enum command_state state_of(struct db *db, int64_t id)
{
    int n = 0;

    assert_int_equal(db_command_list(db, 2, 0, id, 1, note_row, &n), DB_OK);
    assert_int_equal(n, 1);
    return seen.state;
}

static void test_over_mqtt(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct queued_command c;
    usec_t due;
    int64_t first = add(db, "A", "location"), second = add(db, "A", "location"),
            third = add(db, "B", "");

    assert_int_equal(db_command_taken(db, STR("owntracks/alice/ipad/cmd"), STR("A"), AFTER(1)),
                     DB_OK);
    assert_int_equal(state_of(db, first),
                     COMMAND_QUEUED); /* of somebody else's: nothing was published yet */
    assert_int_equal(db_command_next(db, f->a, &c, &due), DB_OK);
    assert_true(c.id == first && due == T0);
    assert_int_equal(db_command_tried(db, first, AFTER(300), STR_NULL), DB_OK);
    assert_int_equal(db_command_next(db, f->a, &c, &due), DB_OK);
    assert_int_equal(c.id, second);
    assert_int_equal(db_command_tried(db, second, AFTER(300), STR_NULL), DB_OK);
    assert_int_equal(db_command_taken(db, STR("owntracks/alice/ipad/cmd"), STR("A"), AFTER(2)),
                     DB_OK);
    assert_int_equal(state_of(db, first), COMMAND_DELIVERED);
    assert_int_equal(seen.delivered_at.t, AFTER(2));
    assert_int_equal(state_of(db, second), COMMAND_QUEUED);
    assert_int_equal(db_command_tried(db, third, AFTER(300), STR_NULL), DB_OK);
    assert_int_equal(db_command_listens(db, STR("bob"), AFTER(10)), DB_NONE);
    assert_int_equal(db_command_listens(db, STR("alice"), AFTER(10)), DB_OK);
    assert_int_equal(db_command_next(db, f->a, &c, &due), DB_OK);
    assert_true(c.id == second && due == T0); /* in the order of their making */
    assert_int_equal(db_command_expire(db, AFTER(999)), DB_OK);
    assert_int_equal(state_of(db, second), COMMAND_QUEUED);
    assert_int_equal(db_command_expire(db, AFTER(1000)), DB_OK);
    assert_int_equal(state_of(db, second), COMMAND_EXPIRED);
    assert_int_equal(state_of(db, first), COMMAND_DELIVERED);
    assert_int_equal(db_command_next(db, f->a, &c, &due), DB_NONE);
    assert_int_equal(db_command_trim(db, AFTER(40 * 86400)), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_command"), 0);
}

static void test_over_http(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct queued_command *got;
    size_t n;
    int64_t first = add(db, "A", ""), second = add(db, "B", "");

    assert_int_equal(db_command_fetch(db, f->a, 3, false, AFTER(1), &got, &n), DB_OK);
    assert_int_equal(n, 0);
    assert_int_equal(db_command_fetch(db, f->a, 2, false, AFTER(1), &got, &n), DB_OK);
    assert_true(n == 2 && got[0].id == first && got[1].id == second);
    assert_int_equal(db_command_delivered(db, first, STR("http"), AFTER(1)), DB_OK);
    assert_int_equal(db_command_fetch(db, f->a, 2, false, AFTER(2), &got, &n), DB_OK);
    assert_true(n == 1 && got[0].id == second);
    assert_int_equal(db_command_fetch(db, f->a, 2, true, AFTER(2), &got, &n), DB_OK);
    assert_int_equal(n, 2); /* the answer got lost */
    assert_int_equal(db_command_fetch(db, f->a, 2, true, AFTER(1000), &got, &n), DB_OK);
    assert_int_equal(n, 0); /* too late */
}

static void test_limit_and_owner(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct queued_command c = command("A", "");
    int n = 0;

    for (int i = 0; i < COMMANDS_WAITING_MAX; i++)
        assert_int_equal(db_command_add(db, &c), DB_OK);
    assert_int_equal(db_command_add(db, &c), DB_CONFLICT);
    assert_int_equal(db_command_delivered(db, c.id, STR("mqtt"), T0), DB_OK);
    c.created_by = BOB;
    assert_int_equal(db_command_add(db, &c), DB_OK);
    assert_int_equal(db_command_list(db, 2, BOB, 0, 100, note_row, &n), DB_OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_command_list(db, 2, 0, 0, 10, note_row, &n), DB_OK);
    assert_int_equal(n, 11);
}

static void test_answers_confirm(void **state)
{
    static const struct {
        const char *answer, *message;
        bool confirms;
    } cases[] = {
        { "location", LOC ",\"t\":\"r\"}", true },
        { "location", LOC ",\"acc\":3,\"t\":\"u\"}", false },
        { "waypoints", "{\"_type\":\"waypoints\",\"waypoints\":[]}", true },
        { "status", "{\"_type\":\"status\",\"iOS\":{}}", true },
        { "status", "{\"_type\":\"dump\",\"configuration\":{}}", false },
        { "dump", "{\"_type\":\"dump\",\"configuration\":{\"a\":1}}", true },
        { "steps", "{\"_type\":\"steps\",\"steps\":3}", true },
        { "", "{\"_type\":\"status\",\"iOS\":{\"b\":1}}", false },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t fresh = add(db, "A", cases[i].answer), sent = add(db, "A", cases[i].answer);
        assert_int_equal(db_command_delivered(db, sent, STR("mqtt"), T0), DB_OK);
        (void)ipad(f, (int)i, (int)i, cases[i].message);
        assert_int_equal(state_of(db, fresh), COMMAND_QUEUED); /* nobody has heard of it yet */
        if (state_of(db, sent) != (cases[i].confirms ? COMMAND_CONFIRMED : COMMAND_DELIVERED))
            fail_msg("case %zu", i);
        sql_do(db, "DELETE FROM mytracks_command");
    }
}

/* Whoever is no friend gets nothing. */
static void test_relay(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    const char *ask = "{\"_type\":\"cmd\",\"action\":\"reportLocation\"}";
    struct sender s = mqtt(STR("alice"), T0, T0);

    s.user_id = ALICE;
    sql_do(db, "DELETE FROM my_tracks_friendrequest");
    sql_do(db, "DELETE FROM my_tracks_deviceshare");
    sql_do(db, "UPDATE my_tracks_device SET mqtt_user = 'x' || id WHERE owner_id IS NOT NULL");
    assert_int_equal(publish(f, &s, "owntracks/alice/ipad/cmd", str_of(ask)), INGEST_DROPPED);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_command"), 0);
    assert_false(db_outgoing(db));
    sql_do(db, "INSERT INTO my_tracks_friendrequest (status, auto_accept_reciprocal, created_at,"
               " updated_at, from_user_id, to_user_id)"
               " VALUES ('accepted', 0, '2026-01-01', '2026-01-01', 3, 2)");
    assert_int_equal(publish(f, &s, "owntracks/alice/ipad/cmd", str_of(ask)), INGEST_DROPPED);
    assert_true(db_outgoing(db));
    int64_t n =
        sql_number(db, "SELECT count(*) FROM mytracks_command WHERE topic LIKE 'owntracks/x%/cmd'");
    assert_int_equal(n, sql_number(db, "SELECT count(*) FROM my_tracks_device WHERE owner_id = 3"));
    assert_true(n > 0);
    assert_int_equal(publish(f, &s, "owntracks/alice/ipad/cmd", str_of(ask)), INGEST_DROPPED);
    assert_int_equal(publish(f, &s, "owntracks/bob/pixel7/cmd", str_of(ask)), INGEST_DROPPED);
    assert_int_equal(publish(f, &s, "owntracks/alice/ipad", str_of(ask)), INGEST_DROPPED);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_command"), n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_build),           TEST(test_over_mqtt),       TEST(test_over_http),
        TEST(test_limit_and_owner), TEST(test_answers_confirm), TEST(test_relay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
