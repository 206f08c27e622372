/* /api/shares/: what one shares with whom and what is shared with one, with all limits. (The
 * reference's /api/friends/ID/shares/ knows shares without limits alone.) */
#include "api.h"
#include "db/shares.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/represent.h"

static void put_seconds(struct json *j, const char *key, struct opt_usec t)
{
    json_key(j, str_of(key));
    if (t.set) {
        json_int(j, clock_sec(t.t));
    } else {
        json_null(j);
    }
}

static const char *state_of(const struct shared *s)
{
    return s->counts ? "active" : s->limits.paused_at.set ? "paused" : "over";
}

/* with: the other one of the two. */
static void put_shared(struct request *r, const struct shared *s, const struct user *with)
{
    struct json *j = &r->reply.json;
    const struct share_limits *l = &s->limits;

    json_object(j);
    json_k(j, "person");
    represent_friend(j, with);
    json_k(j, "id");
    json_int(j, s->row_id);
    json_put_str(j, "device_id", s->device_id);
    json_put_str(j, "device_name",
                 device_display(r->app->scratch, s->owner.username, s->device_id));
    json_put_str(j, "name", s->name);
    json_put_str(j, "precision", l->area ? STR("area") : STR("exact"));
    json_put_str(j, "history", str_of(share_past_names[l->past]));
    put_seconds(j, "since", l->since);
    put_seconds(j, "expires_at", l->expires_at);
    json_put_str(j, "state", str_of(state_of(s)));
    put_seconds(j, "created_at", (struct opt_usec){ true, s->created_at });
    json_end(j);
    arena_reset(r->app->scratch);
}

static bool given_row(void *ctx, const struct shared *s)
{
    struct request *r = ctx;

    put_shared(r, s, &s->viewer);
    return buf_ok(&r->reply.body);
}

static bool received_row(void *ctx, const struct shared *s)
{
    struct request *r = ctx;

    put_shared(r, s, &s->owner);
    return buf_ok(&r->reply.body);
}

int limits_list(struct request *r)
{
    struct json *j;
    enum db_rc rc;

    reply_prepare(r);
    j = api_begin(r, 200);
    json_object(j);
    json_k(j, "given");
    json_array(j);
    rc = db_shares_given(r->app->db, r->who.user.id, given_row, r);
    json_end(j);
    json_k(j, "received");
    json_array(j);
    if (rc == DB_OK) {
        rc = db_shares_received(r->app->db, r->who.user.id, received_row, r);
    }
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

/* ---- changing */

/* A member of the body that is a time in Unix seconds; null and absent: none. */
static bool take_seconds(const struct jval *body, const char *key, struct opt_usec *out)
{
    const struct jval *v = jval_get(body, str_of(key));
    int64_t sec;

    *out = (struct opt_usec){ 0 };
    if (v == NULL || v->type == J_NULL) {
        return true;
    }
    if (v->type != J_INT || jval_py_int(v, &sec) != NUM_OK || sec < 0 || sec > CLOCK_MAX_SEC) {
        return false;
    }
    *out = (struct opt_usec){ true, sec * USEC_PER_SEC };
    return true;
}

/* A member that is one of the names (NULL at the end), the first without one. False: another. */
static bool take_name(const struct jval *body, const char *key, const char *const *names,
                      size_t *out)
{
    const struct jval *v = jval_get(body, str_of(key));

    *out = 0;
    if (v == NULL) {
        return true;
    }
    while (names[*out] != NULL && !(v->type == J_STR && str_eqz(v->text, names[*out]))) {
        ++*out;
    }
    return names[*out] != NULL;
}

/* NULL when all of it can be stored. */
static const char *read_limits(const struct jval *body, usec_t now, struct share_limits *l)
{
    static const char *const precisions[] = { "exact", "area", NULL };
    const struct jval *paused = jval_getz(body, "paused");
    size_t precision, past;

    if (!take_name(body, "precision", precisions, &precision)) {
        return "precision must be exact or area";
    }
    if (!take_name(body, "history", share_past_names, &past)) {
        return "history must be all, since or live";
    }
    if (!take_seconds(body, "since", &l->since) || (past == PAST_SINCE) != l->since.set) {
        return "since must be a time in Unix seconds, with history since alone";
    }
    if (!take_seconds(body, "expires_at", &l->expires_at) ||
        (l->expires_at.set && l->expires_at.t <= now)) {
        return "expires_at must be a time in Unix seconds that is to come, or null";
    }
    if (paused != NULL && paused->type != J_BOOL) {
        return "paused must be true or false";
    }
    l->area = precision == 1;
    l->past = (enum share_past)past;
    l->paused_at = (struct opt_usec){ paused != NULL && paused->b, now };
    return NULL;
}

static int show(struct request *r, int64_t other)
{
    reply_prepare(r);
    (void)api_begin(r, 200);
    enum db_rc rc = db_share_given(r->app->db, r->who.user.id, other, r->arg[1], given_row, r);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int limits_put(struct request *r)
{
    struct share_limits l;
    int64_t other;

    if (r->json == NULL || r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const char *wrong = read_limits(r->json, r->now, &l);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    if (!api_row_id(r->arg[0], &other)) {
        return api_error(r, 404, STR("Not found"));
    }
    enum db_rc rc = db_share_put(r->app->db, r->who.user.id, other, r->arg[1], &l, r->now);
    if (rc == DB_CONFLICT) {
        return api_error(r, 403, STR("No accepted friendship with this user"));
    }
    if (rc == DB_NONE) {
        return api_error(r, 403, STR("Device not found or not owned by you"));
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    log_info("share-changed", LOG_S("by", r->who.user.username), LOG_I("with", other),
             LOG_S("device", r->arg[1]));
    return show(r, other);
}
