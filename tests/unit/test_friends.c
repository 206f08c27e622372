/* Friendships, requests and shares, on the recorded household. Its friends: alice and bob, carol
   and alice, dave and bob (both ways); its shares: test_account.c. */
#include "db/friends.h"

#include "fixture.h"
#include "seen.h"

#define NOW 1772800000123456 /* 2026-03-06 12:26:40.123456 */
#define FRIENDSHIPS "SELECT count(*) FROM my_tracks_friendrequest"
#define SHARES "SELECT count(*) FROM my_tracks_deviceshare"

static bool note_name(void *ctx, const struct user *u)
{
    return note(ctx, u->username);
}

static bool note_request(void *ctx, const struct friend_request *f)
{
    assert_str(f->status, "pending");
    return note(ctx, f->id == 2 ? f->from_user : f->to_user);
}

static bool note_share(void *ctx, const struct share *s)
{
    return note(ctx, s->device_id);
}

/* ---------------------------------------------------------------- asking */
enum state { NONE, PENDING, ACCEPTED, DECLINED, STATES };
static const char *const states[STATES] = { "", "pending", "accepted", "declined" };

static void put(struct db *db, int from, int to, enum state s, bool eager)
{
    char text[256];

    snprintf(text, sizeof text,
             "INSERT INTO my_tracks_friendrequest (status, created_at, updated_at, from_user_id,"
             " to_user_id, auto_accept_reciprocal)"
             " VALUES ('%s', '2026-01-01 00:00:00', '2026-01-01 00:00:00', %d, %d, %d)",
             states[s], from, to, eager);
    if (s != NONE)
        sql_do(db, text);
}

/* "status eager created updated", "" without a row. */
static const char *row_between(struct fixture *f, int from, int to)
{
    struct str text = arena_printf(f->a,
                                   "SELECT status || ' ' || auto_accept_reciprocal || ' ' ||"
                                   " created_at || ' ' || updated_at FROM my_tracks_friendrequest"
                                   " WHERE from_user_id = %d AND to_user_id = %d",
                                   from, to);
    return sql_string(f, f->db, text.p);
}

static void expect_row(struct fixture *f, int from, int to, enum state s, bool eager, bool made,
                       bool changed)
{
    const char *old = "2026-01-01 00:00:00", *now = "2026-03-06 12:26:40.123456";
    struct str want = arena_printf(f->a, "%s %d %s %s", states[s], eager, made ? now : old,
                                   made || changed ? now : old);

    assert_string_equal(row_between(f, from, to), s == NONE ? "" : want.p);
}

/* What frank's request to heidi makes of what was there. */
static void ask_once(struct fixture *f, enum state mine, enum state theirs, bool their_eager,
                     bool eager)
{
    /* n: new; p: one waits; f: friends; m: meets the other's, accepted if one of them is eager */
    static const char table[STATES][STATES + 1] = {
        [NONE] = "nmfn", [PENDING] = "ppfp", [ACCEPTED] = "ffff", [DECLINED] = "nmfn"
    };
    char want = table[mine][theirs];
    enum friend_asked what;
    struct friend_request out = { 0 };

    if (want == 'm' && !eager && !their_eager)
        want = 'p';
    sql_do(f->db, "DELETE FROM my_tracks_friendrequest");
    put(f->db, FRANK, HEIDI, mine, false);
    put(f->db, HEIDI, FRANK, theirs, their_eager);
    assert_int_equal(db_friend_ask(f->db, f->a, FRANK, HEIDI, eager, 0, NOW, &what, &out), DB_OK);
    assert_int_equal(what, want == 'n'   ? FRIEND_ASKED
                           : want == 'm' ? FRIEND_ACCEPTED
                           : want == 'f' ? FRIEND_ALREADY
                                         : FRIEND_PENDING);
    if (want == 'n') {
        expect_row(f, FRANK, HEIDI, PENDING, eager, true, true);
        assert_true(out.created_at == NOW && out.eager == eager && out.from_id == FRANK);
    } else {
        expect_row(f, FRANK, HEIDI, mine, false, false, false);
    }
    expect_row(f, HEIDI, FRANK, want == 'm' ? ACCEPTED : theirs, their_eager, false, want == 'm');
    if (want == 'm')
        assert_true(out.from_id == HEIDI && str_eqz(out.status, "accepted"));
    assert_int_equal(db_friends(f->db, FRANK, HEIDI), want == 'm' || want == 'f' ? DB_OK : DB_NONE);
    assert_int_equal(db_friends(f->db, HEIDI, FRANK), want == 'm' || want == 'f' ? DB_OK : DB_NONE);
}

static void asking_depends_on_what_is_there(void **state)
{
    struct fixture *f = *state;

    fixture_household(f);
    for (unsigned i = 0; i < STATES * STATES * 4; i++)
        ask_once(f, i % STATES, i / STATES % STATES, i / (STATES * STATES) % 2 != 0,
                 i / (STATES * STATES) / 2 != 0);
}

static void asking_nobody_stores_nothing(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    enum friend_asked what;
    struct friend_request out;

    assert_int_equal(db_friend_ask(db, f->a, ALICE, 999, false, 0, NOW, &what, &out), DB_NONE);
    assert_int_equal(sql_number(db, FRIENDSHIPS), 9);
}

/* ---------------------------------------------------------------- answering */
static void answers_are_the_receiver_s(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct friend_request out;

    for (int accept = 0; accept <= 1; accept++) {
        assert_int_equal(db_friend_answer(db, f->a, GRACE, 2, accept, true, NOW, &out), DB_NONE);
        assert_int_equal(db_friend_answer(db, f->a, ADMIN, 2, accept, true, NOW, &out), DB_NONE);
        assert_int_equal(db_friend_answer(db, f->a, ALICE, 999, accept, true, NOW, &out), DB_NONE);
        assert_int_equal(db_friend_answer(db, f->a, BOB, 1, accept, true, NOW, &out), DB_CONFLICT);
        assert_int_equal(db_friend_answer(db, f->a, ERIN, 4, accept, true, NOW, &out), DB_CONFLICT);
    }
    assert_int_equal(sql_number(db, FRIENDSHIPS), 9);
    assert_int_equal(sql_number(db, FRIENDSHIPS " WHERE updated_at > '2026-03-06'"), 0);
    assert_int_equal(db_friend_answer(db, f->a, ALICE, 2, false, true, NOW, &out), DB_OK);
    assert_true(str_eqz(out.status, "declined") && str_eqz(out.from_user, "grace"));
    assert_int_equal(db_friends(db, ALICE, GRACE), DB_NONE);
    assert_string_equal(row_between(f, ALICE, GRACE), "");
}

static void accepting_may_ask_back(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct friend_request out;

    assert_int_equal(db_friend_answer(db, f->a, ALICE, 2, true, true, NOW, &out), DB_OK);
    assert_true(out.id == 2 && str_eqz(out.status, "accepted"));
    expect_row(f, ALICE, GRACE, ACCEPTED, true, true, true);
    /* An old request of one's own is not doubled, and keeps its age. */
    put(db, DAVE, ALICE, DECLINED, false);
    assert_int_equal(db_friend_answer(db, f->a, DAVE, 3, true, true, NOW, &out), DB_OK);
    expect_row(f, DAVE, ALICE, ACCEPTED, true, false, true);
    assert_int_equal(db_friend_answer(db, f->a, GRACE, 6, true, false, NOW, &out), DB_OK);
    assert_string_equal(row_between(f, GRACE, BOB), "");
    assert_int_equal(db_friends(db, BOB, GRACE), DB_OK);
}

static void only_what_one_sent_and_waits_is_taken_back(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    assert_int_equal(db_friend_cancel(db, ALICE, 2), DB_NONE); /* received */
    assert_int_equal(db_friend_cancel(db, ALICE, 1), DB_NONE); /* accepted */
    assert_int_equal(db_friend_cancel(db, BOB, 4), DB_NONE);   /* declined */
    assert_int_equal(sql_number(db, FRIENDSHIPS), 9);
    assert_int_equal(db_friend_cancel(db, ALICE, 3), DB_OK);
    assert_int_equal(db_friend_cancel(db, ALICE, 3), DB_NONE);
    assert_int_equal(sql_number(db, FRIENDSHIPS), 8);
}

static void waiting_requests_are_listed(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen sent = { 0 }, received = { 0 }, first = { .stop_after = 1 };

    put(db, ALICE, HEIDI, PENDING, false); /* older than the others */
    assert_int_equal(db_friend_requests(db, ALICE, true, note_request, &sent), DB_OK);
    assert_string_equal(sent.text, "dave heidi@home ");
    assert_int_equal(db_friend_requests(db, ALICE, false, note_request, &received), DB_OK);
    assert_string_equal(received.text, "grace ");
    assert_int_equal(db_friend_requests(db, ALICE, true, note_request, &first), DB_OK);
    assert_int_equal(first.n, 1);
}

static void an_unreadable_request_is_left_out_and_left_alone(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen s = { 0 };
    struct friend_request out;

    sql_do(db, "UPDATE my_tracks_friendrequest SET created_at = 'never' WHERE id = 2");
    assert_int_equal(db_friend_requests(db, ALICE, false, note_request, &s), DB_OK);
    assert_int_equal(s.n, 0);
    assert_int_equal(db_friend_answer(db, f->a, ALICE, 2, true, false, NOW, &out), DB_FAIL);
    assert_int_equal(db_friends(db, ALICE, GRACE), DB_NONE);
}

/* ---------------------------------------------------------------- people */
static void friends_are_listed_once(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen alice = { 0 }, bob = { 0 }, erin = { 0 };

    put(db, BOB, ALICE, ACCEPTED, false); /* the older row of the two does not count */
    assert_int_equal(db_friend_list(db, ALICE, note_name, &alice), DB_OK);
    assert_string_equal(alice.text, "carol bob ");
    assert_int_equal(db_friend_list(db, BOB, note_name, &bob), DB_OK);
    assert_string_equal(bob.text, "dave alice ");
    assert_int_equal(db_friend_list(db, ERIN, note_name, &erin), DB_OK);
    assert_string_equal(erin.text, "");
}

static void people_are_found_by_their_first_letters(void **state)
{
    static const struct {
        int who;
        const char *prefix, *found;
    } looks[] = {
        { ERIN, "a", "admin alice " },
        { ERIN, "AL", "alice " },
        { ALICE, "al", "" },     /* oneself */
        { ALICE, "b", "" },      /* a friend */
        { ALICE, "d", "" },      /* asked */
        { ALICE, "g", "" },      /* has asked */
        { ALICE, "e", "erin " }, /* declined long ago */
        { ERIN, "lice", "" },
        { ERIN, "%", "" },
        { ERIN, "_____", "" },
        { ALICE, "é", "éva " },
        { ALICE, "É", "" }, /* only ASCII's case is ignored */
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    sql_do(db, "UPDATE auth_user SET username = 'éva' WHERE username = 'frank'");
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct seen s = { 0 };
        assert_int_equal(db_friend_search(db, looks[i].who, str_of(looks[i].prefix), note_name, &s),
                         DB_OK);
        assert_string_equal(s.text, looks[i].found);
    }
}

/* ---------------------------------------------------------------- shares */
static void own_devices_are_shared_with_friends(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct share first, again;
    struct seen s = { 0 };
    bool made = false;

    assert_int_equal(db_share_add(db, f->a, ALICE, BOB, STR("ipad"), NOW, &made, &first), DB_OK);
    assert_true(made && first.created_at == NOW && first.shared_with_id == BOB);
    assert_int_equal(db_share_add(db, f->a, ALICE, BOB, STR("ipad"), NOW + 1, &made, &again),
                     DB_OK);
    assert_true(!made && again.id == first.id && again.created_at == NOW);
    assert_int_equal(db_share_list(db, ALICE, BOB, note_share, &s), DB_OK);
    assert_string_equal(s.text, "ipad pixel7 ");
    assert_int_equal(db_share_remove(db, ALICE, BOB, STR("ipad")), DB_OK);
    assert_int_equal(db_share_remove(db, ALICE, BOB, STR("ipad")), DB_NONE);
    assert_int_equal(sql_number(db, SHARES), 4);
}

static void nothing_else_is_shared(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct share s;
    bool made = false;

    /* bob's, nobody's, unknown; then people who are no friends, or nobody at all */
    assert_int_equal(db_share_add(db, f->a, ALICE, BOB, STR("garmin"), NOW, &made, &s), DB_NONE);
    assert_int_equal(db_share_add(db, f->a, ALICE, BOB, STR("oldphone"), NOW, &made, &s), DB_NONE);
    assert_int_equal(db_share_add(db, f->a, ALICE, BOB, STR(""), NOW, &made, &s), DB_NONE);
    assert_int_equal(db_share_add(db, f->a, ALICE, DAVE, STR("ipad"), NOW, &made, &s), DB_CONFLICT);
    assert_int_equal(db_share_add(db, f->a, BOB, ERIN, STR("garmin"), NOW, &made, &s), DB_CONFLICT);
    assert_int_equal(db_share_add(db, f->a, ALICE, 999, STR("ipad"), NOW, &made, &s), DB_CONFLICT);
    assert_false(made);
    /* bob has a pixel7 too, shared with dave; alice's is shared with bob. */
    assert_int_equal(db_share_remove(db, ALICE, DAVE, STR("pixel7")), DB_NONE);
    assert_int_equal(db_share_remove(db, BOB, ALICE, STR("pixel7")), DB_NONE);
    assert_int_equal(sql_number(db, SHARES), 4);
}

static void the_end_takes_both_ways_and_nothing_more(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    put(db, BOB, ALICE, PENDING, false);
    assert_int_equal(db_friend_end(db, ALICE, DAVE), DB_NONE); /* only asked */
    assert_int_equal(db_friend_end(db, ALICE, ALICE), DB_NONE);
    assert_int_equal(sql_number(db, FRIENDSHIPS), 10);
    assert_int_equal(db_friend_end(db, BOB, ALICE), DB_OK);
    assert_int_equal(db_friends(db, ALICE, BOB), DB_NONE);
    expect_row(f, BOB, ALICE, PENDING, false, false, false);
    /* bob's pixel7 to dave and alice's ipad to carol stay. */
    assert_int_equal(sql_number(db, SHARES), 2);
    assert_int_equal(sql_number(db, SHARES " WHERE id IN (3, 4)"), 2);
    assert_int_equal(db_friend_end(db, DAVE, BOB), DB_OK); /* two rows */
    assert_int_equal(sql_number(db, FRIENDSHIPS), 7);
    assert_int_equal(sql_number(db, SHARES), 1);
}

static void the_end_is_all_or_nothing(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    sql_do(db, "CREATE TEMP TRIGGER no BEFORE DELETE ON my_tracks_deviceshare"
               " BEGIN SELECT raise(ABORT, 'no'); END");
    assert_true(db_friend_end(db, ALICE, BOB) != DB_OK);
    assert_int_equal(db_friends(db, ALICE, BOB), DB_OK);
    assert_int_equal(sql_number(db, SHARES), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(asking_depends_on_what_is_there),
        FIXTURE_TEST(asking_nobody_stores_nothing),
        FIXTURE_TEST(answers_are_the_receiver_s),
        FIXTURE_TEST(accepting_may_ask_back),
        FIXTURE_TEST(only_what_one_sent_and_waits_is_taken_back),
        FIXTURE_TEST(waiting_requests_are_listed),
        FIXTURE_TEST(an_unreadable_request_is_left_out_and_left_alone),
        FIXTURE_TEST(friends_are_listed_once),
        FIXTURE_TEST(people_are_found_by_their_first_letters),
        FIXTURE_TEST(own_devices_are_shared_with_friends),
        FIXTURE_TEST(nothing_else_is_shared),
        FIXTURE_TEST(the_end_takes_both_ways_and_nothing_more),
        FIXTURE_TEST(the_end_is_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
