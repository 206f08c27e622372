#include "reply.h"

#include "guard.h"
#include "lib/log.h"
#include "request.h"
#include "router.h"
#include "session.h"

#include <assert.h>
#include <string.h>

#define HEAD_MAX                                                                    \
    (32u * 1024) /* nginx reads at most 16 KiB; this is a stop for our own mistakes \
                  */

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 302, "Found" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 409, "Conflict" },
    { 413, "Request Entity Too Large" },
    { 415, "Unsupported Media Type" },
    { 500, "Internal Server Error" },
    { 503, "Service Unavailable" },
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Status";
}

static bool drain(void *ctx, const char *p, size_t n);

void reply_open(struct reply *p)
{
    memset(p, 0, sizeof *p);
    buf_init(&p->body, REPLY_HOLD);
}

void reply_close(struct reply *p)
{
    buf_free(&p->body);
}

void reply_start(struct request *r)
{
    struct buf body = r->reply.body;

    buf_clear(&body);
    body.drained = 0;
    r->reply = (struct reply){ .body = body };
    buf_sink(&r->reply.body, drain, r);
}

void reply_reset(struct request *r)
{
    bool vary = r->reply.vary_cookie; /* what was looked at stays true */

    assert(!r->reply.committed);
    reply_start(r);
    r->reply.vary_cookie = vary;
}

void reply_head(struct request *r, int status, const char *type)
{
    r->reply.status = status;
    r->reply.type = type;
}

static bool harmless(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

void reply_header(struct request *r, const char *name, struct str value)
{
    struct reply *p = &r->reply;

    assert(p->headers < REPLY_HEADERS);
    if (!harmless(value)) {
        log_error("header-dropped", LOG_Z("name", name), LOG_S("value", value));
        return;
    }
    p->header[p->headers].name = name;
    p->header[p->headers++].value = value;
}

/* What a file system or a header would take for something else. */
static bool is_odd(char c)
{
    return (c >= 0 && c < ' ') || c == 0x7f || c == '/' || c == '\\';
}

/* The name as a quoted-string of RFC 9110; *ascii: nothing of it was lost. */
static struct str quoted_name(struct arena *a, struct str name, bool *ascii)
{
    char *out = arena_alloc(a, name.n * 2 + 2);
    size_t n = 0;

    *ascii = true;
    out[n++] = '"';
    for (size_t i = 0; i < name.n; i++) {
        bool beyond = (name.p[i] & 0x80) != 0;
        *ascii = *ascii && !beyond;
        if (beyond && (name.p[i] & 0x40) == 0) {
            continue; /* one "_" for each character */
        }
        if (name.p[i] == '"') {
            out[n++] = '\\';
        }
        out[n] = '_';
        if (!beyond) {
            out[n] = name.p[i];
        }
        n++;
    }
    out[n++] = '"';
    return (struct str){ out, n };
}

void reply_attachment(struct request *r, struct str name)
{
    char *safe = arena_alloc(r->arena, name.n + 1);
    bool ascii;

    for (size_t i = 0; i < name.n; i++) {
        safe[i] = name.p[i];
        if (is_odd(name.p[i])) {
            safe[i] = '_';
        }
    }
    name.p = safe;
    struct str value =
        arena_concat(r->arena, (struct str[]){ STR("attachment; filename="),
                                               quoted_name(r->arena, name, &ascii), STR_NULL });
    if (!ascii) {
        value =
            arena_concat(r->arena, (struct str[]){ value, STR("; filename*=UTF-8''"),
                                                   percent_encode(r->arena, name, ""), STR_NULL });
    }
    reply_header(r, "Content-Disposition", value);
}

int reply_file(struct request *r, const char *type, struct str name, struct str suffix,
               struct str content)
{
    reply_head(r, 200, type);
    reply_attachment(r, arena_concat(r->arena, (struct str[]){ name, suffix, STR_NULL }));
    buf_str(&r->reply.body, content);
    return 0;
}

void reply_cache(struct request *r, struct str cache_control)
{
    r->reply.own_caching = true;
    reply_header(r, "Cache-Control", cache_control);
}

static void put(struct buf *b, const char *name, struct str value)
{
    if (!str_is_null(value)) {
        buf_printf(b, "%s: %.*s\r\n", name, STR_FMT(value));
    }
}

static bool has_header(const struct reply *p, const char *name)
{
    size_t i = 0;

    while (i < p->headers && strcmp(p->header[i].name, name) != 0) {
        i++;
    }
    return i < p->headers;
}

/* reference/web.md "Headers on every response"; Cache-Control by H-42 in strict policy. What is no
   page of ours needs nothing from anywhere, whatever a browser takes it for. */
static void put_standard(struct request *r, struct buf *b)
{
    if (!has_header(&r->reply, "Content-Security-Policy")) {
        put(b, "Content-Security-Policy", STR("default-src 'none'; frame-ancestors 'none'"));
    }
    put(b, "X-Frame-Options", STR("DENY"));
    put(b, "X-Content-Type-Options", STR("nosniff"));
    if (!has_header(&r->reply, "Referrer-Policy")) {
        put(b, "Referrer-Policy", STR("strict-origin-when-cross-origin"));
    }
    put(b, "Cross-Origin-Opener-Policy", STR("same-origin"));
    if (r->app->strict && !r->reply.own_caching) {
        put(b, "Cache-Control", STR("private, no-store"));
    }
}

/* Django writes the CSRF cookie before the session's, and the latter does not go with a 5xx. */
struct cookies {
    struct str csrf, session;
};

static struct cookies cookies_of(struct request *r)
{
    struct cookies c = { csrf_cookie(r), STR_NULL };

    if (r->reply.status < 500) {
        session_settle(r);
        c.session = session_cookie(r);
    }
    return c;
}

static void put_head(struct request *r, struct buf *b, struct cookies c)
{
    struct reply *p = &r->reply;

    buf_printf(b, "Status: %d %s\r\n", p->status, reason_of(p->status));
    if (p->type != NULL) {
        put(b, "Content-Type", str_of(p->type));
    }
    put(b, "Allow", r->allow);
    for (size_t i = 0; i < p->headers; i++) {
        put(b, p->header[i].name, p->header[i].value);
    }
    put(b, "Set-Cookie", c.csrf);
    put(b, "Set-Cookie", c.session);
    if (p->vary_cookie || !str_is_null(c.csrf) || !str_is_null(c.session)) {
        put(b, "Vary", STR("Cookie"));
    }
    put_standard(r, b);
}

/* whole: all of the body is known, length bytes. */
static bool commit(struct request *r, bool whole, uint64_t length)
{
    struct cookies c = cookies_of(r); /* the only part that takes memory from the arena */
    struct reply *p = &r->reply;
    struct buf b;

    assert(!p->committed && p->status != 0);
    buf_init(&b, HEAD_MAX);
    put_head(r, &b, c);
    if (whole && p->status != 204) {
        buf_printf(&b, "Content-Length: %llu\r\n", (unsigned long long)length);
    }
    buf_z(&b, "\r\n");
    p->committed = true;
    p->gone = !buf_ok(&b) || !r->gw->write(r->gw, b.p, b.n);
    buf_free(&b);
    return !p->gone;
}

/* The body's sink: called for the first time when more than REPLY_HOLD has come together. */
static bool drain(void *ctx, const char *p, size_t n)
{
    struct request *r = ctx;

    if (r->method == M_HEAD) {
        return true; /* only the length counts, and that is known at the end */
    }
    if (!r->reply.committed && !commit(r, false, 0)) {
        return false;
    }
    if (!r->reply.gone && !r->gw->write(r->gw, p, n)) {
        r->reply.gone = true;
    }
    return !r->reply.gone;
}

void reply_prepare(struct request *r)
{
    session_settle(r);
}

bool reply_finish(struct request *r)
{
    struct reply *p = &r->reply;
    uint64_t length = p->body.drained + p->body.n;

    if (p->aborted || p->gone) {
        return false;
    }
    if (p->committed) {
        return buf_drain(&p->body);
    }
    if (!commit(r, true, length)) {
        return false;
    }
    if (r->method != M_HEAD && p->body.n > 0 && !r->gw->write(r->gw, p->body.p, p->body.n)) {
        p->gone = true;
    }
    return !p->gone;
}

void reply_abort(struct request *r)
{
    r->reply.aborted = true;
}
