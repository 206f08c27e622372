/* Locations: lists stream row by row, nothing is collected. */
#ifndef MYTRACKS_DB_LOCATIONS_H
#define MYTRACKS_DB_LOCATIONS_H

#include "removed.h"

enum location_order {
    ORDER_FIX_DESC, /* of the same fix time: the lowest id first */
    ORDER_FIX_ASC,  /* the other way round */
    ORDER_ID_ASC,
    ORDER_ID_DESC,
    ORDER_FIX_ID_ASC, /* of files: by fix time, then as they came; who imports one makes ids anew */
    LOCATION_ORDERS   /* how many */
};

struct location_query {
    struct viewer viewer;
    int64_t device_id;        /* 0: all visible */
    struct opt_int since_id;  /* id > */
    struct opt_usec from, to; /* fix time, inclusive */
    enum location_order order;
    int64_t limit; /* negative: no limit */
    int64_t offset;
};

/* The row's texts are in an arena that is reset after each row. False stops the query (DB_OK). The
   function must not start another list of locations nor begin a transaction. A row whose columns
   cannot be read is left out, with one line in the log. */
typedef bool location_row_fn(void *ctx, const struct location *l);

enum db_rc db_location_count(struct db *db, const struct location_query *q, int64_t *n) DB_USED;
enum db_rc db_location_list(struct db *db, const struct location_query *q, location_row_fn *row,
                            void *ctx) DB_USED;
/* Only (id, fix time) of matching rows in the query's order: for thinning. */
typedef bool location_key_fn(void *ctx, int64_t id, usec_t timestamp);
enum db_rc db_location_keys(struct db *db, const struct location_query *q, location_key_fn *row,
                            void *ctx) DB_USED;
/* One visible row; DB_NONE. *may_write: the viewer owns the device or is staff (H-08). */
enum db_rc db_location_get(struct db *db, struct arena *a, struct viewer v, int64_t id,
                           struct location *out, bool *may_write) DB_USED;
/* Latest report (device.latest_location) of each visible device, newest fix first; where a share's
   limits hide it, the position with the newest fix. device_ids narrows (n = 0: all). */
enum db_rc db_location_last_known(struct db *db, struct viewer v, const int64_t *device_ids,
                                  size_t n, location_row_fn *row, void *ctx) DB_USED;
/* Rows after an id, whoever may see them, ascending: the live feed. At most limit. */
enum db_rc db_location_feed(struct db *db, int64_t after_id, int64_t limit, location_row_fn *row,
                            void *ctx) DB_USED;
enum db_rc db_location_last_id(struct db *db, int64_t *id) DB_USED;
/* lwt rows that came over MQTT after an id, ascending: the live feed's second part. device_key:
   "owner/device_id" as in struct location; device_name: the bare device_id. */
typedef bool offline_row_fn(void *ctx, int64_t id, int64_t device_id, struct str device_key,
                            struct str device_name, usec_t at);
enum db_rc db_offline_feed(struct db *db, int64_t after_id, offline_row_fn *row, void *ctx) DB_USED;
enum db_rc db_message_last_id(struct db *db, int64_t *id) DB_USED;
/* DELETE with Django's SET NULL of device.latest_location. The row is kept for a while (removed.h).
 */
enum db_rc db_location_delete(struct db *db, const struct remover *by, int64_t id) DB_USED;

#endif
