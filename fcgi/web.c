#include "web.h"

#include "form.h"
#include "guard.h"
#include "lib/weburl.h"

/* Everything from here, nothing inline (H-42). The map's tiles come from the configured origin, the
   live feed from this host; older browsers do not read 'self' as its WebSocket. */
static struct str content_policy(struct request *r)
{
    struct str tiles = r->app->tiles.origin, host = r->host;

    return arena_printf(
        r->arena,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: %.*s; "
        "connect-src 'self' %.*s ws://%.*s wss://%.*s; worker-src 'self' blob:; "
        "manifest-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
        STR_FMT(tiles), STR_FMT(tiles), STR_FMT(host), STR_FMT(host));
}

void web_page(struct request *r, int status)
{
    reply_head(r, status, HTML_TYPE);
    reply_header(r, "Content-Security-Policy", content_policy(r));
}

struct page_view web_view(struct request *r, struct str title, bool with_form)
{
    return (struct page_view){
        .title = title,
        .username = r->who.known ? r->who.user.username : STR(""),
        .is_staff = r->who.known && r->who.user.is_staff,
        .csrf_token = with_form ? csrf_token(r) : STR(""),
    };
}

void web_say(struct notices *n, bool good, struct str name, struct str text)
{
    if (n->n < NOTICES_MAX) {
        n->row[n->n++] = (struct message_view){ .good = good, .name = name, .text = text };
    }
}

int web_redirect(struct request *r, struct str location)
{
    reply_head(r, 302, HTML_TYPE);
    reply_header(r, "Location", url_iri_to_uri(r->arena, location));
    return 0;
}

int web_redirect_next(struct request *r, struct str base)
{
    struct str next = percent_encode(r->arena, request_full_path(r), "/");

    return web_redirect(
        r, arena_concat(r->arena, (struct str[]){ base, STR("?next="), next, STR_NULL }));
}

struct str web_next(struct request *r, struct str fallback)
{
    struct str next = form_field(r, STR("next"));

    if (str_is_null(next)) {
        next = request_query(r, STR("next"));
    }
    return next.n > 0 && url_is_ours(r->arena, next, r->host, r->https) ? next : fallback;
}

int web_empty(struct request *r, int status)
{
    reply_head(r, status, HTML_TYPE);
    return 0;
}

void web_never_cache(struct request *r)
{
    char when[CLOCK_TEXT];

    clock_http(r->now, when);
    reply_header(r, "Expires", arena_dup(r->arena, str_of(when)));
    reply_cache(r, STR("max-age=0, no-cache, no-store, must-revalidate, private"));
}

struct json *web_json(struct request *r)
{
    reply_head(r, 200, "application/json");
    json_init(&r->reply.json, &r->reply.body, JSON_PYTHON);
    return &r->reply.json;
}

struct str web_time(struct request *r, usec_t t)
{
    char text[CLOCK_TEXT];
    size_t n = clock_iso_z(t, text);

    return arena_dup(r->arena, (struct str){ text, n });
}
