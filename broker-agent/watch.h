/* Grants of the user names that the broker's plugin watches: sent when asked for, and again
   whenever the database says something else (shares, friends, active). Server thread only. */
#ifndef MYTRACKS_WATCH_H
#define MYTRACKS_WATCH_H

#include "db/db.h"
#include "lib/wire.h"

struct watches;

typedef void watch_send_fn(void *ctx, uint32_t slot, const struct wire_msg *m);

struct watches *watches_new(void);
void watches_free(struct watches *w);
size_t watches_count(const struct watches *w);
/* Remembers (slot, username) and sends its grants with this id. False: too many. */
bool watches_add(struct watches *w, struct db *db, struct arena *a, uint32_t slot,
                 struct str username, uint32_t id, watch_send_fn *send, void *ctx);
/* The same by itself (id 0), unless it is watched already. */
bool watches_begin(struct watches *w, struct db *db, struct arena *a, uint32_t slot,
                   struct str username, watch_send_fn *send, void *ctx);
/* Everybody's grants may have changed: watches_step() looks through them, from now on. */
void watches_stale(struct watches *w);
/* Some have still to be looked at. */
bool watches_pending(const struct watches *w);
/* Looks at the next `most` and sends what has changed. */
void watches_step(struct watches *w, struct db *db, struct arena *a, size_t most,
                  watch_send_fn *send, void *ctx);
/* The connection of this slot is gone. */
void watches_forget(struct watches *w, uint32_t slot);

#endif
