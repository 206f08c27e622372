#include "keys.h"

#include <assert.h>
#include <string.h>

/* Keys held for all sources together, and least and most for one of them. */
#define KEYS_HELD 2048
#define BLOCK_LEAST 4
#define BLOCK_MOST 256
/* Keys after which a read transaction is renewed. */
#define TRANSACTION_KEYS 4096

/* Of fix times, as bound. */
struct bounds {
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
};

struct source {
    const struct sight *sight; /* its device_id 0: all devices */
    const struct bounds *bounds;
    int64_t offset; /* rows to leave out at the first reading */
    /* Cursor: fix time as stored, and id, of the last key read. */
    char fix[CLOCK_TEXT];
    size_t fix_n;
    int64_t id;
    bool at_end;
    size_t n, next; /* block[next..n) are not given yet */
    struct key *block;
};

static bool by_fix(const struct keys *k)
{
    return k->q->order == ORDER_FIX_DESC || k->q->order == ORDER_FIX_ASC ||
           k->q->order == ORDER_FIX_ID_ASC;
}

static bool descending(const struct keys *k)
{
    return k->q->order == ORDER_FIX_DESC || k->q->order == ORDER_ID_DESC;
}

bool keys_bounds(const struct location_query *q, const struct sight *s, char from[CLOCK_TEXT],
                 char to[CLOCK_TEXT])
{
    struct opt_usec first = q->from, last = q->to;
    bool any = sight_narrow(s, &first, &last);

    from[0] = '\0';
    memcpy(to, "~", 2); /* sorts behind all digits */
    if (first.set)
        clock_db(first.t, from);
    if (last.set)
        clock_db(last.t, to);
    return any;
}

static enum db_rc all_devices(struct db *db, struct arena *a, struct sight **out, size_t *n)
{
    struct query s = sql_query(db, SQL_ALL_DEVICES);
    int64_t *ids;
    enum db_rc rc = sql_all_ints(&s, a, DEVICES_MAX, &ids, n);

    *out = ARENA_ARRAY(a, *n, struct sight);
    for (size_t i = 0; rc == DB_OK && i < *n; i++)
        (*out)[i] = (struct sight){ .device_id = ids[i] };
    return rc;
}

enum db_rc keys_sights(struct db *db, struct arena *a, const struct location_query *q,
                       struct sight **out, size_t *n)
{
    if (q->device_id != 0) {
        *out = ARENA_NEW(a, struct sight);
        enum db_rc rc = db_sight(db, q->viewer, q->device_id, *out);
        *n = rc == DB_OK ? 1 : 0;
        return rc == DB_NONE ? DB_OK : rc;
    }
    return q->viewer.is_staff ? all_devices(db, a, out, n)
                              : db_sights(db, a, q->viewer.user_id, out, n);
}

/* ---------------------------------------------------------------- one source */
static enum sql_id statement(const struct keys *k, const struct source *s)
{
    static const enum sql_id ids[][2] = {
        [ORDER_FIX_DESC] = { SQL_KEYS_ALL_FIX_DESC, SQL_KEYS_DEVICE_FIX_DESC },
        [ORDER_FIX_ASC] = { SQL_KEYS_ALL_FIX_ASC, SQL_KEYS_DEVICE_FIX_ASC },
        [ORDER_ID_ASC] = { SQL_KEYS_ALL_ID_ASC, SQL_KEYS_DEVICE_ID_ASC },
        [ORDER_ID_DESC] = { SQL_KEYS_ALL_ID_DESC, SQL_KEYS_DEVICE_ID_DESC },
        [ORDER_FIX_ID_ASC] = { SQL_KEYS_ALL_FIX_ID_ASC, SQL_KEYS_DEVICE_FIX_ID_ASC },
    };
    return ids[k->q->order][s->sight->device_id != 0];
}

/* The cursor before the first key: the near bound of the fix time, with an id before all others.
   Among equal fix times ids go the other way but for ORDER_FIX_ID_ASC (KEYS in sql_keys.h). */
static void rewind_source(const struct keys *k, struct source *s)
{
    const char *near = descending(k) ? s->bounds->to : s->bounds->from;
    s->fix_n = strlen(near);
    memcpy(s->fix, near, s->fix_n);
    bool from_above = k->q->order == ORDER_FIX_ASC || k->q->order == ORDER_ID_DESC;
    s->id = from_above ? INT64_MAX : INT64_MIN;
}

static void bind_block(struct query *q, const struct keys *k, const struct source *s, size_t want)
{
    sql_bind_int(q, s->sight->device_id);
    if (by_fix(k)) {
        sql_bind_text(q, (struct str){ s->fix, s->fix_n });
        sql_bind_int(q, s->id);
        sql_bind_text(q, str_of(descending(k) ? s->bounds->from : s->bounds->to));
        sql_bind_int(q, k->since_id);
    } else {
        sql_bind_int(q, s->id);
        sql_bind_int(q, k->since_id);
        sql_bind_text(q, str_of(s->bounds->from));
        sql_bind_text(q, str_of(s->bounds->to));
    }
    sql_bind_int(q, (int64_t)want);
    sql_bind_int(q, s->offset);
}

/* Moves the cursor to the row and keeps its key, if its fix time is one. */
static void take_row(struct query *q, struct source *s)
{
    struct key key;
    s->id = key.id = sql_col_int(q);
    struct str text = sql_col_view(q);
    assert(text.n < CLOCK_TEXT); /* KEYS selects no longer ones */
    s->fix_n = text.n;
    memcpy(s->fix, text.p, text.n);
    if (!clock_from_db(text, &key.fix))
        sql_unreadable(q->db, q->id, "timestamp", key.id);
    else if (sight_shows(s->sight, key.id, key.fix))
        s->block[s->n++] = key;
}

static enum db_rc read_block(struct keys *k, struct source *s)
{
    struct source cursor = *s; /* what is bound must not move with the rows */
    size_t want = k->block, rows = 0;
    if (k->left >= 0 && (uint64_t)k->left < want)
        want = (size_t)k->left;
    struct query q = sql_query(k->db, statement(k, s));
    bind_block(&q, k, &cursor, want);
    enum db_rc rc;
    s->n = s->next = 0;
    while ((rc = sql_step(&q)) == DB_OK) {
        take_row(&q, s);
        rows++;
    }
    s->at_end = rows < want;
    s->offset = 0;
    return rc == DB_NONE ? DB_OK : rc;
}

/* DB_NONE: the source has no more keys, or none is wanted. */
static enum db_rc refill(struct keys *k, struct source *s)
{
    while (s->next == s->n && !s->at_end && k->left != 0) {
        enum db_rc rc = read_block(k, s);
        if (rc != DB_OK)
            return rc;
    }
    return s->next < s->n ? DB_OK : DB_NONE;
}

/* ---------------------------------------------------------------- merging */
static bool comes_first(const struct keys *k, const struct source *x, const struct source *y)
{
    struct key a = x->block[x->next], b = y->block[y->next];
    switch (k->q->order) {
    case ORDER_FIX_DESC:
        return a.fix != b.fix ? a.fix > b.fix : a.id < b.id;
    case ORDER_FIX_ASC:
        return a.fix != b.fix ? a.fix < b.fix : a.id > b.id;
    case ORDER_FIX_ID_ASC:
        return a.fix != b.fix ? a.fix < b.fix : a.id < b.id;
    case ORDER_ID_ASC:
        return a.id < b.id;
    case ORDER_ID_DESC:
    case LOCATION_ORDERS:
        break;
    }
    return a.id > b.id;
}

static void sink(struct keys *k, size_t i)
{
    for (;;) {
        size_t best = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < k->live; child++)
            if (comes_first(k, &k->sources[child], &k->sources[best]))
                best = child;
        if (best == i)
            return;
        struct source moved = k->sources[i];
        k->sources[i] = k->sources[best];
        k->sources[best] = moved;
        i = best;
    }
}

/* Gives the first key; its source gets the next one or leaves the heap. */
static enum db_rc pop(struct keys *k, struct key *out)
{
    if (k->live == 0 || k->left == 0)
        return DB_NONE;
    struct source *s = &k->sources[0];
    *out = s->block[s->next++];
    k->sight = s->sight;
    if (k->left > 0)
        k->left--;
    enum db_rc rc = refill(k, s);
    if (rc == DB_NONE) {
        k->live--;
        *s = k->sources[k->live];
        rc = DB_OK;
    }
    sink(k, 0);
    return rc;
}

static enum db_rc fill_all(struct keys *k, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        enum db_rc rc = refill(k, &k->sources[i]);
        if (rc == DB_OK)
            k->sources[kept++] = k->sources[i];
        else if (rc != DB_NONE)
            return rc;
    }
    k->live = kept;
    for (size_t i = kept / 2; i-- > 0;)
        sink(k, i);
    return DB_OK;
}

/* ---------------------------------------------------------------- the stream */
static enum db_rc read_begin(struct keys *k)
{
    struct query q = sql_query(k->db, SQL_BEGIN_READ);
    return sql_exec(&q);
}

static enum db_rc skip(struct keys *k, int64_t n)
{
    struct key skipped;
    enum db_rc rc = DB_OK;

    for (int64_t i = 0; rc == DB_OK && i < n; i++)
        rc = pop(k, &skipped);
    return rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc make_sources(struct keys *k, const struct sight *sights, size_t n)
{
    size_t block = n ? KEYS_HELD / n : 0, used = 0;
    k->block = block < BLOCK_LEAST ? BLOCK_LEAST : block > BLOCK_MOST ? BLOCK_MOST : block;
    k->sources = ARENA_ARRAY(k->db->work, n, struct source);
    struct bounds *bounds = ARENA_ARRAY(k->db->work, n, struct bounds);
    struct key *held = ARENA_ARRAY(k->db->work, n * k->block, struct key);
    for (size_t i = 0; i < n; i++) {
        struct source *s = &k->sources[used];
        if (!keys_bounds(k->q, &sights[i], bounds[i].from, bounds[i].to))
            continue;
        s->sight = &sights[i];
        s->bounds = &bounds[i];
        s->block = held + i * k->block;
        rewind_source(k, s);
        used++;
    }
    if (used == 1 && !k->sources[0].sight->live) { /* SQLite skips faster than we */
        k->sources[0].offset = k->q->offset;
        return fill_all(k, used);
    }
    if (k->left >= 0)
        k->left = k->left < INT64_MAX - k->q->offset ? k->left + k->q->offset : INT64_MAX;
    enum db_rc rc = fill_all(k, used);
    return rc == DB_OK ? skip(k, k->q->offset) : rc;
}

enum db_rc keys_open(struct keys *k, struct db *db, const struct location_query *q)
{
    assert(!db->listing);
    *k = (struct keys){ .db = db, .q = q, .left = q->limit };
    db->listing = true;
    k->since_id = q->since_id.set ? q->since_id.v : INT64_MIN;
    if (q->limit == 0 || (q->from.set && q->to.set && q->from.t > q->to.t))
        return DB_OK;
    enum db_rc rc = DB_OK;
    if (sqlite3_get_autocommit(db->h)) {
        k->own_transaction = true;
        rc = read_begin(k);
    }
    static const struct sight all = { 0 };
    struct sight *sights = NULL;
    size_t n = 0;
    if (rc == DB_OK && q->device_id == 0 && q->viewer.is_staff)
        return make_sources(k, &all, 1);
    if (rc == DB_OK)
        rc = keys_sights(db, db->work, q, &sights, &n);
    return rc == DB_OK ? make_sources(k, sights, n) : rc;
}

enum db_rc keys_next(struct keys *k, struct key *out)
{
    if (k->own_transaction && ++k->age % TRANSACTION_KEYS == 0) {
        enum db_rc rc = db_commit(k->db);
        if (rc == DB_OK)
            rc = read_begin(k);
        if (rc != DB_OK)
            return rc;
    }
    return pop(k, out);
}

void keys_close(struct keys *k)
{
    if (k->own_transaction)
        db_rollback(k->db); /* nothing was written */
    arena_reset(k->db->work);
    k->db->listing = false;
}
