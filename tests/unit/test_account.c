/* Users, sessions and grants on the recorded household. */
#include "fixture.h"

#include "db/account.h"
#include "lib/topic.h"

static usec_t at(const char *text)
{
    usec_t t = 0;
    assert_true(clock_from_db(str_of(text), &t));
    return t;
}

static void test_users(void **state)
{
    static const struct {
        int64_t id;
        const char *username, *first_name, *last_name, *email, *last_login, *joined;
        bool active, staff, superuser;
    } users[] = {
        { ADMIN, "admin", "Ada", "Min", "admin@example.org", "2026-03-04 08:00:00.654321",
          "2026-02-01 09:07:00.124567", true, true, true },
        { BOB, "bob", "Bob", "Baker", "bob@example.org", "2026-03-03 22:01:02",
          "2026-02-01 09:21:00.126789", true, false, false },
        { CAROL, "carol", "Carol", "Cook", "carol@example.org", NULL, "2026-02-01 09:28:00.127900",
          false, false, false },
        { GRACE, "grace", "Grâce", "Høpper 日本", "grace@example.org", NULL,
          "2026-02-01 09:56:00.132344", true, false, false },
        { HEIDI, "heidi@home", "Heidi", "O'Hara-Smith", "heidi@example.org", NULL,
          "2026-02-01 10:03:00.133455", true, false, false },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < 2 * sizeof users / sizeof users[0]; i++) {
        struct user u;
        const char *name = users[i / 2].username;
        if (i % 2)
            assert_int_equal(db_user_by_name(db, f->a, str_of(name), &u), DB_OK);
        else
            assert_int_equal(db_user_by_id(db, f->a, users[i / 2].id, &u), DB_OK);
        assert_int_equal(u.id, users[i / 2].id);
        assert_str(u.username, name);
        assert_str(u.first_name, users[i / 2].first_name);
        assert_str(u.last_name, users[i / 2].last_name);
        assert_str(u.email, users[i / 2].email);
        assert_true(str_starts(u.password, STR("pbkdf2_sha256$")));
        assert_int_equal(u.is_active, users[i / 2].active);
        assert_int_equal(u.is_staff, users[i / 2].staff);
        assert_int_equal(u.is_superuser, users[i / 2].superuser);
        assert_int_equal(u.last_login.set, users[i / 2].last_login != NULL);
        if (u.last_login.set)
            assert_int_equal(u.last_login.t, at(users[i / 2].last_login));
        assert_int_equal(u.date_joined, at(users[i / 2].joined));
    }
}

static void test_users_unknown(void **state)
{
    const struct str names[] = {
        STR(""), STR("Alice"), STR("ALICE"), STR("alice "), STR("alice\0"), STR("a%"), STR("\xff"),
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct user u;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(db_user_by_name(db, f->a, names[i], &u), DB_NONE);
    assert_int_equal(db_user_by_id(db, f->a, 0, &u), DB_NONE);
    assert_int_equal(db_user_by_id(db, f->a, INT64_MIN, &u), DB_NONE);
}

static void test_user_unreadable(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct user u;
    sql_do(db, "UPDATE auth_user SET date_joined = 'never' WHERE id = 2");
    assert_int_equal(db_user_by_id(db, f->a, ALICE, &u), DB_FAIL);
    assert_int_equal(db_user_by_id(db, f->a, BOB, &u), DB_OK);
}

static void test_any_staff(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    bool any = true;
    assert_int_equal(db_any_staff(db, &any), DB_OK);
    assert_false(any);
    struct user u = { .username = STR("x"),
                      .password = STR("!"),
                      .date_joined = at("2026-01-01"
                                        " 00:00:00") };
    u.first_name = u.last_name = u.email = STR("");
    assert_int_equal(db_user_create(db, &u), DB_OK);
    assert_int_equal(db_any_staff(db, &any), DB_OK);
    assert_false(any);
    u.username = STR("y");
    u.is_staff = true;
    assert_int_equal(db_user_create(db, &u), DB_OK);
    assert_int_equal(db_any_staff(db, &any), DB_OK);
    assert_true(any);
}

static void test_create(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct user u = { .username = STR("ivan"),
                      .password = STR("!x"),
                      .first_name = STR("I"),
                      .last_name = STR("V"),
                      .email = STR("i@example.org"),
                      .is_active = true,
                      .date_joined = at("2026-03-05 01:02:03.000004") };
    assert_int_equal(db_user_create(db, &u), DB_OK);
    assert_int_equal(u.id, 10);
    assert_string_equal(sql_string(f, db,
                                   "SELECT password || '|' || is_superuser || username || last_name"
                                   " || email || is_staff || is_active || date_joined ||"
                                   " first_name || typeof(is_active) || typeof(last_login)"
                                   " FROM auth_user WHERE id = 10"),
                        "!x|0ivanVi@example.org012026-03-05 01:02:03.000004Iintegernull");
    assert_string_equal(sql_string(f, db,
                                   "SELECT typeof(home_latitude) || typeof(home_longitude) ||"
                                   " home_label || created_at || updated_at"
                                   " FROM my_tracks_userprofile WHERE user_id = 10"),
                        "nullnullHome2026-03-05 01:02:03.0000042026-03-05 01:02:03.000004");
    struct user again;
    assert_int_equal(db_user_by_name(db, f->a, STR("ivan"), &again), DB_OK);
    assert_int_equal(again.date_joined, u.date_joined);
    /* The name is taken: nothing is left of the attempt. */
    assert_int_equal(db_user_create(db, &u), DB_CONFLICT);
    assert_true(sqlite3_get_autocommit(db->h));
    assert_int_equal(sql_number(db, "SELECT count(*) FROM my_tracks_userprofile"), 10);
    assert_str(db_check(db, f->a), "ok");
}

static void test_updates(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct user u;
    assert_int_equal(db_user_set_password(db, ALICE, STR("new")), DB_OK);
    assert_int_equal(db_user_touch_login(db, ALICE, at("2026-03-05 00:00:00")), DB_OK);
    assert_int_equal(db_user_by_id(db, f->a, ALICE, &u), DB_OK);
    assert_str(u.password, "new");
    assert_int_equal(u.last_login.t, at("2026-03-05 00:00:00"));
    assert_string_equal(sql_string(f, db, "SELECT last_login FROM auth_user WHERE id = 2"),
                        "2026-03-05 00:00:00");
    assert_int_equal(db_user_by_id(db, f->a, BOB, &u), DB_OK);
    assert_true(str_starts(u.password, STR("pbkdf2_sha256$260000$")));
    assert_int_equal(db_user_set_password(db, 999, STR("new")), DB_NONE);
    assert_int_equal(db_user_touch_login(db, 999, 0), DB_NONE);
}

/* ---------------------------------------------------------------- sessions */
static void test_sessions(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct session s, new = { STR("k"), STR("data:1"), at("2026-03-05 00:00:00.500000") };
    assert_int_equal(db_session_get(db, f->a, STR("goldensessionalice0000000000000b"), &s), DB_OK);
    assert_str(s.key, "goldensessionalice0000000000000b");
    assert_true(str_starts(s.data, STR(".eJxVj")));
    assert_int_equal(s.expires, at("2036-01-01 00:00:00"));
    assert_int_equal(db_session_get(db, f->a, STR("k"), &s), DB_NONE);
    assert_int_equal(db_session_touch(db, STR("k"), 0), DB_NONE);
    assert_int_equal(db_session_put(db, &new), DB_OK);
    new.data = STR("data:2");
    assert_int_equal(db_session_put(db, &new), DB_OK);
    assert_int_equal(db_session_touch(db, STR("k"), at("2026-03-06 00:00:00")), DB_OK);
    assert_int_equal(db_session_get(db, f->a, STR("k"), &s), DB_OK);
    assert_str(s.data, "data:2");
    assert_int_equal(s.expires, at("2026-03-06 00:00:00"));
    assert_int_equal(db_session_delete(db, STR("k")), DB_OK);
    assert_int_equal(db_session_delete(db, STR("k")), DB_OK);
    assert_int_equal(db_session_get(db, f->a, STR("k"), &s), DB_NONE);
    sql_do(db, "INSERT INTO django_session VALUES ('bad', 'x', 'soon')");
    assert_int_equal(db_session_get(db, f->a, STR("bad"), &s), DB_NONE);
}

/* ---------------------------------------------------------------- grants */
static const char *joined(struct fixture *f, const struct str *v, size_t n)
{
    struct str all = STR("");
    for (size_t i = 0; i < n; i++)
        all = arena_printf(f->a, "%.*s%s%.*s", STR_FMT(all), i ? "," : "", STR_FMT(v[i]));
    return arena_cstr(f->a, all);
}

static void test_grants(void **state)
{
    /* Shares: alice/pixel7 to bob, bob/garmin to alice, bob/pixel7 to dave, alice/ipad to carol.
       Friends: alice and bob, carol and alice, dave and bob. */
    static const struct {
        const char *name, *readable, *commandable;
        bool active, superuser;
    } cases[] = {
        { "admin", "", "", true, true },
        { "alice", "bob/garmin", "bob,carol", true, false },
        { "bob", "alice/pixel7", "alice,dave", true, false },
        { "carol", "alice/ipad", "alice", false, false },
        { "dave", "bob/pixel7", "bob", true, false },
        { "erin", "", "", true, false },  /* only declined */
        { "grace", "", "", true, false }, /* only pending */
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct topic_grants g;
        assert_int_equal(db_user_grants(db, f->a, str_of(cases[i].name), &g), DB_OK);
        assert_string_equal(joined(f, g.readable, g.readable_count), cases[i].readable);
        assert_string_equal(joined(f, g.commandable, g.commandable_count), cases[i].commandable);
        assert_int_equal(g.active, cases[i].active);
        assert_int_equal(g.superuser, cases[i].superuser);
    }
    struct topic_grants g;
    assert_int_equal(db_user_grants(db, f->a, STR("nobody"), &g), DB_NONE);
}

static void test_grants_by_share_alone(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct topic_grants g;
    sql_do(db, "DELETE FROM my_tracks_friendrequest");
    /* An ownerless device that is shared has no topic of an owner. */
    sql_do(db, "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id)"
               " VALUES ('2026-02-12 00:00:00', 5, 2), ('2026-02-12 00:00:00', 1, 2),"
               " ('2026-02-12 00:00:00', 7, 2)");
    assert_int_equal(db_user_grants(db, f->a, STR("alice"), &g), DB_OK);
    assert_string_equal(joined(f, g.readable, g.readable_count),
                        "alice/pixel7,bob/garmin,grace/fon å");
    assert_string_equal(joined(f, g.commandable, g.commandable_count), "bob,carol,grace");
}

static void test_quality(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    struct quality q;
    assert_int_equal(db_quality(db, &q), DB_NONE);
    assert_false(q.enabled);
    assert_int_equal(q.metres, 100);
    q = (struct quality){ true, 7 };
    assert_int_equal(db_quality_set(db, &q), DB_OK);
    q.metres = 250;
    assert_int_equal(db_quality_set(db, &q), DB_OK);
    q = (struct quality){ false, 0 };
    assert_int_equal(db_quality(db, &q), DB_OK);
    assert_true(q.enabled);
    assert_int_equal(q.metres, 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_users),
        FIXTURE_TEST(test_users_unknown),
        FIXTURE_TEST(test_user_unreadable),
        FIXTURE_TEST(test_any_staff),
        FIXTURE_TEST(test_create),
        FIXTURE_TEST(test_updates),
        FIXTURE_TEST(test_sessions),
        FIXTURE_TEST(test_grants),
        FIXTURE_TEST(test_grants_by_share_alone),
        FIXTURE_TEST(test_quality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
