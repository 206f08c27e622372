/* Bodies of HTML forms: urlencoded and multipart (RFC 7578). */
#ifndef MYTRACKS_FCGI_FORM_H
#define MYTRACKS_FCGI_FORM_H

#include "request.h"

/* A field's last value; STR_NULL without. Bodies of another kind, and other methods than POST, have
   no fields. */
struct str form_field(struct request *r, struct str name);
/* The same; "" without. */
struct str form_text(struct request *r, struct str name);
/* The same as a JSON text; NULL without. */
const struct jval *form_value(struct request *r, struct str name);
/* 0, or why the body could not be read as a form: 400, 413. Reads it. */
int form_status(struct request *r);
/* Parts of a multipart body that are fields: those without a file name. False: not well-formed, or
   more than max parts. */
bool multipart_decode(struct arena *a, struct str body, struct str content_type, size_t max,
                      struct pair **out, size_t *n);

#endif
