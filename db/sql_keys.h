/* A part of the table in sql.c, which includes it there: keys of locations (keys.c). */
/* clang-format off */

/* Keys of locations, a block at a time, behind a cursor (fix time ?2, id ?3). Two branches that one
   index serves each: the rest of the cursor's own fix time, then what follows it. Fix time
   descending goes with ascending ids and the other way round: that is the order of the indexes, and
   what the reference answers. A text too long to be a time is no key. */
#define KEYS(where, same, beyond, order)                                          \
    "SELECT id, timestamp FROM my_tracks_location WHERE " where same              \
    " UNION ALL SELECT id, timestamp FROM my_tracks_location WHERE " where beyond \
    " AND length(timestamp) < 40 ORDER BY " order " LIMIT ?6 OFFSET ?7"
#define KEYS_FIX_DESC(where)                           \
    KEYS(where, "timestamp = ?2 AND id > max(?3, ?5)", \
         "timestamp < ?2 AND timestamp >= ?4 AND id > ?5", "timestamp DESC, id")
#define KEYS_FIX_ASC(where)                               \
    KEYS(where, "timestamp = ?2 AND id < ?3 AND id > ?5", \
         "timestamp > ?2 AND timestamp <= ?4 AND id > ?5", "timestamp, id DESC")
/* By id among equal fix times, which the index has the other way round: those are sorted. */
#define KEYS_FIX_ID_ASC(where)                         \
    KEYS(where, "timestamp = ?2 AND id > max(?3, ?5)", \
         "timestamp > ?2 AND timestamp <= ?4 AND id > ?5", "timestamp, id")
/* The same by id: behind id ?2, above id ?3, fix time ?4 to ?5. The plus keeps the planner from the
   index on the fix time, which would have to be sorted. */
#define KEYS_ID(where, behind, order)                                       \
    "SELECT id, timestamp FROM my_tracks_location WHERE " where behind      \
    " AND +timestamp >= ?4 AND +timestamp <= ?5 AND length(timestamp) < 40" \
    " ORDER BY " order " LIMIT ?6 OFFSET ?7"
#define KEYS_ID_DESC(where) KEYS_ID(where, "id < ?2 AND id > ?3", "id DESC")
#define KEYS_ID_ASC(where) KEYS_ID(where, "id > max(?2, ?3)", "id")
#define OF_DEVICE "device_id = ?1 AND "

S(SQL_KEYS_DEVICE_FIX_DESC, 0, KEYS_FIX_DESC(OF_DEVICE)),
S(SQL_KEYS_DEVICE_FIX_ASC, 0, KEYS_FIX_ASC(OF_DEVICE)),
S(SQL_KEYS_DEVICE_ID_DESC, 0, KEYS_ID_DESC(OF_DEVICE)),
S(SQL_KEYS_DEVICE_ID_ASC, 0, KEYS_ID_ASC(OF_DEVICE)),
S(SQL_KEYS_ALL_FIX_DESC, 0, KEYS_FIX_DESC("")),
S(SQL_KEYS_ALL_FIX_ASC, 0, KEYS_FIX_ASC("")),
S(SQL_KEYS_ALL_ID_DESC, 0, KEYS_ID_DESC("")),
S(SQL_KEYS_ALL_ID_ASC, 0, KEYS_ID_ASC("")),
S(SQL_KEYS_DEVICE_FIX_ID_ASC, 0, KEYS_FIX_ID_ASC(OF_DEVICE)),
S(SQL_KEYS_ALL_FIX_ID_ASC, 0, KEYS_FIX_ID_ASC("")),
