/* Topics, and who may do what with them: reference/mqtt.md section 4, security.md H-01 and H-02. */
#include "lib/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        const char *user, *device, *rest; /* user NULL: refused; device NULL: two levels */
    } cases[] = {
        { "owntracks/alice/ipad", "alice", "ipad", "" },
        { "owntracks/alice/ipad/cmd", "alice", "ipad", "cmd" },
        { "owntracks/alice/ipad/a/b", "alice", "ipad", "a/b" },
        { "owntracks/alice/ipad/", "alice", "ipad", "" },
        { "owntracks/alice", "alice", NULL, "" },
        { "owntracks/grace/fon \xc3\xa5", "grace", "fon \xc3\xa5", "" },
        { "owntracks/alice/", NULL, NULL, NULL },
        { "owntracks/alice//x", NULL, NULL, NULL },
        { "owntracks//x", NULL, NULL, NULL },
        { "owntracks/", NULL, NULL, NULL },
        { "owntracks", NULL, NULL, NULL },
        { "owntracksx/a/b", NULL, NULL, NULL },
        { "Owntracks/alice/ipad", NULL, NULL, NULL },
        { "/owntracks/alice/ipad", NULL, NULL, NULL },
        { "", NULL, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct topic t;
        assert_int_equal(topic_parse(str_of(cases[i].text), &t), cases[i].user != NULL);
        if (cases[i].user != NULL) {
            assert_true(str_eqz(t.user, cases[i].user));
            assert_int_equal(str_is_null(t.device), cases[i].device == NULL);
            assert_true(cases[i].device == NULL || str_eqz(t.device, cases[i].device));
            assert_true(str_eqz(t.rest, cases[i].rest));
        }
    }
}

#define REPORT "{\"_type\":\"cmd\",\"action\":\"reportLocation\"}"

/* Bob reads alice's pixel7 and may ask alice's phones to report. */
static bool allowed(enum topic_action action, const char *user, const char *topic,
                    const char *payload)
{
    const struct str readable[] = { STR("alice/pixel7"), STR("grace/fon") };
    const struct str commandable[] = { STR("grace"), STR("alice") };
    struct topic_grants g = { .active = true };

    if (strcmp(user, "bob") == 0) {
        g.readable = readable;
        g.readable_count = 2;
        g.commandable = commandable;
        g.commandable_count = 2;
    }
    g.superuser = strcmp(user, "admin") == 0;
    g.active = strcmp(user, "idle") != 0;
    return topic_allowed(action, str_of(user), &g, str_of(topic), str_of(payload));
}

static void test_publish(void **state)
{
    static const struct {
        const char *user, *topic, *payload;
        bool allowed;
    } cases[] = {
        { "alice", "owntracks/alice/ipad", "x", true },
        { "alice", "owntracks/alice", "x", true },
        { "alice", "owntracks/alice/ipad/cmd", "{}", true },
        { "alice", "owntracks/alice/ipad/event/more", "", true },
        { "alice", "owntracks/alic/ipad", "x", false },
        { "alice", "owntracks/alice2/ipad", "x", false },
        { "alice", "owntracks/Alice/ipad", "x", false },
        { "alice", "owntracks/alice/", "x", false },
        { "alice", "foo", "x", false },
        { "alice", "$SYS/broker/x", "x", false },
        { "alice", "$CONTROL/x", "x", false },
        { "bob", "owntracks/alice/pixel7", "x", false },
        { "bob", "owntracks/alice/pixel7/cmd", REPORT, true },
        { "bob", "owntracks/alice/other/cmd", REPORT, true },
        { "bob", "owntracks/alice/pixel7/cmd/", REPORT, false },
        { "bob", "owntracks/alice/cmd", REPORT, false },
        { "bob", "owntracks/heidi/x/cmd", REPORT, false },
        { "bob", "owntracks/alice/pixel7/cmd", "{\"_type\":\"cmd\",\"action\":\"dump\"}", false },
        { "alice", "owntracks/bob/x/cmd", REPORT, false },
        { "alice", "mytracks/alice/alert", "x", false },
        { "admin", "mytracks/alice/alert", "x", false },
        { "$mytracks-agent", "mytracks/alice/alert", "x", true },
        { "admin", "owntracks/alice/ipad", "x", true },
        { "admin", "owntracks/alice/ipad/cmd", "anything", true },
        { "admin", "owntracks/alice", "x", true },
        { "admin", "owntracks//x", "x", false },
        { "admin", "foo/bar", "x", false },
        { "idle", "owntracks/idle/x", "x", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (allowed(TOPIC_PUBLISH, cases[i].user, cases[i].topic, cases[i].payload) !=
            cases[i].allowed) {
            fail_msg("publish %s %s %s", cases[i].user, cases[i].topic, cases[i].payload);
        }
    }
}

static void test_read(void **state)
{
    static const struct {
        const char *user, *topic;
        bool allowed;
    } cases[] = {
        { "alice", "owntracks/alice/ipad", true },
        { "alice", "owntracks/alice/ipad/cmd", true },
        { "alice", "owntracks/alice", true },
        { "alice", "owntracks/bob/x", false },
        { "alice", "mytracks/alice/alert", true },
        { "alice", "mytracks/alice/alert/x", false },
        { "alice", "mytracks/alice/x/alert", false },
        { "alice", "mytracks/alice", false },
        { "alice", "mytracks/alice/", false },
        { "alice", "mytracks/bob/alert", false },
        { "bob", "mytracks/alice/alert", false },
        { "admin", "mytracks/alice/alert", false },
        { "idle", "mytracks/idle/alert", false },
        { "alice", "$SYS/broker/uptime", true },
        { "alice", "$SYSx", false },
        { "alice", "foo", false },
        { "bob", "owntracks/alice/pixel7", true },
        { "bob", "owntracks/alice/pixel7/event", true },
        { "bob", "owntracks/alice/pixel7/info", true },
        { "bob", "owntracks/alice/pixel7/status", true },
        { "bob", "owntracks/alice/pixel7/cmd", false },
        { "bob", "owntracks/alice/pixel7/cmd/x", false },
        { "bob", "owntracks/alice/pixel7/waypoint", false },
        { "bob", "owntracks/alice/pixel7/waypoints", false },
        { "bob", "owntracks/alice/pixel7/dump", false },
        { "bob", "owntracks/alice/pixel7/request", false },
        { "bob", "owntracks/alice/pixel", false },
        { "bob", "owntracks/alice/pixel77", false },
        { "bob", "owntracks/alice", false },
        { "bob", "owntracks/grace/fon", true },
        { "bob", "owntracks/grace/fon/../cmd", true }, /* levels are only texts */
        { "admin", "owntracks/alice/ipad/cmd", true },
        { "admin", "foo", true },
        { "idle", "owntracks/idle/x", false },
        { "idle", "$SYS/broker/uptime", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (allowed(TOPIC_READ, cases[i].user, cases[i].topic, "") != cases[i].allowed) {
            fail_msg("read %s %s", cases[i].user, cases[i].topic);
        }
    }
}

/* Commands to others: what must pass as reportLocation, and what must not. */
static void test_commands(void **state)
{
    static const struct {
        const char *payload;
        bool allowed;
    } cases[] = {
        { REPORT, true },
        { "{\"action\":\"reportLocation\",\"_type\":\"cmd\"}", true },
        { " \t\r\n{ \"_type\" : \"cmd\" , \"action\" : \"reportLocation\" } \n", true },
        { "{\"_id\":\"ab12\",\"_type\":\"cmd\",\"qos\":1,\"retained\":false,\"x\":null,"
          "\"n\":-1.5e+3,\"action\":\"reportLocation\"}",
          true },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"text\":\"\xc3\xa5, } :\"}", true },
        { "", false },
        { "{}", false },
        { "[]", false },
        { "null", false },
        { "{\"_type\":\"cmd\"}", false },
        { "{\"action\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportlocation\"}", false },
        { "{\"_type\":\"CMD\",\"action\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"dump\",\"action\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"action\":\"dump\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"action\":\"reportLocation\"}",
          false },
        { "{\"_type\":\"x\",\"_type\":\"cmd\",\"action\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":1,\"x\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"\\u0061ction\":\"dump\",\"action\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"report\\u004cocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"x\":{}}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"x\":[1]}", false },
        { REPORT "x", false },
        { REPORT REPORT, false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\"", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",}", false },
        { "{\"_type\":\"cmd\" \"action\":\"reportLocation\"}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"x\":}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"x\":\"1}", false },
        { "{\"_type\":\"cmd\",\"action\":\"reportLocation\",\"x\":\"\\\"1}", false },
        { "{_type:\"cmd\",action:\"reportLocation\"}", false },
    };
    char large[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (allowed(TOPIC_PUBLISH, "bob", "owntracks/alice/ipad/cmd", cases[i].payload) !=
            cases[i].allowed) {
            fail_msg("command %s", cases[i].payload);
        }
    }
    (void)snprintf(large, sizeof large, "%1500s" REPORT, "");
    assert_false(allowed(TOPIC_PUBLISH, "bob", "owntracks/alice/ipad/cmd", large));
}

/* Each cut and each changed byte of a good command: never a crash, and never a longer reach. */
static void test_command_bytes(void **state)
{
    const struct str commandable[] = { STR("alice") };
    const struct topic_grants g = { .active = true,
                                    .commandable = commandable,
                                    .commandable_count = 1 };
    const struct str whole = STR(REPORT);
    char changed[sizeof REPORT];

    (void)state;
    for (size_t n = 0; n < whole.n; n++) {
        assert_false(topic_allowed(TOPIC_PUBLISH, STR("bob"), &g, STR("owntracks/alice/x/cmd"),
                                   str_sub(whole, 0, n)));
        for (int c = 0; c < 256; c++) {
            memcpy(changed, whole.p, whole.n);
            changed[n] = (char)c;
            bool ok = topic_allowed(TOPIC_PUBLISH, STR("bob"), &g, STR("owntracks/alice/x/cmd"),
                                    (struct str){ changed, whole.n });
            assert_int_equal(ok, changed[n] == whole.p[n]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),         cmocka_unit_test(test_publish),
        cmocka_unit_test(test_read),          cmocka_unit_test(test_commands),
        cmocka_unit_test(test_command_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
