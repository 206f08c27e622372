#include "account.h"
#include "sql.h"

#include "lib/topic.h"

bool sql_col_user(struct query *q, struct arena *a, struct user *out)
{
    *out = (struct user){ 0 };
    out->id = sql_col_int(q);
    out->username = sql_col_text(q, a);
    out->password = sql_col_text(q, a);
    out->first_name = sql_col_text(q, a);
    out->last_name = sql_col_text(q, a);
    out->email = sql_col_text(q, a);
    out->is_active = sql_col_bool(q);
    out->is_staff = sql_col_bool(q);
    out->is_superuser = sql_col_bool(q);
    out->last_login = sql_col_opt_time(q);
    out->date_joined = sql_col_time(q);
    return sql_readable(q, out->id);
}

static enum db_rc read_user(struct query *q, struct arena *a, struct user *out)
{
    enum db_rc rc = sql_step(q);
    if (rc == DB_OK && !sql_col_user(q, a, out))
        rc = DB_FAIL;
    sql_end(q);
    return rc;
}

enum db_rc db_user_by_name(struct db *db, struct arena *a, struct str username, struct user *out)
{
    struct query q = sql_query(db, SQL_USER_BY_NAME);
    sql_bind_text(&q, username);
    return read_user(&q, a, out);
}

enum db_rc db_user_by_id(struct db *db, struct arena *a, int64_t id, struct user *out)
{
    struct query q = sql_query(db, SQL_USER_BY_ID);
    sql_bind_int(&q, id);
    return read_user(&q, a, out);
}

enum db_rc db_users_made(struct db *db, int64_t *n)
{
    struct query q = sql_query(db, SQL_USERS_MADE);

    return sql_one_int(&q, n);
}

enum db_rc db_any_staff(struct db *db, bool *any)
{
    int64_t n = 0;
    struct query q = sql_query(db, SQL_ANY_STAFF);
    enum db_rc rc = sql_one_int(&q, &n);
    *any = n != 0;
    return rc;
}

/* ---------------------------------------------------------------- writing users */
static enum db_rc insert_user(struct db *db, struct user *u)
{
    struct query q = sql_query(db, SQL_USER_INSERT);
    sql_bind_text(&q, u->username);
    sql_bind_text(&q, u->password);
    sql_bind_text(&q, u->first_name);
    sql_bind_text(&q, u->last_name);
    sql_bind_text(&q, u->email);
    sql_bind_bool(&q, u->is_active);
    sql_bind_bool(&q, u->is_staff);
    sql_bind_bool(&q, u->is_superuser);
    sql_bind_opt_time(&q, u->last_login);
    sql_bind_time(&q, u->date_joined);
    enum db_rc rc = sql_exec(&q);
    if (rc == DB_OK)
        u->id = sqlite3_last_insert_rowid(db->h);
    return rc;
}

static enum db_rc insert_profile(struct db *db, const struct user *u)
{
    struct query q = sql_query(db, SQL_PROFILE_INSERT);
    sql_bind_time(&q, u->date_joined);
    sql_bind_int(&q, u->id);
    return sql_exec(&q);
}

enum db_rc db_user_create(struct db *db, struct user *u)
{
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = insert_user(db, u);
    if (rc == DB_OK)
        rc = insert_profile(db, u);
    return db_end(db, rc);
}

enum db_rc db_user_set_password(struct db *db, int64_t id, struct str encoded)
{
    struct query q = sql_query(db, SQL_USER_SET_PASSWORD);
    sql_bind_text(&q, encoded);
    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_user_touch_login(struct db *db, int64_t id, usec_t now)
{
    struct query q = sql_query(db, SQL_USER_TOUCH_LOGIN);
    sql_bind_time(&q, now);
    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

/* ---------------------------------------------------------------- sessions */
enum db_rc db_session_get(struct db *db, struct arena *a, struct str key, struct session *out)
{
    struct query q = sql_query(db, SQL_SESSION_GET);
    sql_bind_text(&q, key);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->key = sql_col_text(&q, a);
        out->data = sql_col_text(&q, a);
        out->expires = sql_col_time(&q);
        /* A row that cannot be read is no session; the log says why. */
        rc = sql_readable(&q, 0) ? DB_OK : DB_NONE;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_session_put(struct db *db, const struct session *s)
{
    struct query q = sql_query(db, SQL_SESSION_PUT);
    sql_bind_text(&q, s->key);
    sql_bind_text(&q, s->data);
    sql_bind_time(&q, s->expires);
    return sql_exec(&q);
}

enum db_rc db_session_touch(struct db *db, struct str key, usec_t expires)
{
    struct query q = sql_query(db, SQL_SESSION_TOUCH);
    sql_bind_time(&q, expires);
    sql_bind_text(&q, key);
    return sql_exec_some(&q);
}

enum db_rc db_session_list(struct db *db, usec_t now, session_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_SESSION_LIST);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_time(&q, now);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        struct session s;
        s.key = sql_col_text(&q, db->scratch);
        s.data = sql_col_text(&q, db->scratch);
        s.expires = sql_col_time(&q);
        if (sql_readable(&q, 0))
            more = row(ctx, &s);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_session_delete(struct db *db, struct str key)
{
    struct query q = sql_query(db, SQL_SESSION_DELETE);
    sql_bind_text(&q, key);
    return sql_exec(&q);
}

/* ---------------------------------------------------------------- grants, settings */
/* A growing list in the arena. */
struct texts {
    struct str *v;
    size_t n, room;
};

static void texts_add(struct arena *a, struct texts *t, struct str s)
{
    t->v = arena_room(a, t->v, t->n, &t->room, sizeof *t->v);
    t->v[t->n++] = s;
}

static enum db_rc read_readable(struct db *db, struct arena *a, int64_t user, struct texts *out)
{
    struct query q = sql_query(db, SQL_GRANTS_READABLE);
    sql_bind_int(&q, user);
    enum db_rc rc;
    while ((rc = sql_step(&q)) == DB_OK) {
        struct str owner = sql_col_text(&q, a);
        struct str device = sql_col_text(&q, a);
        if (sql_readable(&q, user))
            texts_add(a, out, arena_concat(a, (struct str[]){ owner, STR("/"), device, STR_NULL }));
    }
    return rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc read_commandable(struct db *db, struct arena *a, int64_t user, struct texts *out)
{
    struct query q = sql_query(db, SQL_GRANTS_COMMANDABLE);
    sql_bind_int(&q, user);
    enum db_rc rc;
    while ((rc = sql_step(&q)) == DB_OK) {
        struct str name = sql_col_text(&q, a);
        if (sql_readable(&q, user))
            texts_add(a, out, name);
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_grants_version(struct db *db, int64_t *version)
{
    struct query q = sql_query(db, SQL_GRANTS_VERSION);

    return sql_one_int(&q, version);
}

enum db_rc db_user_grants(struct db *db, struct arena *a, struct str username,
                          struct topic_grants *out)
{
    struct texts readable = { 0 }, commandable = { 0 };
    struct query q = sql_query(db, SQL_GRANTS_USER);
    sql_bind_text(&q, username);
    enum db_rc rc = sql_step(&q);
    if (rc != DB_OK)
        return rc;
    int64_t id = sql_col_int(&q);
    *out = (struct topic_grants){ 0 };
    out->active = sql_col_bool(&q);
    out->superuser = sql_col_bool(&q);
    sql_end(&q);
    rc = read_readable(db, a, id, &readable);
    if (rc == DB_OK)
        rc = read_commandable(db, a, id, &commandable);
    out->readable = readable.v;
    out->readable_count = readable.n;
    out->commandable = commandable.v;
    out->commandable_count = commandable.n;
    return rc;
}

enum db_rc db_quality(struct db *db, struct quality *out)
{
    *out = (struct quality){ false, 100 }; /* the reference's defaults */
    struct query q = sql_query(db, SQL_QUALITY);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->enabled = sql_col_bool(&q);
        out->metres = sql_col_int(&q);
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_quality_set(struct db *db, const struct quality *quality)
{
    struct query q = sql_query(db, SQL_QUALITY_SET);

    sql_bind_bool(&q, quality->enabled);
    sql_bind_int(&q, quality->metres);
    return sql_exec(&q);
}
