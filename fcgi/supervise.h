/* The parent of the workers: owns the socket, replaces workers that end. */
#ifndef MYTRACKS_FCGI_SUPERVISE_H
#define MYTRACKS_FCGI_SUPERVISE_H

#include "lib/config.h"

/* Listens on the unix socket (mode 0660) and keeps workers (1..) of them until SIGTERM or SIGINT;
   SIGHUP reads the settings again and replaces the workers. Owns c. Exit status. */
int supervise(struct config *c, const char *socket_path, int workers);

#endif
