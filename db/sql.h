/* Inside db/ only: the statement table, and what binds, steps and reads. No other header or program
   sees sqlite3.h.

   Adding a statement: a name in sql_id.h (in the part of its file), its text in sql.c
   under the same heading. tests/unit/test_sql.c then prepares it and checks its flags, its
   parameters and its query plan. Parameters are always numbered ?1, ?2, ... without gaps and bound
   in that order.

   Use:
       struct query q = sql_query(db, SQL_USER_BY_NAME);
       sql_bind_text(&q, username);
       enum db_rc rc = sql_step(&q);            (DB_OK: a row; DB_NONE: no more)
       if (rc == DB_OK)
           read columns in order with sql_col_...(&q), then ask sql_readable(&q)
       sql_end(&q);                             (harmless after the end)
   or, for a statement without rows, return sql_exec(&q) or sql_exec_some(&q).

   Nothing has to be checked in between: the first failure sticks, is logged once, and comes out of
   sql_step or sql_exec. Bound texts are not copied: they must live until sql_end. A statement may
   be in use once at a time. db_request_end() resets whatever a longjmp left open. */
#ifndef MYTRACKS_DB_SQL_H
#define MYTRACKS_DB_SQL_H

#include "db.h"
#include "sql_id.h"

#include <sqlite3.h>

/* Scripts that finish a copied file: without and with its sessions. */
extern const char *const sql_finish_backup[2];

enum sql_flag {
    SQL_WRITES = 1, /* changes rows: checked against sqlite3_stmt_readonly */
    SQL_SCANS = 2,  /* maintenance that may read all of my_tracks_location; nothing else may */
};

struct sql_def {
    const char *name; /* for the log */
    const char *text;
    unsigned flags;
};
extern const struct sql_def sql_table[SQL_STATEMENTS];

/* One column text is at most this; longer ones count as unreadable (phones send up to 300 kB). */
#define SQL_TEXT_MAX ((size_t)1024 * 1024)
/* Of everything SQLite makes for us, a row or a text. */
#define SQL_LENGTH_MAX (16 * 1024 * 1024)
#define DB_SCRATCH_MAX ((size_t)24 * 1024 * 1024)
#define DB_WORK_MAX ((size_t)64 * 1024 * 1024)

struct db {
    sqlite3 *h;
    sqlite3_stmt *stmt[SQL_STATEMENTS];
    bool in_use[SQL_STATEMENTS];
    char *path;
    enum db_role role;
    int busy_ms;
    usec_t busy_until; /* monotonic; of the wait that goes on */
    usec_t busy_nap;
    bool fresh_install;
    bool outgoing;         /* db_outgoing */
    unsigned unreadable;   /* rows left out in this request */
    struct arena *scratch; /* one row's texts */
    struct arena *work;    /* what one running list needs */
    bool listing;          /* a list is running: its callback must not start another one */
};

struct query {
    struct db *db;
    sqlite3_stmt *s; /* NULL once ended or failed */
    enum sql_id id;
    int bound;  /* parameters so far */
    int column; /* next to be read */
    int bad;    /* 1 + first column of this row that did not hold what it should; 0: none */
    enum db_rc rc;
};

struct query sql_query(struct db *db, enum sql_id id);
void sql_bind_int(struct query *q, int64_t v);
void sql_bind_bool(struct query *q, bool v);
void sql_bind_null(struct query *q);
void sql_bind_text(struct query *q, struct str s); /* STR_NULL binds NULL */
void sql_bind_blob(struct query *q, struct str s); /* STR_NULL binds NULL */
void sql_bind_time(struct query *q, usec_t t);     /* Django's text form */
void sql_bind_dec10(struct query *q, dec10 v);     /* text with ten places, as Django */
void sql_bind_id(struct query *q, int64_t v);      /* 0 binds NULL */
void sql_bind_opt_int(struct query *q, struct opt_int v);
/* NULL unless it is set. */
void sql_bind_opt_real(struct query *q, bool set, double v);
void sql_bind_opt_time(struct query *q, struct opt_usec v);
/* The bounds of a span of times, compared as texts; an open end lies beyond every time. */
void sql_bind_from(struct query *q, struct opt_usec v);
void sql_bind_to(struct query *q, struct opt_usec v);

/* DB_OK: a row. DB_NONE: no more, ended. Else failed, logged, ended. */
enum db_rc sql_step(struct query *q) DB_USED;
/* Runs to the end. DB_OK, or the failure. */
enum db_rc sql_exec(struct query *q) DB_USED;
/* The same, but DB_NONE when no row was changed. */
enum db_rc sql_exec_some(struct query *q) DB_USED;
/* sql_exec_some of a statement whose only parameter is the id of a row. */
enum db_rc sql_run_with_id(struct db *db, enum sql_id statement, int64_t id) DB_USED;
void sql_end(struct query *q);
/* The only column of the only row; *out unchanged unless DB_OK. */
enum db_rc sql_one_int(struct query *q, int64_t *out) DB_USED;

/* The only column of all rows, as an array in the arena. At most max rows: more are DB_FAIL. */
enum db_rc sql_all_ints(struct query *q, struct arena *a, size_t max, int64_t **v,
                        size_t *n) DB_USED;

/* The next column. What is not of that kind sets q->bad and gives 0, false or "". */
int64_t sql_col_int(struct query *q);
int64_t sql_col_id(struct query *q); /* NULL: 0 */
bool sql_col_bool(struct query *q);
struct opt_int sql_col_opt_int(struct query *q);
struct str sql_col_text(struct query *q, struct arena *a);         /* valid UTF-8, never NULL */
struct str sql_col_text_or_null(struct query *q, struct arena *a); /* NULL: STR_NULL */
struct str sql_col_view(struct query *q); /* its bytes as they are, valid until the next step */
usec_t sql_col_time(struct query *q);
struct opt_usec sql_col_opt_time(struct query *q);
dec10 sql_col_dec10(struct query *q);
bool sql_col_opt_real(struct query *q, double *out); /* false, and 0, for NULL */
/* A row of LOCATION_COLUMNS (locations.c): texts in the arena. False as below. */
bool location_read(struct query *q, struct arena *a, struct location *l);
struct sight;
/* What is to be seen of a device whose latest report is *l: that, or else the position with the
   newest fix, blurred as the limits say. False: nothing. */
bool location_in_sight(struct db *db, struct arena *a, const struct sight *s, struct location *l);
/* A row of USER_COLUMNS (account.c). False, and a line in the log, when it is unreadable. */
bool sql_col_user(struct query *q, struct arena *a, struct user *out);
/* Tells of a row that was left out, up to a limit per request. */
void sql_unreadable(struct db *db, enum sql_id statement, const char *column, int64_t id);
/* False, and one line in the log, when a column of this row was unreadable; id names the row. */
bool sql_readable(struct query *q, int64_t id);

/* What a result code of SQLite means to our callers; failures are logged with `what`. */
enum db_rc sql_result(struct db *db, int code, const char *what);
/* Runs a constant script (schema, pragmas). */
enum db_rc sql_script(struct db *db, const char *text, const char *what) DB_USED;

#endif
