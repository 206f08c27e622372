/* Inside db/ only: the keys (id and fix time) of the locations that a query selects, in its order.

   Every visible device is a source, within what the viewer may see of it (sight.h), read a block at
   a time behind a cursor through the one index that has the wanted order; the sources are merged.
   So the cost is that of the rows asked for, however many rows, devices or rows of other people
   there are, memory is constant, and no list is ever sorted (but the
   rows of one fix time where files want them by id). Staff without a device filter read one
   source over all devices.

   A long list renews its read transaction now and then, so that a slow reader does not keep the
   write-ahead log from being checkpointed. Rows that come meanwhile do not disturb the order. */
#ifndef MYTRACKS_DB_KEYS_H
#define MYTRACKS_DB_KEYS_H

#include "locations.h"
#include "sight.h"
#include "sql.h"

struct key {
    int64_t id;
    usec_t fix;
};

struct source;
struct keys {
    struct db *db;
    const struct location_query *q;
    struct source *sources;
    size_t live;               /* sources with a key, a heap by the order */
    size_t block;              /* keys read at once per source */
    int64_t left;              /* keys still to be given or skipped; negative: all */
    int64_t since_id;          /* bounds as bound */
    const struct sight *sight; /* of the key given last */
    unsigned age;              /* keys given in this read transaction */
    bool own_transaction;
};

/* Whatever it returns, keys_close() comes after. */
enum db_rc keys_open(struct keys *k, struct db *db, const struct location_query *q) DB_USED;
/* DB_NONE: no more. */
enum db_rc keys_next(struct keys *k, struct key *out) DB_USED;
void keys_close(struct keys *k);

/* What is to be seen of the devices of a query, into the arena; none when q->device_id is not
   visible. Staff without a filter: all devices. */
#define DEVICES_MAX 100000
enum db_rc keys_sights(struct db *db, struct arena *a, const struct location_query *q,
                       struct sight **out, size_t *n) DB_USED;

/* The bounds of a query, in a device's limits, as texts for comparison in SQL; open ends lie beyond
   every time. False: nothing lies between them. */
bool keys_bounds(const struct location_query *q, const struct sight *s, char from[CLOCK_TEXT],
                 char to[CLOCK_TEXT]);

#endif
