/* /s/: the page of a public link. The secret stands behind the #, which browsers keep to
 * themselves; the page's script sends it in a header. */
#include "handlers.h"
#include "templates.h"
#include "web.h"

int public_page(struct request *r)
{
    struct public_view v = {
        .page = { .title = STR(""), .username = STR(""), .csrf_token = STR("") },
        .tile_url = r->app->tiles.shown,
        .tiles_of_osm = r->app->tiles.of_osm,
    };

    web_page(r, 200);
    reply_cache(r, STR("no-store"));
    reply_header(r, "X-Robots-Tag", STR("noindex"));
    reply_header(r, "Referrer-Policy", STR("no-referrer"));
    tmpl_public(&r->reply.body, &v);
    return 0;
}
