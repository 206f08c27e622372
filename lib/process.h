/* What Linux tells of running programs in /proc. */
#ifndef MYTRACKS_PROCESS_H
#define MYTRACKS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process_facts {
    int64_t rss;    /* bytes in memory */
    int64_t uptime; /* seconds */
};

/* False: it is not there, or hidden from us. */
bool process_facts(pid_t pid, struct process_facts *out);
/* At most max children of the process's first thread; 0 when the kernel does not tell. */
size_t process_children(pid_t pid, pid_t *out, size_t max);

/* Whether somebody on this machine listens on that TCP port, on whatever address. Nothing is sent.
 */
bool process_listens(int64_t port);

#endif
