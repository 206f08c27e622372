/* The table is the feed: rows after the last one told become frames, whoever wrote them. */
#ifndef MYTRACKS_FEED_H
#define MYTRACKS_FEED_H

#include "agent.h"
#include "hub.h"

struct feed;

/* Exits the process when the database cannot be read. Call feed_skip before the first run. */
struct feed *feed_new(const struct agent *agent);
void feed_free(struct feed *f);
/* Moves behind the newest rows: they are told to nobody. */
void feed_skip(struct feed *f);
/* True when the database has changed since the last call. */
bool feed_changed(struct feed *f);
/* Tells all new rows to their audiences, in the order in which they came. */
void feed_run(struct feed *f, struct hub *h, hub_touch_fn *touched);

/* The user of a session cookie by the rules of the pages; false: anonymous. Fills user_id, is_staff
   and session_key of the socket. cookie: the Cookie header, STR_NULL without one. */
bool feed_identify(struct feed *f, struct str cookie, struct hub_socket *s);
/* Is the session that the socket was opened with still good? Updates the staff flag. */
bool feed_still_good(struct feed *f, struct hub_socket *s);

#endif
