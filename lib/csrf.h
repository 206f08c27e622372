/* Django's CSRF rules (django/middleware/csrf.py). */
#ifndef MYTRACKS_CSRF_H
#define MYTRACKS_CSRF_H

#include "arena.h"

#define CSRF_SECRET_LEN 32
#define CSRF_TOKEN_LEN 64

struct csrf_request {
    bool https;
    struct str host;            /* Host header as sent */
    struct str origin;          /* STR_NULL without the header */
    struct str referer;         /* STR_NULL without the header */
    struct str cookie;          /* csrftoken cookie; STR_NULL without one */
    struct str form_token;      /* csrfmiddlewaretoken; STR_NULL or "" without one */
    struct str header_token;    /* X-CSRFToken; STR_NULL without one */
    struct str trusted_origins; /* CSRF_TRUSTED_ORIGINS, comma list */
};

/* NULL when the request may change something; else Django's reason (from the arena), e.g.
   "CSRF cookie not set." */
const char *csrf_refused(struct arena *a, const struct csrf_request *r);
/* The Origin rule alone: also for WebSockets. */
bool csrf_origin_trusted(bool https, struct str host, struct str origin,
                         struct str trusted_origins);
/* A cookie value that can be used: 32 or 64 letters and digits. */
bool csrf_cookie_usable(struct str cookie);
struct str csrf_new_secret(struct arena *a);
/* The 32-character secret of a usable cookie (unmasks the 64-character form). */
struct str csrf_secret_of(struct arena *a, struct str cookie);
/* A fresh 64-character token for a page. */
struct str csrf_mask(struct arena *a, struct str secret);

#endif
