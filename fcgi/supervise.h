/* The parent of the workers: owns the socket, replaces workers that end. */
#ifndef MYTRACKS_FCGI_SUPERVISE_H
#define MYTRACKS_FCGI_SUPERVISE_H

#include "lib/config.h"

/* Listens on the unix socket (mode 0660) and keeps workers until SIGTERM or SIGINT: some always, up
   to most (1..CREW_MAX) while there is that much to do at once. SIGHUP reads the settings again and
   replaces them. Owns c. Exit status. */
int supervise(struct config *c, const char *socket_path, int most);

#endif
