/* Mails: what they say, how they are written, and the settings' row. */
#include "db/smtp.h"
#include "fixture.h"
#include "lib/codec.h"
#include "lib/fernet.h"
#include "lib/mail.h"

#define AT (INT64_C(1772800000) * USEC_PER_SEC) /* 2026-03-06 12:26:40 UTC */

static struct mail_sender sender(void)
{
    return (struct mail_sender){ .from = STR("tracks@example.org"),
                                 .domain = STR("my.example.org"),
                                 .host = STR("smtp.example.net"),
                                 .now = AT };
}

static bool has(struct str text, const char *part)
{
    return memmem(text.p, text.n, part, strlen(part)) != NULL;
}

#define assert_has(text, part)                                     \
    do {                                                           \
        if (!has((text), (part)))                                  \
            fail_msg("no \"%s\" in\n%.*s", (part), STR_FMT(text)); \
    } while (0)

static struct str written(struct fixture *f, const struct mail_sender *s, const char *to,
                          struct str subject, struct str body)
{
    const char *why = NULL;
    struct mail_letter letter = { subject, body };
    struct str m = mail_message(f->a, s, str_of(to), &letter, STR("outbox.7"), &why);

    if (str_is_null(m))
        fail_msg("%s", why);
    return m;
}

static void test_plain(void **state)
{
    struct fixture *f = *state;
    struct mail_sender s = sender();

    assert_str(written(f, &s, "emma@example.org", STR("Hello"), STR("one\ntwo\n")),
               "Subject: Hello\r\nFrom: tracks@example.org\r\nTo: emma@example.org\r\n"
               "Reply-To: mytracks-no-reply@my.example.org\r\n"
               "Date: Fri, 06 Mar 2026 12:26:40 -0000\r\n"
               "Message-ID: <outbox.7@my.example.org>\r\nMIME-Version: 1.0\r\n"
               "Auto-Submitted: auto-generated\r\n"
               "Content-Type: text/plain; charset=\"utf-8\"\r\n"
               "Content-Transfer-Encoding: 7bit\r\n\r\none\r\ntwo\r\n");
    s.domain = STR("");
    struct str m = written(f, &s, "emma@example.org", STR("Hello"), STR("x\n"));
    assert_false(has(m, "Reply-To"));
    assert_has(m, "Message-ID: <outbox.7@example.org>\r\n");
}

static void test_not_ascii(void **state)
{
    struct fixture *f = *state;
    struct mail_sender s = sender();
    struct str m;

    m = written(f, &s, "emma@example.org", STR("Caf\xc3\xa9"), STR("\xc3\xa9\n"));
    assert_has(m, "Subject: =?utf-8?b?Q2Fmw6k=?=\r\n");
    assert_has(m, "Content-Transfer-Encoding: base64\r\n\r\nw6kK\r\n");
    /* Not read as encoded although it looks so. */
    m = written(f, &s, "emma@example.org", STR("=?utf-8?q?x?="), STR("x\n"));
    assert_has(m, "Subject: =?utf-8?b?PT91dGYtOD9xP3g/PQ==?=\r\n");
    s.from = STR("J\xc3\xb6rg's \"tracks\" <tracks@example.org>");
    m = written(f, &s, "\"Emma, B.\" <emma@example.org>", STR("x"), STR("x\n"));
    assert_has(m, "\r\nFrom: =?utf-8?b?SsO2cmcncyAidHJhY2tzIg==?= <tracks@example.org>\r\n");
    assert_has(m, "\r\nTo: \"Emma, B.\" <emma@example.org>\r\n");
}

/* No line is longer than mail allows, and no character is cut in two. */
static void test_long(void **state)
{
    struct fixture *f = *state;
    struct mail_sender s = sender();
    char text[2001];
    struct str rest, line;

    for (size_t i = 0; i < 2000; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    struct str long_text = { text, 2000 };
    rest = written(f, &s, "emma@example.org", long_text, long_text);
    size_t words = 0;
    while (str_split(&rest, '\n', &line)) {
        assert_true(line.n <= 78 + 10); /* "Subject: " stands before the first word */
        if (str_starts(line, STR(" =?utf-8?b?"))) {
            struct str word = str_sub(line, 11, line.n - 11 - 3); /* without "?=\r" */
            struct str bytes = base64_decode(f->a, word);
            assert_true(bytes.n > 0 && bytes.n % 2 == 0 && bytes.n <= 45);
            words++;
        }
    }
    assert_int_equal(words, 2000 / 44); /* and the first, on the line of the name */
    memset(text, 'x', 2000);
    assert_has(written(f, &s, "emma@example.org", STR("x"), long_text),
               "Content-Transfer-Encoding: base64");
}

static void test_headers_hold_no_line_breaks(void **state)
{
    static const char *const bad[] = { "a@b\r\nBcc: x@y",
                                       "a@b\nBcc: x@y",
                                       "",
                                       "a",
                                       "@b",
                                       "a@",
                                       "a b@c",
                                       "a@b@c",
                                       "a@b, c@d",
                                       "a@b>",
                                       "\xc3\xa4@b.c",
                                       "N\r\n <a@b>",
                                       "<a@b",
                                       "a@b;c@d",
                                       "a@\x7f" };
    struct fixture *f = *state;
    struct mail_sender s = sender();
    struct mail_letter letter = { STR("x"), STR("x\n") };
    const char *why = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (!str_is_null(mail_message(f->a, &s, str_of(bad[i]), &letter, STR("1"), &why)))
            fail_msg("\"%s\" is taken for an address", bad[i]);
        assert_non_null(why);
    }
    letter.subject = STR("a\r\nBcc: x@y");
    assert_true(str_is_null(mail_message(f->a, &s, STR("a@b"), &letter, STR("1"), &why)));
    letter.subject = STR("x");
    s.from = STR("a@b\r\nX: y");
    assert_true(str_is_null(mail_message(f->a, &s, STR("a@b"), &letter, STR("1"), &why)));
    assert_str(mail_address(f->a, STR(" Emma <emma@example.org> "), &why), "emma@example.org");
}

static void test_transition(void **state)
{
    struct fixture *f = *state;
    struct mail_sender s = sender();
    struct mail_transition t = { .who = STR("Emma B."),
                                 .event = STR("enter"),
                                 .label = STR("Home\r\nBcc: evil@example.org"),
                                 .device = STR("emma/phone"),
                                 .at = AT,
                                 .where = { true, 38.7255, -9.15 },
                                 .centre = { true, 38.725, -9.15 } };

    setenv("TZ", "CET-1", 1);
    struct mail_letter m = mail_transition(f->a, &s, &t);
    assert_str(m.subject, "[my-tracks] Emma B. entered Home  Bcc: evil@example.org");
    assert_has(m.body, "Emma B. entered Home  Bcc: evil@example.org.\n");
    assert_has(m.body, "\nEvent: enter\nTime: 2026-03-06 13:26:40 CET (2026-03-06 12:26:40 UTC)\n"
                       "User: Emma B.\nDevice: emma/phone\nDistance from the centre: 56 m\n");
    assert_has(m.body, "\nSent by: my.example.org\n");
    assert_false(has(m.body, "\r"));
    t.event = STR("dwell");
    t.where.lat = 39;
    s.domain = STR("");
    m = mail_transition(f->a, &s, &t);
    assert_true(str_starts(m.subject, STR("[my-tracks] Emma B. left Home")));
    assert_has(m.body, "Distance from the centre: 30.58 km\n");
    assert_has(m.body, "\nSent by: smtp.example.net\n");
    t.centre.known = false;
    assert_false(has(mail_transition(f->a, &s, &t).body, "Distance"));
}

static void test_other_letters(void **state)
{
    struct fixture *f = *state;
    struct mail_sender s = sender();
    struct mail_letter m = mail_smtp_test(f->a, &s, STR("a.example.org, 10.0.0.1"));

    assert_has(m.body, "my.example.org");
    assert_has(m.body, "a.example.org, 10.0.0.1");
    assert_has(m.body, "\nSent by: my-tracks\n");
    m = mail_rule_test(f->a, &s, STR_NULL, STR("leave"), STR("a@b"));
    assert_has(m.body, "Geofence: any\nEvent: leave\nTo: a@b\n");
    m = mail_friend_request(f->a, &s, STR("emma"), STR("Emma B."));
    assert_str(m.subject, "[my-tracks] Friend request from Emma B. (emma)");
    assert_has(m.body, "https://my.example.org/profile/#friends");
    assert_str(mail_friend_request(f->a, &s, STR("emma"), STR("")).subject,
               "[my-tracks] Friend request from emma");
}

/* ---------------------------------------------------------------- settings */
static void test_settings(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    struct smtp_settings s, in = { .host = STR("mail.example.net"),
                                   .port = 465,
                                   .username = STR("me"),
                                   .sealed_password = STR("gAAAAAx"),
                                   .tls = SMTP_TLS,
                                   .from = STR("f@example.net") };
    usec_t changed = 0;

    assert_int_equal(db_smtp_get(db, f->a, &s, NULL), DB_NONE);
    assert_int_equal(db_smtp_put(db, &in, AT), DB_OK);
    assert_int_equal(db_smtp_get(db, f->a, &s, &changed), DB_OK);
    assert_str(s.host, "mail.example.net");
    assert_int_equal(s.tls, SMTP_TLS);
    assert_true(changed == AT);
    in.sealed_password = STR_NULL;
    in.port = 587;
    in.tls = smtp_tls_of_port(587);
    assert_int_equal(db_smtp_put(db, &in, AT), DB_OK);
    assert_string_equal(sql_string(f, db,
                                   "SELECT typeof(encrypted_password) || use_tls || use_ssl"
                                   " FROM my_tracks_smtpconfig"),
                        "blob10");
    assert_int_equal(db_smtp_get(db, f->a, &s, NULL), DB_OK);
    assert_str(s.sealed_password, "gAAAAAx");
    assert_int_equal(db_smtp_reset(db), DB_OK);
    assert_int_equal(db_smtp_reset(db), DB_NONE);
    assert_int_equal(db_smtp_put(db, &in, AT), DB_OK); /* NULL and nothing stored: none */
    assert_int_equal(db_smtp_get(db, f->a, &s, NULL), DB_OK);
    assert_int_equal(s.sealed_password.n, 0);
    assert_int_equal(smtp_tls_of_port(2525), SMTP_STARTTLS);
    assert_int_equal(smtp_tls_of_port(25), SMTP_NONE);
}

static void test_password(void **state)
{
    struct fixture *f = *state;
    struct smtp_settings s = { .host = STR("h"), .port = 25, .username = STR("me") };
    struct smtp_server server;
    const char *why = NULL;

    s.sealed_password = STR("");
    assert_true(smtp_server_open(f->a, STR("key"), &s, &server, &why));
    assert_int_equal(server.password.n, 0);
    s.sealed_password = fernet_seal(f->a, STR("key"), STR("secret"), 1);
    assert_true(smtp_server_open(f->a, STR("key"), &s, &server, &why));
    assert_str(server.password, "secret");
    assert_false(smtp_server_open(f->a, STR("other"), &s, &server, &why));
    assert_non_null(why);
}

/* What needs no server. */
static void test_sending_fails(void **state)
{
    struct fixture *f = *state;
    struct smtp_server s = { .host = STR("127.0.0.1"), .port = 1, .ca_file = "" };
    struct str why;

    s.username = s.password = STR("");
    assert_int_equal(smtp_send(f->a, &s, STR("a@b"), STR("c@d"), STR("x"), NULL, &why), SMTP_DOWN);
    assert_str(why, "could not connect to 127.0.0.1:1");
    s.host = STR("h/../x@y");
    assert_int_equal(smtp_send(f->a, &s, STR("a@b"), STR("c@d"), STR("x"), NULL, &why), SMTP_DOWN);
    assert_str(why, "the server's name or port is none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_plain),         FIXTURE_TEST(test_not_ascii),
        FIXTURE_TEST(test_long),          FIXTURE_TEST(test_headers_hold_no_line_breaks),
        FIXTURE_TEST(test_transition),    FIXTURE_TEST(test_other_letters),
        FIXTURE_TEST(test_settings),      FIXTURE_TEST(test_password),
        FIXTURE_TEST(test_sending_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
