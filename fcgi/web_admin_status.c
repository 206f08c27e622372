/* Administrators' pages that scripts fill: static/app/status.ts, static/app/data.ts. */
#include "handlers.h"
#include "templates.h"
#include "web.h"

/* How everything is. */
int admin_status_page(struct request *r)
{
    struct status_view view = { .page = web_view(r, STR("Status"), true),
                                .geocoder = config_str(r->app->config, CFG_GEOCODER_URL) };

    web_page(r, 200);
    tmpl_admin_status(&r->reply.body, &view);
    return 0;
}

/* What is stored. */
int admin_data_page(struct request *r)
{
    struct page_view view = web_view(r, STR("Data"), true);

    web_page(r, 200);
    tmpl_admin_data(&r->reply.body, &view);
    return 0;
}
