/* Signing somebody in who has shown who they are. */
#ifndef MYTRACKS_FCGI_WEB_LOGIN_H
#define MYTRACKS_FCGI_WEB_LOGIN_H

#include "request.h"

/* password is right for u: a session, last_login, a note for administrators, and a hash of today's
   strength. Goes where the form's next says, else to the map. A status, or 0. */
int web_sign_in(struct request *r, struct user *u, struct str password);

#endif
