/* What administrators do to users, and what other programs fetch, on the recorded household. */
#include "db/users.h"

#include "db/account.h"
#include "db/export.h"
#include "fixture.h"
#include "seen.h"

/* ---------------------------------------------------------------- list */
static bool note_user(void *ctx, const struct user *u)
{
    return note(ctx, u->username);
}

static void list_is_by_name(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen all = { 0 }, some = { .stop_after = 2 };

    assert_int_equal(db_user_list(db, note_user, &all), DB_OK);
    assert_string_equal(all.text, "admin alice bob carol dave erin frank grace heidi@home ");
    assert_int_equal(db_user_list(db, note_user, &some), DB_OK);
    assert_string_equal(some.text, "admin alice ");
}

static void list_leaves_out_what_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen s = { 0 };

    sql_do(db, "UPDATE auth_user SET date_joined = 'never' WHERE id > 3");
    assert_int_equal(db_user_list(db, note_user, &s), DB_OK);
    assert_string_equal(s.text, "admin alice bob ");
}

/* ---------------------------------------------------------------- switches */
static void active_and_back(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct user u;

    assert_int_equal(db_user_set_active(db, ALICE, false), DB_OK);
    assert_int_equal(db_user_by_id(db, f->a, ALICE, &u), DB_OK);
    assert_false(u.is_active);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM auth_user WHERE is_active"), 7);
    assert_int_equal(db_user_set_active(db, ALICE, true), DB_OK);
    assert_int_equal(db_user_set_active(db, ALICE, true), DB_OK);
    assert_int_equal(db_user_by_id(db, f->a, ALICE, &u), DB_OK);
    assert_true(u.is_active);
    assert_int_equal(db_user_set_active(db, 999, true), DB_NONE);
}

static void staff_follows_and_is_stored(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    bool is_staff = false;
    struct user u;

    assert_int_equal(db_user_toggle_staff(db, BOB, &is_staff), DB_OK);
    assert_true(is_staff);
    db_close(f->db);
    db = f->db = fixture_open(f->path, DB_WORKER);
    assert_int_equal(db_user_by_id(db, f->a, BOB, &u), DB_OK);
    assert_true(u.is_staff && u.is_superuser);
    /* Superuser follows staff, whatever it was. */
    sql_do(db, "UPDATE auth_user SET is_superuser = 0 WHERE id = 3");
    assert_int_equal(db_user_toggle_staff(db, BOB, &is_staff), DB_OK);
    assert_false(is_staff);
    assert_int_equal(db_user_by_id(db, f->a, BOB, &u), DB_OK);
    assert_false(u.is_staff || u.is_superuser);
    assert_int_equal(db_user_toggle_staff(db, 999, &is_staff), DB_NONE);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM auth_user WHERE is_staff"), 1);
}

/* ---------------------------------------------------------------- deleting */
static int64_t rows(struct db *db, const char *table)
{
    char text[128];
    snprintf(text, sizeof text, "SELECT count(*) FROM %s", table);
    return sql_number(db, text);
}

/* Rows of any table with a foreign key to auth_user that name user 2. */
static int64_t references_to_alice(struct fixture *f, struct db *db)
{
    sqlite3_stmt *s = NULL;
    int64_t n = 0, columns = 0;

    assert_int_equal(sqlite3_prepare_v2(db->h,
                                        "SELECT t.name, k.\"from\" FROM sqlite_master t,"
                                        " pragma_foreign_key_list(t.name) k"
                                        " WHERE t.type = 'table' AND k.\"table\" = 'auth_user'",
                                        -1, &s, NULL),
                     SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        struct str text = arena_printf(f->a, "SELECT count(*) FROM %s WHERE %s = 2",
                                       sqlite3_column_text(s, 0), sqlite3_column_text(s, 1));
        n += sql_number(db, text.p);
        columns++;
    }
    sqlite3_finalize(s);
    assert_int_equal(columns, 11);
    return n;
}

/* Rows in the tables that no recorded user has any in. */
static void give_alice_everything(struct db *db)
{
    sql_do(db, "INSERT INTO auth_group (name) VALUES ('g');"
               "INSERT INTO auth_user_groups (user_id, group_id) VALUES (2, 1);"
               "INSERT INTO auth_user_user_permissions (user_id, permission_id) VALUES (2, 1);"
               "INSERT INTO django_admin_log (object_id, object_repr, action_flag, change_message,"
               " content_type_id, user_id, action_time)"
               " VALUES ('1', 'x', 1, '', 1, 2, '2026-03-01 00:00:00');"
               /* Somebody else's rule about a place of hers. */
               "INSERT INTO my_tracks_transitionaction (event, action_type, email_address,"
               " is_active, created_at, user_id, waypoint_id)"
               " VALUES ('any', 'email', 'x@example.org', 1, '2026-03-01 00:00:00', 3, 1)");
}

static void delete_takes_what_django_takes(void **state)
{
    static const struct {
        const char *table;
        int64_t before, after;
    } tables[] = {
        { "auth_user", 9, 8 },
        { "auth_user_groups", 1, 0 },
        { "auth_user_user_permissions", 1, 0 },
        { "auth_group", 1, 1 },
        { "django_admin_log", 1, 0 },
        { "django_session", 11, 11 },
        { "my_tracks_userprofile", 9, 8 },
        { "my_tracks_device", 10, 10 },
        { "my_tracks_location", 540, 540 },
        { "my_tracks_owntracksmessage", 8, 8 },
        { "my_tracks_waypoint", 5, 2 },
        { "my_tracks_transition", 14, 14 },
        { "my_tracks_transitionaction", 5, 1 },
        { "my_tracks_friendrequest", 9, 4 },
        { "my_tracks_deviceshare", 4, 3 },
        { "my_tracks_clientcertificate", 6, 5 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    give_alice_everything(db);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_int_equal(rows(db, tables[i].table), tables[i].before);
    assert_true(references_to_alice(f, db) > 0);
    assert_int_equal(db_user_delete(db, ALICE), DB_OK);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (rows(db, tables[i].table) != tables[i].after)
            fail_msg("%s: %d rows", tables[i].table, (int)rows(db, tables[i].table));
    assert_int_equal(references_to_alice(f, db), 0);
    assert_string_equal(db_check(db, f->a).p, "ok"); /* foreign keys, counters */
    assert_int_equal(sql_number(db, "SELECT count(*) FROM my_tracks_device"
                                    " WHERE owner_id IS NULL AND mqtt_user = 'alice'"),
                     3);
    assert_int_equal(db_user_delete(db, ALICE), DB_NONE);
}

static void delete_is_all_or_nothing(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    give_alice_everything(db);
    int64_t before = references_to_alice(f, db);
    sql_do(db, "CREATE TEMP TRIGGER no BEFORE DELETE ON auth_user"
               " BEGIN SELECT raise(ABORT, 'no'); END");
    assert_int_equal(db_user_delete(db, ALICE), DB_CONFLICT);
    assert_int_equal(references_to_alice(f, db), before);
    assert_int_equal(rows(db, "my_tracks_waypoint"), 5);
    sql_do(db, "DROP TRIGGER no");
    assert_int_equal(db_user_delete(db, ALICE), DB_OK);
}

/* A row that names the user in a table that we do not know: the foreign key stops the commit. */
static void delete_stops_at_unknown_references(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    sql_do(db, "CREATE TABLE other (u integer REFERENCES auth_user (id) DEFERRABLE INITIALLY"
               " DEFERRED); INSERT INTO other VALUES (2)");
    assert_true(db_user_delete(db, ALICE) != DB_OK);
    assert_int_equal(rows(db, "auth_user"), 9);
    assert_int_equal(rows(db, "my_tracks_waypoint"), 5);
}

/* ---------------------------------------------------------------- exports */
static bool note_person(void *ctx, const struct export_person *p)
{
    struct fixture *f = ((void **)ctx)[0];
    char lat[DEC10_TEXT], at[CLOCK_TEXT] = "-", fix[CLOCK_TEXT] = "-";

    dec10_text(p->latitude, lat);
    if (p->located) {
        clock_db(p->reported_at, at);
        clock_db(p->timestamp, fix);
    }
    return note(((void **)ctx)[1],
                arena_printf(f->a, "%.*s/%.*s,%s,%d,%s,%s;", STR_FMT(p->username),
                             STR_FMT(p->device_id), p->located ? lat : "-",
                             p->accuracy.set ? (int)p->accuracy.v : -1, at, fix));
}

static void people(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen s = { 0 };
    void *ctx[] = { f, &s };

    sql_do(db, "UPDATE my_tracks_device SET last_location_at = NULL WHERE owner_id = 2;"
               "UPDATE my_tracks_device SET last_seen = '2030-01-01 00:00:00' WHERE id = 9;"
               "UPDATE auth_user SET is_active = 0 WHERE username = 'grace'");
    assert_int_equal(db_export_people(db, note_person, ctx), DB_OK);
    assert_string_equal(s.text, "alice/silent,-,-1,-,-; "
                                "bob/pixel7,38.7249012000,16,2026-03-04 09:52:16.500000,2026-03-04"
                                " 09:52:15; "
                                "heidi@home/watch,-89.9999999999,-1,2026-03-04 11:00:01,2026-03-04"
                                " 11:00:00; ");
}

static bool note_place(void *ctx, const struct export_place *p)
{
    struct fixture *f = ((void **)ctx)[0];
    return note(((void **)ctx)[1], arena_printf(f->a, "%.*s/%.*s,%d;", STR_FMT(p->username),
                                                STR_FMT(p->label), (int)p->radius));
}

static void places(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct seen s = { 0 };
    void *ctx[] = { f, &s };

    assert_int_equal(db_export_places(db, note_place, ctx), DB_OK);
    assert_string_equal(s.text, "alice/Home,150; alice/Work,200; bob/Home,100;"
                                " grace/Café Ünïcode & <Sons>,50; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(list_is_by_name),
        FIXTURE_TEST(list_leaves_out_what_cannot_be_read),
        FIXTURE_TEST(active_and_back),
        FIXTURE_TEST(staff_follows_and_is_stored),
        FIXTURE_TEST(delete_takes_what_django_takes),
        FIXTURE_TEST(delete_is_all_or_nothing),
        FIXTURE_TEST(delete_stops_at_unknown_references),
        FIXTURE_TEST(people),
        FIXTURE_TEST(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
