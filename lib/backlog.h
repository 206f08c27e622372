/* What waits in the spool: for people who want to know, whether or not anybody reads it. The format
   is that of broker-agent/spool.h; nothing is opened for writing. */
#ifndef MYTRACKS_BACKLOG_H
#define MYTRACKS_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

struct backlog {
    int64_t bytes, records;
    bool more; /* there are more records than were counted */
};

/* Behind the position (db_spool_position); at most that many records are counted. False: the folder
   cannot be read. */
bool backlog_read(const char *dir, uint64_t segment, uint64_t offset, int64_t most,
                  struct backlog *out);

#endif
