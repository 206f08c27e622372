/* /api/removed/: positions that somebody removed and that can still be brought back, or be
 * forgotten for good. For the owner of the device and for staff, as removing them. */
#include "api.h"
#include "db/removed.h"
#include "handlers.h"
#include "lib/log.h"

#define LISTED 200

static bool list_row(void *ctx, const struct removal *m)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;
    char until[CLOCK_TEXT];

    json_object(j);
    json_k(j, "id");
    json_int(j, m->id);
    json_k(j, "device_id");
    json_str(j, m->device_id);
    json_k(j, "owner");
    json_str(j, m->owner);
    json_k(j, "count");
    json_int(j, m->count);
    api_put_time(j, "first", (struct opt_usec){ true, m->first });
    api_put_time(j, "last", (struct opt_usec){ true, m->last });
    api_put_time(j, "removed_at", (struct opt_usec){ true, m->removed_at });
    json_k(j, "kept_until");
    usec_t end = m->removed_at + INT64_C(86400) * REMOVED_DAYS * USEC_PER_SEC;
    json_str(j, (struct str){ until, clock_iso_z(end, until) });
    json_end(j);
    return buf_ok(j->out);
}

int removed_list(struct request *r)
{
    struct viewer v = api_viewer(r);

    /* Staff see all, or with ?mine=1 those of their own devices. */
    v.is_staff = v.is_staff && !str_eqz(request_query(r, STR("mine")), "1");
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    enum db_rc rc = db_removal_list(r->app->db, v, LISTED, list_row, r);
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
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
        return api_error(r, 404, STR("Nothing that was removed is kept there"));
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int say(struct request *r, const char *key, const char *event, enum db_rc rc, int64_t n)
{
    if (n > 0) {
        log_info(event, LOG_S("by", r->who.user.username), LOG_I("n", n));
    }
    if (rc == DB_NONE) {
        return api_error(r, 404, STR("Nothing that was removed is kept there"));
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
