/* An HTTP request to somebody else's server, by libcurl: bounded in time and in bytes, no redirects
   (they would carry the key to another host), no proxy, certificates checked. It waits: call it
   where waiting harms nobody. */
#ifndef MYTRACKS_HTTPPOST_H
#define MYTRACKS_HTTPPOST_H

#include "arena.h"

#include <stdatomic.h>
#include <stdint.h>

#define HTTP_POST_PREVIEW 500u /* characters of an answer that are kept */
#define HTTP_POST_HEADERS 4
#define HTTP_POST_BYTES ((size_t)8192)

struct http_post {
    const char *url;                        /* http or https, absolute */
    bool get;                               /* a GET, without a body */
    const char *type;                       /* "Content-Type: ..."; NULL: JSON */
    const char *headers[HTTP_POST_HEADERS]; /* more, "Name: value" without control characters; ""
                                               and NULL are none */
    struct str body;
    int limit_ms;            /* for everything, looking the name up included */
    const atomic_bool *stop; /* ends the wait early when it becomes true; may be NULL */
    bool allow_private;      /* may go to this machine and to private networks. Link-local addresses
                                (cloud metadata) and multicast are refused always */
};

struct http_answer {
    int status; /* 0: there was none */
    int64_t ms; /* how long it took */
    size_t n;
    char text[HTTP_POST_BYTES]; /* the answer's first bytes, or why there is none */
};

/* Always fills *out. The reasons are those of Python's urlopen where it has one:
   "[Errno 111] Connection refused", "timed out". */
void http_post(const struct http_post *post, struct http_answer *out);
/* The text as valid UTF-8, at most HTTP_POST_PREVIEW characters. */
struct str http_answer_text(struct arena *a, const struct http_answer *answer);

#endif
