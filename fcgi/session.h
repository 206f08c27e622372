/* Sessions in django_session, shared with Django (reference/web.md "Sessions", security.md 3.3). */
#ifndef MYTRACKS_FCGI_SESSION_H
#define MYTRACKS_FCGI_SESSION_H

#include "request.h"

#define SESSION_AGE INT64_C(604800) /* Django's setting in the reference: 7 days */

/* Reads the row of the cookie, once. 0, or 500/503. */
int session_read(struct request *r);
/* The user of a read session: *found. A session whose password hash does not fit any more is
   deleted. 0, or 500/503. */
int session_user(struct request *r, struct user *out, bool *found);
/* After a right password: a new key unless this user's session goes on; the user's keys are set.
   Within the caller's transaction. */
enum db_rc session_login(struct request *r, const struct user *u) DB_USED;
/* After a change of the user's password: this session goes on under a new key. Without a session
   nothing happens. Within the caller's transaction. */
enum db_rc session_renew(struct request *r, const struct user *u) DB_USED;
/* Deletes the row and forgets the session. Within the caller's transaction. */
enum db_rc session_flush(struct request *r) DB_USED;
/* Writes what changed: data, or an expiry that moved far enough. Failures are only logged. */
void session_settle(struct request *r);
/* Set-Cookie value for this reply; STR_NULL when none is due. */
struct str session_cookie(struct request *r);

#endif
