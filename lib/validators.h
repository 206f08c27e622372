/* Is a new password good enough? Django's AUTH_PASSWORD_VALIDATORS as the reference has them
   (django.contrib.auth.password_validation), with their English texts, which clients may match. */
#ifndef MYTRACKS_VALIDATORS_H
#define MYTRACKS_VALIDATORS_H

#include "arena.h"
#include "model.h"

#define PASSWORD_LENGTH_MIN 8 /* characters; the callers say so in their own words */
#define PASSWORD_FAULTS 3     /* too similar to the user's names, too common, entirely numeric */

/* What is wrong beside the length, in Django's order; returns how many. Valid UTF-8 only.
   similarity false: that check is left out. */
size_t password_faults(struct arena *a, struct str password, const struct user *u, bool similarity,
                       struct str out[PASSWORD_FAULTS]);
/* Of both texts: 2 * characters in common / characters in all, whatever their order, as
   difflib.SequenceMatcher.quick_ratio. 1 for two empty texts. */
double text_quick_ratio(struct arena *a, struct str x, struct str y);

#endif
