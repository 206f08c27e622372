/* What a request to /api/admin/data/TABLE/ is about: the table of its path, its query's filter. */
#ifndef MYTRACKS_FCGI_DATA_FILTER_H
#define MYTRACKS_FCGI_DATA_FILTER_H

#include "db/browse.h"
#include "request.h"

/* False: there is no such table, and that is replied. */
bool data_table(struct request *r, enum browse_table *out);
/* False: the query cannot be taken; *status, or 0 when that is replied. */
bool data_filter(struct request *r, enum browse_table table, struct browse_filter *f, int *status);

/* A line of the log: so many rows were removed; none, no line. */
void data_removed_log(struct request *r, struct str table, int64_t n);
/* The end of a removal of n rows of that table, also one that stopped half way: logged, and replied
   as
   {"removed": n}. */
int data_removed(struct request *r, struct str table, enum db_rc rc, int64_t n);

#endif
