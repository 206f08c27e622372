/* The REST API, for people. */
#include "handlers.h"
#include "templates.h"
#include "web.h"

int docs_page(struct request *r)
{
    struct page_view view = web_view(r, STR("REST API"), false);

    web_page(r, 200);
    tmpl_docs(&r->reply.body, &view);
    return 0;
}
