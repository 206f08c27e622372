/* CSRF: Django's middleware for pages, DRF's for API calls with a session. */
#ifndef MYTRACKS_FCGI_GUARD_H
#define MYTRACKS_FCGI_GUARD_H

#include "request.h"

/* Reads the csrftoken cookie, once; a malformed one will be replaced. */
void csrf_read(struct request *r);
/* NULL when an unsafe request may go on, else Django's reason. */
const char *csrf_check(struct request *r);
/* Masked token for a page; the cookie goes out with the reply. */
struct str csrf_token(struct request *r);
/* A new secret, at sign-in. */
void csrf_rotate(struct request *r);
/* Set-Cookie value for this reply; STR_NULL when none is due. */
struct str csrf_cookie(struct request *r);

#endif
