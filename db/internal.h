/* Inside db/ only: opening handles, shared by db.c, schema.c and file.c. */
#ifndef MYTRACKS_DB_INTERNAL_H
#define MYTRACKS_DB_INTERNAL_H

#include "sql.h"

/* A handle on an existing file, or on a private database in memory when path is ":memory:", with
   the limits and settings that every connection of ours has; no journal mode, no schema check. NULL
   with *why (heap). */
struct db *db_handle(const char *path, enum db_role role, int busy_ms, char **why);
/* A sentence on the heap. */
char *db_why(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
