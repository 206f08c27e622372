/* Devices that one lets a friend see. */
#include "api.h"
#include "db/account.h"
#include "db/friends.h"
#include "handlers.h"
#include "lib/represent.h"

static bool share_row(void *ctx, const struct share *s)
{
    struct request *r = ctx;

    represent_share(&r->reply.json, s);
    return buf_ok(&r->reply.body);
}

static int no_friend(struct request *r)
{
    return api_error(r, 403, STR("No accepted friendship with this user"));
}

/* The friend of the path. */
static int find_friend(struct request *r, int64_t *id, bool *replied)
{
    struct user other;
    enum db_rc rc = DB_NONE;

    *replied = true;
    if (api_row_id(r->arg[0], id)) {
        rc = db_user_by_id(r->app->db, r->arena, *id, &other);
    }
    if (rc == DB_NONE) {
        return api_error(r, 404, STR("Not found"));
    }
    if (rc == DB_OK) {
        rc = db_friends(r->app->db, r->who.user.id, *id);
    }
    if (rc == DB_NONE) {
        return no_friend(r);
    }
    *replied = false;
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int share_list(struct request *r)
{
    int64_t other;
    bool replied;
    int status = find_friend(r, &other, &replied);
    enum db_rc rc;

    if (status != 0 || replied) {
        return status;
    }
    reply_prepare(r);
    json_array(api_begin(r, 200));
    rc = db_share_list(r->app->db, r->who.user.id, other, share_row, r);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int share_create(struct request *r)
{
    struct share s;
    struct str device_id;
    int64_t other;
    bool replied, made;
    int status;
    enum db_rc rc;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    status = find_friend(r, &other, &replied);
    if (status != 0 || replied) {
        return status;
    }
    device_id = api_member_text(r, "device_id");
    if (device_id.n == 0) {
        return api_error(r, 400, STR("device_id is required"));
    }
    rc = db_share_add(r->app->db, r->arena, r->who.user.id, other, device_id, r->now, &made, &s);
    switch (rc) {
    case DB_OK:
        represent_share(api_begin(r, made ? 201 : 200), &s);
        return 0;
    case DB_NONE:
        return api_error(r, 403, STR("Device not found or not owned by you"));
    case DB_CONFLICT:
        return no_friend(r);
    default:
        return error_of_db(rc);
    }
}

int share_delete(struct request *r)
{
    int64_t other;
    bool replied;
    int status = find_friend(r, &other, &replied);
    enum db_rc rc;

    if (status != 0 || replied) {
        return status;
    }
    rc = db_share_remove(r->app->db, r->who.user.id, other, r->arg[1]);
    return api_deleted(r, rc);
}
