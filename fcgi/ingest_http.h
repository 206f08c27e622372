/* Reports over HTTP, from phones and API clients. */
#ifndef MYTRACKS_FCGI_INGEST_HTTP_H
#define MYTRACKS_FCGI_INGEST_HTTP_H

#include "request.h"

struct sender report_sender(struct request *r);
/* The fields of a location, and all checks on them. out->device_id and out->topic_user are chosen
   by what body, headers and query say. False: errors says why not. */
bool report_fields(struct request *r, const struct jval *msg, struct ot_http *out,
                   struct ot_errors *errors);
/* A report that was set aside, as somebody else sent it: stored in a transaction of its own.
   INGEST_QUARANTINE: it still cannot be, *why (from the arena or static). */
enum ingest_result report_again(struct request *r, const struct sender *s, struct str raw,
                                const char **why) DB_USED;
/* When the request's memory ran out over a phone's report (r->arena is a fresh one): the raw report
   goes into quarantine and is acknowledged. 0: has replied; else a status to be shown. */
int ingest_overflow(struct request *r);

#endif
