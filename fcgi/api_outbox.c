/* /api/admin/outbox/: what waits is sent now, or never. */
#include "api.h"
#include "db/stats.h"
#include "handlers.h"
#include "lib/log.h"

static int again(struct request *r, int64_t id)
{
    int64_t n = 0;
    enum db_rc rc = db_outbox_again(r->app->db, id, r->now, &n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (id != 0 && n == 0) {
        return api_error(r, 404, STR("Not found"));
    }
    log_info("outbox-again", LOG_S("by", r->who.user.username), LOG_I("id", id), LOG_I("n", n));
    app_wake(r->app, true);
    return api_number(r, "due", n);
}

int outbox_retry(struct request *r)
{
    int64_t id;

    return api_row_id(r->arg[0], &id) && id != 0 ? again(r, id)
                                                 : api_error(r, 404, STR("Not found"));
}

int outbox_retry_all(struct request *r)
{
    return again(r, 0);
}

int outbox_drop(struct request *r)
{
    int64_t id;

    if (!api_row_id(r->arg[0], &id)) {
        return api_error(r, 404, STR("Not found"));
    }
    enum db_rc rc = db_outbox_drop(r->app->db, id);
    if (rc == DB_OK) {
        log_info("outbox-dropped", LOG_S("by", r->who.user.username), LOG_I("id", id),
                 LOG_I("n", 1));
    }
    return api_deleted(r, rc);
}
