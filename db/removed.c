#include "removed.h"

#include "sql.h"

#define BATCH 500 /* rows of one transaction: some tens of milliseconds on a small machine */

static void bind_remover(struct query *q, const struct remover *by)
{
    sql_bind_time(q, by->at);
    sql_bind_int(q, by->user_id);
}

/* ---------------------------------------------------------------- out of the table */
enum db_rc db_removed_one(struct db *db, const struct remover *by, int64_t id)
{
    static const enum sql_id keep[] = { SQL_REMOVAL_ADD_FOR, SQL_REMOVED_KEEP };
    enum db_rc rc = DB_OK;

    for (size_t i = 0; rc == DB_OK && i < sizeof keep / sizeof keep[0]; i++) {
        struct query q = sql_query(db, keep[i]);
        sql_bind_int(&q, id);
        bind_remover(&q, by);
        rc = sql_exec(&q);
    }
    return rc == DB_OK ? sql_run_with_id(db, SQL_LOCATION_DELETE, id) : rc;
}

static void bind_range(struct query *q, int64_t device_id, struct opt_usec from, struct opt_usec to,
                       int64_t most)
{
    sql_bind_int(q, device_id);
    sql_bind_from(q, from);
    sql_bind_to(q, to);
    sql_bind_int(q, most);
}

enum db_rc db_removed_range(struct db *db, const struct remover *by, int64_t device_id,
                            struct opt_usec from, struct opt_usec to, int64_t most)
{
    struct query q = sql_query(db, SQL_REMOVAL_ADD);

    sql_bind_int(&q, device_id);
    bind_remover(&q, by);
    enum db_rc rc = sql_exec(&q);
    if (rc != DB_OK)
        return rc;
    q = sql_query(db, SQL_REMOVED_KEEP_RANGE);
    bind_range(&q, device_id, from, to, most);
    bind_remover(&q, by);
    rc = sql_exec_some(&q); /* DB_NONE: the caller rolls back, with the removal that is empty */
    if (rc != DB_OK)
        return rc;
    q = sql_query(db, SQL_LOCATIONS_REMOVE);
    bind_range(&q, device_id, from, to, most);
    return sql_exec_some(&q);
}

enum db_rc db_removal_id(struct db *db, const struct remover *by, int64_t device_id, int64_t *id)
{
    struct query q = sql_query(db, SQL_REMOVAL_ID);

    sql_bind_int(&q, device_id);
    bind_remover(&q, by);
    *id = 0;
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK)
        *id = sql_col_id(&q);
    sql_end(&q);
    return rc;
}

/* ---------------------------------------------------------------- looking */
static bool read_removal(struct query *q, struct arena *a, struct removal *r)
{
    r->id = sql_col_int(q);
    r->device_id = sql_col_text(q, a);
    r->owner = sql_col_text(q, a);
    r->removed_at = sql_col_time(q);
    r->device_row = sql_col_int(q);
    r->count = sql_col_int(q);
    r->first = sql_col_time(q);
    r->last = sql_col_time(q);
    return sql_readable(q, r->id);
}

enum db_rc db_removal_list(struct db *db, struct viewer v, int64_t most, removal_row_fn *row,
                           void *ctx)
{
    struct query q = sql_query(db, SQL_REMOVAL_LIST);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_bool(&q, v.is_staff);
    sql_bind_int(&q, v.user_id);
    sql_bind_int(&q, most);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        struct removal r;
        if (read_removal(&q, db->scratch, &r))
            more = row(ctx, &r);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_removal_device(struct db *db, int64_t removal, int64_t *device)
{
    struct query q = sql_query(db, SQL_REMOVAL_DEVICE);

    sql_bind_int(&q, removal);
    return sql_one_int(&q, device);
}

enum db_rc db_removal_of_location(struct db *db, int64_t location, int64_t *removal)
{
    struct query q = sql_query(db, SQL_REMOVED_WHERE);

    *removal = 0;
    sql_bind_int(&q, location);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK)
        *removal = sql_col_id(&q);
    sql_end(&q);
    return rc == DB_OK && *removal == 0 ? DB_NONE : rc;
}

/* ---------------------------------------------------------------- back */
/* The report that would be the device's latest; its texts are bound as they are. */
struct newest {
    int64_t id;
    struct str reported, fix;
};

static enum db_rc find_newest(struct db *db, int64_t removal, int64_t location, struct newest *out)
{
    struct query q = sql_query(db, SQL_REMOVED_NEWEST);

    sql_bind_int(&q, removal);
    sql_bind_int(&q, location);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->id = sql_col_int(&q);
        out->reported = sql_col_text(&q, db->work);
        out->fix = sql_col_text(&q, db->work);
    }
    sql_end(&q);
    return rc;
}

/* In a transaction: *moved rows go back. */
static enum db_rc restore_some(struct db *db, int64_t removal, int64_t location, int64_t device,
                               int64_t *moved)
{
    struct query q = sql_query(db, SQL_REMOVED_RESTORE);

    sql_bind_int(&q, removal);
    sql_bind_int(&q, device);
    sql_bind_int(&q, location);
    sql_bind_int(&q, BATCH);
    enum db_rc rc = sql_exec_some(&q);
    if (rc != DB_OK)
        return rc;
    *moved = sqlite3_changes64(db->h);
    q = sql_query(db, SQL_REMOVED_FORGET);
    sql_bind_int(&q, removal);
    sql_bind_int(&q, location);
    sql_bind_int(&q, BATCH);
    return sql_exec(&q);
}

/* A row that is still to come, or had to take another id, is none. */
static enum db_rc restore_latest(struct db *db, int64_t device, const struct newest *n)
{
    struct query q = sql_query(db, SQL_RESTORED_LATEST);

    sql_bind_int(&q, device);
    sql_bind_text(&q, n->reported);
    sql_bind_text(&q, n->fix);
    sql_bind_int(&q, n->id);
    return sql_exec(&q);
}

static enum db_rc restore_batch(struct db *db, int64_t removal, int64_t location, int64_t *n)
{
    struct newest newest;
    int64_t device, moved = 0;
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = db_removal_device(db, removal, &device);
    if (rc == DB_OK)
        rc = find_newest(db, removal, location, &newest);
    if (rc == DB_OK)
        rc = restore_some(db, removal, location, device, &moved);
    if (rc == DB_OK)
        rc = restore_latest(db, device, &newest);
    if (rc == DB_OK)
        rc = sql_run_with_id(db, SQL_REMOVAL_END, removal);
    rc = db_end(db, rc == DB_NONE && moved > 0 ? DB_OK : rc);
    *n += rc == DB_OK ? moved : 0;
    return rc;
}

enum db_rc db_removal_restore(struct db *db, int64_t removal, int64_t location, int64_t *n)
{
    enum db_rc rc;

    *n = 0;
    while ((rc = restore_batch(db, removal, location, n)) == DB_OK)
        arena_reset(db->work);
    arena_reset(db->work);
    return rc == DB_NONE && *n > 0 ? DB_OK : rc;
}

/* ---------------------------------------------------------------- for good */
static enum db_rc forget_batch(struct db *db, int64_t removal, int64_t *n)
{
    int64_t gone = 0;
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_REMOVED_FORGET);
    sql_bind_int(&q, removal);
    sql_bind_int(&q, 0);
    sql_bind_int(&q, BATCH);
    rc = sql_exec_some(&q);
    if (rc == DB_OK)
        gone = sqlite3_changes64(db->h);
    if (rc == DB_OK || rc == DB_NONE) {
        enum db_rc end = sql_run_with_id(db, SQL_REMOVAL_END, removal);
        rc = end == DB_NONE && gone > 0 ? DB_OK : end;
    }
    rc = db_end(db, rc);
    *n += rc == DB_OK ? gone : 0;
    return rc;
}

enum db_rc db_removal_forget(struct db *db, int64_t removal, int64_t *n)
{
    bool any = false;
    enum db_rc rc;

    *n = 0;
    while ((rc = forget_batch(db, removal, n)) == DB_OK)
        any = true;
    return rc == DB_NONE && any ? DB_OK : rc;
}

enum db_rc db_removed_trim(struct db *db, usec_t now)
{
    for (;;) {
        int64_t id = 0, n;
        struct query q = sql_query(db, SQL_REMOVAL_DUE);
        sql_bind_time(&q, now - REMOVED_KEPT);
        enum db_rc rc = sql_step(&q);
        if (rc == DB_OK)
            id = sql_col_id(&q);
        sql_end(&q);
        if (rc != DB_OK || id == 0)
            return rc;
        rc = db_removal_forget(db, id, &n);
        if (rc != DB_OK)
            return rc == DB_NONE ? DB_OK : rc;
    }
}
