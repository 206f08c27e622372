/* Making users, for the API and for the form of the panel. */
#ifndef MYTRACKS_FCGI_USERS_H
#define MYTRACKS_FCGI_USERS_H

#include "request.h"

struct user_made {
    int refused; /* 0: made; else 400 or 409 with why */
    struct str why;
    struct user u;
};
/* username, password, email, first_name, last_name, is_staff of an object (NULL: none of them).
   0, or 500/503. */
int user_make(struct request *r, const struct jval *wanted, struct user_made *made);

#endif
