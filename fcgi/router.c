#include "router.h"

#include "api.h"
#include "api_domesti.h"
#include "auth.h"
#include "commands.h"
#include "errors.h"
#include "form.h"
#include "guard.h"
#include "lib/log.h"
#include "lib/weburl.h"
#include "phone.h"
#include "public_link.h"
#include "web.h"

#include <assert.h>

/* ---- finding */

static bool is_suffix_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Takes ".json" with an optional slash; what is left of the path must be nothing else. */
static bool take_suffix(struct str rest, struct str *format)
{
    size_t n = 1;

    while (n < rest.n && is_suffix_char(rest.p[n])) {
        n++;
    }
    if (rest.n < 2 || rest.p[0] != '.' || n == 1 ||
        !(n == rest.n || str_eqz(str_sub(rest, n, 2), "/"))) {
        return false;
    }
    *format = str_sub(rest, 1, n - 1);
    return true;
}

/* The part of a path that {int}, {name} or {text} takes; 0: nothing fits. */
static size_t argument(struct str path, char kind)
{
    size_t n = 0;

    while (
        n < path.n && path.p[n] != '/' &&
        (kind == 't' || (kind == 'n' ? path.p[n] != '.' : path.p[n] >= '0' && path.p[n] <= '9'))) {
        n++;
    }
    return n;
}

/* What stands behind the pattern: nothing, or for the API a slash more or less, or a suffix in the
   place of the slash. */
static bool fits_end(const struct route *route, struct str pattern, struct str path,
                     struct str *format)
{
    bool exact = (route->flags & ROUTE_EXACT) != 0;

    *format = STR_NULL;
    if (pattern.n == 0 && path.n == 0) {
        return true;
    }
    if (route->side == SIDE_PAGE || !(exact ? pattern.n == 0 : str_eqz(pattern, "/"))) {
        return false;
    }
    if (path.n == 0) {
        return true;
    }
    return (route->flags & ROUTE_SUFFIX) != 0 && take_suffix(path, format);
}

static bool fits(const struct route *route, struct str path, struct str arg[ROUTE_ARGS],
                 struct str *format)
{
    struct str pattern = str_of(route->pattern);
    size_t args = 0;

    for (;;) {
        if (pattern.n > 0 && pattern.p[0] == '{') {
            size_t close = str_find(pattern, '}', 0);
            size_t n = argument(path, pattern.p[1]);
            assert(close != SIZE_MAX && args < ROUTE_ARGS);
            if (n == 0) {
                return false;
            }
            arg[args++] = str_sub(path, 0, n);
            path = str_sub(path, n, path.n);
            pattern = str_sub(pattern, close + 1, pattern.n);
        } else if (pattern.n > 0 && path.n > 0 && pattern.p[0] == path.p[0]) {
            path = str_sub(path, 1, path.n);
            pattern = str_sub(pattern, 1, pattern.n);
        } else {
            return fits_end(route, pattern, path, format);
        }
    }
}

bool route_find(struct request *r, struct route_group *out)
{
    if (str_is_null(r->path)) {
        return false;
    }
    for (size_t i = 0; i < routes_count; i++) {
        if (!fits(&routes[i], r->path, r->arg, &r->format)) {
            continue;
        }
        out->first = &routes[i];
        out->n = 1;
        while (i + out->n < routes_count &&
               str_eqz(str_of(routes[i].pattern), routes[i + out->n].pattern)) {
            out->n++;
        }
        return true;
    }
    return false;
}

const struct route *route_serving(struct route_group g, unsigned method)
{
    unsigned wanted = method == M_HEAD ? M_GET | M_HEAD : method;

    for (size_t i = 0; i < g.n; i++) {
        if ((g.first[i].methods & wanted) != 0) {
            return g.first + i;
        }
    }
    return NULL;
}

struct str route_allow(struct arena *a, struct route_group g)
{
    unsigned methods = 0;
    struct str text = STR("");

    for (size_t i = 0; i < g.n; i++) {
        methods |= g.first[i].methods;
    }
    if ((methods & M_GET) != 0) {
        methods |= M_HEAD;
    }
    for (unsigned bit = M_GET; bit <= M_HEAD; bit <<= 1) { /* in Django's order */
        if ((methods & bit) != 0) {
            struct str name = str_of(request_method_name(bit));
            text = arena_concat(a, (struct str[]){ text, name, STR(", "), STR_NULL });
        }
    }
    return arena_concat(a, (struct str[]){ text, STR("OPTIONS"), STR_NULL });
}

enum route_auth route_strictest(struct route_group g)
{
    enum route_auth most = AUTH_NONE;

    for (size_t i = 0; i < g.n; i++) {
        if (g.first[i].auth > most) {
            most = g.first[i].auth;
        }
    }
    return most;
}

/* ---- the API: negotiation, authentication, permission, method, body, handler */

/* CSRF for those who came by session. DRF reads a POST's body before its token, so an unreadable
   body is said first. */
static int api_csrf(struct request *r, bool *replied)
{
    const char *why;

    if (!r->who.by_session || (r->method & M_SAFE) != 0) {
        return 0;
    }
    if (r->method == M_POST && r->route->body != BODY_STREAM && !api_media_ok(r)) {
        *replied = true;
        return 0;
    }
    why = csrf_check(r);
    if (why != NULL) {
        *replied = true;
        return api_detail(r, 403, arena_printf(r->arena, "CSRF Failed: %s", why));
    }
    return 0;
}

static int api_authenticate(struct request *r, enum route_auth auth, enum route_csrf csrf,
                            bool *replied)
{
    const char *why = "";
    int status = 0;

    if (auth == AUTH_NONE || auth == AUTH_RELAY || auth == AUTH_COMMAND) {
        return 0;
    }
    if (auth != AUTH_BASIC) {
        r->reply.vary_cookie = true;
        status = auth_session(r);
    }
    if (status == 0 && !r->who.known) {
        status = auth == AUTH_KEYED && command_token_sent(r) ? command_key(r, replied)
                                                             : auth_basic(r, &why);
    } else if (status == 0 && csrf == CSRF_SESSION) {
        return api_csrf(r, replied);
    }
    if (status == 403) {
        *replied = true;
        return api_detail(r, status, str_of(why));
    }
    return status;
}

static int api_permit(struct request *r, enum route_auth auth, bool *replied)
{
    if (auth == AUTH_RELAY) {
        return relay_permit(r, replied);
    }
    if (auth == AUTH_COMMAND) {
        return command_permit(r, replied);
    }
    if (auth < AUTH_USER || (r->who.known && (auth != AUTH_STAFF || r->who.user.is_staff))) {
        return 0;
    }
    if (auth == AUTH_LINK && !r->who.known) {
        struct link_row link;
        enum db_rc rc = public_link_of(r, &link);
        if (rc != DB_NONE) {
            return rc == DB_OK ? 0 : error_of_db(rc);
        }
    }
    *replied = true;
    return api_detail(r, 403,
                      r->who.known ? STR("You do not have permission to perform this action.")
                                   : STR("Authentication credentials were not provided."));
}

static int api_run(struct request *r, struct route_group g)
{
    const struct route *route = route_serving(g, r->method);
    enum route_auth auth = route != NULL ? route->auth : route_strictest(g);
    bool replied = false;
    int status;

    r->route = route != NULL ? route : g.first;
    status = api_negotiate(r);
    if (status == 0) {
        status = api_authenticate(r, auth, r->route->csrf, &replied);
    }
    if (status == 0 && !replied) {
        status = api_permit(r, auth, &replied);
    }
    if (status == 0 && !replied && route == NULL) {
        return r->method == M_OPTIONS ? api_describe(r, g) : 405;
    }
    if (status == 0 && !replied && route->body == BODY_JSON) {
        status = api_body(r, BODY_MAX_DEFAULT, &replied);
    }
    if (status != 0 || replied) {
        return status;
    }
    return route->handler(r);
}

/* ---- phones: Basic alone, then the handler; they never see anything but a JSON array */

static int phone_run(struct request *r, struct route_group g)
{
    const struct route *route = route_serving(g, r->method);
    bool replied = false;
    int status;

    r->route = route != NULL ? route : g.first;
    if (route == NULL) {
        return 405;
    }
    status = api_authenticate(r, route->auth, route->csrf, &replied);
    if (replied) {
        status = 401; /* whatever DRF would say to it */
    }
    return status != 0 ? status : route->handler(r);
}

/* ---- pages: CSRF, sign-in, method, handler */

static int page_csrf(struct request *r)
{
    const char *why;
    int status;

    if ((r->method & M_SAFE) != 0) {
        return 0;
    }
    status = form_status(r);
    if (status != 0) {
        return status;
    }
    why = csrf_check(r);
    if (why != NULL) {
        log_info("csrf-refused", LOG_S("path", r->path), LOG_Z("why", why));
    }
    return why != NULL ? 403 : 0;
}

/* 0: go on, or *replied with a redirect. */
static int page_authenticate(struct request *r, enum route_auth auth, bool *replied)
{
    int status;

    if (auth < AUTH_USER) {
        return 0;
    }
    r->reply.vary_cookie = true;
    status = auth_session(r);
    if (status != 0 || (r->who.known && (auth == AUTH_USER || r->who.user.is_staff))) {
        return status;
    }
    *replied = true;
    return web_redirect_next(r, r->who.known ? STR("/") : STR("/login/"));
}

static int page_run(struct request *r, struct route_group g)
{
    const struct route *route = route_serving(g, r->method);
    bool replied = false;
    int status = 0;

    r->route = route != NULL ? route : g.first;
    if (r->route->csrf == CSRF_ALWAYS) {
        status = page_csrf(r);
    }
    if (status == 0) {
        status = page_authenticate(r, r->route->auth, &replied);
    }
    if (status != 0 || replied) {
        return status;
    }
    if ((r->route->flags & ROUTE_NEVER_CACHED) != 0) {
        web_never_cache(r);
    }
    if (route == NULL) {
        r->allow = route_allow(r->arena, g);
        return web_empty(r, r->method == M_OPTIONS ? 200 : 405);
    }
    return route->handler(r);
}

/* ---- */

static void run_group(struct request *r, struct route_group g)
{
    const struct route *route = route_serving(g, r->method);
    enum route_side side = g.first->side;
    int status;

    if (route != NULL && route->body == BODY_INGEST && phone_asks(r)) {
        side = SIDE_PHONE;
    }
    r->phone = side == SIDE_PHONE;
    if (!host_allowed(r->arena, r->host, r->app->allowed_hosts)) {
        error_reply(r, r->phone ? SIDE_PHONE : SIDE_PAGE, r->phone ? 503 : 400);
        return;
    }
    csrf_read(r);
    if (side == SIDE_API) {
        r->allow = route_allow(r->arena, g);
        status = api_run(r, g);
    } else {
        status = side == SIDE_PHONE ? phone_run(r, g) : page_run(r, g);
    }
    if (status != 0) {
        error_reply(r, side, status);
    }
}

void router_run(struct request *r)
{
    struct route_group g;

    if (route_find(r, &g)) {
        run_group(r, g);
    } else if (!host_allowed(r->arena, r->host, r->app->allowed_hosts)) {
        error_bare(r, 400);
    } else {
        csrf_read(r);
        error_reply(r, SIDE_PAGE, 404);
    }
    if (r->reply.status == 0) {
        log_error("no-reply", LOG_S("path", r->path));
        error_reply(r, SIDE_PAGE, 500);
    }
}
