/* Whose session is this? The read-only half of Django's session authentication, for everybody who
   needs it (web application, live hub). */
#ifndef MYTRACKS_DB_LOGIN_H
#define MYTRACKS_DB_LOGIN_H

#include "account.h"

/* The active user of a stored, unexpired, well-signed session whose auth hash fits the password
   column (security.md 3.3). DB_NONE: none. Nothing is written. */
enum db_rc db_login_of_session(struct db *db, struct arena *a, struct str secret_key,
                               struct str session_key, usec_t now, struct user *out) DB_USED;
/* The same decision on a row that was read already: its object (session_decode) and the user that
   it names. */
struct jval;
enum login_state {
    LOGIN_NONE,  /* names nobody, an unknown or inactive user, another backend */
    LOGIN_STALE, /* the password has changed: Django deletes the row */
    LOGIN_GOOD,
};
enum db_rc db_login_state(struct db *db, struct arena *a, struct str secret_key,
                          const struct jval *object, enum login_state *state,
                          struct user *out) DB_USED;

#endif
