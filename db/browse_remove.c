#include "browse.h"
#include "device_look.h"
#include "friends.h"
#include "keys.h"
#include "places.h"
#include "sql.h"

#define BATCH 5000      /* rows of one transaction */
#define KEPT_BATCH 1000 /* of positions, which are copied as well */

/* ---------------------------------------------------------------- by ids */
static enum db_rc remove_device(struct db *db, const struct remover *by, int64_t id)
{
    (void)by;
    return db_device_remove(db, id);
}

static enum db_rc remove_location(struct db *db, const struct remover *by, int64_t id)
{
    enum db_rc rc = sql_run_with_id(db, SQL_LATEST_BACK, id);

    return rc == DB_OK || rc == DB_NONE ? db_removed_one(db, by, id) : rc;
}

/* An accepted one is a friendship: what the two share ends with it. */
static enum db_rc remove_request(struct db *db, const struct remover *by, int64_t id)
{
    int64_t from = 0, to = 0;
    struct query q = sql_query(db, SQL_REQUEST_FRIENDS);

    (void)by;
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        from = sql_col_int(&q);
        to = sql_col_int(&q);
    }
    sql_end(&q);
    if (rc == DB_OK)
        return db_friend_end(db, from, to);
    return rc == DB_NONE ? sql_run_with_id(db, SQL_REQUEST_REMOVE, id) : rc;
}

static enum db_rc remove_geofence(struct db *db, const struct remover *by, int64_t id)
{
    int64_t owner;
    struct query q = sql_query(db, SQL_PLACE_OWNER);

    sql_bind_int(&q, id);
    enum db_rc rc = sql_one_int(&q, &owner);
    return rc == DB_OK ? db_place_delete(db, owner, id, by->at) : rc;
}

/* ---------------------------------------------------------------- all that match */
/* DB_NONE: nothing is left that matches. */
typedef enum db_rc batch_fn(struct db *db, const struct remover *by, const struct browse_filter *f);

static enum db_rc in_transaction(struct db *db, const struct remover *by,
                                 const struct browse_filter *f, batch_fn *batch, int64_t *removed)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = batch(db, by, f);
    int64_t n = rc == DB_OK ? sqlite3_changes64(db->h) : 0;
    rc = db_end(db, rc);
    if (rc == DB_OK)
        *removed += n;
    return rc;
}

static enum db_rc batch_locations(struct db *db, const struct remover *by,
                                  const struct browse_filter *f)
{
    struct query q = sql_query(db, SQL_LATEST_BACK_RANGE);

    sql_bind_int(&q, f->device_id);
    sql_bind_from(&q, f->from);
    sql_bind_to(&q, f->to);
    enum db_rc rc = sql_exec(&q);
    if (rc != DB_OK)
        return rc;
    return db_removed_range(db, by, f->device_id, f->from, f->to, KEPT_BATCH);
}

static void bind_messages(struct query *q, const struct browse_filter *f)
{
    sql_bind_from(q, f->from);
    sql_bind_to(q, f->to);
    sql_bind_int(q, f->device_id);
    sql_bind_text(q, f->type);
}

static enum db_rc batch_messages(struct db *db, const struct remover *by,
                                 const struct browse_filter *f)
{
    struct query q = sql_query(db, SQL_MESSAGES_REMOVE);

    (void)by;
    bind_messages(&q, f);
    sql_bind_int(&q, BATCH);
    return sql_exec_some(&q);
}

static void bind_quarantine(struct query *q, const struct browse_filter *f)
{
    sql_bind_from(q, f->from);
    sql_bind_to(q, f->to);
    sql_bind_text(q, f->search);
}

static enum db_rc batch_quarantine(struct db *db, const struct remover *by,
                                   const struct browse_filter *f)
{
    struct query q = sql_query(db, SQL_QUARANTINE_REMOVE);

    (void)by;
    bind_quarantine(&q, f);
    sql_bind_int(&q, BATCH);
    return sql_exec_some(&q);
}

/* ---------------------------------------------------------------- counting */
static const struct viewer everybody = { .is_staff = true };

static enum db_rc count_locations(struct db *db, const struct browse_filter *f, int64_t *n)
{
    const struct location_query q = {
        .viewer = everybody, .device_id = f->device_id, .from = f->from, .to = f->to
    };
    return db_location_count(db, &q, n);
}

static enum db_rc count_messages(struct db *db, const struct browse_filter *f, int64_t *n)
{
    struct query q = sql_query(db, SQL_MESSAGES_COUNT);

    bind_messages(&q, f);
    return sql_one_int(&q, n);
}

static enum db_rc count_quarantine(struct db *db, const struct browse_filter *f, int64_t *n)
{
    struct query q = sql_query(db, SQL_QUARANTINE_COUNT);

    bind_quarantine(&q, f);
    return sql_one_int(&q, n);
}

/* ---------------------------------------------------------------- the tables */
static const struct way {
    enum db_rc (*one)(struct db *db, const struct remover *by, int64_t id);
    enum sql_id row; /* the same where it is one statement, and `one` is NULL */
    bool alone;      /* it has transactions of its own */
    batch_fn *batch;
    enum db_rc (*count)(struct db *db, const struct browse_filter *f, int64_t *n);
} ways[BROWSE_TABLES] = {
    [BROWSE_DEVICES] = { .one = remove_device, .alone = true },
    [BROWSE_LOCATIONS] = { .one = remove_location,
                           .batch = batch_locations,
                           .count = count_locations },
    [BROWSE_MESSAGES] = { .row = SQL_MESSAGE_REMOVE,
                          .batch = batch_messages,
                          .count = count_messages },
    [BROWSE_TRANSITIONS] = { .row = SQL_TRANSITION_REMOVE },
    [BROWSE_GEOFENCES] = { .one = remove_geofence, .alone = true },
    [BROWSE_QUARANTINE] = { .row = SQL_QUARANTINED_REMOVE,
                            .batch = batch_quarantine,
                            .count = count_quarantine },
    [BROWSE_RULES] = { .row = SQL_RULE_REMOVE },
    [BROWSE_PROFILES] = { .row = SQL_PROFILE_REMOVE },
    [BROWSE_REQUESTS] = { .one = remove_request, .alone = true },
    [BROWSE_SHARES] = { .row = SQL_SHARE_REMOVE },
    [BROWSE_LIMITS] = { .row = SQL_LIMITS_REMOVE },
    [BROWSE_LINKS] = { .row = SQL_LINK_REMOVE_ANY },
};

static enum db_rc remove_each(struct db *db, const struct way *w, const struct remover *by,
                              const int64_t *ids, size_t n, int64_t *removed)
{
    enum db_rc rc = DB_OK;

    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        rc = w->one != NULL ? w->one(db, by, ids[i]) : sql_run_with_id(db, w->row, ids[i]);
        *removed += rc == DB_OK;
        rc = rc == DB_NONE ? DB_OK : rc;
    }
    return rc;
}

enum db_rc db_browse_remove(struct db *db, enum browse_table table, const struct remover *by,
                            const int64_t *ids, size_t n, int64_t *removed)
{
    const struct way *w = &ways[table];

    *removed = 0;
    if (w->alone)
        return remove_each(db, w, by, ids, n, removed);
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = remove_each(db, w, by, ids, n, removed);
    return db_end(db, rc);
}

bool browse_is_removable(enum browse_table table)
{
    return ways[table].batch != NULL;
}

enum db_rc db_browse_count(struct db *db, enum browse_table table, const struct browse_filter *f,
                           int64_t *n)
{
    *n = 0;
    return ways[table].count(db, f, n);
}

static enum db_rc remove_batches(struct db *db, const struct way *w, const struct remover *by,
                                 const struct browse_filter *f, int64_t *removed)
{
    enum db_rc rc;

    while ((rc = in_transaction(db, by, f, w->batch, removed)) == DB_OK) {
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_browse_remove_all(struct db *db, enum browse_table table, const struct remover *by,
                                const struct browse_filter *f, int64_t *removed)
{
    const struct way *w = &ways[table];
    struct browse_filter one = *f;
    int64_t *ids;
    size_t n;

    *removed = 0;
    if (table != BROWSE_LOCATIONS || f->device_id != 0)
        return remove_batches(db, w, by, f, removed);
    /* Device by device, for the index that begins with it, and each one's latest position. */
    struct query q = sql_query(db, SQL_ALL_DEVICES);
    enum db_rc rc = sql_all_ints(&q, db->work, DEVICES_MAX, &ids, &n);
    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        one.device_id = ids[i];
        rc = remove_batches(db, w, by, &one, removed);
    }
    arena_reset(db->work);
    return rc;
}
