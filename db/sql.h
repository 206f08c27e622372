/* Inside db/ only: the statement table, and what binds, steps and reads. No other header or program
   sees sqlite3.h.

   Adding a statement: a name in enum sql_id below (in the part of its file), its text in sql.c
   under the same heading. tests/unit/test_sql.c then prepares it and checks its flags, its
   parameters and its query plan. Parameters are always numbered ?1, ?2, ... without gaps and bound
   in that order.

   Use:
       struct query q = sql_query(db, SQL_USER_BY_NAME);
       sql_bind_text(&q, username);
       enum db_rc rc = sql_step(&q);            (DB_OK: a row; DB_NONE: no more)
       if (rc == DB_OK)
           read columns in order with sql_col_...(&q), then ask sql_readable(&q)
       sql_end(&q);                             (harmless after the end)
   or, for a statement without rows, return sql_exec(&q) or sql_exec_some(&q).

   Nothing has to be checked in between: the first failure sticks, is logged once, and comes out of
   sql_step or sql_exec. Bound texts are not copied: they must live until sql_end. A statement may
   be in use once at a time. db_request_end() resets whatever a longjmp left open. */
#ifndef MYTRACKS_DB_SQL_H
#define MYTRACKS_DB_SQL_H

#include "db.h"

#include <sqlite3.h>

enum sql_id {
    /* db.c */
    SQL_BEGIN_READ,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_DATA_VERSION,
    SQL_META_GET,
    SQL_META_PUT,
    /* schema.c */
    SQL_SCHEMA_META,
    SQL_SCHEMA_PAGES,
    SQL_SCHEMA_TRIGGERS,
    SQL_SCHEMA_COLUMNS,
    SQL_SCHEMA_COLUMN,
    SQL_SCHEMA_MIGRATION,
    /* upkeep.c */
    SQL_SESSIONS_EXPIRE,
    SQL_QUARANTINE_TRIM,
    SQL_INTEGRITY_CHECK,
    SQL_FOREIGN_KEY_CHECK,
    SQL_COUNTERS_CHECK,
    /* account.c */
    SQL_USER_BY_NAME,
    SQL_USER_BY_ID,
    SQL_ANY_STAFF,
    SQL_USERS_MADE,
    SQL_USER_INSERT,
    SQL_PROFILE_INSERT,
    SQL_USER_SET_PASSWORD,
    SQL_USER_TOUCH_LOGIN,
    SQL_SESSION_GET,
    SQL_SESSION_PUT,
    SQL_SESSION_TOUCH,
    SQL_SESSION_DELETE,
    SQL_SESSION_LIST,
    SQL_GRANTS_VERSION,
    SQL_GRANTS_USER,
    SQL_GRANTS_READABLE,
    SQL_GRANTS_COMMANDABLE,
    SQL_QUALITY,
    SQL_QUALITY_SET,
    /* profile.c */
    SQL_PROFILE_GET,
    SQL_PROFILE_TOUCH,
    SQL_PROFILE_SET_HOME,
    SQL_USER_SET_NAMES,
    /* users.c */
    SQL_USER_LIST,
    SQL_USER_SET_ACTIVE,
    SQL_USER_TOGGLE_STAFF,
    /* from here to SQL_USER_PLACES, in this order: what goes before SQL_USER_DELETE */
    SQL_USER_PLACE_RULES,
    SQL_USER_ADMIN_LOG,
    SQL_USER_GROUPS,
    SQL_USER_PERMISSIONS,
    SQL_USER_CERTS,
    SQL_USER_PROFILE,
    SQL_USER_RULES,
    SQL_USER_FRIENDS,
    SQL_USER_SHARES,
    SQL_USER_LIMITED_SHARES,
    SQL_USER_LINKS,
    SQL_USER_REMOVED,
    SQL_USER_REMOVALS,
    SQL_USER_IMPORTS,
    SQL_USER_DEVICES,
    SQL_USER_PLACE_REFERENCES,
    SQL_USER_PLACES,
    SQL_USER_DELETE,
    /* export.c: sql_peers.h */
    SQL_EXPORT_PEOPLE,
    SQL_EXPORT_PLACES,
    /* friends.c: sql_friends.h */
    SQL_FRIEND_LIST,
    SQL_FRIEND_SEARCH,
    SQL_FRIENDS,
    SQL_FRIEND_END,
    SQL_FRIEND_END_SHARES,
    SQL_FRIEND_REQUESTS_SENT,
    SQL_FRIEND_REQUESTS_RECEIVED,
    SQL_FRIEND_REQUEST_BETWEEN,
    SQL_FRIEND_REQUEST_GET,
    SQL_FRIEND_REQUEST_SET,
    SQL_FRIEND_REQUEST_DROP,
    SQL_FRIEND_REQUEST_INSERT,
    SQL_FRIEND_REQUEST_BACK,
    SQL_FRIEND_REQUEST_CANCEL,
    SQL_SHARE_LIST,
    SQL_SHARE_GET,
    SQL_SHARE_INSERT,
    SQL_SHARE_DELETE,
    /* domesti.c */
    SQL_DOMESTI_GET,
    SQL_DOMESTI_PUT,
    SQL_DOMESTI_DEVICES,
    SQL_DOMESTI_DEVICE,
    SQL_DOMESTI_STAFF,
    /* devices.c */
    SQL_DEVICE_BY_ID,
    SQL_DEVICE_FIND_OWNED,
    SQL_DEVICE_FIND_OWNERLESS,
    SQL_DEVICE_FIND_BARE,
    SQL_DEVICE_COUNT_ALL,
    SQL_DEVICE_COUNT_VISIBLE,
    SQL_DEVICE_LIST_ALL,
    SQL_DEVICE_LIST_VISIBLE,
    SQL_DEVICE_AUDIENCE,
    /* locations.c, keys.c */
    SQL_ALL_DEVICES,
    SQL_KEYS_DEVICE_FIX_DESC,
    SQL_KEYS_DEVICE_FIX_ASC,
    SQL_KEYS_DEVICE_ID_DESC,
    SQL_KEYS_DEVICE_ID_ASC,
    SQL_KEYS_ALL_FIX_DESC,
    SQL_KEYS_ALL_FIX_ASC,
    SQL_KEYS_ALL_ID_DESC,
    SQL_KEYS_ALL_ID_ASC,
    SQL_COUNT_ALL,
    SQL_COUNT_DEVICE,
    SQL_COUNT_DEVICE_SINCE,
    SQL_COUNT_DEVICE_TIME,
    SQL_LOCATION_BY_ID,
    SQL_LAST_KNOWN_ALL,
    SQL_LAST_KNOWN_VISIBLE,
    SQL_LOCATION_FEED,
    SQL_LOCATION_LAST_ID,
    SQL_OFFLINE_FEED,
    SQL_MESSAGE_LAST_ID,
    SQL_LATEST_FORGET,
    SQL_LOCATION_DELETE,
    /* pki.c */
    SQL_CA_LIST,
    SQL_CA_GET,
    SQL_CA_ACTIVE,
    SQL_CA_RETIRE,
    SQL_CA_INSERT,
    SQL_CA_DEACTIVATE,
    SQL_SERVER_LIST,
    SQL_SERVER_GET,
    SQL_SERVER_ACTIVE,
    SQL_SERVER_RETIRE,
    SQL_SERVER_INSERT,
    SQL_SERVER_DEACTIVATE,
    SQL_SERVER_DELETE,
    SQL_CLIENT_LIST,
    SQL_CLIENT_GET,
    SQL_CLIENT_OF_USER,
    SQL_CA_ISSUED,
    SQL_CA_CLIENTS_DELETE,
    SQL_CA_SERVERS_DELETE,
    SQL_CA_DELETE,
    SQL_CLIENT_RETIRE,
    SQL_CLIENT_INSERT,
    SQL_CLIENT_REVOKE,
    SQL_CLIENT_DELETE,
    SQL_REVOKED_LIST,
    SQL_REVOKED_TRIM,
    /* ingest*.c */
    SQL_INGEST_USER,
    SQL_INGEST_DEVICE_OWNED,
    SQL_INGEST_DEVICE_UNOWNED,
    SQL_INGEST_DEVICE_ANY,
    SQL_INGEST_DEVICE_INSERT,
    SQL_INGEST_DEVICE_CLAIM,
    SQL_INGEST_DEVICE_ONLINE,
    SQL_INGEST_DEVICE_OFFLINE,
    SQL_INGEST_LATEST,
    SQL_INGEST_LOCATION,
    SQL_INGEST_REWRITE,
    SQL_INGEST_MESSAGE,
    SQL_INGEST_REGION_BY_RID,
    SQL_INGEST_REGION_BY_LABEL,
    SQL_INGEST_TRANSITION,
    SQL_INGEST_WAYPOINT,
    SQL_INGEST_QUARANTINE,
    SQL_SPOOL_POSITION,
    SQL_SPOOL_ADVANCE,
    /* sql_outbox.h: */
    /* outbox.c */
    SQL_OUTBOX_TRANSITION,
    SQL_OUTBOX_RULES,
    SQL_OUTBOX_FRIEND,
    SQL_OUTBOX_POSITION,
    SQL_OUTBOX_TEST,
    SQL_OUTBOX_HURRY,
    SQL_OUTBOX_NEXT,
    SQL_OUTBOX_NEWER,
    SQL_OUTBOX_SENT_TO,
    SQL_OUTBOX_FINISH,
    SQL_OUTBOX_RETRY,
    SQL_OUTBOX_POSTPONE,
    SQL_OUTBOX_TRANSITION_FACTS,
    SQL_OUTBOX_POSITION_FACTS,
    SQL_OUTBOX_COUNTS,
    SQL_OUTBOX_TRIM,
    /* smtp.c */
    SQL_SMTP_GET,
    SQL_SMTP_PUT,
    SQL_SMTP_RESET,
    /* events.c */
    SQL_TRANSITION_FEED,
    SQL_TRANSITION_LAST_ID,
    SQL_REGION_NEWS_ADD,
    SQL_REGION_NEWS_FEED,
    SQL_REGION_NEWS_LAST_ID,
    SQL_REGION_NEWS_TRIM,
    /* commands.c: sql_commands.h */
    SQL_COMMAND_ADD,
    SQL_COMMAND_RELAY,
    SQL_COMMAND_LIST,
    SQL_COMMAND_NEXT,
    SQL_COMMAND_TRIED,
    SQL_COMMAND_TAKEN,
    SQL_COMMAND_WAITS,
    SQL_COMMAND_LISTENS,
    SQL_COMMAND_EXPIRE,
    SQL_COMMAND_TRIM,
    SQL_COMMAND_FETCH,
    SQL_COMMAND_DELIVERED,
    SQL_COMMAND_CONFIRM,
    /* device_key.c */
    SQL_DEVICE_KEY_GET,
    SQL_DEVICE_KEY_OF_TOPIC,
    SQL_DEVICE_KEY_SET,
    SQL_DEVICE_KEY_REMOVE,
    SQL_DEVICE_KEY_FAILED,
    SQL_DEVICE_KEY_TRIM,
    SQL_DEVICE_RENAME,
    SQL_DEVICE_COLOUR,
    SQL_DEVICE_COLOURS,
    SQL_DEVICE_COLOUR_SET,
    SQL_DEVICE_COLOUR_REMOVE,
    SQL_DEVICE_COLOUR_TRIM,
    SQL_DEVICE_FORGET_LATEST,
    SQL_DEVICE_LOCATIONS_REMOVE,
    SQL_DEVICE_REST_REMOVE,
    SQL_DEVICE_TRANSITIONS_REMOVE,
    SQL_DEVICE_MESSAGES_REMOVE,
    SQL_DEVICE_SHARES_REMOVE,
    SQL_DEVICE_COMMANDS_REMOVE,
    SQL_DEVICE_GIVE,
    SQL_DEVICE_REMOVE,
    SQL_ENCRYPTED_COUNT,
    SQL_ENCRYPTED_NEXT,
    /* peers.c: sql_peers.h */
    SQL_PEER_LIST,
    SQL_PEER_NAME,
    SQL_PEER_TOLD,
    SQL_PEER_NEWS,
    SQL_CARD_GET,
    SQL_CARD_PUT,
    SQL_CARD_DUE,
    SQL_CARD_TOLD,
    SQL_CARD_DELETE,
    /* tracks.c: sql_peers.h */
    SQL_TRACK,
    SQL_TRACK_COUNT,
    /* places.c: sql_places.h */
    SQL_PLACE_LIST,
    SQL_PLACE_GET,
    SQL_PLACE_INSERT,
    SQL_PLACE_UPDATE,
    SQL_PLACE_DELETE,
    SQL_PLACE_RULES_DELETE,
    SQL_PLACE_UNLINK,
    SQL_RULE_LIST,
    SQL_RULE_GET,
    SQL_RULE_INSERT,
    SQL_RULE_INSERT_ALL,
    SQL_RULE_DELETE,
    SQL_TRANSITION_LIST,
    /* sight.c: sql_shares.h */
    SQL_SIGHTS,
    SQL_SIGHT,
    SQL_SIGHT_AUDIENCE,
    /* shares.c: sql_shares.h */
    SQL_SHARES_GIVEN,
    SQL_SHARES_RECEIVED,
    SQL_SHARES_SEEN,
    SQL_SHARE_DEVICE,
    SQL_SHARE_LIMIT,
    SQL_SHARE_UNLIMIT,
    SQL_FRIEND_END_LIMITED,
    SQL_SHARES_TRIM,
    SQL_DEVICE_LIMITED_REMOVE,
    /* links.c: sql_shares.h */
    SQL_LINK_ADD,
    SQL_LINK_LIST,
    SQL_LINK_COUNT,
    SQL_LINK_REMOVE,
    SQL_LINK_OPEN,
    SQL_LINK_USED,
    SQL_LINKS_TRIM,
    SQL_DEVICE_LINKS_REMOVE,
    /* transitions.c: sql_places.h */
    SQL_PASSAGES_OF_DEVICE,
    SQL_PASSAGES_VISIBLE,
    SQL_PASSAGES_ALL,
    /* rules.c: sql_rules.h */
    SQL_RULES_LIST,
    SQL_RULES_GET,
    SQL_RULES_INSERT,
    SQL_RULES_UPDATE,
    SQL_RULES_DELETE,
    SQL_RULES_LOG_DELETE,
    SQL_RULES_FORGET,
    SQL_RULES_LISTEN,
    SQL_RULES_OF_PLACE_DELETE,
    SQL_RULES_LOG,
    SQL_RULES_NEWS,
    SQL_RULES_TRIM_LOG,
    SQL_RULES_TRIM,
    SQL_RULES_TRIM_STATE,
    /* rules_watch.c: sql_rules.h */
    SQL_RULES_WATCHING,
    SQL_RULES_DUE,
    SQL_RULES_REMEMBER,
    SQL_RULES_UNWATCH,
    SQL_RULES_CONTACT,
    SQL_RULES_TRANSITION,
    SQL_RULES_LOCATION,
    SQL_RULES_LATEST,
    SQL_RULES_LOG_ADD,
    SQL_RULES_LOG_LIMIT,
    SQL_RULES_SEND,
    /* rules_past.c: sql_rules.h */
    SQL_RULES_DEVICES,
    SQL_RULES_PAST,
    /* stats.c: sql_admin.h */
    SQL_STATS,
    SQL_OUTBOX_LIST,
    SQL_OUTBOX_DELIVERED,
    SQL_OUTBOX_SENT,
    SQL_OUTBOX_AGAIN,
    SQL_OUTBOX_DROP,
    /* signins.c: sql_admin.h */
    SQL_SIGNIN_AGAIN,
    SQL_SIGNIN_INSERT,
    SQL_SIGNIN_TRIM,
    SQL_SIGNIN_LIST,
    /* browse.c: sql_browse.h */
    SQL_BROWSE_DEVICES,
    SQL_BROWSE_LOCATIONS,
    SQL_BROWSE_LOCATIONS_DEVICE,
    SQL_BROWSE_MESSAGES,
    SQL_BROWSE_MESSAGES_DEVICE,
    SQL_BROWSE_MESSAGES_TYPE,
    SQL_BROWSE_MESSAGES_BOTH,
    SQL_BROWSE_MESSAGE,
    SQL_BROWSE_TRANSITIONS,
    SQL_BROWSE_TRANSITIONS_DEVICE,
    SQL_BROWSE_GEOFENCES,
    SQL_BROWSE_QUARANTINE,
    SQL_BROWSE_RULES,
    SQL_BROWSE_PROFILES,
    SQL_BROWSE_REQUESTS,
    SQL_BROWSE_SHARES,
    SQL_QUARANTINE_OF,
    SQL_BROWSE_QUARANTINED,
    /* browse_remove.c: sql_browse.h */
    SQL_LATEST_BACK,
    SQL_LATEST_BACK_RANGE,
    SQL_MESSAGE_REMOVE,
    SQL_MESSAGES_REMOVE,
    SQL_MESSAGES_COUNT,
    SQL_TRANSITION_REMOVE,
    SQL_PLACE_OWNER,
    SQL_QUARANTINED_REMOVE,
    SQL_RULE_REMOVE,
    SQL_PROFILE_REMOVE,
    SQL_SHARE_REMOVE,
    SQL_REQUEST_REMOVE,
    SQL_REQUEST_FRIENDS,
    SQL_QUARANTINE_REMOVE,
    SQL_QUARANTINE_COUNT,
    /* removed.c, import.c: sql_history.h */
    SQL_REMOVAL_ADD,
    SQL_REMOVAL_ADD_FOR,
    SQL_REMOVED_KEEP,
    SQL_REMOVED_KEEP_RANGE,
    SQL_LOCATIONS_REMOVE,
    SQL_REMOVAL_ID,
    SQL_REMOVAL_LIST,
    SQL_REMOVAL_DEVICE,
    SQL_REMOVED_WHERE,
    SQL_REMOVED_NEWEST,
    SQL_REMOVED_RESTORE,
    SQL_RESTORED_LATEST,
    SQL_REMOVED_FORGET,
    SQL_REMOVAL_END,
    SQL_REMOVAL_DUE,
    SQL_DEVICE_REMOVED_FORGET,
    SQL_DEVICE_REMOVALS_FORGET,
    SQL_DEVICE_IMPORTS_FORGET,
    SQL_IMPORT_LOCATION,
    SQL_IMPORT_KNOWN,
    SQL_IMPORT_QUIET_MORE,
    SQL_IMPORT_QUIET,
    SQL_IMPORT_BEGIN,
    SQL_IMPORT_PROGRESS,
    SQL_IMPORT_LIST,
    SQL_IMPORT_TRIM,
    SQL_IMPORT_QUIET_TRIM,
    /* day_stats.c: sql_statistics.h */
    SQL_DAY_STAMP,
    SQL_TRACK_FIRST,
    SQL_TRACK_LAST,
    SQL_DAY_STAT_GET,
    SQL_DAY_STAT_PUT,
    SQL_DAY_STAT_TRIM,
    /* addresses.c: sql_statistics.h */
    SQL_ADDRESS_GET,
    SQL_ADDRESS_WAITING,
    SQL_ADDRESS_ASK,
    SQL_ADDRESS_NEXT,
    SQL_ADDRESS_ANSWER,
    SQL_ADDRESS_TRIM,
    SQL_STATEMENTS
};

/* Scripts that finish a copied file: without and with its sessions. */
extern const char *const sql_finish_backup[2];

enum sql_flag {
    SQL_WRITES = 1, /* changes rows: checked against sqlite3_stmt_readonly */
    SQL_SCANS = 2,  /* maintenance that may read all of my_tracks_location; nothing else may */
};

struct sql_def {
    const char *name; /* for the log */
    const char *text;
    unsigned flags;
};
extern const struct sql_def sql_table[SQL_STATEMENTS];

/* One column text is at most this; longer ones count as unreadable (phones send up to 300 kB). */
#define SQL_TEXT_MAX ((size_t)1024 * 1024)
/* Of everything SQLite makes for us, a row or a text. */
#define SQL_LENGTH_MAX (16 * 1024 * 1024)
#define DB_SCRATCH_MAX ((size_t)24 * 1024 * 1024)
#define DB_WORK_MAX ((size_t)64 * 1024 * 1024)

struct db {
    sqlite3 *h;
    sqlite3_stmt *stmt[SQL_STATEMENTS];
    bool in_use[SQL_STATEMENTS];
    char *path;
    enum db_role role;
    int busy_ms;
    usec_t busy_until; /* monotonic; of the wait that goes on */
    usec_t busy_nap;
    bool fresh_install;
    bool outgoing;         /* db_outgoing */
    unsigned unreadable;   /* rows left out in this request */
    struct arena *scratch; /* one row's texts */
    struct arena *work;    /* what one running list needs */
    bool listing;          /* a list is running: its callback must not start another one */
};

struct query {
    struct db *db;
    sqlite3_stmt *s; /* NULL once ended or failed */
    enum sql_id id;
    int bound;  /* parameters so far */
    int column; /* next to be read */
    int bad;    /* 1 + first column of this row that did not hold what it should; 0: none */
    enum db_rc rc;
};

struct query sql_query(struct db *db, enum sql_id id);
void sql_bind_int(struct query *q, int64_t v);
void sql_bind_bool(struct query *q, bool v);
void sql_bind_null(struct query *q);
void sql_bind_text(struct query *q, struct str s); /* STR_NULL binds NULL */
void sql_bind_blob(struct query *q, struct str s); /* STR_NULL binds NULL */
void sql_bind_time(struct query *q, usec_t t);     /* Django's text form */
void sql_bind_dec10(struct query *q, dec10 v);     /* text with ten places, as Django */
void sql_bind_id(struct query *q, int64_t v);      /* 0 binds NULL */
void sql_bind_opt_int(struct query *q, struct opt_int v);
/* NULL unless it is set. */
void sql_bind_opt_real(struct query *q, bool set, double v);
void sql_bind_opt_time(struct query *q, struct opt_usec v);
/* The bounds of a span of times, compared as texts; an open end lies beyond every time. */
void sql_bind_from(struct query *q, struct opt_usec v);
void sql_bind_to(struct query *q, struct opt_usec v);

/* DB_OK: a row. DB_NONE: no more, ended. Else failed, logged, ended. */
enum db_rc sql_step(struct query *q) DB_USED;
/* Runs to the end. DB_OK, or the failure. */
enum db_rc sql_exec(struct query *q) DB_USED;
/* The same, but DB_NONE when no row was changed. */
enum db_rc sql_exec_some(struct query *q) DB_USED;
/* sql_exec_some of a statement whose only parameter is the id of a row. */
enum db_rc sql_run_with_id(struct db *db, enum sql_id statement, int64_t id) DB_USED;
void sql_end(struct query *q);
/* The only column of the only row; *out unchanged unless DB_OK. */
enum db_rc sql_one_int(struct query *q, int64_t *out) DB_USED;

/* The only column of all rows, as an array in the arena. At most max rows: more are DB_FAIL. */
enum db_rc sql_all_ints(struct query *q, struct arena *a, size_t max, int64_t **v,
                        size_t *n) DB_USED;

/* The next column. What is not of that kind sets q->bad and gives 0, false or "". */
int64_t sql_col_int(struct query *q);
int64_t sql_col_id(struct query *q); /* NULL: 0 */
bool sql_col_bool(struct query *q);
struct opt_int sql_col_opt_int(struct query *q);
struct str sql_col_text(struct query *q, struct arena *a);         /* valid UTF-8, never NULL */
struct str sql_col_text_or_null(struct query *q, struct arena *a); /* NULL: STR_NULL */
struct str sql_col_view(struct query *q); /* its bytes as they are, valid until the next step */
usec_t sql_col_time(struct query *q);
struct opt_usec sql_col_opt_time(struct query *q);
dec10 sql_col_dec10(struct query *q);
bool sql_col_opt_real(struct query *q, double *out); /* false, and 0, for NULL */
/* A row of LOCATION_COLUMNS (locations.c): texts in the arena. False as below. */
bool location_read(struct query *q, struct arena *a, struct location *l);
struct sight;
/* What is to be seen of a device whose latest report is *l: that, or else the position with the
   newest fix, blurred as the limits say. False: nothing. */
bool location_in_sight(struct db *db, struct arena *a, const struct sight *s, struct location *l);
/* A row of USER_COLUMNS (account.c). False, and a line in the log, when it is unreadable. */
bool sql_col_user(struct query *q, struct arena *a, struct user *out);
/* Tells of a row that was left out, up to a limit per request. */
void sql_unreadable(struct db *db, enum sql_id statement, const char *column, int64_t id);
/* False, and one line in the log, when a column of this row was unreadable; id names the row. */
bool sql_readable(struct query *q, int64_t id);

/* What a result code of SQLite means to our callers; failures are logged with `what`. */
enum db_rc sql_result(struct db *db, int code, const char *what);
/* Runs a constant script (schema, pragmas). */
enum db_rc sql_script(struct db *db, const char *text, const char *what) DB_USED;

#endif
