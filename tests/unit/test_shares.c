/* Shares within limits and links, on the recorded household: what housekeeping forgets, what goes
   with users and devices, and that a share is in one table. tests/system/test_limits.py has the
   rest. */
#include "db/shares.h"

#include "db/device_look.h"
#include "db/friends.h"
#include "db/links.h"
#include "db/sight.h"
#include "db/users.h"
#include "fixture.h"

#define NOW 1772800000123456 /* 2026-03-06 12:26:40.123456 */
#define HOUR (3600 * USEC_PER_SEC)
#define LIMITED "SELECT count(*) FROM mytracks_share"
#define WHOLE \
    "SELECT count(*) FROM my_tracks_deviceshare WHERE device_id = 1 AND shared_with_id = 3"
#define LINKS "SELECT count(*) FROM mytracks_link"

static struct str device_of_alice(struct fixture *f)
{
    return str_of(sql_string(f, f->db, "SELECT device_id FROM my_tracks_device WHERE id = 1"));
}

static const struct share_limits area = { .area = true };

static void put(struct fixture *f, const struct share_limits *l)
{
    assert_int_equal(db_share_put(f->db, ALICE, BOB, device_of_alice(f), l, NOW), DB_OK);
}

static void a_share_is_in_one_table(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct share_limits none = { 0 };

    for (int i = 0; i < 2; i++) {
        put(f, &area);
        assert_int_equal(sql_number(db, LIMITED), 1);
        assert_int_equal(sql_number(db, WHOLE), 0);
        put(f, &none);
        assert_int_equal(sql_number(db, LIMITED), 0);
        assert_int_equal(sql_number(db, WHOLE), 1);
    }
    /* All or nothing: the row of Django stays when ours cannot be written. */
    sql_do(db, "CREATE TEMP TRIGGER no BEFORE INSERT ON mytracks_share"
               " BEGIN SELECT raise(ABORT, 'no'); END");
    assert_int_not_equal(db_share_put(db, ALICE, BOB, device_of_alice(f), &area, NOW), DB_OK);
    assert_int_equal(sql_number(db, WHOLE), 1);
}

static void only_between_friends(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    assert_int_equal(db_share_put(db, ALICE, ERIN, device_of_alice(f), &area, NOW), DB_CONFLICT);
    assert_int_equal(db_share_put(db, ALICE, BOB, STR("none such"), &area, NOW), DB_NONE);
    assert_int_equal(sql_number(db, LIMITED), 0);
}

static void what_is_over_is_forgotten(void **state)
{
    static const char *const ends[] = {
        "UPDATE mytracks_share SET expires_at = '2026-03-06 12:00:00'",
        "DELETE FROM my_tracks_friendrequest",
        "UPDATE my_tracks_device SET owner_id = NULL WHERE id = 1",
        "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id)"
        " VALUES ('2026-01-01', 1, 3)",
    };
    struct fixture *f = *state;

    struct db *db = fixture_household(f);
    put(f, &area);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        sql_do(db, "BEGIN");
        assert_int_equal(db_shares_trim(db, NOW), DB_OK);
        assert_int_equal(sql_number(db, LIMITED), 1);
        sql_do(db, ends[i]);
        assert_int_equal(db_shares_trim(db, NOW), DB_OK);
        assert_int_equal(sql_number(db, LIMITED), 0);
        sql_do(db, "ROLLBACK");
    }
}

static struct link_row new_link(usec_t expires)
{
    return (struct link_row){ .label = STR("Tour"), .created_at = NOW, .expires_at = expires };
}

static void add_link(struct fixture *f, const char *token, usec_t expires)
{
    struct link_row l = new_link(expires);

    assert_int_equal(db_link_add(f->db, ALICE, device_of_alice(f), str_of(token), &l), DB_OK);
    assert_true(l.id > 0);
}

static void links_are_kept_a_week(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct link_row l;

    add_link(f, "one", NOW + HOUR);
    add_link(f, "two", NOW + 48 * HOUR);
    assert_int_equal(db_link_open(db, f->a, STR("one"), NOW + HOUR - 1, &l), DB_OK);
    assert_int_equal(db_link_open(db, f->a, STR("one"), NOW + HOUR, &l), DB_NONE);
    assert_int_equal(db_links_trim(db, NOW + HOUR + 6 * 24 * HOUR), DB_OK);
    assert_int_equal(sql_number(db, LINKS), 2);
    assert_int_equal(db_links_trim(db, NOW + HOUR + 7 * 24 * HOUR), DB_OK);
    assert_int_equal(sql_number(db, LINKS), 1);
    sql_do(db, "UPDATE my_tracks_device SET owner_id = NULL WHERE id = 1");
    assert_int_equal(db_links_trim(db, NOW), DB_OK);
    assert_int_equal(sql_number(db, LINKS), 0);
}

static void expect_left(struct fixture *f, enum db_rc rc, int64_t links)
{
    assert_int_equal(rc, DB_OK);
    assert_int_equal(sql_number(f->db, LIMITED), 0);
    assert_int_equal(sql_number(f->db, LINKS), links);
}

static struct db *with_both(struct fixture *f)
{
    struct db *db = fixture_household(f);

    put(f, &area);
    add_link(f, "one", NOW + HOUR);
    return db;
}

static void they_go_with_the_device(void **state)
{
    expect_left(*state, db_device_remove(with_both(*state), 1), 0);
}

static void a_new_owner_has_none_of_them(void **state)
{
    expect_left(*state, db_device_give(with_both(*state), 1, DAVE, STR("dave")), 0);
}

static void they_go_with_the_owner(void **state)
{
    expect_left(*state, db_user_delete(with_both(*state), ALICE), 0);
}

static void a_share_goes_with_the_friend(void **state)
{
    expect_left(*state, db_user_delete(with_both(*state), BOB), 1);
}

static void a_sight_narrows_spans(void **state)
{
    const struct sight since = { .since = { true, 100 } },
                       live = { .live = true, .latest_id = 9, .latest_fix = 50 },
                       nothing = { .live = true }, all = { 0 };
    struct opt_usec from = { 0 }, to = { 0 };

    (void)state;
    assert_true(sight_narrow(&all, &from, &to) && !from.set && !to.set);
    assert_true(sight_narrow(&since, &from, &to) && from.t == 100 && !to.set);
    from = (struct opt_usec){ true, 200 };
    assert_true(sight_narrow(&since, &from, &to) && from.t == 200);
    to = (struct opt_usec){ true, 99 };
    from.set = false;
    assert_false(sight_narrow(&since, &from, &to));
    from.set = to.set = false;
    assert_true(sight_narrow(&live, &from, &to) && from.t == 50 && to.t == 50);
    from = (struct opt_usec){ true, 51 };
    to.set = false;
    assert_false(sight_narrow(&live, &from, &to));
    assert_false(sight_narrow(&nothing, &from, &to));
    assert_true(sight_shows(&since, 1, 100) && !sight_shows(&since, 1, 99));
    assert_true(sight_shows(&live, 9, 50) && !sight_shows(&live, 8, 50));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_share_is_in_one_table),   FIXTURE_TEST(only_between_friends),
        FIXTURE_TEST(what_is_over_is_forgotten), FIXTURE_TEST(links_are_kept_a_week),
        FIXTURE_TEST(they_go_with_the_device),   FIXTURE_TEST(a_new_owner_has_none_of_them),
        FIXTURE_TEST(they_go_with_the_owner),    FIXTURE_TEST(a_share_goes_with_the_friend),
        cmocka_unit_test(a_sight_narrows_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
