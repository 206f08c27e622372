/* What the API accepts as a rule of a user's own. */
#ifndef MYTRACKS_FCGI_RULES_H
#define MYTRACKS_FCGI_RULES_H

#include "db/rules.h"
#include "lib/owntracks.h"
#include "request.h"

/* A new rule, before anything is said of it. */
struct rule rule_blank(const struct request *r);
/* The members that the body (an object) has, over what rule holds. errors: what is wrong, by field;
   n is 0 when the rule can be stored. */
void rule_take(struct request *r, struct rule *rule, struct ot_errors *errors);

#endif
