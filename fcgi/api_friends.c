/* Friends, and people who might become some. */
#include "api.h"
#include "db/friends.h"
#include "handlers.h"
#include "lib/represent.h"
#include "lib/username.h"
#include "lib/utf8.h"

#define SEARCH_MIN_STRICT 2 /* characters; the reference looks for one (security.md H-12) */

static bool friend_row(void *ctx, const struct user *u)
{
    struct request *r = ctx;

    represent_friend(&r->reply.json, u);
    return buf_ok(&r->reply.body);
}

static bool name_row(void *ctx, const struct user *u)
{
    struct request *r = ctx;

    represent_user_name(&r->reply.json, u);
    return buf_ok(&r->reply.body);
}

int friend_list(struct request *r)
{
    enum db_rc rc;

    reply_prepare(r);
    json_array(api_begin(r, 200));
    rc = db_friend_list(r->app->db, r->who.user.id, friend_row, r);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int friend_end(struct request *r)
{
    int64_t other;
    enum db_rc rc = DB_NONE;

    if (api_row_id(r->arg[0], &other)) {
        rc = db_friend_end(r->app->db, r->who.user.id, other);
    }
    return api_deleted(r, rc);
}

int friend_search(struct request *r)
{
    struct str q = request_query(r, STR("q"));
    size_t least = r->app->strict ? SEARCH_MIN_STRICT : 1, n;
    enum db_rc rc = DB_OK;

    q = str_is_null(q) ? STR("") : utf8_strip(q);
    n = utf8_length(q);
    reply_prepare(r);
    json_array(api_begin(r, 200));
    if (n >= least && n <= USERNAME_MAX) {
        rc = db_friend_search(r->app->db, r->who.user.id, q, name_row, r);
    }
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}
