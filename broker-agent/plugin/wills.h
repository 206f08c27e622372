/* Wills. The broker publishes a will by itself: it asks for the right to WRITE, as for a PUBLISH,
   but raises no MESSAGE event. So a WRITE check that was allowed and is not followed by the MESSAGE
   of the same client was a will.

   This is exact in Mosquitto 2.0.11. Its WRITE checks are three: handle__publish (MESSAGE is raised
   right after it, with nothing between), context__send_will, and retain__process, which asks for
   the publisher of a retained message by a context that has no address. The next event of any kind,
   at the latest the TICK of the same round of its loop, shows that no MESSAGE comes. It needs this
   plugin to be the only one that answers MESSAGE events. */
#ifndef MYTRACKS_PLUGIN_WILLS_H
#define MYTRACKS_PLUGIN_WILLS_H

#include "broker-agent/spool.h"

struct mosquitto;
struct wills;

/* NULL: out of memory. */
struct wills *wills_new(void);
void wills_free(struct wills *w);
/* A WRITE check was allowed: keeps a copy, unless it is too long to be a will. */
void wills_remember(struct wills *w, const struct mosquitto *context, const struct spool_record *r);
/* MESSAGE of a client: what waits of this client was no will. */
void wills_forget(struct wills *w, const struct mosquitto *context);
/* The will that waits; NULL without one. Valid until the next wills_remember. */
const struct spool_record *wills_take(struct wills *w);

#endif
