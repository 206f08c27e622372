/* Helpers of the API's handlers: replies and parameters as Django REST framework has them. */
#ifndef MYTRACKS_FCGI_API_H
#define MYTRACKS_FCGI_API_H

#include "db/locations.h"
#include "db/signins.h"
#include "errors.h"
#include "lib/owntracks.h"
#include "request.h"

/* Content negotiation by Accept, ?format= and the suffix; also the indentation. 0, 404 or 406. */
int api_negotiate(struct request *r);
/* Reads and parses the body of a JSON route into r->json. 0, or a status; texts are replied by
   itself, then *replied. */
int api_body(struct request *r, size_t max, bool *replied);
/* 0 or 415 (replied): may a body of this media type be read as JSON? */
bool api_media_ok(struct request *r);

/* Starts a JSON reply; write the value, then return 0. */
struct json *api_begin(struct request *r, int status);
/* {"KEY": "TEXT"} as a whole reply; returns 0. */
int api_text(struct request *r, int status, struct str key, struct str text);
#define api_detail(r, status, text) api_text((r), (status), STR("detail"), (text))
#define api_error(r, status, text) api_text((r), (status), STR("error"), (text))
/* 400 with {"field": ["message"]}. */
int api_field_errors(struct request *r, const struct ot_errors *e);
/* What DRF says to a body that is JSON but no object; NULL, to one that is empty. */
struct str api_not_object_text(struct arena *a, const struct jval *body);
int api_not_object(struct request *r, const struct jval *body);
/* A member of the body as Python's str(value); "" when there is none, or Python takes it as false.
 */
struct str api_member_text(struct request *r, const char *key);
/* Reply without a body. */
int api_empty(struct request *r, int status);
/* After deleting a row: 204, or 404 {"error": "Not found"} for DB_NONE. A status, or 0. */
int api_deleted(struct request *r, enum db_rc rc);
/* OPTIONS. */
int api_describe(struct request *r, struct route_group g);

/* A line of the log: what the administrator who asks has done to user u. */
void api_log_change(struct request *r, const char *event, const struct user *u);

struct viewer api_viewer(const struct request *r);
/* Who removes positions by this request. */
struct remover api_remover(const struct request *r);
/* The answer to a device filter that db_device_find did not like (not DB_OK). A status, or 0. */
int api_device_error(struct request *r, struct str key, enum db_rc rc);
/* The device that the path names (of several with that id the one of ?owner=), if the asker sees
   it; else replied. A status, or 0. */
int api_device_of_path(struct request *r, struct device *out, bool *replied);
/* Is the asker its owner, or staff? */
bool api_may_change(const struct request *r, const struct device *d);
/* The reply to whoever may not. */
int api_not_owner(struct request *r);
/* Removes a device with all that hangs on it and what the broker keeps of it; told in the log. */
enum db_rc api_device_remove(struct request *r, const struct device *d) DB_USED;
/* What the agent says of itself (first) and of the broker, as JSON texts; "" for what is not known.
   Waits less than a second. */
void api_agent_status(struct request *r, struct str out[2]);
/* 200 with {"KEY": n}. */
int api_number(struct request *r, const char *key, int64_t n);
/* "KEY": the time in UTC, or null. */
void api_put_time(struct json *j, const char *key, struct opt_usec t);
/* The fields of a sign-in but its user's name, in the object that is open. */
void api_put_signin(struct json *j, const struct signin *s);
/* Writes a row into the reply's JSON; location_row_fn with the request as ctx. */
bool location_row(void *ctx, const struct location *l);
/* A page of locations as a whole reply; limit and offset of q are set. */
int location_page(struct request *r, struct location_query *q);
/* An argument of the path as a row id; false when it is none. */
bool api_row_id(struct str text, int64_t *out);
/* http://HOST as in links. */
struct str api_base(struct request *r);

/* Python's int(text), values beyond 64 bits clamped to the ends. False: no integer. */
bool api_int(struct str text, int64_t *out);

/* An optional integer of the query within least..most; absent, *out stays. False: refused, and
   replied. */
bool api_query_int(struct request *r, const char *name, int64_t least, int64_t most, int64_t *out);

/* ---- limit/offset pages (DRF LimitOffsetPagination) */

/* An offset may be any integer; beyond 38 digits it stays at that. */
__extension__ typedef unsigned __int128 page_offset;

struct page {
    int64_t limit; /* 1.. */
    page_offset offset;
};
#define PAGE_LIMIT_DEFAULT 100

void page_read(struct request *r, struct page *out);
/* Offset for the database: clamped to 64 bits. */
int64_t page_skip(const struct page *p);
/* Opens the reply's object: count, next, previous, and the key of results. */
void page_head(struct request *r, struct json *j, const struct page *p, int64_t count);

#endif
