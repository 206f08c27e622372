/* From a request to its handler. One constant table (routes.c) says everything about a path: who
   may use it, with which methods, what a body must be. Allow, 405, OPTIONS and HEAD are derived. */
#ifndef MYTRACKS_FCGI_ROUTER_H
#define MYTRACKS_FCGI_ROUTER_H

#include "request.h"

#include <stdio.h>

/* Whose habits a path follows: shape of errors, order of checks. */
enum route_side {
    SIDE_PAGE,  /* Django's function views: HTML */
    SIDE_API,   /* Django REST framework: JSON */
    SIDE_PHONE, /* OwnTracks HTTP mode: a JSON array whatever happens */
};
enum route_auth {
    AUTH_NONE,  /* nobody is looked for */
    AUTH_OPEN,  /* credentials are checked when they come */
    AUTH_BASIC, /* the same, HTTP Basic alone: a cookie means nothing here */
    AUTH_USER,
    AUTH_STAFF,
    AUTH_RELAY,   /* the key of the domesti-bot, and nothing else */
    AUTH_COMMAND, /* a session, else the bearer token of the command API */
    AUTH_KEYED,   /* AUTH_USER, or that token */
    AUTH_LINK,    /* AUTH_USER, or the secret of a public link (public_link.h) */
};
enum route_csrf {
    CSRF_NONE,
    CSRF_SESSION, /* for those who came by session (DRF) */
    CSRF_ALWAYS,  /* Django's middleware */
};
enum route_body {
    BODY_NONE,   /* not looked at */
    BODY_JSON,   /* parsed before the handler: 415, 400 */
    BODY_INGEST, /* the handler reads it */
    BODY_FORM,   /* form_field */
    BODY_STREAM, /* the handler takes it from the gateway, part by part */
};
enum {
    ROUTE_SUFFIX = 1 << 0,       /* takes ".json" (DRF's format suffix) */
    ROUTE_DESCRIBED = 1 << 1,    /* OPTIONS lists it under "actions" */
    ROUTE_NEVER_CACHED = 1 << 2, /* Django's never_cache */
    ROUTE_FORMATLESS = 1 << 4,   /* knows the suffix only to say 404 */
    ROUTE_NULS = 1 << 5,         /* JSON texts may hold NUL: the handler says what that means */
    ROUTE_EXACT = 1 << 3,        /* API path without an optional slash at the end */
};

struct route {
    unsigned methods;    /* M_ANY: whatever comes acts as GET */
    const char *pattern; /* {int}: digits; {name}: no '/' and no '.'; {text}: no '/' */
    enum route_side side;
    enum route_auth auth;
    enum route_csrf csrf;
    enum route_body body;
    unsigned flags;
    /* 0: has replied. Else an HTTP status to be shown in the side's shape. */
    int (*handler)(struct request *r);
    const char *name; /* API: what OPTIONS calls it */
};

/* Rows with the same pattern stand together; the first pattern that fits decides. */
extern const struct route routes[];
extern const size_t routes_count;

/* All rows of one path. */
struct route_group {
    const struct route *first;
    size_t n;
};

/* The group for a decoded path, arguments and format suffix put into r. False: unknown path. */
bool route_find(struct request *r, struct route_group *out);
/* The row that serves a method (HEAD by GET); NULL when none does. */
const struct route *route_serving(struct route_group g, unsigned method);
/* "GET, POST, HEAD, OPTIONS", in Django's order. From the arena. */
struct str route_allow(struct arena *a, struct route_group g);
/* The strictest auth class of the group: for OPTIONS and 405. */
enum route_auth route_strictest(struct route_group g);

/* One line per row: methods ("*": any), pattern, side, who, CSRF, body. */
void routes_print(FILE *out);

/* Everything between reading the environment and a complete reply in r->reply. */
void router_run(struct request *r);

#endif
