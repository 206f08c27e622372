/* The database: opening, transactions, request scope. All SQL of the project is in db/ (sql.c).

   One struct db per thread or worker process. Every function that returns enum db_rc logs a failure
   once, where it happened. Rows come as structs of lib/model.h whose texts are in the given arena.
 */
#ifndef MYTRACKS_DB_H
#define MYTRACKS_DB_H

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/model.h"

enum db_rc {
    DB_FAIL = -1, /* broken: answer 500/503, logged */
    DB_NONE,      /* no such row */
    DB_OK,
    DB_CONFLICT, /* a constraint */
    DB_BUSY,     /* locked for longer than the wait, or the disk is full: answer 503, try later */
};
#define DB_USED __attribute__((warn_unused_result))

struct db;

enum db_role {
    DB_WORKER, /* no checkpoints; waits up to busy_ms for the write lock */
    DB_KEEPER, /* the agent's housekeeping: the only one that checkpoints */
};

/* Opens an existing file: WAL, foreign keys on, defensive settings, quick sanity check that it has
   the reference's schema, our mytracks_* tables made or upgraded. NULL with *why (heap, caller
   frees). */
struct db *db_open(const char *path, enum db_role role, int busy_ms, char **why);
void db_close(struct db *db);
/* Makes the file with the reference's schema and bookkeeping rows, mode 0600, when there is none.
 *fresh tells whether it was made now. Policy "strict" is noted inside for a fresh file. */
enum db_rc db_create(const char *path, bool *fresh, char **why) DB_USED;
/* The note made by db_create: true for a database of ours, false for an adopted one. */
bool db_is_fresh_install(struct db *db);
/* PRAGMA synchronous = FULL for MYTRACKS_DURABLE=full. */
void db_durable(struct db *db, bool full);

/* BEGIN IMMEDIATE. DB_BUSY when the lock was not had in time. No nesting. */
enum db_rc db_begin(struct db *db) DB_USED;
enum db_rc db_commit(struct db *db) DB_USED; /* rolls back when it fails */
void db_rollback(struct db *db);             /* nothing to do is fine */
/* Of what came of a transaction: DB_OK commits, anything else rolls back and stays what it is. */
enum db_rc db_end(struct db *db, enum db_rc rc) DB_USED;
/* End of a request or message: resets statements, rolls back what was left open (also after the
   arena's longjmp). */
void db_request_end(struct db *db);
/* Whether something was written since the last call that the agent has to send (db/outbox.h,
   db/commands.h): it is to be woken after the commit. */
bool db_outgoing(struct db *db);

/* Housekeeping (DB_KEEPER): */
enum db_rc db_checkpoint(struct db *db) DB_USED; /* TRUNCATE; DB_BUSY is no error */
enum db_rc db_delete_expired_sessions(struct db *db, usec_t now) DB_USED;
/* Keeps mytracks_quarantine bounded by age, rows and bytes (upkeep.c). */
enum db_rc db_trim_quarantine(struct db *db, usec_t now) DB_USED;
/* Changes whenever another connection has committed (PRAGMA data_version). */
int64_t db_data_version(struct db *db);
/* "ok", or what integrity_check and foreign_key_check say, into the arena. */
struct str db_check(struct db *db, struct arena *a);
/* Online copy to a new file, without django_session unless asked. */
enum db_rc db_backup(struct db *db, const char *to, bool with_sessions, char **why) DB_USED;

#endif
