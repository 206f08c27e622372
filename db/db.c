#include "internal.h"
#include "schema.h"

#include "lib/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Waiting for a lock: short naps, so that writers of several processes take turns quickly instead
   of sleeping past each other's gaps. */
#define NAP_FIRST_USEC 100
#define NAP_LAST_USEC 5000
/* Small objects from a per-connection pool, in slots and bytes: 64 kB at most. */
#define LOOKASIDE_SIZE 512
#define LOOKASIDE_SLOTS 128

/* Every connection. The page cache is small (1000 KiB) because each worker has one and the
   operating system caches the file anyway. No automatic checkpoints: two connections that
   checkpoint may meet the WAL-reset race of SQLite before 3.51.3, so that only the keeper does
   (db_checkpoint). */
static const char SETTINGS[] = "PRAGMA foreign_keys = ON;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA synchronous = NORMAL;"
                               "PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA cache_size = -1000;";

char *db_why(const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0) {
        log_event(LOG_LVL_ERROR, "out_of_memory", NULL);
        exit(EXIT_FAILURE);
    }
    return text;
}

static int on_busy(void *ctx, int count)
{
    struct db *db = ctx;
    usec_t now = clock_mono();
    if (count == 0) {
        db->busy_until = now + (usec_t)db->busy_ms * 1000;
        db->busy_nap = NAP_FIRST_USEC;
    }
    if (now >= db->busy_until)
        return 0;
    usec_t left = db->busy_until - now;
    usleep((useconds_t)(db->busy_nap < left ? db->busy_nap : left));
    db->busy_nap = db->busy_nap * 2 < NAP_LAST_USEC ? db->busy_nap * 2 : NAP_LAST_USEC;
    return 1;
}

static bool configure(struct db *db)
{
    int no_checkpoint = db->role == DB_WORKER;
    bool ok = sqlite3_extended_result_codes(db->h, 1) == SQLITE_OK &&
              sqlite3_busy_handler(db->h, on_busy, db) == SQLITE_OK &&
              sqlite3_db_config(db->h, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_SIZE,
                                LOOKASIDE_SLOTS) == SQLITE_OK &&
              sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
              sqlite3_db_config(db->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL) == SQLITE_OK &&
              sqlite3_db_config(db->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, no_checkpoint, NULL) ==
                  SQLITE_OK;
    sqlite3_limit(db->h, SQLITE_LIMIT_LENGTH, SQL_LENGTH_MAX);
    sqlite3_limit(db->h, SQLITE_LIMIT_ATTACHED, 0);
    return ok && sql_script(db, SETTINGS, "settings") == DB_OK;
}

struct db *db_handle(const char *path, enum db_role role, int busy_ms, char **why)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db) {
        *why = db_why("Out of memory.");
        return NULL;
    }
    db->role = role;
    db->busy_ms = busy_ms;
    db->scratch = arena_new(DB_SCRATCH_MAX);
    db->work = arena_new(DB_WORK_MAX);
    int code = sqlite3_open_v2(path, &db->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK || !configure(db)) {
        *why = db_why("Cannot open the database %s: %s.", path, sqlite3_errmsg(db->h));
        db_close(db);
        return NULL;
    }
    return db;
}

static int note_mode(void *ctx, int n, char **values, char **names)
{
    bool *wal = ctx;
    (void)names;
    *wal = n == 1 && values[0] && strcmp(values[0], "wal") == 0;
    return 0;
}

/* WAL is a property of the file, and the switch needs the file for itself for a moment. When
   several processes want it at once SQLite tells all but one that it is busy without asking
   on_busy, since they wait for each other; so the waiting is done here. */
static int switch_to_wal(struct db *db, bool *wal)
{
    usec_t until = clock_mono() + (usec_t)db->busy_ms * 1000;
    int code;
    do {
        code = sqlite3_exec(db->h, "PRAGMA journal_mode = WAL", note_mode, wal, NULL);
        if ((code & 0xff) != SQLITE_BUSY)
            break;
        usleep(NAP_LAST_USEC);
    } while (clock_mono() < until);
    return code;
}

static enum db_rc use_wal(struct db *db, char **why)
{
    bool wal = false;
    enum db_rc rc = sql_result(db, switch_to_wal(db, &wal), "journal_mode");
    if (rc == DB_OK && wal)
        return DB_OK;
    const char *path = sqlite3_db_filename(db->h, "main");
    if (rc == DB_BUSY)
        *why = db_why("The database %s is locked by another program.", path);
    else if (rc == DB_OK)
        *why = db_why("The database %s cannot use a write-ahead log: its file system is read-only "
                      "or has no shared memory.",
                      path);
    else
        *why = db_why("Cannot read the database %s: %s.", path, sqlite3_errmsg(db->h));
    return rc == DB_OK ? DB_FAIL : rc;
}

struct db *db_open(const char *path, enum db_role role, int busy_ms, char **why)
{
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size == 0) {
        *why = db_why("The database %s is empty (0 bytes). Delete it to start afresh, or run the "
                      "reference's `manage.py migrate` first.",
                      path);
        return NULL;
    }
    struct db *db = db_handle(path, role, busy_ms, why);
    if (db && (use_wal(db, why) != DB_OK || schema_ready(db, why) != DB_OK)) {
        db_close(db);
        return NULL;
    }
    return db;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(db->stmt[i]);
    sqlite3_close(db->h);
    arena_free(db->scratch);
    arena_free(db->work);
    free(db);
}

bool db_is_fresh_install(struct db *db)
{
    return db->fresh_install;
}

void db_durable(struct db *db, bool full)
{
    const char *text = full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
    if (sql_script(db, text, "synchronous") != DB_OK)
        log_warning("db_durable_unchanged", LOG_I("full", full));
}

/* ---------------------------------------------------------------- transactions */
static enum db_rc run(struct db *db, enum sql_id id)
{
    struct query q = sql_query(db, id);
    return sql_exec(&q);
}

enum db_rc db_begin(struct db *db)
{
    assert(sqlite3_get_autocommit(db->h));
    return run(db, SQL_BEGIN_WRITE);
}

enum db_rc db_commit(struct db *db)
{
    enum db_rc rc = run(db, SQL_COMMIT);
    if (rc != DB_OK)
        db_rollback(db);
    return rc;
}

enum db_rc db_end(struct db *db, enum db_rc rc)
{
    if (rc == DB_OK)
        return db_commit(db);
    db_rollback(db);
    return rc;
}

void db_rollback(struct db *db)
{
    /* A full disk or an I/O error may have rolled back already. */
    if (!sqlite3_get_autocommit(db->h) && run(db, SQL_ROLLBACK) != DB_OK)
        log_event(LOG_LVL_ERROR, "db_rollback_failed", NULL);
}

bool db_outgoing(struct db *db)
{
    bool was = db->outgoing;

    db->outgoing = false;
    return was;
}

void db_request_end(struct db *db)
{
    for (size_t i = 0; i < SQL_STATEMENTS; i++) {
        if (!db->in_use[i])
            continue;
        (void)sqlite3_reset(db->stmt[i]); /* repeats a failure that was reported */
        (void)sqlite3_clear_bindings(db->stmt[i]);
        db->in_use[i] = false;
    }
    db->listing = false;
    db->unreadable = 0;
    arena_reset(db->scratch);
    arena_reset(db->work);
    db_rollback(db);
}

int64_t db_data_version(struct db *db)
{
    int64_t v = 0;
    struct query q = sql_query(db, SQL_DATA_VERSION);
    enum db_rc rc = sql_one_int(&q, &v);
    return rc == DB_OK ? v : 0;
}
