/* mytracks-agent: everything long-lived. Threads with one job each:

     server        unix socket for the web application and the broker's plugin (server.c), with the
                   credential verifier (verify.c) and its hashing pool, and grants (watch.c)
     ingest        spool → database (ingest.c)
     live          WebSocket hub (live*.c)
     mqtt          our client in the broker: commands out (mqtt.c)
     mail, webhook, news  what the outbox holds, to the outside (outbox.c)
     addresses     questions to the geocoder (addresses.c)
     commands      queued commands to phones (commands.c)
     main          signals, checkpoints, expired rows (housekeeping.c), the broker's certificates
                   (tls.c)

   They share nothing but this constant struct and the few thread-safe calls declared below. */
#ifndef MYTRACKS_AGENT_H
#define MYTRACKS_AGENT_H

#include "db/db.h"
#include "lib/config.h"
#include "lib/json.h"

#include <stdatomic.h>

struct agent {
    const struct config *config;
    const char *db_path, *run_dir, *spool_dir;
    struct str secret_key;
    int64_t iterations;     /* PBKDF2 rounds of a new hash: what a dummy check costs */
    char mqtt_password[65]; /* of our own broker client: random, known to this process alone */
    usec_t started;         /* wall clock */
    atomic_bool stopping;
};

/* Our own name in the broker. '$' is not possible in a Django user name, so nobody else can have
 * it. */
#define AGENT_MQTT_USER STR("$mytracks-agent")
#define AGENT_BUSY_MS 5000

/* Thread bodies; the argument is struct agent *. They return when stopping is set and they are
 * woken. */
void *server_thread(void *arg);
void *ingest_thread(void *arg);
void *live_thread(void *arg);
void *mqtt_thread(void *arg);
void *mail_thread(void *arg);
void *webhook_thread(void *arg);
void *news_thread(void *arg);
void *commands_thread(void *arg);
void *addresses_thread(void *arg);
/* One round; call about twice a second from the main thread. */
struct housekeeping;
struct housekeeping *housekeeping_new(const struct agent *agent);
void housekeeping_tick(struct housekeeping *h);
void housekeeping_free(struct housekeeping *h);

/* Thread-safe calls between them. */
void live_wake(void);   /* rows were committed */
void server_wake(void); /* a verification is done; stopping */
void ingest_wake(void);
void outbox_wake(void); /* rows were put into the outbox */
void commands_wake(void);
void addresses_wake(void);
/* Retains the next card that is due, for friends' apps in MQTT mode (the thread of the commands).
   False: none is, or the broker is away. */
bool cards_tell(struct db *db, struct arena *a);
/* The broker handed this message to a session of the user it is for. Copied. */
void commands_taken(struct str topic, struct str payload);
/* A session of this user asks for its commands. Copied. */
void commands_listens(struct str username);
bool mqtt_connected(void);
/* Hands a message to our broker client. False: not connected. */
bool mqtt_publish(struct str topic, struct str payload, int qos, bool retain);
void mqtt_wake(void);
/* What the broker says its version is; "" before it has. */
void mqtt_broker_version(char *out, size_t size);
/* The last failure of a TLS handshake that the broker told of, and when (wall clock); 0: none. */
usec_t mqtt_tls_error(char *out, size_t size);
/* Browsers that listen now. */
size_t live_sockets(void);
/* Members of a JSON object that is open: what was read from the spool and what became of it. */
void ingest_numbers(struct json *j, usec_t now);

/* RUN_DIR/NAME for our group, listening unless it is for datagrams. -1 with errno. */
int agent_socket(const struct agent *agent, const char *name, int type);
/* Opens the thread's own connection; exits the process with a log line when it cannot. */
struct db *agent_open_db(const struct agent *agent, enum db_role role);

#endif
