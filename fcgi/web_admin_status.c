/* How everything is: a page that static/app/status.ts fills. */
#include "handlers.h"
#include "templates.h"
#include "web.h"

int admin_status_page(struct request *r)
{
    struct page_view view = web_view(r, STR("Status"), true);

    web_page(r, 200);
    tmpl_admin_status(&r->reply.body, &view);
    return 0;
}
