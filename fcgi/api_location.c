/* One location: read, rewrite, delete; the latest of each device. */
#include "api.h"
#include "db/browse.h"
#include "db/locations.h"
#include "handlers.h"
#include "ingest_http.h"
#include "lib/represent.h"

static int no_location(struct request *r)
{
    return api_detail(r, 404, STR("No Location matches the given query."));
}

/* The row of the path. *replied: it is not there, or not this user's to change. */
static int find(struct request *r, bool to_write, struct location *out, bool *replied)
{
    bool may_write;
    int64_t id;
    enum db_rc rc;

    *replied = true;
    if (!api_row_id(r->arg[0], &id)) {
        return no_location(r);
    }
    rc = db_location_get(r->app->db, r->arena, api_viewer(r), id, out, &may_write);
    if (rc == DB_NONE) {
        return no_location(r);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (to_write && !may_write) {
        return 403; /* a share lets one see, not change (H-08) */
    }
    *replied = false;
    return 0;
}

int location_get(struct request *r)
{
    struct location l;
    bool replied;
    int status = find(r, false, &l, &replied);

    if (status == 0 && !replied) {
        represent_location(api_begin(r, 200), &l);
    }
    return status;
}

/* The device that a rewritten location goes to: the one that it has, one that this user may write,
   or a new one of this user. */
static enum ingest_result target(struct request *r, const struct location *l,
                                 const struct ot_http *http, struct device *out)
{
    struct sender s = report_sender(r);
    enum db_rc rc = db_device_by_id(r->app->db, r->arena, l->device_id, out);

    if (rc == DB_OK && str_eq(out->device_id, http->device_id)) {
        return INGEST_STORED;
    }
    if (r->who.user.is_staff) {
        rc = db_device_find(r->app->db, r->arena, api_viewer(r), http->device_id, out);
        if (rc == DB_OK || rc == DB_CONFLICT) {
            return rc == DB_OK ? INGEST_STORED : INGEST_AMBIGUOUS;
        }
    }
    return ingest_device(r->app->db, r->arena, &s, http->topic_user, http->device_id, true, out);
}

static int store_rewrite(struct request *r, const struct location *l, const struct ot_http *http)
{
    struct sender s = report_sender(r);
    struct device d;
    enum db_rc rc = db_begin(r->app->db);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    switch (target(r, l, http, &d)) {
    case INGEST_STORED:
        rc = ingest_rewrite(r->app->db, r->arena, l->id, &s, &d, &http->fix);
        break;
    case INGEST_AMBIGUOUS:
        db_rollback(r->app->db);
        return api_device_error(r, http->device_id, DB_CONFLICT);
    case INGEST_BUSY:
        rc = DB_BUSY;
        break;
    default:
        rc = DB_FAIL;
    }
    rc = db_end(r->app->db, rc);
    return rc == DB_OK ? 0 : rc == DB_NONE ? 404 : error_of_db(rc);
}

int location_rewrite(struct request *r)
{
    struct viewer everything = { .is_staff = true }; /* it may have gone out of this user's sight */
    struct ot_errors errors = { .n = 0 };
    struct ot_http http;
    struct location l;
    bool replied, may_write;
    int status = find(r, true, &l, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    if (!report_fields(r, r->json != NULL ? r->json : jval_object(r->arena), &http, &errors)) {
        return api_field_errors(r, &errors);
    }
    status = store_rewrite(r, &l, &http);
    if (status != 0 || r->reply.status != 0) {
        return status;
    }
    enum db_rc rc = db_location_get(r->app->db, r->arena, everything, l.id, &l, &may_write);
    if (rc != DB_OK) {
        return rc == DB_NONE ? no_location(r) : error_of_db(rc);
    }
    represent_location(api_begin(r, 200), &l);
    return 0;
}

/* The reference leaves a device without its latest position then; with ?latest=before the one
   before takes its place. */
static enum db_rc remove_row(struct request *r, int64_t id)
{
    const struct remover by = api_remover(r);
    int64_t n;

    if (!str_eqz(request_query(r, STR("latest")), "before")) {
        return db_location_delete(r->app->db, &by, id);
    }
    enum db_rc rc = db_browse_remove(r->app->db, BROWSE_LOCATIONS, &by, &id, 1, &n);
    return rc == DB_OK && n == 0 ? DB_NONE : rc;
}

int location_delete(struct request *r)
{
    struct location l;
    bool replied;
    int status = find(r, true, &l, &replied);

    if (status != 0 || replied) {
        return status;
    }
    switch (remove_row(r, l.id)) {
    case DB_OK:
        return api_empty(r, 204);
    case DB_NONE:
        return no_location(r);
    case DB_BUSY:
        return 503;
    default:
        return 500;
    }
}

/* ids of ?device=, which may be repeated. Blank names no device. */
static int chosen_devices(struct request *r, int64_t **ids, size_t *n, bool *replied)
{
    const struct pair *pairs;
    size_t count = request_query_pairs(r, &pairs);
    struct device d;

    *n = 0;
    *ids = ARENA_ARRAY(r->arena, count, int64_t);
    for (size_t i = 0; i < count; i++) {
        if (!str_eqz(pairs[i].name, "device")) {
            continue;
        }
        enum db_rc rc = db_device_find(r->app->db, r->arena, api_viewer(r), pairs[i].value, &d);
        if (rc != DB_OK) {
            *replied = true;
            return api_device_error(r, pairs[i].value, rc);
        }
        (*ids)[(*n)++] = d.id;
    }
    return 0;
}

int location_last_known(struct request *r)
{
    struct json *j;
    bool replied = false;
    int64_t *ids;
    size_t n;
    int status = chosen_devices(r, &ids, &n, &replied);

    if (status != 0 || replied) {
        return status;
    }
    reply_prepare(r);
    j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    enum db_rc rc = db_location_last_known(r->app->db, api_viewer(r), ids, n, location_row, r);
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}
