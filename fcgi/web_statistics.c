/* The statistics page; static/app/statistics.ts fills it. */
#include "db/account.h"
#include "errors.h"
#include "handlers.h"
#include "templates.h"
#include "web.h"

int statistics_page(struct request *r)
{
    struct quality quality = { 0 };
    enum db_rc rc = db_quality(r->app->db, &quality);

    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    struct statistics_view view = { .page = web_view(r, STR("Statistics"), true),
                                    .accuracy = quality.enabled ? quality.metres : 0 };
    web_page(r, 200);
    tmpl_statistics(&r->reply.body, &view);
    return 0;
}
