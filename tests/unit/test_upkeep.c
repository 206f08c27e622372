/* Housekeeping, checks, backup, damaged files. */
#include "fixture.h"

#include "db/account.h"
#include "db/addresses.h"
#include "db/day_stats.h"
#include "db/locations.h"
#include "db/places.h"
#include "db/removed_places.h"

#define DAMAGED_FILES 60

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

static void test_kept_places(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct place p = { .label = STR("Mill"), .radius = 10 };
    const usec_t day = INT64_C(86400) * USEC_PER_SEC;
    usec_t now;
    assert_true(clock_from_db(STR("2026-03-04 00:00:01"), &now));
    for (int64_t user = 2; user <= 3; user++) { /* Django deletes one of them */
        assert_int_equal(db_place_add(db, user, &p, now), DB_OK);
        assert_int_equal(db_place_delete(db, user, p.id, now), DB_OK);
    }
    sql_do(db, "UPDATE mytracks_removed_place SET user_id = 999 WHERE user_id = 3");
    assert_int_equal(db_removed_places_trim(db, now + 30 * day), DB_OK);
    assert_int_equal(sql_number(db, "SELECT sum(user_id) FROM mytracks_removed_place"), 2);
    assert_int_equal(db_removed_places_trim(db, now + 30 * day + 1), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_removed_place"), 0);
}

#define MANY(n) "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " #n ") "

static void test_kept_days(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    sql_do(db, "INSERT INTO my_tracks_device (id, device_id, name, mqtt_user, created_at,"
               " last_seen, is_online) VALUES (7, 'phone', '', '', '2026-01-01', '2026-01-01', 0)");
    sql_do(db, MANY(50100) "INSERT INTO mytracks_day_stat SELECT 7, i, i + 1, 0, '', '', i FROM n");
    sql_do(db, "INSERT INTO mytracks_day_stat VALUES (8, 1, 2, 0, '', '', 0)");
    assert_int_equal(db_day_stat_trim(db), DB_OK);
    assert_int_equal(db_day_stat_trim(db), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_day_stat"), 50000);
    assert_int_equal(sql_number(db, "SELECT min(made_at) FROM mytracks_day_stat"), 101);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_day_stat WHERE device_id = 8"),
                     0);
}

static void test_kept_addresses(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    struct address_question q = { .lat = 1, .lon = 2, .language = STR("de"), .user_id = 1 };
    struct address_question next;
    struct address address;

    sql_do(db, MANY(20100) "INSERT INTO mytracks_address (id, lat, lon, language, asked_by,"
                           " asked_at, answer) SELECT i, i, 0, '', 1, 1, 'x' FROM n");
    assert_int_equal(db_address_trim(db), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_address"), 20000);
    assert_int_equal(sql_number(db, "SELECT min(id) FROM mytracks_address"), 101);
    /* Asked, fetched, told. */
    usec_t now = 1000 * USEC_PER_SEC;
    assert_int_equal(db_address_next(db, f->a, &next), DB_NONE);
    assert_int_equal(db_address_ask(db, f->a, &q, now, &address), DB_OK);
    assert_int_equal(address.state, ADDRESS_WAITS);
    assert_true(db_outgoing(db));
    assert_int_equal(db_address_ask(db, f->a, &q, now, &address), DB_OK);
    assert_false(db_outgoing(db)); /* it is put down already */
    assert_int_equal(db_address_next(db, f->a, &next), DB_OK);
    assert_int_equal(next.lon, 2);
    assert_int_equal(db_address_answer(db, next.id, false, STR("down"), now), DB_OK);
    assert_int_equal(db_address_ask(db, f->a, &q, now + 30 * USEC_PER_SEC, &address), DB_OK);
    assert_int_equal(address.state, ADDRESS_FAILED);
    assert_int_equal(db_address_ask(db, f->a, &q, now + 31 * USEC_PER_SEC, &address), DB_OK);
    assert_int_equal(address.state, ADDRESS_WAITS);
    assert_int_equal(db_address_answer(db, next.id, true, STR(""), now), DB_OK);
    assert_int_equal(db_address_ask(db, f->a, &q, now + 3600 * USEC_PER_SEC, &address), DB_OK);
    assert_int_equal(address.state, ADDRESS_KNOWN);
    assert_str(address.text, "");
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

/* ---------------------------------------------------------------- damaged files */
static bool any_location(void *ctx, const struct location *l)
{
    size_t *n = ctx;
    *n += l->id != 0;
    return true;
}

static bool any_device(void *ctx, const struct device *d)
{
    size_t *n = ctx;
    *n += d->id != 0;
    return true;
}

/* Reads all there is to read. Whatever comes out, nothing breaks. */
static void read_everything(struct fixture *f, struct db *db)
{
    struct location_query q = { .viewer = { ADMIN, true }, .limit = -1 };
    struct user u;
    struct session s;
    size_t rows = 0;
    int64_t n = 0;
    enum db_rc rc = db_location_list(db, &q, any_location, &rows);
    rc = db_device_list(db, f->a, q.viewer, -1, 0, any_device, &rows);
    rc = db_location_count(db, &q, &n);
    rc = db_user_by_name(db, f->a, STR("alice"), &u);
    rc = db_session_get(db, f->a, STR("goldensessionalice0000000000000b"), &s);
    rc = db_location_delete(db, &(struct remover){ 1, 0 }, 100);
    (void)rc;
    assert_true(db_check(db, f->a).n > 0);
    db_request_end(db);
}

/* Random bytes of the file changed, or its end cut off, always the same ones. */
static void damage(const char *path, unsigned seed)
{
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    uint64_t x = seed * UINT64_C(2654435761) + 1;
    for (unsigned i = 0; i < 1 + seed % 40; i++) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned char byte = (unsigned char)(x >> 56);
        off_t where = (off_t)((x >> 20) % (uint64_t)(seed % 3 ? size : 8192));
        assert_int_equal(pwrite(fd, &byte, 1, where), 1);
    }
    if (seed % 7 == 0)
        assert_int_equal(ftruncate(fd, (off_t)((x >> 20) % (uint64_t)size)), 0);
    close(fd);
}

/* Files that damage or a worker left beside the database. */
static int remove_log(struct fixture *f)
{
    static const char *const suffixes[] = { "-wal", "-shm", "-journal" };
    char path[160];
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(path, sizeof path, "%s%s", f->path, suffixes[i]);
        if (is_there(f, suffixes[i]) && unlink(path) != 0)
            return -1;
    }
    return 0;
}

static void test_damaged(void **state)
{
    struct fixture *f = *state;
    int opened = 0;
    for (unsigned seed = 0; seed < DAMAGED_FILES; seed++) {
        char *why = NULL;
        fixture_unpack(f, "household");
        damage(f->path, seed);
        struct db *db = db_open(f->path, DB_KEEPER, 50, &why);
        assert_true(db != NULL || why != NULL);
        if (db)
            read_everything(f, db);
        opened += db != NULL;
        db_close(db);
        free(why);
        arena_reset(f->a);
        remove(f->path);
        assert_int_equal(remove_log(f), 0);
    }
    assert_in_range(opened, 1, DAMAGED_FILES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_checkpoints), FIXTURE_TEST(test_expired_sessions),
        FIXTURE_TEST(test_kept_days),   FIXTURE_TEST(test_kept_addresses),
        FIXTURE_TEST(test_quarantine),  FIXTURE_TEST(test_check),
        FIXTURE_TEST(test_backup),      FIXTURE_TEST(test_backup_under_load),
        FIXTURE_TEST(test_damaged),     FIXTURE_TEST(test_kept_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
