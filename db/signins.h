/* The last sign-ins with the form, good and bad, and phones in HTTP mode that were refused. */
#ifndef MYTRACKS_DB_SIGNINS_H
#define MYTRACKS_DB_SIGNINS_H

#include "db.h"

#define SIGNINS_KEPT 2000

struct signin {
    struct str username, address, agent;
    struct str way; /* "form", "http" */
    bool ok;
    int64_t times; /* a failure that came again within an hour */
    usec_t at;     /* the last time */
};

/* Notes one, and forgets what is older than the last SIGNINS_KEPT. Inside a transaction of the
   caller's, or each statement by itself; times is not read. */
enum db_rc db_signin_note(struct db *db, const struct signin *s) DB_USED;
/* The last ones under a name as it was typed ("": all), newest first, at most `most`. Texts live
 * until row returns; false stops. */
typedef bool signin_row_fn(void *ctx, const struct signin *s);
enum db_rc db_signin_list(struct db *db, struct str username, int64_t most, signin_row_fn *row,
                          void *ctx) DB_USED;

#endif
