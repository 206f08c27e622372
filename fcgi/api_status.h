/* Parts of GET /api/admin/status/. Each writes its members into the object that is open; 0, or a
   status. */
#ifndef MYTRACKS_FCGI_API_STATUS_H
#define MYTRACKS_FCGI_API_STATUS_H

#include "request.h"

int status_put_outbox(struct request *r, struct json *j);
/* The last warnings and errors of our programs, newest first; null when they cannot be read. */
int status_put_log(struct request *r, struct json *j);

#endif
