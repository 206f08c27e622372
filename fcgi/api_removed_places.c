/* /api/removed/places/: places that somebody removed, to be brought back or forgotten for good. For
 * whose they were, and for staff. */
#include "api.h"
#include "db/removed_places.h"
#include "handlers.h"
#include "lib/log.h"

#define LISTED 200

static bool list_row(void *ctx, const struct removed_place *p)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;
    usec_t end = p->removed_at + INT64_C(86400) * REMOVED_DAYS * USEC_PER_SEC;

    json_object(j);
    json_put_int(j, "id", p->id);
    json_k(j, "label");
    json_str(j, p->label);
    json_k(j, "owner");
    json_str(j, p->owner);
    json_put_int(j, "rules", p->rules);
    api_put_time(j, "removed_at", (struct opt_usec){ true, p->removed_at });
    api_put_time(j, "kept_until", (struct opt_usec){ true, end });
    json_end(j);
    return buf_ok(j->out);
}

int removed_places_list(struct request *r)
{
    struct viewer v = api_viewer(r);

    /* Staff see all, or with ?mine=1 their own. */
    v.is_staff = v.is_staff && !str_eqz(request_query(r, STR("mine")), "1");
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    enum db_rc rc = db_removed_place_list(r->app->db, v, LISTED, list_row, r);
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int done(struct request *r, enum db_rc rc, const char *key, const char *event, int64_t id)
{
    if (rc == DB_CONFLICT) {
        return api_error(r, 409, STR("A phone has told of this place since: it is there again."));
    }
    if (rc == DB_NONE) {
        return api_error(r, 404, STR("Nothing that was removed is kept there"));
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
