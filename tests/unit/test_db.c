/* Making, adopting and refusing databases. */
#include "db/account.h"
#include "fixture.h"

#include "db/schema.h"

#include <signal.h>

/* Text of a whole query, rows and columns separated; for comparing two databases. */
static struct str dump(struct arena *a, struct db *db, const char *query)
{
    sqlite3_stmt *s = NULL;
    struct str all = STR("");
    assert_int_equal(sqlite3_prepare_v2(db->h, query, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(s); c++) {
            const char *text = (const char *)sqlite3_column_text(s, c);
            all = arena_printf(a, "%.*s%s|", STR_FMT(all), text ? text : "NULL");
        }
        all = arena_printf(a, "%.*s\n", STR_FMT(all));
    }
    sqlite3_finalize(s);
    return all;
}

static void assert_refused(const char *path, const char *part)
{
    char *why = NULL;
    struct db *db = db_open(path, DB_WORKER, 50, &why);
    assert_null(db);
    assert_non_null(why);
    if (!strstr(why, part))
        fail_msg("\"%s\" does not say \"%s\"", why, part);
    free(why);
}

/* ---------------------------------------------------------------- new databases */
static void test_create(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_nlink, 1);
    assert_false(is_there(f, ".new"));
    assert_true(db_is_fresh_install(db));
    assert_str(db_check(db, f->a), "ok");
    assert_int_equal(sql_number(db, "SELECT count(*) FROM django_migrations"), 42);
    assert_int_equal(sql_number(db, "SELECT length(applied) FROM django_migrations"), 19);

    bool fresh = true;
    char *why = NULL;
    assert_int_equal(db_create(f->path, &fresh, &why), DB_OK);
    assert_false(fresh);
    assert_null(why);
}

/* What Django sees is what its own migrations make: texts of the schema, rows, next ids. */
static void test_create_equals_reference(void **state)
{
    static const char *const queries[] = {
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'mytracks_%'"
        " AND tbl_name NOT LIKE 'mytracks_%' ORDER BY 1, 2",
        "SELECT id, app, name FROM django_migrations ORDER BY id",
        "SELECT * FROM django_content_type ORDER BY id",
        "SELECT * FROM auth_permission ORDER BY id",
        "SELECT * FROM sqlite_sequence WHERE name IN ('django_migrations', 'django_content_type',"
        " 'auth_permission') ORDER BY name",
        "PRAGMA page_size",
        "PRAGMA encoding",
        "PRAGMA user_version",
        "PRAGMA auto_vacuum",
    };
    struct fixture *f = *state;
    char other[160];
    struct db *reference = fixture_household(f);
    snprintf(other, sizeof other, "%s/other.sqlite3", f->folder);
    bool fresh;
    char *why = NULL;
    assert_int_equal(db_create(other, &fresh, &why), DB_OK);
    struct db *ours = fixture_open(other, DB_WORKER);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct str a = dump(f->a, reference, queries[i]), b = dump(f->a, ours, queries[i]);
        assert_true(a.n > 0);
        if (!str_eq(a, b))
            fail_msg("%s:\n%.*s\ninstead of\n%.*s", queries[i], STR_FMT(b), STR_FMT(a));
    }
    db_close(ours);
}

static void test_create_needs_folder(void **state)
{
    struct fixture *f = *state;
    char path[160];
    bool fresh;
    char *why = NULL;
    snprintf(path, sizeof path, "%s/no/db.sqlite3", f->folder);
    assert_int_equal(db_create(path, &fresh, &why), DB_FAIL);
    assert_non_null(strstr(why, "No such file"));
    free(why);
}

/* A log without its database is not played into a new one. */
static void test_create_beside_log(void **state)
{
    struct fixture *f = *state;
    char log[160];
    bool fresh;
    char *why = NULL;
    snprintf(log, sizeof log, "%s-wal", f->path);
    write_file(log, "old");
    assert_int_equal(db_create(f->path, &fresh, &why), DB_FAIL);
    assert_non_null(strstr(why, "-wal belongs to a database that is gone"));
    free(why);
    assert_false(is_there(f, ""));
    assert_false(is_there(f, ".new"));
    unlink(log);
    fixture_fresh(f);
}

/* What a crash left is neither taken for a database nor in the way. */
static void test_create_after_crash(void **state)
{
    struct fixture *f = *state;
    char draft[160];
    snprintf(draft, sizeof draft, "%s.new", f->path);
    write_file(draft, "half a database");
    fixture_fresh(f);
    assert_false(is_there(f, ".new"));
}

static int create_and_open(struct fixture *f)
{
    bool fresh = false;
    char *why = NULL;
    if (db_create(f->path, &fresh, &why) != DB_OK)
        return 2;
    struct db *db = db_open(f->path, DB_WORKER, 5000, &why);
    if (!db)
        return 3;
    db_close(db);
    return fresh ? 1 : 0;
}

static void test_create_by_many(void **state)
{
    struct fixture *f = *state;
    int counts[4] = { 0 };
    in_processes(8, create_and_open, f, counts);
    assert_int_equal(counts[1], 1);
    assert_int_equal(counts[0], 7);
    f->db = fixture_open(f->path, DB_WORKER);
    assert_str(db_check(f->db, f->a), "ok");
}

/* Kills a process in the middle of fn, later each round; afterwards fn works, from the beginning or
   from what is complete. */
static void kill_in_the_middle(struct fixture *f, int (*fn)(struct fixture *), int round)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(fn(f));
    usleep((useconds_t)(round * 400));
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    f->db = NULL;
    assert_in_range(fn(f), 0, 1);
    f->db = fixture_open(f->path, DB_KEEPER);
    assert_str(db_check(f->db, f->a), "ok");
    db_close(f->db);
    f->db = NULL;
}

static void test_create_killed(void **state)
{
    struct fixture *f = *state;
    for (int round = 0; round < 40; round++) {
        kill_in_the_middle(f, create_and_open, round);
        assert_int_equal(unlink(f->path), 0);
        assert_false(is_there(f, ".new"));
        assert_false(is_there(f, "-wal")); /* the keeper was the last one */
    }
}

/* ---------------------------------------------------------------- adopting */
static void test_adopt(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    assert_false(db_is_fresh_install(db));
    assert_str(db_check(db, f->a), "ok");
    assert_string_equal(sql_string(f, db, "PRAGMA journal_mode"), "wal");
    assert_int_equal(sql_number(db, "SELECT sum(n) FROM mytracks_location_count"),
                     HOUSEHOLD_LOCATIONS);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_spool_position"), 1);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM sqlite_master WHERE tbl_name NOT LIKE"
                                    " 'mytracks%' AND name LIKE 'mytracks%'"),
                     15);
    db_close(db);
    f->db = fixture_open(f->path, DB_WORKER); /* nothing to do the second time */
}

static int open_only(struct fixture *f)
{
    char *why = NULL;
    struct db *db = db_open(f->path, DB_WORKER, 5000, &why);
    if (!db)
        return 2;
    int64_t n = 0;
    struct query q = sql_query(db, SQL_COUNT_ALL);
    enum db_rc rc = sql_one_int(&q, &n);
    db_close(db);
    return rc == DB_OK && n == HOUSEHOLD_LOCATIONS ? 0 : 3;
}

static void test_adopt_by_many(void **state)
{
    struct fixture *f = *state;
    int counts[4] = { 0 };
    fixture_unpack(f, "household");
    in_processes(8, open_only, f, counts);
    assert_int_equal(counts[0], 8);
}

static void test_adopt_killed(void **state)
{
    struct fixture *f = *state;
    for (int round = 0; round < 20; round++) {
        fixture_unpack(f, "household");
        kill_in_the_middle(f, open_only, round);
        assert_int_equal(unlink(f->path), 0);
    }
}

static void test_refused(void **state)
{
    struct fixture *f = *state;
    assert_refused(f->path, "unable to open");
    write_file(f->path, "");
    assert_refused(f->path, "empty (0 bytes)");
    write_file(f->path, "This is a text file, and a rather long one at that, so that it has more "
                        "bytes than the header of a database, one hundred.");
    assert_refused(f->path, "not a database");
    assert_int_equal(unlink(f->path), 0);
    assert_refused(f->folder, "unable to open");
}

static void test_refused_foreign(void **state)
{
    struct fixture *f = *state;
    sqlite3 *h = NULL;
    assert_int_equal(sqlite3_open(f->path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "CREATE TABLE notes (text)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
    assert_refused(f->path, "manage.py migrate");
}

/* Databases as earlier releases of the reference left them: not ours to upgrade. */
static void test_refused_history(void **state)
{
    static const char *const names[] = {
        "a-tracker-0006",  "b-old-head-0015", "c-first-squash", "d-before-second-squash",
        "e-second-squash", "f-0011",          "g-0019",         "h-0001-0009",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "history/%s", names[i]);
        fixture_unpack(f, name);
        assert_refused(f->path, "manage.py migrate");
        sqlite3 *h = NULL;
        assert_int_equal(sqlite3_open(f->path, &h), SQLITE_OK);
        struct db raw = { .h = h };
        assert_int_equal(sql_number(&raw, "SELECT count(*) FROM sqlite_master"
                                          " WHERE name LIKE 'mytracks%'"),
                         0);
        sqlite3_close(h);
        unlink(f->path);
    }
}

static void test_refused_without_migration(void **state)
{
    struct fixture *f = *state;
    fixture_unpack(f, "household");
    sqlite3 *h = NULL;
    assert_int_equal(sqlite3_open(f->path, &h), SQLITE_OK);
    sqlite3_exec(h, "DELETE FROM django_migrations WHERE name = '" SCHEMA_MIGRATION "'", NULL, NULL,
                 NULL);
    sqlite3_close(h);
    assert_refused(f->path, SCHEMA_MIGRATION);
}

static void test_refused_damaged(void **state)
{
    struct fixture *f = *state;
    char page[4096];
    memset(page, 0xff, sizeof page);
    fixture_unpack(f, "household");
    int fd = open(f->path, O_WRONLY);
    assert_int_equal(pwrite(fd, page, sizeof page, 80 * (off_t)sizeof page), sizeof page);
    close(fd);
    assert_refused(f->path, "damaged");
}

static void test_refused_newer(void **state)
{
    struct fixture *f = *state;
    sql_do(fixture_fresh(f), "UPDATE mytracks_meta SET value = '99' WHERE key = 'schema'");
    assert_refused(f->path, "newer mytracks");
}

static void test_refused_locked(void **state)
{
    struct fixture *f = *state;
    fixture_unpack(f, "household"); /* still in rollback mode: a writer shuts everybody out */
    sqlite3 *h = NULL;
    assert_int_equal(sqlite3_open(f->path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_refused(f->path, "locked");
    sqlite3_close(h);
    f->db = fixture_open(f->path, DB_WORKER);
}

/* What changes who may do what is counted, whoever does it, and nothing else. */
static void test_rights_are_counted(void **state)
{
    static const struct {
        const char *sql;
        int64_t more;
    } cases[] = {
        { "UPDATE auth_user SET is_active = 0 WHERE id = 3", 1 },
        { "UPDATE auth_user SET is_active = 0, last_login = '2026-01-01' WHERE id = 3", 0 },
        { "UPDATE auth_user SET is_superuser = 1 WHERE id = 3", 1 },
        { "UPDATE auth_user SET username = 'other' WHERE id = 3", 1 },
        { "UPDATE my_tracks_friendrequest SET status = 'declined' WHERE id = (SELECT min(id) FROM"
          " my_tracks_friendrequest)",
          1 },
        { "DELETE FROM my_tracks_friendrequest WHERE id = (SELECT min(id) FROM"
          " my_tracks_friendrequest)",
          1 },
        { "DELETE FROM my_tracks_deviceshare WHERE id = (SELECT min(id) FROM"
          " my_tracks_deviceshare)",
          1 },
        { "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id) VALUES"
          " ('2026-01-01', 1, 5)",
          1 },
        { "INSERT INTO mytracks_share (device_id, viewer_id, precision, history, created_at) VALUES"
          " (2, 5, 'exact', 'all', '2026-01-01')",
          1 },
        { "UPDATE mytracks_share SET paused_at = '2026-01-01'", 1 },
        { "DELETE FROM mytracks_share", 1 },
        { "UPDATE my_tracks_device SET owner_id = 5 WHERE id = 1", 1 },
        { "UPDATE my_tracks_device SET last_seen = '2026-01-01', mqtt_user = mqtt_user", 0 },
        { "DELETE FROM my_tracks_location WHERE id = 1", 0 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    int64_t before = 0, now = 0;

    assert_int_equal(db_grants_version(db, &before), DB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sql_do(db, cases[i].sql);
        assert_int_equal(db_grants_version(db, &now), DB_OK);
        assert_int_equal(now, before + cases[i].more * 1000000); /* the rest: what has ended */
        before = now;
    }
}

/* A Django migration rebuilds the table: the triggers go with the old one, and come back. */
static void test_triggers_come_back(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "DROP TRIGGER mytracks_location_insert");
    sql_do(db, "DELETE FROM my_tracks_device WHERE 0");
    sql_do(db,
           "INSERT INTO my_tracks_location SELECT 9000, latitude, longitude, timestamp, accuracy,"
           " altitude, velocity, battery_level, connection_type, tracker_id, ip_address,"
           " received_at, device_id, received_via, battery_status, course, fix_source,"
           " in_regions, monitoring_mode, owntracks_created_at, owntracks_message_id,"
           " \"trigger\", vertical_accuracy, wifi_bssid, wifi_ssid FROM my_tracks_location"
           " WHERE id = 1");
    assert_str(db_check(db, f->a), "mytracks_location_count is wrong by 1");
    db_close(db);
    f->db = fixture_open(f->path, DB_WORKER);
    assert_str(db_check(f->db, f->a), "ok");
    assert_int_equal(sql_number(f->db, "SELECT sum(n) FROM mytracks_location_count"),
                     HOUSEHOLD_LOCATIONS + 1);
}

static void test_counters(void **state)
{
    static const struct {
        const char *change;
        int64_t first, fourth; /* devices 1 and 4: 355 and 44 rows at first */
    } steps[] = {
        { "UPDATE my_tracks_location SET device_id = 4 WHERE id <= 10", 345, 54 },
        { "UPDATE my_tracks_location SET device_id = device_id, accuracy = 1", 345, 54 },
        { "DELETE FROM my_tracks_location WHERE id <= 5", 345, 49 },
        { "DELETE FROM my_tracks_location WHERE device_id = 1", 0, 49 },
        { "INSERT OR IGNORE INTO my_tracks_location SELECT * FROM my_tracks_location", 0, 49 },
        { "UPDATE my_tracks_location SET device_id = 1 WHERE device_id = 4", 49, 0 },
        { "UPDATE my_tracks_location SET device_id = 9 WHERE device_id = 1", 0, 0 },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "UPDATE my_tracks_device SET latest_location_id = NULL");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        sql_do(db, steps[i].change);
        const char *n =
            "SELECT coalesce(sum(n), 0) FROM mytracks_location_count WHERE device_id = ";
        assert_int_equal(sql_number(db, arena_printf(f->a, "%s 1", n).p), steps[i].first);
        assert_int_equal(sql_number(db, arena_printf(f->a, "%s 4", n).p), steps[i].fourth);
        assert_str(db_check(db, f->a), "ok");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_create),
        FIXTURE_TEST(test_create_equals_reference),
        FIXTURE_TEST(test_create_needs_folder),
        FIXTURE_TEST(test_create_beside_log),
        FIXTURE_TEST(test_create_after_crash),
        FIXTURE_TEST(test_create_by_many),
        FIXTURE_TEST(test_create_killed),
        FIXTURE_TEST(test_adopt),
        FIXTURE_TEST(test_adopt_by_many),
        FIXTURE_TEST(test_adopt_killed),
        FIXTURE_TEST(test_refused),
        FIXTURE_TEST(test_refused_foreign),
        FIXTURE_TEST(test_refused_history),
        FIXTURE_TEST(test_refused_without_migration),
        FIXTURE_TEST(test_refused_damaged),
        FIXTURE_TEST(test_refused_newer),
        FIXTURE_TEST(test_refused_locked),
        FIXTURE_TEST(test_triggers_come_back),
        FIXTURE_TEST(test_rights_are_counted),
        FIXTURE_TEST(test_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
