#include "stats.h"

#include "sql.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static int64_t size_of(const char *path, const char *suffix)
{
    char name[4096];
    struct stat st;
    int n = snprintf(name, sizeof name, "%s%s", path, suffix);

    return n > 0 && (size_t)n < sizeof name && stat(name, &st) == 0 ? st.st_size : 0;
}

static void sizes(const struct db *db, struct stats *out)
{
    const char *path = sqlite3_db_filename(db->h, "main");
    struct statvfs fs;

    out->file = size_of(path, "");
    out->wal = size_of(path, "-wal");
    if (statvfs(path, &fs) == 0) {
        out->disk_free = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
        out->disk_size = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
    }
}

enum db_rc db_stats(struct db *db, struct stats *out)
{
    struct query q = sql_query(db, SQL_STATS);

    *out = (struct stats){ 0 };
    sizes(db, out);
    sql_bind_int(&q, STATS_MOST);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->users = sql_col_int(&q);
        out->devices = sql_col_int(&q);
        out->locations = sql_col_int(&q);
        out->messages = sql_col_int(&q);
        out->transitions = sql_col_int(&q);
        out->places = sql_col_int(&q);
        out->quarantine = sql_col_int(&q);
        out->quarantine_bytes = sql_col_int(&q);
        out->oldest = sql_col_opt_time(&q);
        out->newest = sql_col_opt_time(&q);
        out->last_received = sql_col_opt_time(&q);
        (void)sql_readable(&q, 0); /* a time that is none counts as not there */
    }
    sql_end(&q);
    return rc;
}

/* ---- outbox */

static bool read_row(struct query *q, struct outbox_row *row)
{
    struct arena *a = q->db->scratch;

    row->item.id = sql_col_int(q);
    row->way = (enum outbox_way)sql_col_int(q);
    row->item.kind = (enum outbox_kind)sql_col_int(q);
    row->item.user_id = sql_col_int(q);
    row->item.ref = sql_col_int(q);
    row->item.recipient = sql_col_text(q, a);
    row->item.created_at = sql_col_time(q);
    row->item.due_at = sql_col_time(q);
    row->item.attempts = sql_col_int(q);
    row->given_up = sql_col_int(q) != 0;
    row->error = sql_col_text(q, a);
    row->user = sql_col_text(q, a);
    row->finished_at = sql_col_opt_time(q);
    return sql_readable(q, row->item.id);
}

enum db_rc db_outbox_list(struct db *db, bool delivered, int64_t most, outbox_row_fn *row,
                          void *ctx)
{
    struct query q = sql_query(db, delivered ? SQL_OUTBOX_DELIVERED : SQL_OUTBOX_LIST);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, most);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        struct outbox_row one;
        if (read_row(&q, &one))
            more = row(ctx, &one);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_outbox_sent(struct db *db, enum outbox_way way, usec_t since, int64_t *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_SENT);

    sql_bind_time(&q, since);
    sql_bind_int(&q, way);
    return sql_one_int(&q, out);
}

enum db_rc db_outbox_again(struct db *db, int64_t id, usec_t now, int64_t *n)
{
    struct query q = sql_query(db, SQL_OUTBOX_AGAIN);

    sql_bind_int(&q, id);
    sql_bind_time(&q, now);
    enum db_rc rc = sql_exec_some(&q);
    *n = rc == DB_OK ? sqlite3_changes64(db->h) : 0;
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_outbox_drop(struct db *db, int64_t id)
{
    struct query q = sql_query(db, SQL_OUTBOX_DROP);

    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}
