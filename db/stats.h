/* Numbers about the database for the status page, and what an administrator does to the outbox. */
#ifndef MYTRACKS_DB_STATS_H
#define MYTRACKS_DB_STATS_H

#include "outbox.h"

/* Tables without a counter are counted up to this. */
#define STATS_MOST 200000

struct stats {
    int64_t users, devices, locations, messages, transitions, places, quarantine, quarantine_bytes;
    struct opt_usec oldest, newest; /* fix times */
    struct opt_usec last_received;  /* when the last row came */
    int64_t file, wal;              /* bytes */
    int64_t disk_free, disk_size;   /* bytes of the file system; 0: not known */
};
enum db_rc db_stats(struct db *db, struct stats *out) DB_USED;

/* delivered: what was sent, as long as it is kept (a day), the last first; else what waits or was
   given up, the newest first. At most `most`. Texts live until row returns. */
struct outbox_row {
    struct outbox_item item;
    enum outbox_way way;
    struct str user;
    struct str error;
    bool given_up;
    struct opt_usec finished_at; /* sent, or given up */
};
typedef bool outbox_row_fn(void *ctx, const struct outbox_row *row);
enum db_rc db_outbox_list(struct db *db, bool delivered, int64_t most, outbox_row_fn *row,
                          void *ctx) DB_USED;
/* Done since then. */
enum db_rc db_outbox_sent(struct db *db, enum outbox_way way, usec_t since, int64_t *out) DB_USED;
/* What waits or was given up is due now; id 0: all of it. *n: how many. */
enum db_rc db_outbox_again(struct db *db, int64_t id, usec_t now, int64_t *n) DB_USED;
/* DB_NONE: it is not there, or was sent. */
enum db_rc db_outbox_drop(struct db *db, int64_t id) DB_USED;

#endif
