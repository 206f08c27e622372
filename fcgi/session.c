#include "session.h"

#include "db/login.h"
#include "errors.h"
#include "lib/log.h"
#include "lib/signing.h"
#include "router.h"

#include <assert.h>

#define KEY_MIN 8u                      /* Django takes no shorter one */
#define KEY_MAX 40u                     /* width of the column */
#define OWN_AGE_MAX INT64_C(3155760000) /* 100 years: a longer expiry of its own is no number */

int session_read(struct request *r)
{
    struct web_session *s = &r->session;
    struct session row;
    struct str key;

    if (s->state != SESSION_UNREAD) {
        return 0;
    }
    s->state = SESSION_NONE;
    key = request_cookie(r, STR("sessionid"));
    s->cookie_came = !str_is_null(key);
    if (key.n < KEY_MIN || key.n > KEY_MAX) {
        return 0;
    }
    enum db_rc rc = db_session_get(r->app->db, r->arena, key, &row);
    if (rc == DB_NONE || (rc == DB_OK && row.expires <= r->now)) {
        return 0;
    }
    if (rc != DB_OK) {
        s->state = SESSION_UNREAD;
        return error_of_db(rc);
    }
    s->state = SESSION_LIVE;
    s->key = row.key;
    s->stored_until = row.expires;
    s->data = session_decode(r->arena, r->app->secret, row.data);
    if (s->data == NULL) {
        s->data = jval_object(r->arena);
        s->changed = true;
    }
    return 0;
}

/* Ends a session whose password has changed. When the row cannot be deleted now, it will be at its
   next use. */
static void drop(struct request *r)
{
    struct db *db = r->app->db;

    if (db_begin(db) == DB_OK) {
        if (session_flush(r) != DB_OK || db_commit(db) != DB_OK) {
            db_rollback(db);
        }
    }
    r->session.state = SESSION_NONE;
}

int session_user(struct request *r, struct user *out, bool *found)
{
    struct web_session *s = &r->session;
    enum login_state state;

    *found = false;
    if (s->state != SESSION_LIVE) {
        return 0;
    }
    enum db_rc rc = db_login_state(r->app->db, r->arena, r->app->secret, s->data, &state, out);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (state == LOGIN_STALE) {
        drop(r);
    }
    *found = state == LOGIN_GOOD;
    return 0;
}

/* Seconds until it expires. A session may carry its own expiry (Django's set_expiry): a number of
   seconds, 0 for "until the browser closes", or a time. */
static int64_t age_of(struct request *r, bool *until_closed)
{
    const struct jval *own = jval_get(r->session.data, SESSION_EXPIRY_KEY);
    int64_t n;
    usec_t t;

    *until_closed = false;
    if (own != NULL && own->type == J_INT && num_json_int(own->text, &n) == NUM_OK &&
        n < OWN_AGE_MAX && n > -OWN_AGE_MAX) {
        *until_closed = n == 0;
        return n == 0 ? SESSION_AGE : n;
    }
    if (own != NULL && own->type == J_STR && clock_from_iso(own->text, &t)) {
        return clock_sec(t - r->now);
    }
    return SESSION_AGE;
}

static usec_t expiry_of(struct request *r)
{
    bool until_closed;

    return r->now + age_of(r, &until_closed) * USEC_PER_SEC;
}

static enum db_rc put_row(struct request *r)
{
    struct web_session *s = &r->session;
    struct session row = {
        .key = s->key,
        .data = session_encode(r->arena, r->app->secret, s->data, clock_sec(r->now)),
        .expires = expiry_of(r),
    };
    enum db_rc rc = db_session_put(r->app->db, &row);

    if (rc == DB_OK) {
        s->stored_until = row.expires;
        s->changed = false;
        s->saved = true;
    }
    return rc;
}

enum db_rc session_flush(struct request *r)
{
    struct web_session *s = &r->session;
    enum db_rc rc = DB_OK;

    if (s->state == SESSION_LIVE) {
        rc = db_session_delete(r->app->db, s->key);
        s->state = SESSION_NONE;
    }
    return rc == DB_NONE ? DB_OK : rc;
}

/* Does the session belong to this user already, under the present password? */
static bool goes_on(struct request *r, const struct user *u)
{
    enum login_state state;
    struct user owner;

    return r->session.state == SESSION_LIVE &&
           db_login_state(r->app->db, r->arena, r->app->secret, r->session.data, &state, &owner) ==
               DB_OK &&
           state == LOGIN_GOOD && owner.id == u->id;
}

/* Ties the session to the present password. */
static void set_hash(struct request *r, const struct user *u)
{
    struct str hash = session_auth_hash(r->arena, r->app->secret, u->password);

    jval_set(r->arena, r->session.data, SESSION_HASH_KEY, jval_text(r->arena, hash));
}

enum db_rc session_login(struct request *r, const struct user *u)
{
    struct web_session *s = &r->session;
    struct arena *a = r->arena;
    struct jval *data = jval_object(a);
    struct str key = session_new_key(a);

    assert(s->state != SESSION_UNREAD);
    if (goes_on(r, u)) {
        data = s->data;
        key = s->key;
    } else if (s->state == SESSION_LIVE) {
        /* What an anonymous visitor had is carried over, another user's things are not. */
        if (jval_nothing(jval_get(s->data, SESSION_USER_KEY))) {
            data = s->data;
        }
        enum db_rc rc = session_flush(r);
        if (rc != DB_OK) {
            return rc;
        }
    }
    s->state = SESSION_LIVE;
    s->key = key;
    s->data = data;
    jval_set(a, data, SESSION_USER_KEY, jval_text(a, arena_printf(a, "%lld", (long long)u->id)));
    jval_set(a, data, SESSION_BACKEND_KEY, jval_text(a, SESSION_BACKEND));
    set_hash(r, u);
    return put_row(r);
}

enum db_rc session_renew(struct request *r, const struct user *u)
{
    struct web_session *s = &r->session;
    enum db_rc rc;

    if (s->state != SESSION_LIVE) {
        return DB_OK;
    }
    rc = session_flush(r);
    if (rc == DB_OK) {
        s->state = SESSION_LIVE;
        s->key = session_new_key(r->arena);
        set_hash(r, u);
        rc = put_row(r);
    }
    return rc;
}

/* The expiry alone; only when it moves far enough, so that a busy map does not write at each
   request (H-45). */
static enum db_rc slide(struct request *r)
{
    struct web_session *s = &r->session;
    usec_t until = expiry_of(r);
    usec_t moved = until > s->stored_until ? until - s->stored_until : s->stored_until - until;

    if (moved < r->app->session_touch * USEC_PER_SEC) {
        return DB_OK;
    }
    return db_session_touch(r->app->db, s->key, until);
}

void session_settle(struct request *r)
{
    struct web_session *s = &r->session;
    struct db *db = r->app->db;

    if (s->saved || (r->route != NULL && r->route->auth == AUTH_BASIC) || session_read(r) != 0) {
        return;
    }
    s->saved = true;
    if (s->state != SESSION_LIVE || db_begin(db) != DB_OK) {
        return;
    }
    enum db_rc rc = s->changed ? put_row(r) : slide(r);
    if (rc == DB_NONE) {
        s->state = SESSION_NONE; /* signed out elsewhere in the meantime */
    } else if (rc != DB_OK) {
        db_rollback(db);
        return;
    }
    if (db_commit(db) != DB_OK) {
        log_warning("session-not-saved", LOG_S("path", r->raw_path));
    }
}

struct str session_cookie(struct request *r)
{
    struct web_session *s = &r->session;
    struct str secure = r->app->debug ? STR("") : STR("; Secure");
    char when[CLOCK_TEXT];
    bool until_closed;

    if (s->state == SESSION_NONE && s->cookie_came) {
        return STR("sessionid=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; "
                   "SameSite=Lax");
    }
    if (s->state != SESSION_LIVE) {
        return STR_NULL;
    }
    int64_t age = age_of(r, &until_closed);
    if (until_closed) {
        return arena_printf(r->arena, "sessionid=%.*s; HttpOnly; Path=/; SameSite=Lax%.*s",
                            STR_FMT(s->key), STR_FMT(secure));
    }
    clock_http(r->now + age * USEC_PER_SEC, when);
    return arena_printf(r->arena,
                        "sessionid=%.*s; expires=%s; HttpOnly; Max-Age=%lld; Path=/; "
                        "SameSite=Lax%.*s",
                        STR_FMT(s->key), when, (long long)age, STR_FMT(secure));
}
