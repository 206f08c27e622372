/* Housekeeping: what the agent does now and then, and `mytracks db check`. */
#include "lib/buf.h"
#include "sql.h"

#define SESSIONS_PER_STEP 500 /* short write locks: phones wait for them */

#define CHECKPOINT_WAIT_MS 50

#define QUARANTINE_AGE (INT64_C(90) * 24 * 3600 * USEC_PER_SEC)
#define QUARANTINE_ROWS 10000
#define QUARANTINE_BYTES (INT64_C(64) * 1024 * 1024)

#define CHECK_TEXT_MAX ((size_t)16 * 1024)

/* TRUNCATE keeps all writers out while it copies and while it waits for the last reader, which is
   why the WAL-reset race cannot happen, and why it must not wait long: the next round comes soon.
 */
enum db_rc db_checkpoint(struct db *db)
{
    int busy_ms = db->busy_ms;
    db->busy_ms = busy_ms < CHECKPOINT_WAIT_MS ? busy_ms : CHECKPOINT_WAIT_MS;
    int code = sqlite3_wal_checkpoint_v2(db->h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    db->busy_ms = busy_ms;
    return (code & 0xff) == SQLITE_BUSY ? DB_BUSY : sql_result(db, code, "checkpoint");
}

enum db_rc db_delete_expired_sessions(struct db *db, usec_t now)
{
    enum db_rc rc;
    do {
        struct query q = sql_query(db, SQL_SESSIONS_EXPIRE);
        sql_bind_time(&q, now);
        sql_bind_int(&q, SESSIONS_PER_STEP);
        rc = sql_exec_some(&q);
    } while (rc == DB_OK);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_trim_quarantine(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_QUARANTINE_TRIM);
    sql_bind_time(&q, now - QUARANTINE_AGE);
    sql_bind_int(&q, QUARANTINE_ROWS);
    sql_bind_int(&q, QUARANTINE_BYTES);
    return sql_exec(&q);
}

/* ---------------------------------------------------------------- check */
static enum db_rc check_integrity(struct db *db, struct buf *out)
{
    struct query q = sql_query(db, SQL_INTEGRITY_CHECK);
    enum db_rc rc;
    while ((rc = sql_step(&q)) == DB_OK) {
        struct str line = sql_col_text(&q, db->scratch);
        if (!str_eqz(line, "ok"))
            buf_printf(out, "%.*s\n", STR_FMT(line));
        arena_reset(db->scratch);
    }
    return rc;
}

static enum db_rc check_foreign_keys(struct db *db, struct buf *out)
{
    struct query q = sql_query(db, SQL_FOREIGN_KEY_CHECK);
    enum db_rc rc;
    while ((rc = sql_step(&q)) == DB_OK && buf_ok(out)) {
        struct str table = sql_col_text(&q, db->scratch);
        int64_t id = sql_col_id(&q);
        struct str parent = sql_col_text(&q, db->scratch);
        buf_printf(out, "%.*s row %lld refers to a row of %.*s that is not there\n", STR_FMT(table),
                   (long long)id, STR_FMT(parent));
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc;
}

static enum db_rc check_counters(struct db *db, struct buf *out)
{
    int64_t off = 0;
    struct query q = sql_query(db, SQL_COUNTERS_CHECK);
    enum db_rc rc = sql_one_int(&q, &off);
    if (off != 0)
        buf_printf(out, "mytracks_location_count is wrong by %lld\n", (long long)off);
    return rc == DB_OK ? DB_NONE : rc;
}

struct str db_check(struct db *db, struct arena *a)
{
    static enum db_rc (*const checks[])(
        struct db *, struct buf *) = { check_integrity, check_foreign_keys, check_counters };
    struct buf out;
    buf_init(&out, CHECK_TEXT_MAX);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && buf_ok(&out); i++)
        if (checks[i](db, &out) == DB_FAIL)
            buf_printf(&out, "the check stopped: %s\n", sqlite3_errmsg(db->h));
    struct str text = str_trim(buf_view(&out));
    if (!buf_ok(&out))
        text = arena_printf(a, "%.*s\nand more", STR_FMT(text));
    text = text.n ? arena_dup(a, text) : STR("ok");
    buf_free(&out);
    return text;
}
