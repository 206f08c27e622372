/* Turns at what may keep a worker waiting for another server. */
#ifndef MYTRACKS_FCGI_TURN_H
#define MYTRACKS_FCGI_TURN_H

#include "request.h"

/* One at a time over all workers: the others must stay free for phones. A descriptor to be closed
   afterwards (the turn goes with the process), or -1: it is somebody else's. */
int turn_take(struct request *r);

#endif
