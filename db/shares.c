#include "shares.h"

#include "friends.h"
#include "sql.h"

const char *const share_past_names[] = {
    [PAST_ALL] = "all", [PAST_SINCE] = "since", [PAST_LIVE] = "live", NULL
};

static enum share_past past_of(struct str name)
{
    for (enum share_past p = PAST_ALL; p < PAST_LIVE; p++)
        if (str_eqz(name, share_past_names[p]))
            return p;
    return PAST_LIVE;
}

static void read_person(struct query *q, struct arena *a, struct user *u)
{
    u->id = sql_col_int(q);
    u->username = sql_col_text(q, a);
    u->first_name = sql_col_text(q, a);
    u->last_name = sql_col_text(q, a);
}

static bool read_shared(struct query *q, struct arena *a, struct shared *s)
{
    *s = (struct shared){ .row_id = sql_col_int(q) };
    s->device_id = sql_col_text(q, a);
    s->name = sql_col_text(q, a);
    read_person(q, a, &s->owner);
    read_person(q, a, &s->viewer);
    s->limits.area = sql_col_bool(q);
    s->limits.past = past_of(sql_col_text(q, a));
    s->limits.since = sql_col_opt_time(q);
    s->limits.expires_at = sql_col_opt_time(q);
    s->limits.paused_at = sql_col_opt_time(q);
    s->created_at = sql_col_time(q);
    s->counts = sql_col_bool(q);
    return sql_readable(q, s->row_id);
}

static enum db_rc each(struct query *q, shared_row_fn *row, void *ctx)
{
    struct arena *a = q->db->scratch;
    struct shared s;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(q)) == DB_OK) {
        if (read_shared(q, a, &s))
            more = row(ctx, &s);
        arena_reset(a);
    }
    sql_end(q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_share_given(struct db *db, int64_t owner, int64_t other, struct str device_id,
                          shared_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_SHARES_GIVEN);

    sql_bind_int(&q, owner);
    sql_bind_id(&q, other);
    sql_bind_text(&q, device_id);
    return each(&q, row, ctx);
}

enum db_rc db_shares_given(struct db *db, int64_t owner, shared_row_fn *row, void *ctx)
{
    return db_share_given(db, owner, 0, STR_NULL, row, ctx);
}

enum db_rc db_shares_received(struct db *db, int64_t viewer, shared_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_SHARES_RECEIVED);

    sql_bind_int(&q, viewer);
    return each(&q, row, ctx);
}

enum db_rc db_shares_seen(struct db *db, int64_t owner, seen_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_SHARES_SEEN);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, owner);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        int64_t device = sql_col_int(&q), friends = sql_col_int(&q), links = sql_col_int(&q);
        more = friends + links == 0 || row(ctx, device, friends, links);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

/* ---------------------------------------------------------------- changes */
enum db_rc db_share_unlimit(struct db *db, int64_t owner, int64_t other, struct str device_id)
{
    struct query q = sql_query(db, SQL_SHARE_UNLIMIT);

    sql_bind_int(&q, owner);
    sql_bind_int(&q, other);
    sql_bind_text(&q, device_id);
    return sql_exec_some(&q);
}

static bool is_limited(const struct share_limits *l)
{
    return l->area || l->past != PAST_ALL || l->expires_at.set || l->paused_at.set;
}

static enum db_rc limit(struct db *db, int64_t owner, int64_t other, struct str device_id,
                        const struct share_limits *l, usec_t now)
{
    struct query gone = sql_query(db, SQL_SHARE_DELETE);
    sql_bind_int(&gone, owner);
    sql_bind_int(&gone, other);
    sql_bind_text(&gone, device_id);
    enum db_rc rc = sql_exec(&gone);
    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_SHARE_LIMIT);
    sql_bind_int(&q, owner);
    sql_bind_int(&q, other);
    sql_bind_text(&q, device_id);
    sql_bind_text(&q, l->area ? STR("area") : STR("exact"));
    sql_bind_text(&q, str_of(share_past_names[l->past]));
    sql_bind_opt_time(&q, l->past == PAST_SINCE ? l->since : (struct opt_usec){ 0 });
    sql_bind_opt_time(&q, l->expires_at);
    sql_bind_opt_time(&q, l->paused_at);
    sql_bind_time(&q, now);
    return sql_exec_some(&q);
}

static enum db_rc unlimit(struct db *db, int64_t owner, int64_t other, struct str device_id,
                          usec_t now)
{
    enum db_rc rc = db_share_unlimit(db, owner, other, device_id);
    if (rc != DB_OK && rc != DB_NONE)
        return rc;
    struct query q = sql_query(db, SQL_SHARE_INSERT);
    sql_bind_int(&q, owner);
    sql_bind_int(&q, other);
    sql_bind_text(&q, device_id);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

static enum db_rc owns(struct db *db, int64_t owner, struct str device_id)
{
    struct query q = sql_query(db, SQL_SHARE_DEVICE);
    int64_t n = 0;

    sql_bind_int(&q, owner);
    sql_bind_text(&q, device_id);
    enum db_rc rc = sql_one_int(&q, &n);
    return rc == DB_OK && n == 0 ? DB_NONE : rc;
}

enum db_rc db_share_put(struct db *db, int64_t owner, int64_t other, struct str device_id,
                        const struct share_limits *limits, usec_t now)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = db_friends(db, owner, other);
    rc = rc == DB_NONE ? DB_CONFLICT : rc;
    if (rc == DB_OK)
        rc = owns(db, owner, device_id);
    if (rc == DB_OK)
        rc = is_limited(limits) ? limit(db, owner, other, device_id, limits, now)
                                : unlimit(db, owner, other, device_id, now);
    return db_end(db, rc);
}

enum db_rc db_shares_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_SHARES_TRIM);

    sql_bind_time(&q, now);
    return sql_exec(&q);
}
