#include "friends.h"

#include "outbox.h"
#include "shares.h"
#include "sql.h"

/* ---------------------------------------------------------------- people */
static enum db_rc people(struct query *q, friend_row_fn *row, void *ctx)
{
    struct arena *a = q->db->scratch;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(q)) == DB_OK) {
        struct user u = { 0 };
        u.id = sql_col_int(q);
        u.username = sql_col_text(q, a);
        u.first_name = sql_col_text(q, a);
        u.last_name = sql_col_text(q, a);
        if (sql_readable(q, u.id))
            more = row(ctx, &u);
        arena_reset(a);
    }
    sql_end(q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_friend_list(struct db *db, int64_t user, friend_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_FRIEND_LIST);

    sql_bind_int(&q, user);
    return people(&q, row, ctx);
}

enum db_rc db_friend_search(struct db *db, int64_t user, struct str prefix, friend_row_fn *row,
                            void *ctx)
{
    struct query q = sql_query(db, SQL_FRIEND_SEARCH);

    sql_bind_int(&q, user);
    sql_bind_text(&q, prefix);
    sql_bind_int(&q, FRIEND_SEARCH_MAX);
    return people(&q, row, ctx);
}

static struct query of_two(struct db *db, enum sql_id id, int64_t user, int64_t other)
{
    struct query q = sql_query(db, id);

    sql_bind_int(&q, user);
    sql_bind_int(&q, other);
    return q;
}

enum db_rc db_friends(struct db *db, int64_t user, int64_t other)
{
    struct query q = of_two(db, SQL_FRIENDS, user, other);
    enum db_rc rc = sql_step(&q);

    sql_end(&q);
    return rc;
}

enum db_rc db_friend_end(struct db *db, int64_t user, int64_t other)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    struct query friendship = of_two(db, SQL_FRIEND_END, user, other);
    rc = sql_exec_some(&friendship);
    if (rc == DB_OK) {
        struct query shares = of_two(db, SQL_FRIEND_END_SHARES, user, other);
        rc = sql_exec(&shares);
    }
    if (rc == DB_OK) {
        struct query limited = of_two(db, SQL_FRIEND_END_LIMITED, user, other);
        rc = sql_exec(&limited);
    }
    return db_end(db, rc);
}

/* ---------------------------------------------------------------- requests */
static bool read_request(struct query *q, struct arena *a, struct friend_request *f)
{
    *f = (struct friend_request){ 0 };
    f->id = sql_col_int(q);
    f->from_id = sql_col_int(q);
    f->to_id = sql_col_int(q);
    f->from_user = sql_col_text(q, a);
    f->to_user = sql_col_text(q, a);
    f->status = sql_col_text(q, a);
    f->eager = sql_col_bool(q);
    f->created_at = sql_col_time(q);
    return sql_readable(q, f->id);
}

enum db_rc db_friend_requests(struct db *db, int64_t user, bool sent, friend_request_row_fn *row,
                              void *ctx)
{
    struct query q = sql_query(db, sent ? SQL_FRIEND_REQUESTS_SENT : SQL_FRIEND_REQUESTS_RECEIVED);
    struct friend_request f;
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, user);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_request(&q, db->scratch, &f))
            more = row(ctx, &f);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

/* The only row. */
static enum db_rc one_request(struct query *q, struct arena *a, struct friend_request *out)
{
    enum db_rc rc = sql_step(q);

    if (rc == DB_OK && !read_request(q, a, out))
        rc = DB_FAIL;
    sql_end(q);
    return rc;
}

static enum db_rc between(struct db *db, struct arena *a, int64_t from, int64_t to,
                          struct friend_request *out)
{
    struct query q = of_two(db, SQL_FRIEND_REQUEST_BETWEEN, from, to);

    return one_request(&q, a, out);
}

static enum db_rc by_id(struct db *db, struct arena *a, int64_t id, struct friend_request *out)
{
    struct query q = sql_query(db, SQL_FRIEND_REQUEST_GET);

    sql_bind_int(&q, id);
    return one_request(&q, a, out);
}

static bool is(const struct friend_request *f, const char *status)
{
    return str_eqz(f->status, status);
}

static enum db_rc set_status(struct db *db, struct friend_request *f, struct str status, usec_t now)
{
    struct query q = sql_query(db, SQL_FRIEND_REQUEST_SET);

    sql_bind_text(&q, status);
    sql_bind_time(&q, now);
    sql_bind_int(&q, f->id);
    f->status = status;
    return sql_exec(&q);
}

/* Replaces a row of the same two: Django deletes it and makes a new one. */
static enum db_rc insert(struct db *db, int64_t from, int64_t to, bool eager, usec_t now)
{
    struct query gone = of_two(db, SQL_FRIEND_REQUEST_DROP, from, to);
    enum db_rc rc = sql_exec(&gone);

    if (rc != DB_OK)
        return rc;
    struct query q = of_two(db, SQL_FRIEND_REQUEST_INSERT, from, to);
    sql_bind_bool(&q, eager);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

static enum db_rc ask(struct db *db, struct arena *a, int64_t user, int64_t other, bool eager,
                      usec_t now, enum friend_asked *what, struct friend_request *out)
{
    struct friend_request mine = { 0 }, theirs = { 0 };
    enum db_rc rc = between(db, a, user, other, &mine);

    if (rc == DB_OK || rc == DB_NONE)
        rc = between(db, a, other, user, &theirs);
    if (rc != DB_OK && rc != DB_NONE)
        return rc;
    *what = FRIEND_PENDING;
    if (is(&mine, "accepted") || is(&theirs, "accepted")) {
        *what = FRIEND_ALREADY;
    } else if (!is(&mine, "pending") && is(&theirs, "pending") && (eager || theirs.eager)) {
        *what = FRIEND_ACCEPTED;
        *out = theirs;
        return set_status(db, out, STR("accepted"), now);
    } else if (!is(&mine, "pending") && !is(&theirs, "pending")) {
        *what = FRIEND_ASKED;
        rc = insert(db, user, other, eager, now);
        return rc == DB_OK ? between(db, a, user, other, out) : rc;
    }
    return DB_OK;
}

enum db_rc db_friend_ask(struct db *db, struct arena *a, int64_t user, int64_t other, bool eager,
                         int64_t mail_rate, usec_t now, enum friend_asked *what,
                         struct friend_request *out)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = ask(db, a, user, other, eager, now, what, out);
    if (rc == DB_OK && *what == FRIEND_ASKED)
        rc = db_outbox_friend(db, user, other, mail_rate, now);
    return db_end(db, rc);
}

static enum db_rc answer(struct db *db, struct arena *a, int64_t user, int64_t id, bool accept,
                         bool back, usec_t now, struct friend_request *out)
{
    enum db_rc rc = by_id(db, a, id, out);

    if (rc == DB_OK && out->to_id != user)
        rc = DB_NONE;
    else if (rc == DB_OK && !is(out, "pending"))
        rc = DB_CONFLICT;
    if (rc == DB_OK)
        rc = set_status(db, out, accept ? STR("accepted") : STR("declined"), now);
    if (rc == DB_OK && accept && back) {
        struct query q = of_two(db, SQL_FRIEND_REQUEST_BACK, user, out->from_id);
        sql_bind_time(&q, now);
        rc = sql_exec(&q);
    }
    return rc;
}

enum db_rc db_friend_answer(struct db *db, struct arena *a, int64_t user, int64_t id, bool accept,
                            bool back, usec_t now, struct friend_request *out)
{
    enum db_rc rc = db_begin(db);

    return rc == DB_OK ? db_end(db, answer(db, a, user, id, accept, back, now, out)) : rc;
}

enum db_rc db_friend_cancel(struct db *db, int64_t user, int64_t id)
{
    struct query q = of_two(db, SQL_FRIEND_REQUEST_CANCEL, user, id);

    return sql_exec_some(&q);
}

/* ---------------------------------------------------------------- shares */
static bool read_share(struct query *q, struct arena *a, struct share *s)
{
    *s = (struct share){ 0 };
    s->id = sql_col_int(q);
    s->device_id = sql_col_text(q, a);
    s->owner = sql_col_text(q, a);
    s->shared_with_id = sql_col_int(q);
    s->created_at = sql_col_time(q);
    return sql_readable(q, s->id);
}

enum db_rc db_share_list(struct db *db, int64_t owner, int64_t other, share_row_fn *row, void *ctx)
{
    struct query q = of_two(db, SQL_SHARE_LIST, owner, other);
    struct share s;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_share(&q, db->scratch, &s))
            more = row(ctx, &s);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

static struct query of_device(struct db *db, enum sql_id id, int64_t owner, int64_t other,
                              struct str device_id)
{
    struct query q = of_two(db, id, owner, other);

    sql_bind_text(&q, device_id);
    return q;
}

static enum db_rc add(struct db *db, struct arena *a, int64_t owner, int64_t other,
                      struct str device_id, usec_t now, bool *made, struct share *out)
{
    enum db_rc rc = db_friends(db, owner, other);

    /* Within the transaction: a share must not outlive a friendship that is just being ended. */
    if (rc != DB_OK)
        return rc == DB_NONE ? DB_CONFLICT : rc;
    rc = db_share_unlimit(db, owner, other, device_id);
    if (rc != DB_OK && rc != DB_NONE)
        return rc;
    struct query q = of_device(db, SQL_SHARE_INSERT, owner, other, device_id);
    sql_bind_time(&q, now);
    rc = sql_exec_some(&q);
    *made = rc == DB_OK;
    if (rc != DB_OK && rc != DB_NONE)
        return rc;
    struct query get = of_device(db, SQL_SHARE_GET, owner, other, device_id);
    rc = sql_step(&get);
    if (rc == DB_OK && !read_share(&get, a, out))
        rc = DB_FAIL;
    sql_end(&get);
    return rc;
}

enum db_rc db_share_add(struct db *db, struct arena *a, int64_t owner, int64_t other,
                        struct str device_id, usec_t now, bool *made, struct share *out)
{
    enum db_rc rc = db_begin(db);

    return rc == DB_OK ? db_end(db, add(db, a, owner, other, device_id, now, made, out)) : rc;
}

enum db_rc db_share_remove(struct db *db, int64_t owner, int64_t other, struct str device_id)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    struct query q = of_device(db, SQL_SHARE_DELETE, owner, other, device_id);
    enum db_rc whole = sql_exec_some(&q);
    rc = whole == DB_OK || whole == DB_NONE ? db_share_unlimit(db, owner, other, device_id) : whole;
    return db_end(db, rc == DB_NONE ? whole : rc);
}
