/* Does a part of the stack answer? Short connects to this machine. */
#ifndef MYTRACKS_PROBE_H
#define MYTRACKS_PROBE_H

#include <stdbool.h>

/* True when the port can be bound; else errno says why. */
bool probe_port_free(const char *address, int port);
bool probe_tcp(const char *address, int port);
bool probe_unix(const char *path);
/* GET /health/ with this Host header answers 200. */
bool probe_health(const char *address, int port, const char *host);

#endif
