/* Settings of a connection, transactions, waiting for locks. */
#include "fixture.h"

/* ---------------------------------------------------------------- settings */
static void test_settings(void **state)
{
    static const struct {
        const char *pragma;
        const char *value;
    } wanted[] = {
        { "PRAGMA journal_mode", "wal" },  { "PRAGMA foreign_keys", "1" },
        { "PRAGMA synchronous", "1" },     { "PRAGMA wal_autocheckpoint", "0" },
        { "PRAGMA cell_size_check", "1" }, { "PRAGMA temp_store", "2" },
        { "PRAGMA cache_size", "-1000" },  { "PRAGMA mmap_size", "0" },
    };
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_string_equal(sql_string(f, db, wanted[i].pragma), wanted[i].value);
    db_durable(db, true);
    assert_string_equal(sql_string(f, db, "PRAGMA synchronous"), "2");
    db_durable(db, false);
    assert_string_equal(sql_string(f, db, "PRAGMA synchronous"), "1");
    assert_int_not_equal(sqlite3_exec(db->h, "ATTACH ':memory:' AS x", NULL, NULL, NULL),
                         SQLITE_OK);
    sql_do(db, "PRAGMA writable_schema = ON");
    assert_int_not_equal(sqlite3_exec(db->h, "DELETE FROM sqlite_master", NULL, NULL, NULL),
                         SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(db->h, "SELECT zeroblob(20000000)", NULL, NULL, NULL),
                         SQLITE_OK);
}

/* ---------------------------------------------------------------- transactions */
#define NEW_SHARE \
    "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id) VALUES ('x', 1, 9)"
#define SHARES "SELECT count(*) FROM my_tracks_deviceshare"

static void test_transactions(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    db_rollback(db); /* nothing to do is fine */
    assert_int_equal(db_begin(db), DB_OK);
    sql_do(db, NEW_SHARE);
    db_rollback(db);
    assert_int_equal(sql_number(db, SHARES), 4);
    assert_int_equal(db_begin(db), DB_OK);
    sql_do(db, NEW_SHARE);
    assert_int_equal(db_commit(db), DB_OK);
    assert_int_equal(sql_number(db, SHARES), 5);
    /* Foreign keys are checked at the end, and then nothing stays. */
    assert_int_equal(db_begin(db), DB_OK);
    sql_do(db, "UPDATE my_tracks_deviceshare SET device_id = 999 WHERE id = 1");
    assert_int_equal(db_commit(db), DB_CONFLICT);
    assert_true(sqlite3_get_autocommit(db->h));
    assert_str(db_check(db, f->a), "ok");
    assert_int_equal(db_begin(db), DB_OK);
    assert_int_equal(db_commit(db), DB_OK);
}

/* The end of a request after the arena jumped out of a row function. */
static void test_request_end(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    jmp_buf target;
    arena_catch(f->a, &target);
    if (setjmp(target) == 0) {
        assert_int_equal(db_begin(db), DB_OK);
        sql_do(db, NEW_SHARE);
        struct query q = sql_query(db, SQL_ALL_DEVICES);
        assert_int_equal(sql_step(&q), DB_OK);
        db->listing = true;
        arena_alloc(f->a, (size_t)64 * 1024 * 1024);
        fail();
    }
    arena_catch(f->a, NULL);
    db_request_end(db);
    assert_false(db->listing);
    assert_int_equal(sql_number(db, SHARES), 4);
    struct query q = sql_query(db, SQL_ALL_DEVICES);
    assert_int_equal(sql_step(&q), DB_OK);
    sql_end(&q);
    db_request_end(db);
    db_request_end(db);
}

static void test_busy(void **state)
{
    struct fixture *f = *state;
    char *why = NULL;
    fixture_household(f);
    struct db *other = db_open(f->path, DB_WORKER, 60, &why);
    assert_non_null(other);
    assert_int_equal(db_begin(f->db), DB_OK);
    usec_t start = clock_mono();
    assert_int_equal(db_begin(other), DB_BUSY);
    usec_t waited = clock_mono() - start;
    assert_in_range(waited, 60 * 1000, 5 * USEC_PER_SEC);
    /* Reading goes on meanwhile, and the lock is had when it is free. */
    assert_int_equal(sql_number(other, SHARES), 4);
    db_rollback(f->db);
    assert_int_equal(db_begin(other), DB_OK);
    db_close(other);
}

static int count_up(struct fixture *f)
{
    char *why = NULL;
    struct db *db = db_open(f->path, DB_WORKER, 20000, &why);
    for (int i = 0; db && i < 50; i++) {
        if (db_begin(db) != DB_OK)
            return 1;
        if (sqlite3_exec(db->h, "UPDATE mytracks_spool_position SET pos = pos + 1", NULL, NULL,
                         NULL) != SQLITE_OK)
            return 2;
        if (db_commit(db) != DB_OK)
            return 3;
    }
    db_close(db);
    return db ? 0 : 1;
}

static void test_many_writers(void **state)
{
    struct fixture *f = *state;
    int counts[4] = { 0 };
    db_close(fixture_fresh(f));
    f->db = NULL;
    in_processes(6, count_up, f, counts);
    assert_int_equal(counts[0], 6);
    f->db = fixture_open(f->path, DB_WORKER);
    assert_int_equal(sql_number(f->db, "SELECT pos FROM mytracks_spool_position"), 300);
}

static void test_disk_full(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    int64_t pages = sql_number(db, "PRAGMA page_count");
    sql_do(db, arena_printf(f->a, "PRAGMA max_page_count = %lld", (long long)pages + 1).p);
    struct query q = sql_query(db, SQL_META_PUT);
    char *big = arena_alloc(f->a, 100000);
    memset(big, 'x', 100000);
    sql_bind_text(&q, STR("big"));
    sql_bind_text(&q, (struct str){ big, 100000 });
    assert_int_equal(sql_exec(&q), DB_BUSY);
    db_request_end(db);
    q = sql_query(db, SQL_META_PUT);
    sql_bind_text(&q, STR("small"));
    sql_bind_text(&q, STR("1"));
    assert_int_equal(sql_exec(&q), DB_OK);
}

static void test_data_version(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f), *other = fixture_open(f->path, DB_WORKER);
    int64_t before = db_data_version(db);
    sql_do(db, NEW_SHARE);
    assert_int_equal(db_data_version(db), before);
    sql_do(other, "UPDATE my_tracks_deviceshare SET shared_with_id = 8 WHERE shared_with_id = 9");
    assert_int_not_equal(db_data_version(db), before);
    db_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_settings),     FIXTURE_TEST(test_transactions),
        FIXTURE_TEST(test_request_end),  FIXTURE_TEST(test_busy),
        FIXTURE_TEST(test_many_writers), FIXTURE_TEST(test_disk_full),
        FIXTURE_TEST(test_data_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
