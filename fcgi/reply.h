/* A reply. The first REPLY_HOLD bytes of the body are held back: until then everything can still be
   taken back for a clean error. After that point the head is out, the rest streams, and a failure
   aborts the request, so that no client takes a short body for a whole one. */
#ifndef MYTRACKS_FCGI_REPLY_H
#define MYTRACKS_FCGI_REPLY_H

#include "lib/buf.h"
#include "lib/json.h"

#define REPLY_HOLD (64u * 1024)
#define REPLY_HEADERS 12

struct request;

struct reply {
    int status;       /* 0: nothing yet */
    const char *type; /* Content-Type; NULL: none */
    struct {
        const char *name;
        struct str value;
    } header[REPLY_HEADERS];
    size_t headers;
    struct buf body;
    struct json json;
    bool vary_cookie;
    bool own_caching; /* the handler has set Cache-Control itself */
    bool committed;   /* the head is out */
    bool aborted;     /* the client must see a broken connection */
    bool gone;        /* the client is not there any more */
};

/* Before the first request of a worker; memory is kept over reply_start. */
void reply_open(struct reply *p);
void reply_close(struct reply *p);
/* Empty reply for r; body and its memory are reused. */
void reply_start(struct request *r);
/* Takes back status, headers and body. Only before the head is out. */
void reply_reset(struct request *r);

void reply_head(struct request *r, int status, const char *type);
/* name is a literal. A value with control characters is dropped with a line in the log. */
void reply_header(struct request *r, const char *name, struct str value);
/* Content-Disposition of a download, by RFC 6266: the name as a quoted ASCII text, and in UTF-8
   when that is not the same. Parts of the name that a file system would take for a path become "_".
 */
void reply_attachment(struct request *r, struct str name);
void reply_cache(struct request *r, struct str cache_control);
/* A file to be saved as NAME SUFFIX, as a whole reply; type is a literal. Returns 0. */
#define PEM_TYPE "application/x-pem-file"
int reply_file(struct request *r, const char *type, struct str name, struct str suffix,
               struct str content);

/* Before a body that may outgrow REPLY_HOLD: what must be stored for the head is stored now, since
   nothing may be written once rows are being read. */
void reply_prepare(struct request *r);
/* Head and all of the body, if that has not happened yet. True when the client has got a whole
   reply. */
bool reply_finish(struct request *r);
/* Gives up a reply whose head is out. */
void reply_abort(struct request *r);

#endif
