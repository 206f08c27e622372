#include "phone.h"

#include "lib/log.h"
#include "lib/utf8scan.h"

#include <string.h>

static bool has(const struct request *r, const char *name)
{
    return !str_is_null(request_env(r, name));
}

bool phone_asks(const struct request *r)
{
    struct str agent = request_env(r, "HTTP_USER_AGENT");

    return has(r, "HTTP_X_LIMIT_U") || has(r, "HTTP_X_LIMIT_D") ||
           str_ieq(str_sub(agent, 0, strlen("owntracks")), STR("owntracks"));
}

/* The header unless it holds the word for "not set", else the query's value. */
static struct str named(struct request *r, const char *header, struct str unset, struct str query)
{
    struct str name = request_env(r, header);

    if (name.n == 0 || str_eq(name, unset)) {
        name = request_query(r, query);
    }
    return name.n == 0 ? STR_NULL : utf8_repair(r->arena, name);
}

struct str phone_device(struct request *r)
{
    return named(r, "HTTP_X_LIMIT_D", STR("device"), STR("d"));
}

struct str phone_user(struct request *r)
{
    return named(r, "HTTP_X_LIMIT_U", STR("user"), STR("u"));
}

int phone_reply(struct request *r, int status)
{
    reply_head(r, status, "application/json");
    if (status == 401) {
        reply_header(r, "WWW-Authenticate", STR("Basic realm=\"mytracks\", charset=\"UTF-8\""));
    } else if (status == 503) {
        reply_header(r, "Retry-After", STR("10"));
    }
    buf_z(&r->reply.body, "[]");
    return 0;
}

/* A phone deletes its report at any other 4xx (iOS) or comes back with it for ever (Android). */
int phone_error(struct request *r, int status)
{
    reply_reset(r);
    switch (status) {
    case 401:
    case 403:
        return phone_reply(r, 401);
    case 405:
        r->allow = STR("POST");
        return phone_reply(r, 405);
    case 413:
        log_warning("report-too-large", LOG_S("path", r->path));
        return phone_reply(r, 200);
    default:
        return phone_reply(r, 503);
    }
}
