/* What goes out because of a message: what is written with it, in which order it is sent, limits.
 */
#include "db/friends.h"
#include "db/outbox.h"
#include "db/places.h"
#include "db/smtp.h"
#include "fixture.h"

#include "sender.h"

#define MAIL_UP                                                                       \
    "INSERT INTO my_tracks_smtpconfig VALUES (1, 'mail.example', 25, '', x'', 0, 0, " \
    "'a@b.example', '2026-01-01')"
#define MINUTES(n) ((usec_t)(n)*60 * USEC_PER_SEC)

static struct db *open_up(struct fixture *f, const char *more)
{
    struct db *db = fixture_household(f);

    sql_do(db, "DELETE FROM my_tracks_transitionaction");
    sql_do(db, "DELETE FROM my_tracks_smtpconfig");
    sql_do(db, more);
    return db;
}

static void add_rule(struct db *db, int64_t place, const char *event, const char *email)
{
    struct place_rule rule = { .place_id = place, .event = str_of(event), .email = str_of(email) };

    assert_int_equal(db_rule_add(db, ALICE, &rule, T0), DB_OK);
}

/* A place of alice's that the message below means. */
static int64_t add_place(struct db *db)
{
    struct place p = { .label = STR("Harbour"), .radius = 50 };

    assert_int_equal(db_place_add(db, ALICE, &p, T0), DB_OK);
    return p.id;
}

static enum ingest_result move(struct fixture *f, const char *event, int second, int64_t rate)
{
    struct sender s = mqtt(STR("alice"), AFTER(second), AFTER(second));
    struct str json =
        arena_printf(f->a,
                     "{\"_type\":\"transition\",\"tst\":%d,\"event\":\"%s\",\"desc\":\"Harbour\","
                     "\"lat\":0.001,\"lon\":0}",
                     1772800000 + second, event);

    s.mail_rate = rate;
    return publish(f, &s, "owntracks/alice/ipad", json);
}

static int64_t waiting(struct db *db)
{
    return sql_number(db, "SELECT count(*) FROM mytracks_outbox WHERE state = 0");
}

static void test_rules(void **state)
{
    static const struct {
        const char *event, *rule;
        bool here, other, active, mail;
        int64_t want;
    } cases[] = {
        { "enter", "enter", true, false, true, true, 1 },
        { "enter", "leave", true, false, true, true, 0 },
        { "leave", "leave", true, false, true, true, 1 },
        { "enter", "any", true, false, true, true, 1 },
        { "dance", "any", true, false, true, true, 1 },
        { "enter", "any", false, false, true, true, 1 },
        { "enter", "enter", false, true, true, true, 0 },
        { "enter", "enter", true, false, false, true, 0 },
        { "enter", "enter", true, false, true, false, 0 },
    };
    struct fixture *f = *state;
    struct db *db = open_up(f, "SELECT 1");
    int64_t here = add_place(db), other;
    struct place p = { .label = STR("Elsewhere"), .radius = 50 };

    assert_int_equal(db_place_add(db, ALICE, &p, T0), DB_OK);
    other = p.id;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sql_do(db, "DELETE FROM my_tracks_transitionaction");
        sql_do(db, "DELETE FROM mytracks_outbox");
        sql_do(db, "DELETE FROM my_tracks_smtpconfig");
        if (cases[i].mail)
            sql_do(db, MAIL_UP);
        add_rule(db,
                 cases[i].here    ? here
                 : cases[i].other ? other
                                  : 0,
                 cases[i].rule, "x@example.org");
        if (!cases[i].active)
            sql_do(db, "UPDATE my_tracks_transitionaction SET is_active = 0");
        assert_int_equal(move(f, cases[i].event, (int)i, 0), INGEST_STORED);
        if (waiting(db) != cases[i].want)
            fail_msg("case %zu: %lld", i, (long long)waiting(db));
        assert_int_equal(db_outgoing(db), cases[i].want > 0);
        assert_false(db_outgoing(db));
    }
}

static void test_facts(void **state)
{
    struct fixture *f = *state;
    struct db *db = open_up(f, MAIL_UP);
    struct outbox_item item;
    struct mail_transition t;

    add_rule(db, add_place(db), "enter", "x@example.org");
    sql_do(db, "UPDATE auth_user SET first_name = 'Alice', last_name = '' WHERE id = 2");
    move(f, "enter", 1, 0);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &item), DB_OK);
    assert_int_equal(item.kind, OUTBOX_TRANSITION);
    assert_int_equal(item.user_id, ALICE);
    assert_str(item.recipient, "x@example.org");
    assert_int_equal(db_outbox_transition_facts(db, f->a, item.ref, &t), DB_OK);
    assert_str(t.who, "Alice");
    assert_str(t.label, "Harbour");
    assert_str(t.device, "alice/ipad");
    assert_int_equal(t.at, AFTER(1));
    assert_true(t.where.known && t.centre.known);
    assert_int_equal((int)mail_distance(t.where, t.centre), 111);
    sql_do(db, "DELETE FROM my_tracks_transition");
    assert_int_equal(db_outbox_transition_facts(db, f->a, item.ref, &t), DB_NONE);
}

/* Sent twice by the phone, mailed once; and nothing at all when the transaction is not committed.
 */
static void test_once(void **state)
{
    struct fixture *f = *state;
    struct db *db = open_up(f, MAIL_UP);
    struct sender s = mqtt(STR("alice"), AFTER(1), AFTER(1));

    add_rule(db, 0, "any", "x@example.org");
    assert_int_equal(move(f, "enter", 1, 0), INGEST_STORED);
    s.connected_at = s.received_at = AFTER(9);
    assert_int_equal(publish(f, &s, "owntracks/alice/ipad",
                             STR("{\"_type\":\"transition\",\"tst\":1772800001,\"event\":\"enter\","
                                 "\"desc\":\"Harbour\",\"lat\":0.001,\"lon\":0}")),
                     INGEST_REPEATED);
    assert_int_equal(waiting(db), 1);
    assert_int_equal(db_begin(db), DB_OK);
    s.connected_at = AFTER(20);
    assert_int_equal(
        ingest_mqtt(db, f->a, &s, STR("owntracks/alice/ipad"),
                    STR("{\"_type\":\"transition\",\"tst\":1772800030,\"event\":\"leave\"}")),
        INGEST_STORED);
    db_rollback(db);
    assert_int_equal(waiting(db), 1);
}

static void test_limit_of_a_user(void **state)
{
    struct fixture *f = *state;
    struct db *db = open_up(f, MAIL_UP);

    add_rule(db, 0, "any", "x@example.org");
    add_rule(db, 0, "any", "y@example.org");
    assert_int_equal(move(f, "enter", 1, 3), INGEST_STORED);
    assert_int_equal(waiting(db), 2);
    assert_int_equal(move(f, "leave", 2, 3), INGEST_STORED); /* one of two fits */
    assert_int_equal(waiting(db), 3);
    assert_int_equal(move(f, "enter", 3, 3), INGEST_STORED);
    assert_int_equal(waiting(db), 3);
    assert_int_equal(move(f, "leave", 3700, 3), INGEST_STORED); /* an hour later */
    assert_int_equal(waiting(db), 5);
}

static void test_order_and_retries(void **state)
{
    struct fixture *f = *state;
    struct db *db = open_up(f, MAIL_UP);
    struct outbox_item first, next;
    struct outbox_counts c;

    add_rule(db, 0, "any", "x@example.org");
    move(f, "enter", 1, 0);
    move(f, "leave", 2, 0);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_WEBHOOK, &next), DB_NONE);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &first), DB_OK);
    assert_int_equal(first.attempts, 0);
    assert_int_equal(db_outbox_retry(db, first.id, STR("busy"), true, AFTER(100)), DB_OK);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &next), DB_OK);
    assert_int_not_equal(next.id, first.id);
    assert_int_equal(db_outbox_postpone(db, OUTBOX_MAIL, STR_NULL, AFTER(50)), DB_OK);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &next), DB_OK);
    assert_int_equal(next.due_at, AFTER(50));
    assert_int_equal(db_outbox_done(db, next.id, AFTER(51)), DB_OK);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &next), DB_OK);
    assert_int_equal(next.id, first.id);
    assert_int_equal(next.attempts, 1);
    assert_int_equal(next.due_at, AFTER(100));
    assert_int_equal(db_outbox_hurry(db, OUTBOX_MAIL, AFTER(60)), DB_OK);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &next), DB_OK);
    assert_int_equal(next.due_at, AFTER(60));
    assert_int_equal(db_outbox_counts(db, f->a, OUTBOX_MAIL, &c), DB_OK);
    assert_true(c.waiting == 1 && c.retrying == 1 && c.given_up == 0 && c.oldest.set);
    assert_str(c.last_error, "busy");
    assert_int_equal(db_outbox_give_up(db, first.id, STR("no such user"), AFTER(61)), DB_OK);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &next), DB_NONE);
    assert_int_equal(db_outbox_counts(db, f->a, OUTBOX_MAIL, &c), DB_OK);
    assert_true(c.waiting == 0 && c.given_up == 1 && !c.oldest.set);
    assert_str(c.last_error, "no such user");
    assert_int_equal(db_outbox_trim(db, AFTER(3 * 86400)), DB_OK); /* what was done goes first */
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_outbox"), 1);
    assert_int_equal(db_outbox_trim(db, AFTER(9 * 86400)), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_outbox"), 0);
}

static void test_tests_are_limited(void **state)
{
    struct fixture *f = *state;
    struct db *db = open_up(f, MAIL_UP);
    struct outbox_limits two_each = { 3, 2 }, none = { 0, 0 };
    int64_t n;

    assert_int_equal(db_outbox_test(db, ALICE, STR("x@y.example"), two_each, T0), DB_OK);
    assert_int_equal(db_outbox_test(db, ALICE, STR("x@y.example"), two_each, T0), DB_OK);
    assert_int_equal(db_outbox_test(db, ALICE, STR("x@y.example"), two_each, T0), DB_CONFLICT);
    assert_int_equal(db_outbox_test(db, BOB, STR("x@y.example"), two_each, T0),
                     DB_CONFLICT); /* the address */
    assert_int_equal(db_outbox_test(db, ALICE, STR("z@y.example"), two_each, T0), DB_OK);
    assert_int_equal(db_outbox_test(db, ALICE, STR("q@y.example"), two_each, T0),
                     DB_CONFLICT); /* the user */
    assert_int_equal(db_outbox_test(db, ALICE, STR("q@y.example"), none, T0), DB_OK);
    assert_int_equal(db_outbox_test(db, BOB, STR("x@y.example"), two_each, T0 + MINUTES(2)), DB_OK);
    assert_int_equal(db_outbox_test(db, ALICE, STR("q@y.example"), two_each, T0 + MINUTES(61)),
                     DB_OK);
    assert_int_equal(db_outbox_sent_to(db, STR("x@y.example"), T0 - 1, 10, &n), DB_OK);
    assert_int_equal(n, 3);
    assert_int_equal(waiting(db), 0);
}

static void test_friends(void **state)
{
    struct fixture *f = *state;
    struct db *db = open_up(f, MAIL_UP);
    enum friend_asked what;
    struct friend_request out;
    struct outbox_item item;

    sql_do(db, "DELETE FROM my_tracks_friendrequest");
    sql_do(db, "UPDATE auth_user SET email = 'heidi@example.org' WHERE id = 9");
    assert_int_equal(db_friend_ask(db, f->a, FRANK, HEIDI, false, 0, T0, &what, &out), DB_OK);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_MAIL, &item), DB_OK);
    assert_true(item.kind == OUTBOX_FRIEND && item.ref == FRANK && item.user_id == FRANK);
    assert_str(item.recipient, "heidi@example.org");
    assert_int_equal(db_friend_ask(db, f->a, FRANK, HEIDI, false, 0, T0, &what, &out), DB_OK);
    assert_int_equal(what, FRIEND_PENDING);
    assert_int_equal(waiting(db), 1);
    sql_do(db, "UPDATE auth_user SET email = '' WHERE id = 8");
    assert_int_equal(db_friend_ask(db, f->a, FRANK, GRACE, false, 0, T0, &what, &out), DB_OK);
    assert_int_equal(waiting(db), 1);
}

static void test_positions(void **state)
{
    struct fixture *f = *state;
    struct db *db =
        open_up(f, "UPDATE my_tracks_domestibotconfig SET location_updates_enabled = 0");
    struct outbox_item item;
    struct domesti_position p;
    bool newer;

    assert_int_equal(ipad(f, 0, 1, LOC "}"), INGEST_STORED);
    assert_int_equal(waiting(db), 0);
    sql_do(db, "UPDATE my_tracks_domestibotconfig SET location_updates_enabled = 1,"
               " user_location_update_url = 'http://h/u'");
    assert_int_equal(ipad(f, 2, 2, LOC ",\"acc\":7}"), INGEST_STORED);
    assert_int_equal(ipad(f, 3, 3, LOC ",\"acc\":7}"), INGEST_REPEATED);
    assert_int_equal(waiting(db), 1);
    assert_int_equal(db_outbox_next(db, f->a, OUTBOX_WEBHOOK, &item), DB_OK);
    assert_int_equal(db_outbox_superseded(db, &item, &newer), DB_OK);
    assert_false(newer);
    assert_int_equal(db_outbox_position_facts(db, f->a, item.ref, &p), DB_OK);
    assert_str(p.user_id, "alice");
    assert_str(p.device->device_id, "ipad");
    assert_true(p.lat == 1.5 && p.lon == 2.5 && p.at == T0);
    assert_int_equal(ipad(f, 4, 4, LOC ",\"acc\":8}"), INGEST_STORED);
    assert_int_equal(db_outbox_superseded(db, &item, &newer), DB_OK);
    assert_true(newer);
    /* One that was sent in the meantime is newer too: the last one sent is the last position. */
    assert_int_equal(db_outbox_done(db, item.id + 1, T0 + 5 * USEC_PER_SEC), DB_OK);
    assert_int_equal(db_outbox_superseded(db, &item, &newer), DB_OK);
    assert_true(newer);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rules),
        TEST(test_facts),
        TEST(test_once),
        TEST(test_limit_of_a_user),
        TEST(test_order_and_retries),
        TEST(test_tests_are_limited),
        TEST(test_friends),
        TEST(test_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
