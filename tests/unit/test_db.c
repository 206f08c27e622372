/* Opening, creating, adopting, transactions, housekeeping, backup. */
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

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static long file_size(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static bool is_there(struct fixture *f, const char *suffix)
{
    char path[160];
    snprintf(path, sizeof path, "%s%s", f->path, suffix);
    return access(path, F_OK) == 0;
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

/* Runs fn in n processes at once; how many answered each exit code. */
static void in_processes(int n, int (*fn)(struct fixture *), struct fixture *f, int counts[4])
{
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < n; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            char c;
            close(gate[1]);
            while (read(gate[0], &c, 1) > 0) {
            }
            _exit(fn(f));
        }
    }
    close(gate[0]);
    close(gate[1]); /* they all start now */
    for (int i = 0; i < n; i++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 4);
        counts[WEXITSTATUS(status)]++;
    }
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
                     3);
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

/* ---------------------------------------------------------------- housekeeping */
static void test_checkpoints(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f), *keeper = fixture_open(f->path, DB_KEEPER);
    char wal[160];
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    for (int i = 0; i < 1200; i++) /* SQLite's own limit is 1000 pages */
        sql_do(db, "UPDATE mytracks_spool_position SET pos = pos + 1");
    assert_in_range(file_size(wal), 1200 * 4096, 100 * 1024 * 1024);
    assert_int_equal(db_checkpoint(keeper), DB_OK);
    assert_int_equal(file_size(wal), 0);
    /* A reader in the way is no failure. */
    sql_do(db, "UPDATE mytracks_spool_position SET pos = 0; BEGIN; SELECT * FROM auth_user");
    keeper->busy_ms = 20;
    sql_do(keeper, "UPDATE mytracks_spool_position SET pos = 1");
    assert_int_equal(db_checkpoint(keeper), DB_BUSY);
    sql_do(db, "COMMIT");
    assert_int_equal(db_checkpoint(keeper), DB_OK);
    /* The last one to close leaves the log alone, unless it is the keeper. */
    sql_do(db, "UPDATE mytracks_spool_position SET pos = 2");
    db_close(keeper);
    db_close(db);
    f->db = NULL;
    assert_true(file_size(wal) > 0);
    db_close(fixture_open(f->path, DB_KEEPER));
    assert_int_equal(file_size(wal), -1);
    f->db = fixture_open(f->path, DB_WORKER);
    assert_int_equal(sql_number(f->db, "SELECT pos FROM mytracks_spool_position"), 2);
}

static void test_expired_sessions(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    sql_do(db, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1299)"
               " INSERT INTO django_session SELECT 's' || i, '', CASE WHEN i < 1203 THEN"
               " '2026-03-04 00:00:00' WHEN i < 1250 THEN '2026-03-04 00:00:01.000000' ELSE"
               " '2026-03-04 00:00:02' END FROM n");
    usec_t now;
    assert_true(clock_from_db(STR("2026-03-04 00:00:01"), &now));
    assert_int_equal(db_delete_expired_sessions(db, now), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM django_session"), 97);
}

#define QUARANTINE(n, from, size)                                                       \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " #n ")"  \
    " INSERT INTO mytracks_quarantine (received_at, via, username, topic, raw, reason)" \
    " SELECT '" from "', 'mqtt', '', '', zeroblob(" #size "), 'bad' FROM n"

static void test_quarantine(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    usec_t now;
    assert_true(clock_from_db(STR("2026-06-01 00:00:00"), &now));
    assert_int_equal(db_trim_quarantine(db, now), DB_OK);
    sql_do(db, QUARANTINE(10, "2026-03-01 00:00:00", 10)); /* 92 days old */
    sql_do(db, QUARANTINE(5, "2026-05-01 00:00:00", 10));
    assert_int_equal(db_trim_quarantine(db, now), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_quarantine"), 5);
    sql_do(db, QUARANTINE(9998, "2026-05-01 00:00:00", 1));
    assert_int_equal(db_trim_quarantine(db, now), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_quarantine"), 10000);
    sql_do(db, QUARANTINE(20, "2026-05-01 00:00:00", 6710886)); /* a tenth of the bytes each */
    assert_int_equal(db_trim_quarantine(db, now), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_quarantine"), 10);
    assert_int_equal(sql_number(db, "SELECT max(id) FROM mytracks_quarantine"), 10033);
}

static void test_check(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "PRAGMA foreign_keys = OFF; DELETE FROM my_tracks_device WHERE id = 2");
    const char *one = " row 355 refers to a row of my_tracks_device that is not there\n";
    assert_non_null(strstr(arena_cstr(f->a, db_check(db, f->a)), one));
    /* More than fits: what fits is told. */
    sql_do(db, "DELETE FROM my_tracks_device");
    struct str text = db_check(db, f->a);
    assert_in_range(text.n, 10000, 20000);
    assert_true(str_ends(text, STR("that is not there\nand more")));
}

/* ---------------------------------------------------------------- backup */
#define ROWS                                                                                      \
    "SELECT (SELECT count(*) FROM my_tracks_location) || ' ' || (SELECT count(*) FROM auth_user)" \
    " || ' ' || (SELECT count(*) FROM django_session)"

static void test_backup(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    char to[160];
    char *why = NULL;
    for (int with = 0; with <= 1; with++) {
        snprintf(to, sizeof to, "%s/backup%d", f->folder, with);
        assert_int_equal(db_backup(db, to, with, &why), DB_OK);
        struct stat st;
        assert_int_equal(stat(to, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        struct db *copy = fixture_open(to, DB_KEEPER);
        assert_string_equal(sql_string(f, copy, ROWS), with ? "540 9 11" : "540 9 0");
        assert_str(db_check(copy, f->a), "ok");
        db_close(copy);
        /* No trace of a session in the bytes. */
        char command[] = "goldensession";
        FILE *file = fopen(to, "rb");
        assert_non_null(file);
        char *bytes = arena_alloc(f->a, (size_t)st.st_size);
        assert_int_equal(fread(bytes, 1, (size_t)st.st_size, file), st.st_size);
        fclose(file);
        bool found = memmem(bytes, (size_t)st.st_size, command, sizeof command - 1) != NULL;
        assert_int_equal(found, with);
        assert_int_equal(db_backup(db, to, with, &why), DB_CONFLICT);
        assert_non_null(strstr(why, "exists already"));
        free(why);
    }
    assert_true(sqlite3_get_autocommit(db->h));
    assert_int_equal(sql_number(db, "SELECT count(*) FROM django_session"), 11);
    assert_int_equal(db_backup(db, "/nowhere/copy", false, &why), DB_FAIL);
    free(why);
    snprintf(to, sizeof to, "%s/backup1.new", f->folder);
    assert_int_equal(access(to, F_OK), -1);
}

/* Others write all the while: the copy is one moment, made in one go. */
static int write_on(struct fixture *f)
{
    char *why = NULL;
    struct db *db = db_open(f->path, DB_WORKER, 20000, &why);
    for (int i = 0; db && !is_there(f, "-stop"); i++)
        if (sqlite3_exec(db->h,
                         "BEGIN IMMEDIATE; UPDATE mytracks_spool_position SET pos = pos + 1;"
                         " UPDATE mytracks_spool_position SET segment = pos; COMMIT",
                         NULL, NULL, NULL) != SQLITE_OK)
            return 2;
    return db ? 0 : 1;
}

static void test_backup_under_load(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    sql_do(db, QUARANTINE(3000, "2026-05-01 00:00:00", 3000)); /* some thousand pages */
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(write_on(f));
    while (sql_number(db, "SELECT pos FROM mytracks_spool_position") == 0)
        usleep(1000);
    char to[160], stop[160];
    char *why = NULL;
    snprintf(to, sizeof to, "%s/copy", f->folder);
    snprintf(stop, sizeof stop, "%s-stop", f->path);
    int64_t before = sql_number(db, "SELECT pos FROM mytracks_spool_position");
    assert_int_equal(db_backup(db, to, false, &why), DB_OK);
    int64_t after = sql_number(db, "SELECT pos FROM mytracks_spool_position");
    write_file(stop, "x");
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    struct db *copy = fixture_open(to, DB_WORKER);
    assert_int_equal(sql_number(copy, "SELECT pos - segment FROM mytracks_spool_position"), 0);
    assert_in_range(sql_number(copy, "SELECT pos FROM mytracks_spool_position"), before, after);
    assert_int_equal(sql_number(copy, "SELECT count(*) FROM mytracks_quarantine"), 3000);
    assert_str(db_check(copy, f->a), "ok");
    db_close(copy);
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
        FIXTURE_TEST(test_adopt),
        FIXTURE_TEST(test_adopt_by_many),
        FIXTURE_TEST(test_create_killed),
        FIXTURE_TEST(test_adopt_killed),
        FIXTURE_TEST(test_refused),
        FIXTURE_TEST(test_refused_foreign),
        FIXTURE_TEST(test_refused_history),
        FIXTURE_TEST(test_refused_without_migration),
        FIXTURE_TEST(test_refused_newer),
        FIXTURE_TEST(test_refused_locked),
        FIXTURE_TEST(test_triggers_come_back),
        FIXTURE_TEST(test_counters),
        FIXTURE_TEST(test_settings),
        FIXTURE_TEST(test_transactions),
        FIXTURE_TEST(test_request_end),
        FIXTURE_TEST(test_busy),
        FIXTURE_TEST(test_many_writers),
        FIXTURE_TEST(test_disk_full),
        FIXTURE_TEST(test_data_version),
        FIXTURE_TEST(test_checkpoints),
        FIXTURE_TEST(test_expired_sessions),
        FIXTURE_TEST(test_quarantine),
        FIXTURE_TEST(test_check),
        FIXTURE_TEST(test_backup),
        FIXTURE_TEST(test_backup_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
