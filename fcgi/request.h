/* A request: views into the CGI environment; the body is read only when somebody asks. */
#ifndef MYTRACKS_FCGI_REQUEST_H
#define MYTRACKS_FCGI_REQUEST_H

#include "app.h"
#include "gateway.h"
#include "lib/codec.h"
#include "lib/jsonin.h"
#include "reply.h"

enum {
    M_GET = 1 << 0,
    M_POST = 1 << 1,
    M_PUT = 1 << 2,
    M_PATCH = 1 << 3,
    M_DELETE = 1 << 4,
    M_HEAD = 1 << 5,
    M_OPTIONS = 1 << 6,
    M_TRACE = 1 << 7,
    M_OTHER = 1 << 8,
};
#define M_SAFE (M_GET | M_HEAD | M_OPTIONS | M_TRACE) /* need no CSRF token (RFC 9110 9.2.1) */
#define M_ANY 0x1ff

#define BODY_MAX_DEFAULT 2621440u           /* Django's DATA_UPLOAD_MAX_MEMORY_SIZE */
#define BODY_MAX_INGEST (16u * 1024 * 1024) /* a report with a picture */
#define PAIRS_MAX 1000u                     /* Django's DATA_UPLOAD_MAX_NUMBER_FIELDS */
#define ROUTE_ARGS 3

/* Whom the credentials name. */
struct principal {
    bool known;
    bool by_session;
    struct user user;
};

/* The django_session row of the cookie; session.h. */
struct web_session {
    enum { SESSION_UNREAD, SESSION_NONE, SESSION_LIVE } state;
    bool cookie_came;    /* a sessionid cookie, good or not */
    bool changed;        /* data must be written, not the expiry alone */
    bool saved;          /* nothing is left to be written */
    struct str key;      /* SESSION_LIVE */
    struct jval *data;   /* SESSION_LIVE: an object, possibly empty */
    usec_t stored_until; /* expire_date in the row; 0: no row yet */
};

struct route;

struct request {
    struct app *app;
    struct arena *arena;
    struct gateway *gw;
    usec_t started;  /* monotonic */
    usec_t now;      /* wall clock, once for the whole request */
    unsigned method; /* one of M_ */
    struct str method_name;
    struct str raw_path; /* as sent, without the query */
    struct str path;     /* percent-decoded; STR_NULL when that is no UTF-8 */
    struct str query;    /* as sent; "" without */
    struct str host;     /* Host header as sent; "" without */
    bool https;
    bool phone; /* an OwnTracks app asks: phone.h */

    const struct route *route;
    struct str arg[ROUTE_ARGS]; /* what the pattern's {} took, in order */
    struct str allow;           /* Allow header of the path; STR_NULL: none */
    struct str format;          /* ".json" behind the path, without the dot; STR_NULL without */

    struct principal who;
    struct web_session session;
    struct str csrf_secret;    /* STR_NULL: none yet */
    bool csrf_read, csrf_send; /* cookie looked at; cookie goes into the reply */
    const struct jval *json;   /* parsed body of JSON routes; NULL when it was empty */
    enum json_style json_style;
    unsigned json_indent;

    struct reply reply;

    /* Read on demand by the functions below. */
    bool query_read, form_read, body_read;
    int body_status, form_status;
    struct pair *query_pairs, *form_pairs;
    size_t query_count, form_count;
    struct str body;
};

/* r is wiped. Only views: nothing is read yet. */
void request_init(struct request *r, struct app *app, struct arena *a, struct gateway *gw);

/* A CGI variable ("REMOTE_ADDR", "HTTP_ACCEPT"); STR_NULL when it is not there. */
struct str request_env(const struct request *r, const char *name);
/* "GET" of M_GET; one bit, not M_OTHER. */
const char *request_method_name(unsigned bit);
/* "http" or "https". */
struct str request_scheme(const struct request *r);
/* Value of a cookie (the last of that name), quotes removed; STR_NULL without. */
struct str request_cookie(const struct request *r, struct str name);
/* Query parameter: the last of that name; STR_NULL without. More than PAIRS_MAX pairs count as
   none. */
struct str request_query(struct request *r, struct str name);
/* All pairs of the query in their order. */
size_t request_query_pairs(struct request *r, const struct pair **out);
/* The body, at most max bytes. 0, or the HTTP status to answer with: 400 when it is shorter than
   announced, 413 when it is longer than max. The first call decides; body is "" without one. */
int request_body(struct request *r, size_t max);
/* True when a body was announced. */
bool request_has_body(const struct request *r);
/* Canonical text of the client's address: the peer, or, when that is a trusted proxy, what it says
   (X-Forwarded-For's first hop, else X-Real-IP). STR_NULL when that is no address (H-07). */
struct str request_address(struct request *r);
/* The decoded path with everything unsafe escaped anew (django.utils.encoding.escape_uri_path). */
struct str request_escaped_path(struct request *r);
/* That and the query, as Django's get_full_path(). */
struct str request_full_path(struct request *r);
/* Media type of Content-Type in lower case without parameters; "" without. */
struct str request_media_type(struct request *r);

#endif
