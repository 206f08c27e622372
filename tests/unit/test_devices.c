/* Devices as viewers see them, on the recorded household. */
#include "fixture.h"

#include "db/devices.h"

static struct viewer viewer(int64_t id)
{
    return (struct viewer){ id, id == ADMIN };
}

static void test_find(void **state)
{
    static const struct {
        int64_t user;
        const char *key;
        int64_t id; /* 0: DB_NONE, -1: DB_CONFLICT */
    } cases[] = {
        { ALICE, "pixel7", 1 },
        { ALICE, "alice/pixel7", 1 },
        { ALICE, "bob/pixel7", 0 },
        { ALICE, "garmin", 4 },
        { ALICE, "bob/garmin", 4 },
        { ALICE, "alice/garmin", 0 },
        { ALICE, "ALICE/ipad", 0 },
        { ALICE, "alice/ipad/x", 0 },
        { ALICE, "/ipad", 0 },
        { ALICE, "alice/", 0 },
        { ALICE, "", 0 },
        { ALICE, "/", 0 },
        { ALICE, "oldphone", 0 },
        { ALICE, "silent", 9 },
        { BOB, "pixel7", -1 },
        { BOB, "alice/pixel7", 1 },
        { BOB, "bob/pixel7", 3 },
        { DAVE, "pixel7", 3 },
        { CAROL, "ipad", 2 },
        { ERIN, "ipad", 0 },
        { GRACE, "fon å", 7 },
        { GRACE, "grace/fon å", 7 },
        { HEIDI, "heidi@home/watch", 8 },
        { ADMIN, "pixel7", -1 },
        { ADMIN, "oldphone", 5 },
        { ADMIN, "op2", 10 },
        { ADMIN, "/oldphone", 0 },
        { ADMIN, "bob/pixel7", 3 },
        { ADMIN, "nothing", 0 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct device d = { 0 };
        enum db_rc rc = db_device_find(db, f->a, viewer(cases[i].user), str_of(cases[i].key), &d);
        enum db_rc want = cases[i].id == 0 ? DB_NONE : cases[i].id < 0 ? DB_CONFLICT : DB_OK;
        if (rc != want || (rc == DB_OK && d.id != cases[i].id))
            fail_msg("user %d, %s: rc %d id %d", (int)cases[i].user, cases[i].key, rc, (int)d.id);
    }
    struct device d;
    assert_int_equal(db_device_find(db, f->a, viewer(ALICE), STR("ipad\0"), &d), DB_NONE);
    assert_int_equal(db_device_find(db, f->a, viewer(ALICE), STR("\xff"), &d), DB_NONE);
}

/* A bare id that looks like owner/device_id, as HTTP could make one. */
static void test_find_slash(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct device d;
    sql_do(db, "UPDATE my_tracks_device SET device_id = 'x/y' WHERE id = 9");
    assert_int_equal(db_device_find(db, f->a, viewer(ALICE), STR("x/y"), &d), DB_OK);
    assert_int_equal(d.id, 9);
    assert_int_equal(db_device_find(db, f->a, viewer(ALICE), STR("alice/x/y"), &d), DB_OK);
    assert_int_equal(d.id, 9);
}

/* Ownerless devices may share an id; a NULL owner is nobody's. */
static void test_find_twins(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct device d;
    sql_do(db, "UPDATE my_tracks_device SET device_id = 'oldphone' WHERE id = 6");
    assert_int_equal(db_device_find(db, f->a, viewer(ADMIN), STR("oldphone"), &d), DB_CONFLICT);
    assert_int_equal(db_device_find(db, f->a, (struct viewer){ 0, false }, STR("oldphone"), &d),
                     DB_NONE);
}

static void test_find_of(void **state)
{
    static const struct {
        int64_t user;
        const char *owner, *id;
        int64_t found; /* 0: DB_NONE, -1: DB_CONFLICT */
    } cases[] = {
        { BOB, "alice", "pixel7", 1 },  { BOB, "bob", "pixel7", 3 },
        { ALICE, "bob", "pixel7", 0 },  { ADMIN, "bob", "pixel7", 3 },
        { ADMIN, "", "pixel7", 0 },     { ADMIN, "", "op2", 10 },
        { ALICE, "", "op2", 0 },        { ADMIN, "", "oldphone", -1 },
        { BOB, "nobody", "pixel7", 0 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "UPDATE my_tracks_device SET device_id = 'oldphone', owner_id = NULL"
               " WHERE id IN (5, 6)");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct device d = { 0 };
        enum db_rc rc = db_device_find_of(db, f->a, viewer(cases[i].user), str_of(cases[i].owner),
                                          str_of(cases[i].id), &d);
        enum db_rc want = cases[i].found == 0 ? DB_NONE : cases[i].found < 0 ? DB_CONFLICT : DB_OK;
        if (rc != want || (rc == DB_OK && d.id != cases[i].found))
            fail_msg("case %zu: rc %d id %d", i, (int)rc, (int)d.id);
    }
}

static void test_by_id(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct device d;
    usec_t t;
    assert_int_equal(db_device_by_id(db, f->a, 7, &d), DB_OK);
    assert_str(d.device_id, "fon å");
    assert_str(d.name, "Gräces Fön 📱");
    assert_str(d.mqtt_user, "grace");
    assert_str(d.owner_username, "grace");
    assert_int_equal(d.owner_id, GRACE);
    assert_true(clock_from_db(STR("2026-02-03 08:36:30.250119"), &t));
    assert_int_equal(d.created_at, t);
    assert_true(clock_from_db(STR("2026-03-04 10:35:01"), &t));
    assert_int_equal(d.last_seen, t);
    assert_true(d.last_location_at.set);
    assert_int_equal(d.last_location_at.t, t);
    assert_false(d.is_online);
    assert_int_equal(d.latest_location_id, 528);
    assert_int_equal(d.location_count, 6);
    assert_int_equal(db_device_by_id(db, f->a, 10, &d), DB_OK);
    assert_int_equal(d.owner_id, 0);
    assert_str(d.owner_username, "");
    assert_false(d.last_location_at.set);
    assert_int_equal(d.latest_location_id, 0);
    assert_int_equal(d.location_count, 0);
    assert_int_equal(db_device_by_id(db, f->a, 11, &d), DB_NONE);
    sql_do(db, "UPDATE my_tracks_device SET last_seen = 'x' WHERE id = 1");
    assert_int_equal(db_device_by_id(db, f->a, 1, &d), DB_FAIL);
}

/* ---------------------------------------------------------------- lists */
struct list {
    struct fixture *f;
    struct str text;
    int stop_after;
};

static bool add(void *ctx, const struct device *d)
{
    struct list *l = ctx;
    l->text = arena_printf(l->f->a, "%.*s %lld:%lld", STR_FMT(l->text), (long long)d->id,
                           (long long)d->location_count);
    return --l->stop_after != 0;
}

static void test_list(void **state)
{
    static const struct {
        int64_t user, limit, offset;
        int stop;
        const char *want;
        int64_t count;
    } cases[] = {
        { ALICE, -1, 0, 0, " 1:355 2:18 4:44 9:0", 4 },
        { ALICE, 2, 1, 0, " 2:18 4:44", 4 },
        { ALICE, 100, 0, 1, " 1:355", 4 },
        { ALICE, 100, 4, 0, "", 4 },
        { BOB, -1, 0, 0, " 1:355 4:44 3:102", 3 },
        { ERIN, -1, 0, 0, "", 0 },
        { ADMIN, -1, 0, 0, " 1:355 2:18 4:44 8:1 7:6 3:102 10:0 5:6 6:8 9:0", 10 },
        { ADMIN, 3, 8, 0, " 6:8 9:0", 10 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct list l = { f, STR(""), cases[i].stop };
        int64_t n = -1;
        struct viewer v = viewer(cases[i].user);
        assert_int_equal(db_device_list(db, f->a, v, cases[i].limit, cases[i].offset, add, &l),
                         DB_OK);
        assert_str(l.text, cases[i].want);
        assert_int_equal(db_device_count(db, v, &n), DB_OK);
        assert_int_equal(n, cases[i].count);
    }
}

static void test_list_shared_twice(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id)"
               " VALUES ('2026-02-12 00:00:00', 1, 2), ('2026-02-12 00:00:00', 1, 5)");
    struct list l = { f, STR(""), 0 };
    int64_t n;
    assert_int_equal(db_device_list(db, f->a, viewer(ALICE), -1, 0, add, &l), DB_OK);
    assert_str(l.text, " 1:355 2:18 4:44 9:0");
    assert_int_equal(db_device_count(db, viewer(ALICE), &n), DB_OK);
    assert_int_equal(n, 4);
}

static void test_list_unreadable(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "UPDATE my_tracks_device SET created_at = 'x' WHERE id = 2");
    struct list l = { f, STR(""), 0 };
    assert_int_equal(db_device_list(db, f->a, viewer(ALICE), -1, 0, add, &l), DB_OK);
    assert_str(l.text, " 1:355 4:44 9:0");
}

static void test_audience(void **state)
{
    static const struct {
        int64_t device;
        int64_t ids[3];
        size_t n;
    } cases[] = {
        { 1, { ALICE, BOB }, 2 }, { 2, { ALICE, CAROL }, 2 }, { 5, { 0 }, 0 },
        { 7, { GRACE }, 1 },      { 99, { 0 }, 0 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t *ids;
        size_t n;
        assert_int_equal(db_device_audience(db, f->a, cases[i].device, &ids, &n), DB_OK);
        assert_int_equal(n, cases[i].n);
        for (size_t j = 0; j < n; j++)
            assert_int_equal(ids[j], cases[i].ids[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_find),
        FIXTURE_TEST(test_find_slash),
        FIXTURE_TEST(test_find_twins),
        FIXTURE_TEST(test_find_of),
        FIXTURE_TEST(test_by_id),
        FIXTURE_TEST(test_list),
        FIXTURE_TEST(test_audience),
        FIXTURE_TEST(test_list_shared_twice),
        FIXTURE_TEST(test_list_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
