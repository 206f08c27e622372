#include "lib/owntracks.h"
#include "vectors.h"

#include "scenario.h"

static struct arena *arena;

static int set_up(void **state)
{
    arena = arena_new((size_t)64 * 1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(arena);
    return vectors_close(state);
}

static const struct jval *parsed(const char *json)
{
    char why[JSONIN_WHY];
    const struct jval *v = jsonin_parse(arena, str_of(json), why);

    if (!v)
        fail_msg("%s: %s", json, why);
    return v;
}

/* "field: message" of each error, parted by " | ". */
static struct str errors_text(const struct ot_errors *errors)
{
    struct str all = STR("");

    for (size_t i = 0; i < errors->n; i++)
        all = arena_concat(arena,
                           (const struct str[]){ all, i ? STR(" | ") : STR(""), errors->v[i].field,
                                                 STR(": "), errors->v[i].message, STR_NULL });
    return all;
}

/* All checks of a POST, as the view makes them. */
static bool post_is_fine(const struct jval *msg, struct ot_http *out, struct ot_errors *errors)
{
    return ot_http_fields(arena, msg, out, errors) && ot_http_check(arena, out, 0, errors) &&
           ot_http_check(arena, out, 1, errors);
}

/* ---------------------------------------------------------------- recorded POSTs */
static bool same_errors(const struct ot_errors *have, const struct jval *want)
{
    if (have->n != want->count)
        return false;
    for (size_t i = 0; i < have->n; i++) {
        const struct jval *list = jval_get(want, have->v[i].field);
        if (!list || list->count != 1 || !str_eq(list->first->text, have->v[i].message))
            return false;
    }
    return true;
}

static void check_post(struct tally *t, const char *name, const struct jval *msg,
                       const struct jval *expect)
{
    struct ot_http out;
    struct ot_errors errors;
    bool fine = post_is_fine(msg, &out, &errors), ok;
    const struct jval *json = jval_getz(expect, "json");

    if (case_int(expect, STR("status")) == 200)
        ok = fine;
    else
        ok = !fine && (!json || jval_getz(json, "$any") || same_errors(&errors, json));
    tally_check(
        t, ok,
        arena_concat(arena, (const struct str[]){ str_of(name), STR(": "), ot_dump(arena, msg),
                                                  STR(" => "), errors_text(&errors), STR_NULL }));
}

static void check_posts(void *ctx, const char *name, const struct jval *scenario)
{
    for (const struct jval *s = jval_getz(scenario, "steps")->first; s; s = s->next) {
        const struct jval *http = jval_getz(s, "http"), *msg = jval_getz(http, "json");
        struct str method = case_text(http, STR("method"));
        int64_t status = http ? case_int(jval_getz(s, "expect"), STR("status")) : 0;
        struct str type = case_text(msg, STR("_type"));
        bool location = !jval_getz(msg, "_type") || str_eqz(type, "location");
        if (!msg || msg->type != J_OBJECT || str_eqz(method, "GET") || !location ||
            (status != 200 && status != 400))
            continue;
        check_post(ctx, name, msg, jval_getz(s, "expect"));
    }
}

static void test_recorded_posts(void **state)
{
    struct tally t = { .name = "recorded POSTs" };

    (void)state;
    scenarios(arena, "api/post-*", check_posts, &t);
    scenarios(arena, "api/locations-update*", check_posts, &t);
    scenarios(arena, "web/ws-http-*", check_posts, &t);
    tally_end(&t);
}

/* ---------------------------------------------------------------- HTTP, what no recording shows */
#define OK_REST "\"tid\":\"x\",\"lat\":1,\"lon\":2,\"tst\":3"

static void test_http_fields(void **state)
{
    static const struct {
        const char *msg, *errors;
    } cases[] = {
        { "{" OK_REST "}", "" },
        { "{\"tid\":\" \",\"lat\":1,\"lon\":2,\"tst\":3}", "tid: This field may not be blank." },
        { "{" OK_REST ",\"conn\":1.5}", "conn: Ensure this field has no more than 1 characters." },
        { "{" OK_REST ",\"conn\":\" w \"}", "" },
        { "{" OK_REST ",\"conn\":\"\xc3\x9f\"}", "" },
        { "{" OK_REST ",\"_type\":\"location\"}", "" },
        { "{" OK_REST ",\"_type\":[1]}", "_type: Not a valid string." },
        { "{" OK_REST ",\"acc\":1e400}", NULL },
        { "{" OK_REST ",\"acc\":12.00}", "" },
        { "{" OK_REST ",\"acc\":1e3}", "" },
        { "{" OK_REST ",\"acc\":1e16}", "acc: A valid integer is required." },
        { "{" OK_REST ",\"acc\":-0.0}", "" },
        { "{" OK_REST ",\"long\":\"x\"}", "long: A valid number is required." },
        { "{" OK_REST ",\"trigger\":\"\",\"fix_source\":\" \",\"received_via\":\"\"}", "" },
        { "{" OK_REST ",\"trigger\":null}", "trigger: This field may not be null." },
        { "{" OK_REST ",\"course\":null,\"owntracks_created_at\":null}", "" },
        { "{" OK_REST ",\"owntracks_created_at\":5}",
          "owntracks_created_at: Datetime has wrong format. Use one of these formats instead: "
          "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]." },
        { "{" OK_REST ",\"received_via\":5}", "received_via: \"5\" is not a valid choice." },
        { "{" OK_REST ",\"received_via\":null}", "received_via: This field may not be null." },
        { "{" OK_REST ",\"in_regions\":{\"any\":[1]},\"accuracy\":\"x\",\"id\":\"x\"}", "" },
        { "{\"tid\":\"x\",\"lat\":38.123456789012345,\"lon\":2,\"tst\":3}",
          "lat: Ensure that there are no more than 15 digits in total." },
        { "{\"tid\":\"x\",\"lat\":1e-11,\"lon\":2,\"tst\":3}",
          "lat: Ensure that there are no more than 10 decimal places." },
        { "{\"tid\":\"x\",\"lat\":1,\"lon\":2,\"tst\":253402300800}",
          "tst: Expected Unix seconds within the years 1 to 9999." },
    };
    struct ot_http out;
    struct ot_errors errors;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char why[JSONIN_WHY];
        const struct jval *msg = jsonin_parse(arena, str_of(cases[i].msg), why);
        if (!cases[i].errors) {
            assert_null(msg); /* refused before, by the reader */
            continue;
        }
        assert_non_null(msg);
        post_is_fine(msg, &out, &errors);
        assert_str(errors_text(&errors), str_of(cases[i].errors));
    }
}

static void test_http_check_order(void **state)
{
    static const struct {
        const char *msg, *error;
    } cases[] = {
        { "{}", "Expected 'device_id', 'topic', or 'tid' field for device identification, got "
                "neither" },
        { "{\"tid\":\"x\"}", "Expected timestamp field ('tst'), got None" },
        { "{\"tid\":\"x\",\"tst\":1}", "Expected latitude field ('lat'), got None" },
        { "{\"tid\":\"x\",\"tst\":1,\"lat\":99}",
          "Expected longitude field ('lon' or 'long'), got None" },
        { "{\"tid\":\"x\",\"tst\":1,\"lat\":99,\"lon\":999,\"batt\":101}",
          "Expected latitude between -90 and +90 degrees, got 99.0000000000" },
        { "{\"tid\":\"x\",\"tst\":1,\"lat\":9,\"long\":-180.5,\"batt\":101}",
          "Expected longitude between -180 and +180 degrees, got -180.5000000000" },
        { "{\"tid\":\"x\",\"tst\":1,\"lat\":9,\"long\":-180,\"batt\":-1}",
          "Expected battery level between 0 and 100, got -1" },
    };
    struct ot_http out;
    struct ot_errors errors;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(post_is_fine(parsed(cases[i].msg), &out, &errors));
        assert_int_equal(errors.n, 1);
        assert_str(errors.v[0].field, STR("non_field_errors"));
        assert_str(errors.v[0].message, str_of(cases[i].error));
    }
}

/* What a long list of bad fields says: all of them, once each. */
static void test_http_all_errors(void **state)
{
    struct ot_http out;
    struct ot_errors errors;

    (void)state;
    assert_false(ot_http_fields(
        arena,
        parsed("{\"device_id\":[],\"tid\":[],\"topic\":[],\"_type\":[],\"lat\":[],\"lon\":[],"
               "\"long\":[],\"tst\":[],\"acc\":[],\"alt\":[],\"vel\":[],\"batt\":[],\"conn\":[],"
               "\"received_via\":[],\"owntracks_message_id\":[],\"owntracks_created_at\":[],"
               "\"trigger\":[],\"battery_status\":[],\"fix_source\":[],\"vertical_accuracy\":[],"
               "\"course\":[],\"monitoring_mode\":[],\"wifi_bssid\":[],\"wifi_ssid\":[]}"),
        &out, &errors));
    assert_int_equal(errors.n, 24);
    assert_str(errors.v[0].field, STR("device_id"));
    assert_str(errors.v[23].field, STR("wifi_ssid"));
}

static void test_http_values(void **state)
{
    struct ot_http out;
    struct ot_errors errors;

    (void)state;
    assert_true(post_is_fine(
        parsed("{\"topic\":\"a/b/c/d\",\"lat\":\"38.50\",\"lon\":0,\"long\":7.5,\"tst\":\"12.0\","
               "\"batt\":100,\"tid\":\" t \",\"conn\":1,\"t\":null,\"_id\":[1,true,null],"
               "\"created_at\":5.9,\"bs\":\"2\",\"vac\":\"2.5\",\"cog\":-2.9,\"m\":true,"
               "\"SSID\":{\"a\":\"b\"},\"inregions\":[\"\xc3\xa9\",1.0]}"),
        &out, &errors));
    assert_str(out.device_id, STR("c"));
    assert_str(out.topic_user, STR("b"));
    assert_true(out.fix.lat == INT64_C(385000000000) && out.fix.lon == 0);
    assert_str(out.fix.lat_text, STR("38.5000000000"));
    assert_int_equal(out.fix.tst, 12);
    assert_true(out.fix.batt.set && out.fix.batt.v == 100 && !out.fix.acc.set);
    assert_str(out.fix.tid, STR("t"));
    assert_str(out.fix.conn, STR("1"));
    assert_str(out.fix.trigger, STR("None"));
    assert_str(out.fix.message_id, STR("[1, True, None]"));
    assert_true(out.fix.created_at.set && out.fix.created_at.t == 5 * USEC_PER_SEC);
    assert_true(out.fix.bs.set && out.fix.bs.v == 2 && !out.fix.vac.set);
    assert_true(out.fix.cog.v == -2 && out.fix.m.set && out.fix.m.v == 1);
    assert_str(out.fix.ssid, STR("{'a': 'b'}"));
    assert_str(out.fix.bssid, STR(""));
    assert_str(out.fix.in_regions, STR("[\"\\u00e9\", 1.0]"));
}

static void test_http_identity(void **state)
{
    static const struct {
        const char *msg, *device, *user; /* NULL: none */
    } cases[] = {
        { "{}", NULL, NULL },
        { "{\"tid\":\"zz\"}", "zz", NULL },
        { "{\"tid\":5}", "5", NULL },
        { "{\"topic\":\"owntracks/u/d\",\"tid\":\"zz\"}", "d", "u" },
        { "{\"topic\":\"owntracks/u\",\"tid\":\"zz\"}", "zz", "u" },
        { "{\"topic\":\"owntracks//\"}", NULL, NULL },
        { "{\"topic\":\"owntracks//d\"}", "d", NULL },
        { "{\"topic\":\"a/b/c/d/e\",\"device_id\":\"me\"}", "me", "b" },
        { "{\"device_id\":null,\"tid\":[],\"topic\":{}}", NULL, NULL },
        { "{\"device_id\":\"\",\"tid\":true,\"topic\":\"x/y/z\"}", "z", "y" },
    };
    struct str device, user;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ot_http_identity(arena, parsed(cases[i].msg), &device, &user);
        assert_str(device, str_of(cases[i].device));
        assert_str(user, str_of(cases[i].user));
    }
}

/* ---------------------------------------------------------------- MQTT */
#define AT "\"lat\":1,\"lon\":2,\"tst\":3"

static void test_mqtt_refused(void **state)
{
    static const struct {
        const char *msg, *why;
    } cases[] = {
        { "{}", "location without lat or lon" },
        { "{\"lat\":null,\"lon\":1,\"tst\":1}", "location without lat or lon" },
        { "{\"lat\":1,\"lon\":2}", "location without tst" },
        { "{\"lat\":\"x\",\"lon\":2,\"tst\":1}", "lat or lon is not a number" },
        { "{\"lat\":[1],\"lon\":2,\"tst\":1}", "lat or lon is not a number" },
        { "{\"lat\":\"nan\",\"lon\":2,\"tst\":1}", "lat or lon is not a number" },
        { "{\"lat\":90.00000000001,\"lon\":2,\"tst\":1}", "lat or lon is out of range" },
        { "{\"lat\":1,\"lon\":-180.5,\"tst\":1}", "lat or lon is out of range" },
        { "{\"lat\":1e300,\"lon\":1,\"tst\":1}", "lat or lon is out of range" },
        { "{\"lat\":1,\"lon\":2,\"tst\":\"x\"}", "tst is not a number of seconds" },
        { "{\"lat\":1,\"lon\":2,\"tst\":\"1.5\"}", "tst is not a number of seconds" },
        { "{\"lat\":1,\"lon\":2,\"tst\":253402300800}", "tst is beyond the calendar" },
        { "{\"lat\":1,\"lon\":2,\"tst\":1e300}", "tst is beyond the calendar" },
        { "{\"lat\":1,\"lon\":2,\"tst\":99999999999999999999}", "tst is beyond the calendar" },
        { "{" AT ",\"acc\":\"abc\"}", "acc is not a number" },
        { "{" AT ",\"alt\":[1]}", "alt is not a number" },
        { "{" AT ",\"vel\":{}}", "vel is not a number" },
        { "{" AT ",\"batt\":\"\"}", "batt is not a number" },
        { "{" AT ",\"acc\":1e30}", "acc is not a number" },
    };
    struct ot_fix fix;
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(ot_fix_from_mqtt(arena, parsed(cases[i].msg), STR("d"), &fix, &why));
        assert_string_equal(why, cases[i].why);
    }
}

static void test_mqtt_values(void **state)
{
    struct ot_fix fix;
    const char *why;

    (void)state;
    assert_true(ot_fix_from_mqtt(
        arena,
        parsed("{\"lat\":\" 38.12345678912 \",\"lon\":true,\"tst\":-86400.5,\"acc\":12.7,"
               "\"alt\":\"-3.9\",\"vel\":null,\"batt\":false,\"conn\":null,\"tid\":null,"
               "\"t\":null,\"bs\":\"1.9\",\"vac\":1e20,\"cog\":359.9,\"created_at\":1e17,"
               "\"inregions\":\"Home\",\"BSSID\":1.50}"),
        STR("ipad"), &fix, &why));
    assert_str(fix.lat_text, STR("3.81234567891200e+01"));
    assert_true(fix.lat == INT64_C(381234567891) && fix.lon == DEC10_ONE);
    assert_int_equal(fix.tst, -86400);
    assert_true(fix.acc.set && fix.acc.v == 12 && fix.alt.set && fix.alt.v == -3);
    assert_true(!fix.vel.set && fix.batt.set && fix.batt.v == 0);
    assert_str(fix.conn, STR(""));
    assert_str(fix.tid, STR("ipad"));
    assert_str(fix.trigger, STR(""));
    assert_true(!fix.bs.set && !fix.vac.set && fix.cog.v == 359 && !fix.created_at.set);
    assert_true(str_is_null(fix.in_regions));
    assert_str(fix.bssid, STR("1.5"));
}

/* 64 characters, not bytes. */
static void test_texts_are_cut_by_characters(void **state)
{
    char json[1024] = "{" AT ",\"SSID\":\"";
    struct ot_fix fix;
    const char *why;

    (void)state;
    for (size_t n = strlen(json), i = 0; i < 80; i++, n += 2)
        memcpy(json + n, "\xc3\x9f", 3);
    memcpy(json + strlen(json), "\"}", 3);
    assert_true(ot_fix_from_mqtt(arena, parsed(json), STR("d"), &fix, &why));
    assert_int_equal(fix.ssid.n, 128);
}

static void test_types(void **state)
{
    (void)state;
    assert_int_equal(ot_type_of(STR("location")), OT_LOCATION);
    assert_int_equal(ot_type_of(STR("lwt")), OT_LWT);
    assert_int_equal(ot_type_of(STR("waypoint")), OT_WAYPOINT);
    assert_int_equal(ot_type_of(STR("waypoints")), OT_WAYPOINTS);
    assert_int_equal(ot_type_of(STR("encrypted")), OT_ENCRYPTED);
    assert_int_equal(ot_type_of(STR("Location")), OT_UNKNOWN);
    assert_int_equal(ot_type_of(STR("locations")), OT_UNKNOWN);
    assert_int_equal(ot_type_of(STR("")), OT_UNKNOWN);
}

/* ---------------------------------------------------------------- regions */
static void test_transitions(void **state)
{
    static const struct {
        const char *msg, *why; /* NULL: fine */
    } cases[] = {
        { "{\"tst\":1}", "transition without event or tst" },
        { "{\"event\":\"\",\"tst\":1}", "transition without event or tst" },
        { "{\"event\":\"enter\",\"tst\":0}", "transition without event or tst" },
        { "{\"event\":\"enter\",\"tst\":\"\"}", "transition without event or tst" },
        { "{\"event\":\"enter\",\"tst\":\"x\"}",
          "tst is not a number of seconds within the calendar" },
        { "{\"event\":\"enter\",\"tst\":1,\"acc\":\"wide\"}", "acc is not a number" },
        { "{\"event\":\"enter\",\"tst\":1,\"lat\":\"x\",\"lon\":1}", "lat or lon is not a number" },
        { "{\"event\":\"enter\",\"tst\":1,\"lat\":91,\"lon\":1}", "lat or lon is out of range" },
        { "{\"event\":\"enter\",\"tst\":1,\"lat\":91}", NULL },
    };
    struct ot_transition tr;
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool ok = ot_transition_from_mqtt(arena, parsed(cases[i].msg), &tr, &why);
        assert_int_equal(ok, cases[i].why == NULL);
        if (cases[i].why)
            assert_string_equal(why, cases[i].why);
    }
    assert_true(ot_transition_from_mqtt(
        arena, parsed("{\"event\":5,\"tst\":1.9,\"rid\":6,\"desc\":0,\"acc\":10.9}"), &tr, &why));
    assert_str(tr.event, STR("5"));
    assert_str(tr.rid, STR("6"));
    assert_str(tr.desc, STR(""));
    assert_true(tr.tst == 1 && tr.acc.v == 10 && str_is_null(tr.lat_text));
}

static void test_region_ids(void **state)
{
    struct tally t = { .name = "waypoint_rids" };

    (void)state;
    const struct jval *cases = jval_getz(vectors(STR("waypoint_rids")), "cases");
    for (const struct jval *c = cases->first; c; c = c->next) {
        struct ot_region region;
        assert_int_equal(ot_region_from_mqtt(arena, c, &region), OT_REGION);
        struct str rid = ot_region_rid(arena, case_int(c, STR("owner_pk")), &region);
        tally_check(&t, str_eq(rid, case_text(c, STR("rid"))), case_text(c, STR("name")));
    }
    tally_end(&t);
}

static void test_region_kinds(void **state)
{
    struct ot_region region;

    (void)state;
    assert_int_equal(ot_region_from_mqtt(arena, parsed("{\"lat\":1}"), &region), OT_REGION_NONE);
    assert_int_equal(ot_region_from_mqtt(arena, parsed("5"), &region), OT_REGION_NONE);
    assert_int_equal(ot_region_from_mqtt(arena, parsed("{\"lat\":\"x\",\"lon\":1}"), &region),
                     OT_REGION_BAD);
    assert_int_equal(
        ot_region_from_mqtt(arena, parsed("{\"lat\":1,\"lon\":1,\"rad\":\"x\"}"), &region),
        OT_REGION_BAD);
    assert_int_equal(ot_region_from_mqtt(arena, parsed("{\"lat\":1,\"lon\":181}"), &region),
                     OT_REGION_BAD);
    assert_int_equal(
        ot_region_from_mqtt(arena, parsed("{\"lat\":1,\"lon\":1,\"rad\":null}"), &region),
        OT_REGION);
    assert_true(region.rad == 100 && region.desc.n == 0);
}

/* ---------------------------------------------------------------- texts */
static void test_dump(void **state)
{
    static const char *const same[] = {
        "{}",
        "[]",
        "{\"a\": []}",
        "\"\"",
        "null",
        "-0.0",
        "1e+16",
        "1e-07",
        "[null, true, false, 12345678901234567890, 1.0, "
        "\"\\u00e9\\ud83d\\ude00\\u007f/\\\\\\\"\\n\"]",
        "{\"\\u00e9\\u0001\": {\"b\": [{}, [[]]]}, \"x\": \"\\t\\b\\f\\r\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_str(ot_dump(arena, parsed(same[i])), str_of(same[i]));
    }
}

/* The room is computed before: the worst of each kind must fit. */
static void test_dump_fits(void **state)
{
    static const char *const worst[] = {
        "[\"\\u007f\\u007f\\u007f\\u007f\\u0001\\u0001\"]",
        "[\"\xc3\xa9\xc3\xa9\xf0\x9f\x98\x80\xe2\x98\x83\"]",
        "[-1.2345678901234567e-300,-1.2345678901234567e-300]",
        "[{},{},[],[],null,false,false,false,1,2,3]",
        "{\"\\u007f\":\"\\n\\n\\n\\\"\\\"\\\\\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof worst / sizeof *worst; i++) {
        char why[JSONIN_WHY];
        struct str text = ot_dump(arena, parsed(worst[i]));
        const struct jval *again = jsonin_parse(arena, text, why);
        assert_non_null(again);
        assert_str(ot_dump(arena, again), text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_posts),
        cmocka_unit_test(test_http_fields),
        cmocka_unit_test(test_http_check_order),
        cmocka_unit_test(test_http_all_errors),
        cmocka_unit_test(test_http_values),
        cmocka_unit_test(test_http_identity),
        cmocka_unit_test(test_mqtt_refused),
        cmocka_unit_test(test_mqtt_values),
        cmocka_unit_test(test_texts_are_cut_by_characters),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_transitions),
        cmocka_unit_test(test_region_ids),
        cmocka_unit_test(test_region_kinds),
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_dump_fits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
