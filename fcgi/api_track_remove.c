/* DELETE /api/tracks/: the positions of a time are removed for good. For the owner of the device
 * and for staff. */
#include "api.h"
#include "data_filter.h"
#include "db/browse.h"
#include "handlers.h"
#include "track.h"

int track_remove(struct request *r)
{
    struct track_range range;
    int64_t n;
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
    enum db_rc rc = db_browse_remove_all(r->app->db, BROWSE_LOCATIONS, &f, &n);
    return data_removed(r, STR("locations"), rc, n);
}
