/* Devices as one user sees them. */
#include "api.h"
#include "db/locations.h"
#include "handlers.h"
#include "lib/represent.h"

/* Not printf: an id from a query may hold any byte, also NUL. */
static struct str quoted(struct request *r, struct str before, struct str id, struct str after)
{
    return arena_concat(r->arena, (struct str[]){ before, id, after, STR_NULL });
}

int api_device_error(struct request *r, struct str key, enum db_rc rc)
{
    switch (rc) {
    case DB_NONE:
        return api_error(
            r, 404,
            quoted(r, STR("Expected valid device ID, got '"), key, STR("' which does not exist")));
    case DB_CONFLICT:
        return api_error(
            r, 400, quoted(r, STR("Ambiguous device ID '"), key, STR("'; use owner/device_id")));
    default:
        return error_of_db(rc);
    }
}

static bool device_row(void *ctx, const struct device *d)
{
    struct request *r = ctx;

    represent_device(&r->reply.json, d);
    return buf_ok(&r->reply.body);
}

int device_list(struct request *r)
{
    struct viewer v = api_viewer(r);
    struct page page;
    int64_t count;
    enum db_rc rc = db_device_count(r->app->db, v, &count);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    reply_prepare(r);
    page_read(r, &page);
    page_head(r, api_begin(r, 200), &page, count);
    rc = db_device_list(r->app->db, r->arena, v, page.limit, page_skip(&page), device_row, r);
    json_end(&r->reply.json);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int api_device_of_path(struct request *r, struct device *out, bool *replied)
{
    struct db *db = r->app->db;
    struct viewer v = api_viewer(r);
    struct str id = r->arg[0], owner = request_query(r, STR("owner"));
    enum db_rc rc = str_is_null(owner) ? db_device_find(db, r->arena, v, id, out)
                                       : db_device_find_of(db, r->arena, v, owner, id, out);

    *replied = rc != DB_OK;
    if (rc == DB_NONE) {
        return api_detail(r, 404, STR("No Device matches the given query."));
    }
    return rc == DB_OK ? 0 : api_device_error(r, id, rc);
}

bool api_may_change(const struct request *r, const struct device *d)
{
    return r->who.user.is_staff || d->owner_id == r->who.user.id;
}

int api_not_owner(struct request *r)
{
    return api_detail(r, 403, STR("Only the owner of the device may do this."));
}

int device_get(struct request *r)
{
    struct device d;
    bool replied;
    int status = api_device_of_path(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = db_device_count_seen(r->app->db, api_viewer(r), &d);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    represent_device(api_begin(r, 200), &d);
    return 0;
}

int device_locations(struct request *r)
{
    struct device d;
    bool replied;
    int status = api_device_of_path(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    struct location_query q = { .viewer = api_viewer(r),
                                .device_id = d.id,
                                .order = ORDER_FIX_DESC };
    return location_page(r, &q);
}
