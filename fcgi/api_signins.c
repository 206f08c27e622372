/* /api/account/: one's own sign-ins, and the end of all other sessions. */
#include "api.h"
#include "db/account.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/signing.h"

#define ROWS 20
#define ENDED_MOST 10000 /* sessions of one user; who has more asks again */

void api_put_signin(struct json *j, const struct signin *s)
{
    json_k(j, "ok");
    json_bool(j, s->ok);
    json_k(j, "times");
    json_int(j, s->times);
    json_k(j, "way");
    json_str(j, s->way);
    json_k(j, "address");
    json_str(j, s->address);
    json_k(j, "agent");
    json_str(j, s->agent);
    api_put_time(j, "at", (struct opt_usec){ true, s->at });
}

static bool tell(void *ctx, const struct signin *s)
{
    struct json *j = ctx;

    json_object(j);
    api_put_signin(j, s);
    json_end(j);
    return true;
}

int signin_list(struct request *r)
{
    struct json *j = api_begin(r, 200);

    json_array(j);
    enum db_rc rc = db_signin_list(r->app->db, r->who.user.username, ROWS, tell, j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

/* ---- other sessions end */

struct ending {
    struct request *r;
    struct str user_id; /* as sessions hold it */
    struct str *keys;
    size_t n;
};

/* Whose a session is stands in its data alone. */
static bool note_own(void *ctx, const struct session *s)
{
    struct ending *e = ctx;
    struct arena *scratch = e->r->app->scratch;
    const struct jval *data = session_decode(scratch, e->r->app->secret, s->data);
    const struct jval *id = jval_get(data, SESSION_USER_KEY);
    bool current = e->r->who.by_session && str_eq(s->key, e->r->session.key);

    if (!current && id != NULL && str_eq(jval_py_str(scratch, id), e->user_id)) {
        e->keys[e->n++] = arena_dup(e->r->arena, s->key);
    }
    arena_reset(scratch);
    return e->n < ENDED_MOST;
}

static enum db_rc end_all(struct db *db, const struct ending *e)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK) {
        return rc;
    }
    for (size_t i = 0; i < e->n && (rc == DB_OK || rc == DB_NONE); i++) {
        rc = db_session_delete(db, e->keys[i]);
    }
    return db_end(db, rc == DB_NONE ? DB_OK : rc);
}

int sessions_end(struct request *r)
{
    struct ending e = { .r = r,
                        .user_id = arena_printf(r->arena, "%lld", (long long)r->who.user.id),
                        .keys = ARENA_ARRAY(r->arena, ENDED_MOST, struct str) };
    enum db_rc rc = db_session_list(r->app->db, r->now, note_own, &e);

    if (rc == DB_OK) {
        rc = end_all(r->app->db, &e);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    log_info("signed-out-everywhere", LOG_S("user", r->who.user.username),
             LOG_I("sessions", (int64_t)e.n));
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "ended");
    json_int(j, (int64_t)e.n);
    json_end(j);
    return 0;
}
