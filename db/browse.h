/* The tables as an administrator looks through them: filtered, a page at a time behind a cursor,
   each row as named cells. What Django's admin was used for. Staff only: nothing in here asks who
   may see what. */
#ifndef MYTRACKS_DB_BROWSE_H
#define MYTRACKS_DB_BROWSE_H

#include "removed.h"

enum browse_table {
    BROWSE_DEVICES,     /* newest id first */
    BROWSE_LOCATIONS,   /* latest fix first */
    BROWSE_MESSAGES,    /* received last first */
    BROWSE_TRANSITIONS, /* newest id first, as the two below */
    BROWSE_GEOFENCES,
    BROWSE_QUARANTINE,
    BROWSE_RULES, /* e-mail rules */
    BROWSE_PROFILES,
    BROWSE_REQUESTS, /* for friendship, and accepted ones: friendships */
    BROWSE_SHARES,   /* without limits: Django's rows */
    BROWSE_LIMITS,   /* shares within limits: mytracks_share, newest device first */
    BROWSE_LINKS,    /* public links; never their secrets */
    BROWSE_TABLES    /* how many */
};

/* "devices", ...; false: no such table. */
bool browse_table_named(struct str name, enum browse_table *out);

enum cell_kind { CELL_INT, CELL_BOOL, CELL_REAL, CELL_TIME, CELL_TEXT, CELL_BYTES };

/* A value of a row. What cannot be read as its kind is null: such rows are to be found, too. */
struct cell {
    const char *name;
    enum cell_kind kind;
    bool null;
    union {
        int64_t n; /* CELL_INT, CELL_BOOL */
        double real;
        usec_t time;
        struct str text; /* CELL_BYTES: of any kind; CELL_TEXT: valid UTF-8 */
    };
};
#define CELLS_MAX 20

struct browse_row {
    int64_t id;    /* with `at` the cursor behind the row */
    struct str at; /* "" where the order is that of ids */
    size_t n;
    struct cell cell[CELLS_MAX];
};

#define BROWSE_NO_OWNER (-1)
/* A table heeds what it has; struct filter {0} with texts "" is no filter. */
struct browse_filter {
    int64_t device_id; /* locations, messages, transitions; 0: all */
    int64_t owner_id;  /* devices, geofences, rules, profiles, limits, links; 0: all, or
                          BROWSE_NO_OWNER */
    int online;        /* devices; 0: all, 1: online, -1: not */
    struct str type;   /* messages: _type; transitions: event; requests: status; "": all */
    struct str search; /* all but locations, messages, transitions: part of a name; "": all */
    struct opt_usec from, to; /* locations, transitions: fix time; messages, quarantine: received */
};

/* At most limit rows behind the cursor (id, at), both as in the row; id 0: from the first on. Long
   payloads are cut. The row's texts live until row returns; false stops. */
typedef bool browse_row_fn(void *ctx, const struct browse_row *row);
enum db_rc db_browse(struct db *db, enum browse_table table, const struct browse_filter *f,
                     int64_t id, struct str at, int64_t limit, browse_row_fn *row,
                     void *ctx) DB_USED;
/* One message or quarantine row, whole. DB_NONE: there is none, or the table has no such view. */
enum db_rc db_browse_one(struct db *db, enum browse_table table, int64_t id, browse_row_fn *row,
                         void *ctx) DB_USED;

/* What a user's phones sent since then and could not be stored, newest first. The row's texts live
   until row returns. */
typedef bool quarantine_row_fn(void *ctx, usec_t at, struct str topic, struct str reason);
enum db_rc db_quarantine_of(struct db *db, struct str username, usec_t since, int64_t most,
                            quarantine_row_fn *row, void *ctx) DB_USED;

/* Rows by their ids, with what Django's cascade takes along; *removed: how many there were. A
   device that loses its latest position has the one before as its latest then. Geofences and
   devices, and requests that were accepted, go one by one (db_place_delete, db_device_remove,
   db_friend_end: with what the two share), the rest in one transaction. Positions and
   geofences are kept for a while (removed.h, removed_places.h). */
enum db_rc db_browse_remove(struct db *db, enum browse_table table, const struct remover *by,
                            const int64_t *ids, size_t n, int64_t *removed) DB_USED;
/* Whether all that match a filter can be counted and removed: locations, messages, quarantine. */
bool browse_is_removable(enum browse_table table);
enum db_rc db_browse_count(struct db *db, enum browse_table table, const struct browse_filter *f,
                           int64_t *n) DB_USED;
/* All that match, some thousands in a transaction: nobody waits long for the database. *removed
   holds also after a failure. */
enum db_rc db_browse_remove_all(struct db *db, enum browse_table table, const struct remover *by,
                                const struct browse_filter *f, int64_t *removed) DB_USED;

#endif
