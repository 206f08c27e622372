/* A visitor with a public link sends its secret in the header X-Share-Link, never in an address:
   addresses are written into logs and histories and handed on as referrers. */
#ifndef MYTRACKS_FCGI_PUBLIC_LINK_H
#define MYTRACKS_FCGI_PUBLIC_LINK_H

#include "db/links.h"
#include "request.h"

#define LINK_SECRET_BYTES 32

/* A new secret, and as what it is stored. */
struct str public_link_new(struct arena *a, struct str *stored);
/* The link whose secret was sent, if it is good now. DB_NONE: it is not, or none was sent. */
enum db_rc public_link_of(struct request *r, struct link_row *out) DB_USED;

#endif
