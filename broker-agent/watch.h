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
/* Sends what has changed. */
void watches_refresh(struct watches *w, struct db *db, struct arena *a, watch_send_fn *send,
                     void *ctx);
/* The connection of this slot is gone. */
void watches_forget(struct watches *w, uint32_t slot);

#endif
