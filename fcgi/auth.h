/* Who asks: session cookie, then HTTP Basic. */
#ifndef MYTRACKS_FCGI_AUTH_H
#define MYTRACKS_FCGI_AUTH_H

#include "request.h"

/* Longer ones are wrong without looking: no stored password can be that long. */
#define CREDENTIAL_MAX 4096u

/* Verifies a name and a password through the agent, or here when it cannot be reached. origin:
   "form" or "basic". On VERDICT_OK *out is the user, active. */
enum verdict auth_password(struct request *r, struct str origin, struct str username,
                           struct str password, struct user *out);

/* User-Agent as it can be shown and stored: UTF-8, of a bounded length; "" without one. */
struct str auth_agent(const struct request *r);
/* Notes a sign-in for who looks at them (db/signins.h); way as there. */
enum db_rc auth_note(struct request *r, struct str way, struct str username, bool ok) DB_USED;
/* The same of one that was refused. That it cannot be noted changes no answer. */
void auth_note_refused(struct request *r, struct str way, struct str username);

/* Session cookie → r->who. 0, or 500/503. */
int auth_session(struct request *r);
/* Authorization: Basic → r->who. 0 (also when there is none), 500/503, or 403 with *why, DRF's
   text. */
int auth_basic(struct request *r, const char **why);

#endif
