/* The link that makes the first administrator: good for a day, and until anybody's account is made.
   Nothing is stored: who has SECRET_KEY, and nobody else, can make one. */
#ifndef MYTRACKS_INVITATION_H
#define MYTRACKS_INVITATION_H

#include "clock.h"

#define INVITATION_HOURS 24

/* "SECONDS.SIGNATURE". accounts: how many were ever made (db_users_made). From the arena. */
struct str invitation_make(struct arena *a, struct str secret, int64_t accounts, usec_t now);
bool invitation_good(struct arena *a, struct str secret, int64_t accounts, usec_t now,
                     struct str token);

#endif
