/* Whole files: making a new database, copying one. Both appear under their final name complete or
   not at all. */
#include "internal.h"
#include "schema.h"

#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600
#define BACKUP_PAGES 1024 /* in one step */

/* A file in the making beside its final place. One process at a time: the lock is on the temporary
   file, so that one left by a crash is simply used again. */
struct draft {
    const char *path; /* final */
    char *temp;
    int fd;
    bool published; /* temp has become path */
};

static void draft_drop(struct draft *d)
{
    if (d->fd >= 0 && !d->published)
        (void)unlink(d->temp);
    if (d->fd >= 0)
        (void)close(d->fd); /* and the lock with it */
    free(d->temp);
}

/* The file we locked may have been published or dropped by its former owner while we waited. */
static bool is_current(const struct draft *d)
{
    struct stat ours, there;
    return fstat(d->fd, &ours) == 0 && stat(d->temp, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

static bool draft_open(struct draft *d, const char *path, char **why)
{
    d->path = path;
    d->published = false;
    d->temp = db_why("%s.new", path);
    for (;;) {
        d->fd = open(d->temp, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
        if (d->fd < 0 || flock(d->fd, LOCK_EX) != 0)
            break;
        if (is_current(d)) {
            if (fchmod(d->fd, FILE_MODE) == 0 && ftruncate(d->fd, 0) == 0)
                return true;
            break;
        }
        (void)close(d->fd);
    }
    *why = db_why("Cannot make %s: %s.", d->temp, strerror(errno));
    draft_drop(d);
    return false;
}

static bool sync_folder_of(const char *path)
{
    char *copy = db_why("%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    free(copy);
    return ok;
}

/* Never over a file that is there. Where the file system cannot promise that (EINVAL) our lock
   keeps at least our own processes apart. */
static bool rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    if (access(to, F_OK) != 0)
        return rename(from, to) == 0;
    errno = EEXIST;
    return false;
}

/* DB_CONFLICT: there is a file of that name already; it stays. */
static enum db_rc draft_publish(struct draft *d, char **why)
{
    d->published = fsync(d->fd) == 0 && rename_new(d->temp, d->path);
    if (d->published && sync_folder_of(d->path))
        return DB_OK;
    enum db_rc rc = errno == EEXIST ? DB_CONFLICT : DB_FAIL;
    *why = db_why("Cannot make %s: %s.", d->path, strerror(errno));
    return rc;
}

/* The log of a database that is gone would be played into a new file of its name. */
static bool has_leftover(const char *path, char **why)
{
    static const char *const suffixes[] = { "-wal", "-journal" };
    bool found = false;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0] && !found; i++) {
        char *log = db_why("%s%s", path, suffixes[i]);
        found = access(log, F_OK) == 0;
        if (found)
            *why = db_why("%s belongs to a database that is gone: move it away.", log);
        free(log);
    }
    return found;
}

/* ---------------------------------------------------------------- new database */
static bool write_all(int fd, const unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return false;
        p += w;
        n -= (size_t)w;
    }
    return true;
}

/* Made in memory, then written out at once. */
static bool write_new_database(int fd, char **why)
{
    struct db *db = db_handle(":memory:", DB_WORKER, 0, why);
    if (!db)
        return false;
    sqlite3_int64 n = 0;
    unsigned char *image =
        schema_create(db) == DB_OK ? sqlite3_serialize(db->h, "main", &n, 0) : NULL;
    bool ok = image && write_all(fd, image, (size_t)n);
    if (!ok)
        *why = db_why("Cannot write a new database: %s.",
                      image ? strerror(errno) : "its schema could not be made (see the log)");
    sqlite3_free(image);
    db_close(db);
    return ok;
}

enum db_rc db_create(const char *path, bool *fresh, char **why)
{
    struct draft d;
    *fresh = false;
    *why = NULL;
    if (access(path, F_OK) == 0)
        return DB_OK;
    if (!draft_open(&d, path, why))
        return DB_FAIL;
    enum db_rc rc = DB_FAIL;
    if (access(path, F_OK) == 0)
        rc = DB_CONFLICT; /* made while we waited for the lock */
    else if (!has_leftover(path, why) && write_new_database(d.fd, why))
        rc = draft_publish(&d, why);
    draft_drop(&d);
    if (rc == DB_CONFLICT) {
        free(*why);
        *why = NULL;
        return DB_OK;
    }
    *fresh = rc == DB_OK;
    return rc;
}

/* ---------------------------------------------------------------- backup */
static int copy_pages(struct db *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from->h, "main");
    if (!b)
        return sqlite3_extended_errcode(to);
    int code;
    do {
        code = sqlite3_backup_step(b, BACKUP_PAGES);
    } while (code == SQLITE_OK);
    return sqlite3_backup_finish(b);
}

/* One snapshot for all steps: commits of others neither restart the copy nor wait for it. */
static enum db_rc copy_snapshot(struct db *from, sqlite3 *to)
{
    int64_t n = 0;
    struct query q = sql_query(from, SQL_BEGIN_READ);
    enum db_rc rc = sql_exec(&q);
    if (rc != DB_OK)
        return rc;
    q = sql_query(from, SQL_SCHEMA_META); /* the first read takes the snapshot */
    rc = sql_one_int(&q, &n);
    if (rc == DB_OK)
        rc = sql_result(from, copy_pages(from, to), "backup") == DB_OK ? DB_OK : DB_FAIL;
    db_rollback(from);
    return rc;
}

static enum db_rc write_backup(struct db *db, const char *temp, bool with_sessions, char **why)
{
    sqlite3 *to = NULL;
    enum db_rc rc = DB_FAIL;
    const char *reason = "out of memory";
    if (sqlite3_open_v2(temp, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        rc = copy_snapshot(db, to);
    if (rc == DB_OK &&
        sqlite3_exec(to, sql_finish_backup[with_sessions], NULL, NULL, NULL) != SQLITE_OK)
        rc = DB_FAIL;
    if (to && rc != DB_OK)
        reason = sqlite3_errcode(to) != SQLITE_OK ? sqlite3_errmsg(to) : sqlite3_errmsg(db->h);
    if (rc != DB_OK)
        *why = db_why("Cannot copy the database: %s.", reason);
    sqlite3_close(to);
    return rc;
}

enum db_rc db_backup(struct db *db, const char *to, bool with_sessions, char **why)
{
    struct draft d;
    *why = NULL;
    if (access(to, F_OK) == 0) {
        *why = db_why("%s exists already.", to);
        return DB_CONFLICT;
    }
    if (!draft_open(&d, to, why))
        return DB_FAIL;
    enum db_rc rc = DB_FAIL;
    if (!has_leftover(to, why))
        rc = write_backup(db, d.temp, with_sessions, why);
    if (rc == DB_OK)
        rc = draft_publish(&d, why);
    draft_drop(&d);
    return rc;
}
