#include "request.h"

#include "lib/utf8.h"
#include "lib/weburl.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned bit;
} methods[] = {
    { "GET", M_GET },       { "POST", M_POST }, { "PUT", M_PUT },         { "PATCH", M_PATCH },
    { "DELETE", M_DELETE }, { "HEAD", M_HEAD }, { "OPTIONS", M_OPTIONS }, { "TRACE", M_TRACE },
};

static unsigned method_bit(struct str name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (str_eqz(name, methods[i].name)) {
            return methods[i].bit;
        }
    }
    return M_OTHER;
}

const char *request_method_name(unsigned bit)
{
    size_t i = 0;

    while (methods[i].bit != bit) {
        i++;
    }
    return methods[i].name;
}

struct str request_env(const struct request *r, const char *name)
{
    size_t n = strlen(name);

    for (char *const *e = r->gw->env; *e != NULL; e++) {
        if (strncmp(*e, name, n) == 0 && (*e)[n] == '=') {
            return str_of(*e + n + 1);
        }
    }
    return STR_NULL;
}

static struct str env_or_empty(const struct request *r, const char *name)
{
    struct str s = request_env(r, name);

    return str_is_null(s) ? STR("") : s;
}

/* The reference believes X-Forwarded-Proto from anybody when DEBUG is off; strict policy asks that
   a trusted proxy said it. */
static bool is_https(const struct request *r)
{
    struct str proto = request_env(r, "HTTP_X_FORWARDED_PROTO"), first;
    bool believe =
        !r->app->debug && !str_is_null(proto) &&
        (!r->app->strict || ip_in_list(env_or_empty(r, "REMOTE_ADDR"), r->app->trusted_proxies));

    if (believe) {
        return str_split(&proto, ',', &first) && str_eqz(str_trim(first), "https");
    }
    return str_eqz(env_or_empty(r, "REQUEST_SCHEME"), "https");
}

void request_init(struct request *r, struct app *app, struct arena *a, struct gateway *gw)
{
    struct reply kept = r->reply; /* its buffer lives on */

    *r = (struct request){ .app = app, .arena = a, .gw = gw, .reply = kept };
    r->started = clock_mono();
    r->now = clock_now();
    r->method_name = env_or_empty(r, "REQUEST_METHOD");
    r->method = method_bit(r->method_name);
    r->query = env_or_empty(r, "REQUEST_URI");
    if (!str_split(&r->query, '?', &r->raw_path)) {
        r->raw_path = STR("");
    }
    if (str_is_null(r->query)) {
        r->query = STR("");
    }
    r->path = percent_decode(a, r->raw_path, false);
    if (!utf8_valid(r->path)) {
        r->path = STR_NULL;
    }
    r->host = env_or_empty(r, "HTTP_HOST");
    r->https = is_https(r);
    r->allow = STR_NULL;
    r->format = STR_NULL;
    r->csrf_secret = STR_NULL;
    r->body = STR("");
    reply_start(r);
}

struct str request_scheme(const struct request *r)
{
    return r->https ? STR("https") : STR("http");
}

struct str request_cookie(const struct request *r, struct str name)
{
    struct str header = request_env(r, "HTTP_COOKIE");

    return str_is_null(header) ? STR_NULL : cookie_get(r->arena, header, name);
}

size_t request_query_pairs(struct request *r, const struct pair **out)
{
    if (!r->query_read) {
        r->query_read = true;
        if (!form_decode(r->arena, r->query, PAIRS_MAX, &r->query_pairs, &r->query_count)) {
            r->query_count = 0;
        }
    }
    *out = r->query_pairs;
    return r->query_count;
}

struct str request_query(struct request *r, struct str name)
{
    const struct pair *pairs;
    size_t n = request_query_pairs(r, &pairs);

    return n == 0 ? STR_NULL : pair_last(pairs, n, name);
}

bool request_has_body(const struct request *r)
{
    struct str length = request_env(r, "CONTENT_LENGTH");

    return length.n > 0 && !str_eqz(length, "0");
}

static int read_body(struct request *r, size_t max)
{
    int64_t length;
    char *p;

    if (!request_has_body(r)) {
        return 0;
    }
    /* The web server has counted it; without a number there would be no body. */
    if (num_json_int(request_env(r, "CONTENT_LENGTH"), &length) != NUM_OK || length < 0) {
        return 400;
    }
    if ((uint64_t)length > max) {
        return 413;
    }
    p = arena_alloc(r->arena, (size_t)length);
    if (r->gw->read(r->gw, p, (size_t)length) != (size_t)length) {
        return 400;
    }
    r->body = (struct str){ p, (size_t)length };
    return 0;
}

int request_body(struct request *r, size_t max)
{
    if (!r->body_read) {
        r->body_read = true;
        r->body_status = read_body(r, max);
    }
    return r->body_status;
}

/* The reference believes the first hop, which the client itself may have written; strict policy
   takes the last one that no trusted proxy has. */
static struct str client_hop(const struct request *r, struct str hops)
{
    struct str hop, client = STR("");

    while (str_split(&hops, ',', &hop)) {
        hop = str_trim(hop);
        if (!r->app->strict) {
            return hop;
        }
        if (!ip_in_list(hop, r->app->trusted_proxies)) {
            client = hop;
        }
    }
    return client;
}

struct str request_address(struct request *r)
{
    struct str peer = env_or_empty(r, "REMOTE_ADDR"), hop;

    if (!ip_in_list(peer, r->app->trusted_proxies)) {
        return ip_canonical(r->arena, peer);
    }
    hop = client_hop(r, env_or_empty(r, "HTTP_X_FORWARDED_FOR"));
    if (hop.n == 0) {
        hop = str_trim(env_or_empty(r, "HTTP_X_REAL_IP"));
    }
    return ip_canonical(r->arena, hop.n == 0 ? peer : hop);
}

struct str request_escaped_path(struct request *r)
{
    return str_is_null(r->path) ? r->raw_path : percent_encode(r->arena, r->path, "/:@&+$,!*'()");
}

struct str request_full_path(struct request *r)
{
    struct str path = request_escaped_path(r);

    if (r->query.n == 0) {
        return path;
    }
    return arena_concat(
        r->arena, (struct str[]){ path, STR("?"), url_iri_to_uri(r->arena, r->query), STR_NULL });
}

struct str request_media_type(struct request *r)
{
    struct str header = env_or_empty(r, "CONTENT_TYPE"), type;
    char *p;

    if (!str_split(&header, ';', &type)) {
        return STR("");
    }
    type = str_trim(type);
    p = arena_alloc(r->arena, type.n);
    for (size_t i = 0; i < type.n; i++) {
        char c = type.p[i];
        p[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return (struct str){ p, type.n };
}
