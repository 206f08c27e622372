/* Friends in the apps: two characters each, locations and cards, and who is told what. */
#include "db/friends.h"
#include "db/peers.h"
#include "fixture.h"
#include "lib/codec.h"
#include "lib/friendly.h"
#include "lib/owntracks.h"

#include "sender.h"

static struct location at(const char *key, const char *tid)
{
    return (struct location){ .device_key = str_of(key),
                              .tracker_id = str_of(tid),
                              .latitude = 15000000000,
                              .longitude = -25000000000,
                              .timestamp = T0,
                              .connection_type = STR("w"),
                              .accuracy = { true, 7 } };
}

static void test_tids(void **state)
{
    static const struct {
        const char *key, *tid;
        unsigned try;
        const char *want; /* NULL: no idea */
    } cases[] = {
        { "emma/phone", "EP", 0, "EP" }, { "emma/phone", "E", 0, NULL },
        { "emma/phone", "E-", 0, NULL }, { "emma/phone", "", 1, "ep" },
        { "emma/phone", "", 2, "em" },   { "emma/phone", "", 3, "ph" },
        { "-e/--", "", 1, NULL },        { "\xc3\xa4/x", "", 1, NULL },
        { "phone", "", 3, "ph" },        { "emma/phone", "", 4, "00" },
        { "emma/phone", "", 40, "10" },  { "emma/phone", "", 4 + 36 * 36, NULL },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct location l = at(cases[i].key, cases[i].tid);
        struct str got = friend_tid(f->a, &l, cases[i].try);
        if (cases[i].want == NULL)
            assert_true(str_is_null(got));
        else
            assert_str(got, cases[i].want);
    }
}

static void test_messages(void **state)
{
    struct fixture *f = *state;
    struct location l = at("emma/phone", "");

    assert_str(ot_dump(f->a, friend_location(f->a, &l, STR("EP"))),
               "{\"_type\": \"location\", \"tid\": \"EP\", \"lat\": 1.5, \"lon\": -2.5, \"tst\": "
               "1772800000,"
               " \"acc\": 7, \"conn\": \"w\", \"topic\": \"owntracks/emma/phone\"}");
    assert_true(friend_shows(&l));
    l.latitude = l.longitude = 0;
    assert_false(friend_shows(&l));
    assert_str(ot_dump(f->a, friend_card(f->a, STR("EP"), STR("Emma"), STR(""))),
               "{\"_type\": \"card\", \"tid\": \"EP\", \"name\": \"Emma\"}");
}

static void test_faces(void **state)
{
    struct fixture *f = *state;
    struct str png = base64_encode(f->a, STR("\x89PNG\r\n\x1a\n...")),
               jpeg = base64_encode(f->a, STR("\xff\xd8\xff."));
    char *huge = arena_alloc(f->a, FACE_MAX + 4);

    memset(huge, 'A', FACE_MAX + 4);
    assert_null(face_refused(f->a, png));
    assert_null(face_refused(f->a, jpeg));
    assert_non_null(face_refused(f->a, STR("")));
    assert_non_null(face_refused(f->a, STR("PHN2Zz4=")));
    assert_non_null(face_refused(f->a, arena_printf(f->a, "%.*s\n", STR_FMT(png))));
    assert_non_null(face_refused(f->a, arena_printf(f->a, " %.*s", STR_FMT(png))));
    assert_non_null(face_refused(f->a, (struct str){ huge, FACE_MAX + 4 }));
}

static void test_peers(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct peer *p;
    struct card c = { .name = STR("Ally"), .face = STR("AAAA"), .updated_at = T0 };
    size_t n;
    bool news;

    sql_do(db, "DELETE FROM my_tracks_deviceshare");
    sql_do(db, "UPDATE auth_user SET first_name = 'Alice', last_name = 'A' WHERE id = 2");
    assert_int_equal(db_peer_list(db, f->a, BOB, 3, &p, &n), DB_OK);
    assert_int_equal(n, 0);
    sql_do(db, "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id)"
               " SELECT '2026-01-01', id, 3 FROM my_tracks_device WHERE id IN (1, 2)");
    assert_int_equal(ipad(f, 0, 1, LOC "}"), INGEST_STORED);
    assert_int_equal(db_peer_list(db, f->a, BOB, 3, &p, &n), DB_OK);
    assert_int_equal(n, 2);
    assert_true(p[1].device_id == 2 && str_is_null(p[1].tid) && !p[1].only_one &&
                p[1].told_location == 0);
    assert_str(p[1].name, "Alice A");
    assert_str(p[1].owner, "alice");
    assert_true(p[1].where.latitude == 15000000000);
    assert_int_equal(db_peer_name(db, BOB, 1, STR("AA")), DB_OK);
    assert_int_equal(db_peer_name(db, BOB, 2, STR("AA")), DB_CONFLICT);
    assert_int_equal(db_peer_name(db, CAROL, 2, STR("AA")), DB_OK); /* another viewer's */
    assert_int_equal(db_peer_name(db, BOB, 2, STR("AB")), DB_OK);
    assert_int_equal(db_peer_told(db, 3, 2, p[1].where.id, STR("x")), DB_OK);
    assert_int_equal(db_card_put(db, ALICE, &c), DB_OK);
    assert_int_equal(db_peer_list(db, f->a, BOB, 3, &p, &n), DB_OK);
    assert_str(p[1].tid, "AB");
    assert_str(p[1].name, "Ally");
    assert_str(p[1].face, "AAAA");
    assert_true(p[1].told_location == p[1].where.id);
    assert_int_equal(db_peer_list(db, f->a, BOB, 4, &p, &n), DB_OK);
    assert_int_equal(p[1].told_location, 0); /* another phone of his */
    assert_int_equal(db_peer_news(db, p[1].where.id, &news), DB_OK);
    assert_true(news);
    assert_int_equal(db_peer_news(db, p[1].where.id - 1, &news), DB_OK);
    assert_false(news);
    sql_do(db, "UPDATE auth_user SET is_active = 0 WHERE id = 2");
    assert_int_equal(db_peer_list(db, f->a, BOB, 3, &p, &n), DB_OK);
    assert_int_equal(n, 0);
    assert_int_equal(db_card_delete(db, ALICE), DB_OK);
    assert_int_equal(db_card_delete(db, ALICE), DB_NONE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_tids), TEST(test_messages), TEST(test_faces),
                                        TEST(test_peers) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
