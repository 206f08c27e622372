/* Helpers of the pages' handlers. */
#ifndef MYTRACKS_FCGI_WEB_H
#define MYTRACKS_FCGI_WEB_H

#include "request.h"
#include "templates/views.h"

#define HTML_TYPE "text/html; charset=utf-8"

/* Head of an HTML page with its CSP. */
void web_page(struct request *r, int status);
/* What every page shows. with_form: it has a form or scripts that need the CSRF token. */
struct page_view web_view(struct request *r, struct str title, bool with_form);
/* Tells what became of a form; beyond NOTICES_MAX nothing. name: as in struct message_view. */
void web_say(struct notices *n, bool good, struct str name, struct str text);
/* 302 with an empty body. location is a URI or IRI; it is encoded. Returns 0. */
int web_redirect(struct request *r, struct str location);
/* 302 to BASE?next=PATH of this request. */
int web_redirect_next(struct request *r, struct str base);
/* The form's next, else the query's, when it is ours; else fallback. */
struct str web_next(struct request *r, struct str fallback);
/* Empty HTML reply: 405, OPTIONS. Returns 0. */
int web_empty(struct request *r, int status);
/* Django's never_cache. */
void web_never_cache(struct request *r);
/* ISO 8601 with Z; scripts make the reader's time of it. */
struct str web_time(struct request *r, usec_t t);
/* One JSON object from a page: {"status": "ok"} with Django's blanks. */
struct json *web_json(struct request *r);

#endif
