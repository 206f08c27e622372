/* Turns at what may keep a worker for long: waiting for another server, importing a history. */
#ifndef MYTRACKS_FCGI_TURN_H
#define MYTRACKS_FCGI_TURN_H

#include "request.h"

/* One at a time of each kind over all workers: the others must stay free for phones. A descriptor
   to be closed afterwards (the turn goes with the process), or -1: it is somebody else's. */
int turn_take(struct request *r, const char *what);

#endif
