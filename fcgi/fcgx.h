/* FastCGI by libfcgi. The only user of fcgiapp.h. */
#ifndef MYTRACKS_FCGI_FCGX_H
#define MYTRACKS_FCGI_FCGX_H

#include "gateway.h"

struct fcgx;

/* listener: a listening, non-blocking socket. NULL when libfcgi does not start. */
struct fcgx *fcgx_new(int listener);
void fcgx_free(struct fcgx *f);
/* Takes the next connection and reads its head. False: there is none (another worker has it), or it
   spoke no FastCGI. */
bool fcgx_accept(struct fcgx *f);
/* Of the request that was taken; valid until it ends. */
struct gateway *fcgx_gateway(struct fcgx *f);
/* Ends the request properly. */
void fcgx_finish(struct fcgx *f);
/* Closes the connection without END_REQUEST: the web server then breaks the client's connection
   instead of ending the body. */
void fcgx_abort(struct fcgx *f);

#endif
