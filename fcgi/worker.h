/* One worker process: takes requests one after the other. */
#ifndef MYTRACKS_FCGI_WORKER_H
#define MYTRACKS_FCGI_WORKER_H

#include "app.h"
#include "crew.h"
#include "request.h"

struct worker; /* arenas, database, link, reply buffer */

/* NULL after a line in the log: the database cannot be used. */
struct worker *worker_new(const struct config *c);
void worker_free(struct worker *w);
/* Answers one request. True: the reply is whole; false: the connection must be broken. */
bool worker_serve(struct worker *w, struct gateway *gw);

/* Serves the listening socket until SIGTERM, then what is waiting there already; as number `number`
   of the crew. Exit status. */
int worker_run(const struct config *c, int listener, struct crew *crew, int number);

#endif
