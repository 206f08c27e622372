/* Requests of friendship. */
#include "api.h"
#include "db/account.h"
#include "db/friends.h"
#include "db/outbox.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/represent.h"
#include "lib/utf8.h"

static bool request_row(void *ctx, const struct friend_request *f)
{
    struct request *r = ctx;

    represent_friend_request(&r->reply.json, f);
    return buf_ok(&r->reply.body);
}

static int show(struct request *r, int status, const struct friend_request *f)
{
    represent_friend_request(api_begin(r, status), f);
    return 0;
}

int friend_requests(struct request *r)
{
    struct json *j;
    enum db_rc rc = DB_OK;

    reply_prepare(r);
    j = api_begin(r, 200);
    json_object(j);
    for (int sent = 0; sent <= 1 && rc == DB_OK; sent++) {
        json_key(j, sent ? STR("sent") : STR("received"));
        json_array(j);
        rc = db_friend_requests(r->app->db, r->who.user.id, sent != 0, request_row, r);
        json_end(j);
    }
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int asked(struct request *r, enum friend_asked what, const struct friend_request *f)
{
    switch (what) {
    case FRIEND_ALREADY:
        return api_error(r, 409, STR("Already friends"));
    case FRIEND_PENDING:
        return api_error(r, 409, STR("A pending request already exists"));
    case FRIEND_ACCEPTED:
        return show(r, 200, f);
    case FRIEND_ASKED:
    default:
        if (db_outgoing(r->app->db)) {
            app_wake(r->app, true);
        }
        log_info("friend-asked", LOG_S("by", f->from_user), LOG_S("user", f->to_user));
        return show(r, 201, f);
    }
}

static bool wants_back(const struct request *r)
{
    return r->json != NULL && jval_truthy(jval_getz(r->json, "auto_accept_reciprocal"));
}

int friend_ask(struct request *r)
{
    struct friend_request f;
    struct user other;
    struct str name;
    enum friend_asked what;
    enum db_rc rc;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    name = utf8_strip(api_member_text(r, "username"));
    if (name.n == 0) {
        return api_error(r, 400, STR("username is required"));
    }
    rc = db_user_by_name(r->app->db, r->arena, name, &other);
    if (rc == DB_OK && other.id == r->who.user.id) {
        return api_error(r, 400, STR("Cannot send a request to yourself"));
    }
    if (rc == DB_OK) {
        rc = db_friend_ask(r->app->db, r->arena, r->who.user.id, other.id, wants_back(r),
                           config_int(r->app->config, CFG_MAIL_RATE), r->now, &what, &f);
    }
    if (rc == DB_NONE) {
        return api_error(r, 404, STR("User not found"));
    }
    return rc == DB_OK ? asked(r, what, &f) : error_of_db(rc);
}

static int answer(struct request *r, bool accept, bool back)
{
    struct friend_request f;
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (api_row_id(r->arg[0], &id)) {
        rc = db_friend_answer(r->app->db, r->arena, r->who.user.id, id, accept, back, r->now, &f);
    }
    switch (rc) {
    case DB_OK:
        return show(r, 200, &f);
    case DB_NONE:
        return api_error(r, 404, STR("Not found"));
    case DB_CONFLICT:
        return api_error(r, 400, STR("Request is not pending"));
    default:
        return error_of_db(rc);
    }
}

int friend_accept(struct request *r)
{
    return r->json != NULL && r->json->type != J_OBJECT ? api_not_object(r, r->json)
                                                        : answer(r, true, wants_back(r));
}

int friend_decline(struct request *r)
{
    return answer(r, false, false);
}

int friend_cancel(struct request *r)
{
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (api_row_id(r->arg[0], &id)) {
        rc = db_friend_cancel(r->app->db, r->who.user.id, id);
    }
    return api_deleted(r, rc);
}
