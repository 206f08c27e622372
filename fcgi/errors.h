/* Errors in the shape of each side. */
#ifndef MYTRACKS_FCGI_ERRORS_H
#define MYTRACKS_FCGI_ERRORS_H

#include "router.h"

/* Replaces what there is of the reply, or aborts when its head is out. */
void error_reply(struct request *r, enum route_side side, int status);
/* The side of the request as far as it is known. */
enum route_side error_side(const struct request *r);
/* The short HTML that Django sends without templates; for what must not depend on anything. */
void error_bare(struct request *r, int status);
/* 500 or 503 for a result of the database that is none of DB_OK, DB_NONE, DB_CONFLICT. */
int error_of_db(enum db_rc rc);

#endif
