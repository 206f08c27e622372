#include "sql.h"

#include "lib/log.h"
#include "lib/utf8.h"

#include <assert.h>

/* Lines about unreadable rows in one request: a damaged table must not flood the log. */
#define UNREADABLE_LOGGED 20

/* Codes after which the same request may work a little later: somebody else writes, or the disk is
   full. The client is told to come back rather than that its message is bad. */
static bool is_passing(int code)
{
    switch (code) {
    case SQLITE_FULL:
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMOPEN:
        return true;
    default:
        return (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
    }
}

enum db_rc sql_result(struct db *db, int code, const char *what)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
        return DB_OK;
    case SQLITE_DONE:
        return DB_NONE;
    case SQLITE_CONSTRAINT:
        return DB_CONFLICT;
    default:
        break;
    }
    bool passing = is_passing(code);
    log_event(passing ? LOG_LVL_WARNING : LOG_LVL_ERROR, "db_failed",
              LOG_FIELDS(LOG_Z("what", what), LOG_I("code", code),
                         LOG_Z("why", db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(code))));
    return passing ? DB_BUSY : DB_FAIL;
}

enum db_rc sql_script(struct db *db, const char *text, const char *what)
{
    return sql_result(db, sqlite3_exec(db->h, text, NULL, NULL, NULL), what);
}

struct query sql_query(struct db *db, enum sql_id id)
{
    assert(id < SQL_STATEMENTS);
    assert(!db->in_use[id]);
    struct query q = { .db = db, .id = id, .rc = DB_OK };
    if (!db->stmt[id]) {
        int code = sqlite3_prepare_v3(db->h, sql_table[id].text, -1, SQLITE_PREPARE_PERSISTENT,
                                      &db->stmt[id], NULL);
        if (code != SQLITE_OK) {
            q.rc = sql_result(db, code, sql_table[id].name);
            return q;
        }
    }
    q.s = db->stmt[id];
    db->in_use[id] = true;
    return q;
}

void sql_end(struct query *q)
{
    if (!q->s)
        return;
    /* The code repeats the last step's failure, which was reported there. */
    (void)sqlite3_reset(q->s);
    (void)sqlite3_clear_bindings(q->s);
    q->db->in_use[q->id] = false;
    q->s = NULL;
}

/* ---------------------------------------------------------------- binding */
static void bound(struct query *q, int code)
{
    if (code != SQLITE_OK) {
        q->rc = sql_result(q->db, code, sql_table[q->id].name);
        sql_end(q);
    }
}

void sql_bind_int(struct query *q, int64_t v)
{
    if (q->s)
        bound(q, sqlite3_bind_int64(q->s, ++q->bound, v));
}

void sql_bind_bool(struct query *q, bool v)
{
    sql_bind_int(q, v ? 1 : 0);
}

void sql_bind_null(struct query *q)
{
    if (q->s)
        bound(q, sqlite3_bind_null(q->s, ++q->bound));
}

void sql_bind_text(struct query *q, struct str s)
{
    if (q->s)
        bound(q, sqlite3_bind_text64(q->s, ++q->bound, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_blob(struct query *q, struct str s)
{
    if (q->s)
        bound(q, sqlite3_bind_blob64(q->s, ++q->bound, s.p, s.n, SQLITE_STATIC));
}

static void bind_copy(struct query *q, const char *p, size_t n)
{
    if (q->s)
        bound(q, sqlite3_bind_text64(q->s, ++q->bound, p, n, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void sql_bind_time(struct query *q, usec_t t)
{
    char text[CLOCK_TEXT];
    bind_copy(q, text, clock_db(t, text));
}

void sql_bind_dec10(struct query *q, dec10 v)
{
    char text[DEC10_TEXT];
    bind_copy(q, text, dec10_text(v, text));
}

void sql_bind_id(struct query *q, int64_t v)
{
    if (v == 0)
        sql_bind_null(q);
    else
        sql_bind_int(q, v);
}

void sql_bind_opt_int(struct query *q, struct opt_int v)
{
    if (v.set)
        sql_bind_int(q, v.v);
    else
        sql_bind_null(q);
}

void sql_bind_opt_real(struct query *q, bool set, double v)
{
    if (!set)
        sql_bind_null(q);
    else if (q->s)
        bound(q, sqlite3_bind_double(q->s, ++q->bound, v));
}

void sql_bind_opt_time(struct query *q, struct opt_usec v)
{
    if (v.set)
        sql_bind_time(q, v.t);
    else
        sql_bind_null(q);
}

void sql_bind_from(struct query *q, struct opt_usec v)
{
    if (v.set)
        sql_bind_time(q, v.t);
    else
        sql_bind_text(q, STR(""));
}

void sql_bind_to(struct query *q, struct opt_usec v)
{
    if (v.set)
        sql_bind_time(q, v.t);
    else
        sql_bind_text(q, STR("~")); /* behind all digits */
}

/* ---------------------------------------------------------------- running */
enum db_rc sql_step(struct query *q)
{
    if (!q->s)
        return q->rc == DB_OK ? DB_NONE : q->rc;
    assert(q->bound == sqlite3_bind_parameter_count(q->s));
    q->column = 0;
    q->bad = 0;
    int code = sqlite3_step(q->s);
    if (code == SQLITE_ROW)
        return DB_OK;
    enum db_rc rc = sql_result(q->db, code, sql_table[q->id].name);
    if (rc != DB_NONE)
        q->rc = rc;
    sql_end(q);
    return rc;
}

enum db_rc sql_exec(struct query *q)
{
    enum db_rc rc;
    while ((rc = sql_step(q)) == DB_OK) {
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc sql_exec_some(struct query *q)
{
    enum db_rc rc = sql_exec(q);
    return rc == DB_OK && sqlite3_changes(q->db->h) == 0 ? DB_NONE : rc;
}

enum db_rc sql_run_with_id(struct db *db, enum sql_id statement, int64_t id)
{
    struct query q = sql_query(db, statement);

    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc sql_one_int(struct query *q, int64_t *out)
{
    enum db_rc rc = sql_step(q);
    if (rc == DB_OK)
        *out = sql_col_int(q);
    sql_end(q);
    return rc;
}

enum db_rc sql_all_ints(struct query *q, struct arena *a, size_t max, int64_t **v, size_t *n)
{
    size_t room = 0;
    *v = NULL;
    *n = 0;
    enum db_rc rc;
    while ((rc = sql_step(q)) == DB_OK) {
        if (*n == max) {
            log_error("db_too_many_rows", LOG_Z("statement", sql_table[q->id].name),
                      LOG_I("max", max));
            sql_end(q);
            return DB_FAIL;
        }
        if (*n == room) {
            room = room ? room * 2 : 8;
            int64_t *bigger = ARENA_ARRAY(a, room, int64_t);
            for (size_t i = 0; i < *n; i++)
                bigger[i] = (*v)[i];
            *v = bigger;
        }
        (*v)[(*n)++] = sql_col_int(q);
    }
    return rc == DB_NONE ? DB_OK : rc;
}

/* ---------------------------------------------------------------- reading */
static void bad_column(struct query *q, int column)
{
    if (!q->bad)
        q->bad = column + 1;
}

int64_t sql_col_int(struct query *q)
{
    int c = q->column++;
    int type = sqlite3_column_type(q->s, c);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) { /* a fraction is cut, as Django does */
        bad_column(q, c);
        return 0;
    }
    return sqlite3_column_int64(q->s, c);
}

static bool is_null(struct query *q)
{
    if (sqlite3_column_type(q->s, q->column) != SQLITE_NULL)
        return false;
    q->column++;
    return true;
}

int64_t sql_col_id(struct query *q)
{
    return is_null(q) ? 0 : sql_col_int(q);
}

bool sql_col_bool(struct query *q)
{
    return sql_col_int(q) != 0;
}

struct opt_int sql_col_opt_int(struct query *q)
{
    struct opt_int v = { false, 0 };
    if (!is_null(q)) {
        v.set = true;
        v.v = sql_col_int(q);
    }
    return v;
}

struct str sql_col_view(struct query *q)
{
    int c = q->column++;
    const void *p = sqlite3_column_text(q->s, c);
    int n = sqlite3_column_bytes(q->s, c);
    return p && n > 0 ? (struct str){ p, (size_t)n } : STR("");
}

/* A text within bounds, not NULL. */
static bool column_text(struct query *q, struct str *out)
{
    int c = q->column;
    bool null = sqlite3_column_type(q->s, c) == SQLITE_NULL;
    *out = sql_col_view(q);
    if (null || out->n > SQL_TEXT_MAX || !utf8_valid(*out)) {
        bad_column(q, c);
        *out = STR("");
        return false;
    }
    return true;
}

struct str sql_col_text(struct query *q, struct arena *a)
{
    struct str view;
    return column_text(q, &view) ? arena_dup(a, view) : view;
}

struct str sql_col_text_or_null(struct query *q, struct arena *a)
{
    return is_null(q) ? STR_NULL : sql_col_text(q, a);
}

usec_t sql_col_time(struct query *q)
{
    int c = q->column;
    bool text = sqlite3_column_type(q->s, c) == SQLITE_TEXT; /* "20260302" becomes an integer */
    usec_t t = 0;
    if (!clock_from_db(sql_col_view(q), &t) || !text)
        bad_column(q, c);
    return t;
}

struct opt_usec sql_col_opt_time(struct query *q)
{
    struct opt_usec v = { false, 0 };
    if (!is_null(q)) {
        v.set = true;
        v.t = sql_col_time(q);
    }
    return v;
}

dec10 sql_col_dec10(struct query *q)
{
    int c = q->column++;
    int type = sqlite3_column_type(q->s, c);
    dec10 v = 0;
    if ((type != SQLITE_FLOAT && type != SQLITE_INTEGER) ||
        dec10_from_double(sqlite3_column_double(q->s, c), &v) != NUM_OK)
        bad_column(q, c);
    return v;
}

bool sql_col_opt_real(struct query *q, double *out)
{
    int type = sqlite3_column_type(q->s, q->column);

    *out = 0;
    if (is_null(q))
        return false;
    if (type == SQLITE_FLOAT || type == SQLITE_INTEGER)
        *out = sqlite3_column_double(q->s, q->column);
    else
        bad_column(q, q->column);
    q->column++;
    return true;
}

void sql_unreadable(struct db *db, enum sql_id statement, const char *column, int64_t id)
{
    if (db->unreadable++ < UNREADABLE_LOGGED)
        log_warning("db_row_unreadable", LOG_Z("statement", sql_table[statement].name),
                    LOG_Z("column", column), LOG_I("id", id));
}

bool sql_readable(struct query *q, int64_t id)
{
    if (q->bad)
        sql_unreadable(q->db, q->id, sqlite3_column_name(q->s, q->bad - 1), id);
    return !q->bad;
}
