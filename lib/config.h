/* Configuration: ONE table (config_table.c) of name, type, default, help. The environment wins over
   the .env file, that over the default. The reference's names are kept; ours begin with MYTRACKS_.
   An unknown MYTRACKS_ name is an error, with the nearest known name in the message. */
#ifndef MYTRACKS_CONFIG_H
#define MYTRACKS_CONFIG_H

#include "arena.h"

#include <stdint.h>
#include <stdio.h>

/* Order and meaning: config_table.c. */
enum config_id {
    CFG_SECRET_KEY,           /* the Django key; signs sessions, seals secrets */
    CFG_DEBUG,                /* bool: cookies without Secure, LAN hosts allowed */
    CFG_ALLOWED_HOSTS,        /* comma list */
    CFG_CSRF_TRUSTED_ORIGINS, /* comma list */
    CFG_DATABASE_URL,         /* sqlite:////absolute/path, sqlite:///relative */
    CFG_COMMAND_API_KEY,
    CFG_PUBLIC_DOMAIN,
    CFG_LOG_FILE,
    CFG_DJANGO_LOG_LEVEL,
    CFG_HTTP_PORT,          /* int 0-65535 */
    CFG_MQTT_PORT,          /* int; negative: off */
    CFG_MQTT_TLS_PORT,      /* int; negative: off */
    CFG_MQTT_WS_PORT,       /* int; negative: off */
    CFG_MQTT_TLS,           /* MYTRACKS_MQTT_TLS: newest version, 1.2 | 1.3 | "" = by policy */
    CFG_RUN_DIR,            /* sockets, pid files, generated configuration, spool */
    CFG_BIND,               /* MYTRACKS_BIND: address the listeners bind to, default 127.0.0.1 */
    CFG_POLICY,             /* MYTRACKS_POLICY: compatible | strict | "" = by database */
    CFG_HTTP_INGEST,        /* MYTRACKS_HTTP_INGEST: open | known | auth | "" = by policy */
    CFG_USER_RULES,         /* MYTRACKS_USER_RULES: compatible | strict | "" = by policy */
    CFG_PBKDF2_ITERATIONS,  /* MYTRACKS_PBKDF2_ITERATIONS: int, 1500000 */
    CFG_TRUSTED_PROXIES,    /* MYTRACKS_TRUSTED_PROXIES: comma list of CIDR */
    CFG_WORKERS,            /* MYTRACKS_WORKERS: int, 0 = max(8, 4 x cores) */
    CFG_SPOOL_DIR,          /* MYTRACKS_SPOOL_DIR: "" = beside the database */
    CFG_SPOOL_SYNC,         /* MYTRACKS_SPOOL_SYNC: always | interval | never */
    CFG_DURABLE,            /* MYTRACKS_DURABLE: normal | full */
    CFG_MAX_ROWS,           /* MYTRACKS_MAX_ROWS: most rows of one unpaged answer, 500000 */
    CFG_SESSION_TOUCH,      /* MYTRACKS_SESSION_TOUCH: seconds; expiry rewritten when it moves
                               at least this much */
    CFG_TILE_URL,           /* MYTRACKS_TILE_URL: {z}/{x}/{y} template of the map's raster tiles */
    CFG_TILE_CACHE,         /* MYTRACKS_TILE_CACHE: MB of tiles that nginx keeps; 0: none */
    CFG_PMTILES,            /* MYTRACKS_PMTILES: PMTiles archive; "" = tiles of CFG_TILE_URL */
    CFG_ALLOW_INSECURE_KEY, /* MYTRACKS_ALLOW_INSECURE_KEY: bool */
    CFG_STATIC_DIR,         /* MYTRACKS_STATIC_DIR: built assets */
    CFG_WEBHOOK_PRIVATE,    /* MYTRACKS_WEBHOOK_PRIVATE: bool; webhooks into private networks */
    CFG_RULES_PRIVATE,      /* MYTRACKS_RULES_PRIVATE: bool; those of every user's rules, too */
    CFG_MAIL_RATE,          /* MYTRACKS_MAIL_RATE: mails of one user per hour; 0: no limit */
    CFG_MAIL_RATE_TO, /* MYTRACKS_MAIL_RATE_TO: mails to one address per minute; 0: no limit */
    CFG_OUTBOX_RETRY, /* MYTRACKS_OUTBOX_RETRY: seconds before the second attempt */
    CFG_IMPORT_MAX,   /* MYTRACKS_IMPORT_MAX: MB of a history that a browser may send */
    CFG_SMTP_CA,      /* MYTRACKS_SMTP_CA: PEM file; "" = the system's authorities */
    CFG_GEOCODER_URL, /* MYTRACKS_GEOCODER_URL: Nominatim's /reverse; "" = no addresses */
    CFG_COUNT
};

struct config;

/* Reads env_file (NULL: ".env" in the current folder if it is there) and the environment.
   NULL on an error; then *why (on the heap, caller frees) is a sentence for the user. */
struct config *config_load(const char *env_file, char **why);
void config_free(struct config *c);
/* The text; never STR_NULL. Blanks around are trimmed. */
struct str config_str(const struct config *c, enum config_id id);
int64_t config_int(const struct config *c, enum config_id id);
bool config_bool(const struct config *c, enum config_id id);
/* True when the value came from .env or the environment rather than the default. */
bool config_is_set(const struct config *c, enum config_id id);
/* The file path of DATABASE_URL. */
struct str config_db_path(const struct config *c);
/* CFG_SPOOL_DIR or its default: the database path with "-spool" appended. */
struct str config_spool_dir(const struct config *c);
/* True for MYTRACKS_POLICY=strict. The empty value is settled by `mytracks serve`, which exports
   the policy it found in the database to the programs it starts; until then it means compatible. */
bool config_strict(const struct config *c);
/* True when SECRET_KEY is the reference's published default, set or left out, and nobody has
   allowed that: whoever reads the reference's source could open everything sealed with it (H-22).
 */
bool config_key_refused(const struct config *c);
/* True when what administrators say about new users is checked (security.md H-28). */
bool config_strict_users(const struct config *c);
/* "NAME = value  (origin)" per line, secrets masked; help != false adds the help texts. */
void config_print(const struct config *c, FILE *out, bool help);

#endif
