/* Content negotiation as Django REST framework with one renderer, application/json. */
#include "api.h"
#include "router.h"

#include <string.h>

#define INDENT_MAX 8

/* How exactly a media range names what it wants; -1: it does not take JSON. */
static int precision(struct str type, bool parameters)
{
    struct str sub = type, main;

    if (!str_split(&sub, '/', &main)) {
        return -1;
    }
    if (str_is_null(sub)) {
        sub = STR("");
    }
    bool any_main = str_eqz(main, "*"), any_sub = str_eqz(sub, "*");
    if (!(any_main || str_ieq(main, STR("application"))) ||
        !(any_sub || str_ieq(sub, STR("json")))) {
        return -1;
    }
    return any_main ? 0 : any_sub ? 1 : parameters ? 3 : 2;
}

/* Parameters of a range other than q; the indent among them, -1 without. */
static bool parameters(struct str rest, int64_t *indent)
{
    struct str part, name;
    bool any = false;

    *indent = -1;
    while (str_split(&rest, ';', &part)) {
        struct str value = str_trim(part);
        if (value.n == 0 || !str_split(&value, '=', &name) || str_ieq(str_trim(name), STR("q"))) {
            continue;
        }
        any = true;
        if (str_ieq(str_trim(name), STR("indent")) && !str_is_null(value) &&
            num_py_int(value, indent) == NUM_OK) {
            *indent = *indent < 0 ? 0 : *indent > INDENT_MAX ? INDENT_MAX : *indent;
        }
    }
    return any;
}

/* The most exact range counts; among equals the first. */
static bool acceptable(struct request *r, struct str accept)
{
    struct str range, type;
    int best = -1;

    while (str_split(&accept, ',', &range)) {
        int64_t indent = -1;
        range = str_trim(range);
        if (!str_split(&range, ';', &type)) {
            continue;
        }
        bool more = !str_is_null(range) && parameters(range, &indent);
        int exact = precision(str_trim(type), more);
        if (exact > best) {
            best = exact;
            r->json_style = exact == 3 && indent > 0 ? JSON_INDENT4 : JSON_COMPACT;
            r->json_indent = indent > 0 ? (unsigned)indent : 0;
        }
    }
    return best >= 0;
}

int api_negotiate(struct request *r)
{
    struct str format = r->format, accept;

    r->json_style = JSON_COMPACT;
    if (!str_is_null(format) && (r->route->flags & ROUTE_FORMATLESS) != 0) {
        return 404;
    }
    if (str_is_null(format)) {
        format = request_query(r, STR("format"));
    }
    if (format.n > 0 && !str_eqz(format, "json")) {
        return 404;
    }
    accept = request_env(r, "HTTP_ACCEPT");
    return str_is_null(accept) || acceptable(r, accept) ? 0 : 406;
}
