/* What a worker keeps between requests: settings as values, the database, the link to the agent. */
#ifndef MYTRACKS_FCGI_APP_H
#define MYTRACKS_FCGI_APP_H

#include "db/ingest.h"
#include "lib/config.h"
#include "lib/wire.h"
#include "tiles.h"

struct app {
    const struct config *config;
    struct db *db;
    struct link *agent;    /* NULL: none; passwords are checked here */
    const char *wake_path; /* the agent's live feed; NULL: none */
    struct arena *scratch; /* for one row at a time */
    struct arena *keep;    /* for the texts below; never reset */
    bool debug;
    bool strict;
    bool strict_users; /* names and types of new users are checked */
    enum ingest_mode ingest;
    struct str secret;
    struct str allowed_hosts; /* with DEBUG: and this machine's own addresses */
    struct str command_key;   /* bearer token of the command API; "": off */
    struct str trusted_origins;
    struct str trusted_proxies;
    struct tiles tiles;
    int64_t pbkdf2_iterations;
    int64_t max_rows;
    int64_t session_touch; /* seconds */
    int64_t http_port;     /* 0: not configured */
};

/* Reads the settings; texts live in keep. db, agent and wake_path are left as they are. */
void app_configure(struct app *app, const struct config *config, struct arena *keep);
/* Something was committed that the agent's live feed may tell; outgoing: there is work for its
   outbox, commands or cards too. */
void app_wake(const struct app *app, bool outgoing);
/* IPv4 addresses of this machine's interfaces but the loopback, as a comma list from the arena. */
struct str app_lan_addresses(struct arena *a);

#endif
