/* Shared by db/rules*.c alone. */
#ifndef MYTRACKS_DB_RULES_PARTS_H
#define MYTRACKS_DB_RULES_PARTS_H

#include "outbox.h"
#include "rules.h"
#include "sql.h"

/* The columns of OWN_RULE_COLUMNS; the rest of *r is empty. */
void rules_read(struct query *q, struct arena *a, struct rule *r);
/* The columns of RULE_LOG_COLUMNS. */
void rules_read_news(struct query *q, struct arena *a, struct rule_news *n);
/* A position's two columns. False: one of them is NULL. */
bool rules_read_point(struct query *q, double *lat, double *lon);
/* Writes it into the log and the outbox, in the caller's transaction. Over the limit it is in the
   log alone, which says so. n->id is set. */
enum db_rc rules_tell(struct db *db, struct arena *a, const struct rule *r, struct rule_news *n,
                      struct rule_limits limits, usec_t now) DB_USED;

#endif
