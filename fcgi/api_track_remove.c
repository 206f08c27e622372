/* DELETE /api/tracks/: the positions of a time are removed; for REMOVED_DAYS they can be brought
 * back (api_removed.c). For the owner of the device and for staff. */
#include "api.h"
#include "data_filter.h"
#include "db/browse.h"
#include "handlers.h"
#include "track.h"

static int say_removed(struct request *r, int64_t n, int64_t removal)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_k(j, "removed");
    json_int(j, n);
    json_k(j, "removal");
    if (removal != 0) {
        json_int(j, removal);
    } else {
        json_null(j);
    }
    json_end(j);
    return 0;
}

int track_remove(struct request *r)
{
    struct track_range range;
    int64_t n, removal = 0;
    int status;

    /* Nothing goes because a bound was forgotten. */
    if (request_query(r, STR("start")).n == 0 || request_query(r, STR("end")).n == 0) {
        return api_error(r, 400, STR("start and end are required"));
    }
    if (!track_range(r, &range, &status)) {
        return status;
    }
    if (!api_may_change(r, &range.device)) {
        return api_not_owner(r);
    }
    const struct browse_filter f = {
        .device_id = range.device.id,
        .from = { true, range.start * USEC_PER_SEC },
        .to = { true, range.end * USEC_PER_SEC + USEC_PER_SEC - 1 },
    };
    const struct remover by = api_remover(r);
    enum db_rc rc = db_browse_remove_all(r->app->db, BROWSE_LOCATIONS, &by, &f, &n);
    if (rc == DB_OK) {
        rc = db_removal_id(r->app->db, &by, range.device.id, &removal);
    }
    data_removed_log(r, STR("locations"), n);
    return rc == DB_OK ? say_removed(r, n, removal) : error_of_db(rc);
}
