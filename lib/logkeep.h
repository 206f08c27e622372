/* The last warnings and errors of all our programs, for the status page: RUN_DIR/recent.log, and
   what was before that in recent.log.1. Each is a line of lib/log.h, which masks secrets and
   escapes what could forge a line. Wherever else a program logs to, this is written too. */
#ifndef MYTRACKS_LOGKEEP_H
#define MYTRACKS_LOGKEEP_H

#include "arena.h"
#include "log.h"

#define LOGKEEP_BYTES ((off_t)64 * 1024) /* then the file becomes recent.log.1 */
#define LOGKEEP_LINE 1000                /* bytes that are kept of a line */

/* From now on log_event() keeps its warnings and errors there, in this process and its children.
   The folder need not exist yet; "": nowhere. */
void logkeep_open(const char *run_dir);
/* A whole line, "TIME LEVEL program text", with or without its newline; silent when it cannot be
   written. errno is not changed. Thread-safe. */
void logkeep_write(const char *line, size_t n);

struct logkeep_line {
    struct str at; /* ISO 8601 with Z */
    struct str level, program, text;
};
/* At most `most` lines, newest first, of what the folder holds; views into the arena. Lines that
   are none are left out. False: it cannot be read (nothing was logged yet is true, with *n 0). */
bool logkeep_read(struct arena *a, const char *run_dir, size_t most, struct logkeep_line *out,
                  size_t *n);

#endif
