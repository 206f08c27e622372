/* The web server's side of a request, so that handlers and tests need no FastCGI. */
#ifndef MYTRACKS_FCGI_GATEWAY_H
#define MYTRACKS_FCGI_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

struct gateway {
    char *const *env; /* CGI variables "NAME=value" (RFC 3875), NULL at the end */
    /* Up to n bytes of the body; less only at its end or on an error. */
    size_t (*read)(struct gateway *g, char *p, size_t n);
    /* CGI response text. False: the receiver is gone. */
    bool (*write)(struct gateway *g, const char *p, size_t n);
};

#endif
