/* Databases for tests: temporary folders, the recorded household (CONFORMANCE_DIR/fixtures), and
   looking inside by SQL. Without the recordings a test is skipped, in CI (CI=true) it fails. */
#ifndef MYTRACKS_TEST_FIXTURE_H
#define MYTRACKS_TEST_FIXTURE_H

#include "db/sql.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern char **environ;

#define FIXTURE_PATH 4096
/* Names and times of household.json. */
#define HOUSEHOLD_LOCATIONS 540
enum { ADMIN = 1, ALICE, BOB, CAROL, DAVE, ERIN, FRANK, GRACE, HEIDI };

struct fixture {
    char folder[64];
    char path[96]; /* FOLDER/db.sqlite3, not made yet */
    struct arena *a;
    struct db *db; /* NULL until a test opens one */
};

static inline int fixture_rm(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* Test set-up and tear-down: *state is a struct fixture with an empty folder. */
static inline int fixture_new(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    snprintf(f->folder, sizeof f->folder, "/tmp/mytracks-unit-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    snprintf(f->path, sizeof f->path, "%s/db.sqlite3", f->folder);
    f->a = arena_new((size_t)16 * 1024 * 1024);
    *state = f;
    return 0;
}

static inline int fixture_free(void **state)
{
    struct fixture *f = *state;
    db_close(f->db);
    arena_free(f->a);
    nftw(f->folder, fixture_rm, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

/* `xz -dc FROM > TO`. */
static inline bool fixture_unxz(const char *from, const char *to)
{
    char *argv[] = { (char[]){ "xz" }, (char[]){ "-dc" }, strdup(from), NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, to, O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    bool ok = posix_spawnp(&pid, "xz", &actions, NULL, argv, environ) == 0 &&
              waitpid(pid, &status, 0) == pid && status == 0;
    posix_spawn_file_actions_destroy(&actions);
    free(argv[2]);
    return ok;
}

/* CONFORMANCE_DIR/fixtures/NAME.sqlite3.xz as f->path; ends the test when it is not there. */
static inline void fixture_unpack(struct fixture *f, const char *name)
{
    const char *dir = getenv("CONFORMANCE_DIR"), *ci = getenv("CI");
    char from[FIXTURE_PATH];
    snprintf(from, sizeof from, "%s/fixtures/%s.sqlite3.xz", dir ? dir : "", name);
    if (!dir || access(from, R_OK) != 0) {
        print_message("CONFORMANCE_DIR/fixtures/%s.sqlite3.xz is not there\n", name);
        if (ci && strcmp(ci, "true") == 0)
            fail();
        skip();
    }
    assert_true(fixture_unxz(from, f->path));
}

static inline struct db *fixture_open(const char *path, enum db_role role)
{
    char *why = NULL;
    struct db *db = db_open(path, role, 2000, &why);
    if (!db)
        print_error("%s\n", why);
    free(why);
    assert_non_null(db);
    return db;
}

/* The household, adopted and open in f->db. */
static inline struct db *fixture_household(struct fixture *f)
{
    fixture_unpack(f, "household");
    f->db = fixture_open(f->path, DB_WORKER);
    return f->db;
}

/* A new, empty database of ours, open in f->db. */
static inline struct db *fixture_fresh(struct fixture *f)
{
    char *why = NULL;
    bool fresh = false;
    enum db_rc rc = db_create(f->path, &fresh, &why);
    if (rc != DB_OK)
        print_error("%s\n", why ? why : "?");
    assert_int_equal(rc, DB_OK);
    assert_true(fresh);
    f->db = fixture_open(f->path, DB_WORKER);
    return f->db;
}

/* ---------------------------------------------------------------- looking inside */
static inline void sql_do(struct db *db, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(db->h, text, NULL, NULL, &why) != SQLITE_OK)
        print_error("%s: %s\n", text, why);
    assert_null(why);
}

/* First column of the first row; text of a NULL and of no row: "". */
static inline int64_t sql_number(struct db *db, const char *text)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db->h, text, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t v = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return v;
}

static inline const char *sql_string(struct fixture *f, struct db *db, const char *text)
{
    sqlite3_stmt *s = NULL;
    const char *v = "";
    assert_int_equal(sqlite3_prepare_v2(db->h, text, -1, &s, NULL), SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0))
        v = arena_cstr(f->a, str_of((const char *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    return v;
}

static inline void assert_str(struct str have, const char *want)
{
    if (!str_eqz(have, want))
        fail_msg("\"%.*s\" instead of \"%s\"", STR_FMT(have), want);
}

/* ---------------------------------------------------------------- files and processes */
static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static inline long file_size(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static inline bool is_there(struct fixture *f, const char *suffix)
{
    char path[160];
    snprintf(path, sizeof path, "%s%s", f->path, suffix);
    return access(path, F_OK) == 0;
}

/* Runs fn in n processes at once; how many answered each exit code. */
static inline void in_processes(int n, int (*fn)(struct fixture *), struct fixture *f,
                                int counts[4])
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

#define FIXTURE_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_new, fixture_free)

#endif
