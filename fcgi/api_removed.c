/* /api/removed/: positions and places that somebody removed and that can still be brought back, or
   be forgotten for good. For whose they were (of positions: the owner of the device) and for staff.
 */
#include "api.h"
#include "db/removed_places.h"
#include "handlers.h"
#include "lib/log.h"

#define LISTED 200

/* Staff see all, or with ?mine=1 what was their own. */
static struct viewer viewer_of(struct request *r)
{
    struct viewer v = api_viewer(r);

    v.is_staff = v.is_staff && !str_eqz(request_query(r, STR("mine")), "1");
    return v;
}

static void put_times(struct json *j, usec_t removed_at)
{
    api_put_time(j, "removed_at", (struct opt_usec){ true, removed_at });
    api_put_time(j, "kept_until", (struct opt_usec){ true, removed_at + REMOVED_KEPT });
}

static void begin_list(struct request *r)
{
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
}

static int end_list(struct request *r, enum db_rc rc)
{
    json_end(&r->reply.json);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int nothing_kept(struct request *r)
{
    return api_error(r, 404, STR("Nothing that was removed is kept there"));
}

/* ---- positions */

static bool list_row(void *ctx, const struct removal *m)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;

    json_object(j);
    json_put_int(j, "id", m->id);
    json_put_str(j, "device_id", m->device_id);
    json_put_str(j, "owner", m->owner);
    json_put_int(j, "count", m->count);
    api_put_time(j, "first", (struct opt_usec){ true, m->first });
    api_put_time(j, "last", (struct opt_usec){ true, m->last });
    put_times(j, m->removed_at);
    json_end(j);
    return buf_ok(j->out);
}

int removed_list(struct request *r)
{
    begin_list(r);
    return end_list(r, db_removal_list(r->app->db, viewer_of(r), LISTED, list_row, r));
}

/* Is the removal there, of a device that the asker may change? Else replied. */
static int allowed(struct request *r, int64_t removal, bool *replied)
{
    struct device d;
    int64_t device;
    enum db_rc rc = db_removal_device(r->app->db, removal, &device);

    if (rc == DB_OK) {
        rc = db_device_by_id(r->app->db, r->arena, device, &d);
    }
    *replied = rc == DB_NONE || (rc == DB_OK && !api_may_change(r, &d));
    if (*replied) { /* whose it is not, learns nothing */
        return nothing_kept(r);
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int say(struct request *r, const char *key, const char *event, enum db_rc rc, int64_t n)
{
    if (n > 0) {
        log_info(event, LOG_S("by", r->who.user.username), LOG_I("n", n));
    }
    if (rc == DB_NONE) {
        return nothing_kept(r);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    return api_number(r, key, n);
}

static int restore(struct request *r, int64_t removal, int64_t location)
{
    bool replied;
    int64_t n = 0;
    int status = allowed(r, removal, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = db_removal_restore(r->app->db, removal, location, &n);
    return say(r, "restored", "positions-restored", rc, n);
}

int removed_restore(struct request *r)
{
    int64_t id;

    return restore(r, api_row_id(r->arg[0], &id) ? id : 0, 0);
}

int removed_forget(struct request *r)
{
    bool replied;
    int64_t id, n = 0;
    int status = allowed(r, api_row_id(r->arg[0], &id) ? id : 0, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = db_removal_forget(r->app->db, id, &n);
    return say(r, "forgotten", "positions-forgotten", rc, n);
}

int location_restore(struct request *r)
{
    int64_t id, removal = 0;

    if (!api_row_id(r->arg[0], &id)) {
        id = 0;
    }
    enum db_rc rc = db_removal_of_location(r->app->db, id, &removal);
    return rc == DB_OK || rc == DB_NONE ? restore(r, removal, id) : error_of_db(rc);
}

/* ---- places */

static bool list_place(void *ctx, const struct removed_place *p)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;

    json_object(j);
    json_put_int(j, "id", p->id);
    json_put_str(j, "label", p->label);
    json_put_str(j, "owner", p->owner);
    json_put_int(j, "rules", p->rules);
    put_times(j, p->removed_at);
    json_end(j);
    return buf_ok(j->out);
}

int removed_places_list(struct request *r)
{
    begin_list(r);
    return end_list(r, db_removed_place_list(r->app->db, viewer_of(r), LISTED, list_place, r));
}

static int done(struct request *r, enum db_rc rc, const char *key, const char *event, int64_t id)
{
    if (rc == DB_CONFLICT) {
        return api_error(r, 409, STR("A phone has told of this place since: it is there again."));
    }
    if (rc == DB_NONE) {
        return nothing_kept(r);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    log_info(event, LOG_S("by", r->who.user.username), LOG_I("place", id));
    return api_number(r, key, 1);
}

int removed_place_restore(struct request *r)
{
    int64_t id = 0;
    enum db_rc rc = api_row_id(r->arg[0], &id)
                        ? db_removed_place_restore(r->app->db, api_viewer(r), id)
                        : DB_NONE;

    return done(r, rc, "restored", "place-restored", id);
}

int removed_place_forget(struct request *r)
{
    int64_t id = 0;
    enum db_rc rc = api_row_id(r->arg[0], &id)
                        ? db_removed_place_forget(r->app->db, api_viewer(r), id)
                        : DB_NONE;

    return done(r, rc, "forgotten", "place-forgotten", id);
}
