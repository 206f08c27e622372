/* mosquitto_mytracks.so: authentication, access and ingest for Mosquitto 2.0 (plugin version 5).

   Thin: no SQL, no hashing. It asks the agent (agentlink.h) and appends what phones send to the
   spool before the broker acknowledges it. Options: run_dir (agent.sock is in it), spool_dir,
   spool_sync (always | interval | never). It must be the broker's only plugin, and
   per_listener_settings off.

   The broker is one thread, and so is all of this but for fdatasync (spool_sync.h). */
#ifndef MYTRACKS_PLUGIN_H
#define MYTRACKS_PLUGIN_H

#include "agentlink.h"
#include "broker-agent/rates.h"
#include "broker-agent/spool.h"
#include "broker-agent/troubles.h"
#include "clients.h"
#include "wills.h"

struct plugin {
    struct agentlink *agent;
    struct spool_writer *spool;
    struct clients clients;
    struct wills *wills;
    struct rates received;    /* what phones publish, spooled or not */
    struct troubles troubles; /* phones that were refused */
    bool reloading;           /* SIGHUP: the broker checks its old clients again */
    bool drop_revoked;        /* somebody with a revoked certificate may be connected */
    usec_t spool_error_at;    /* last logged */
    unsigned sync_failures;
};

/* Events, in the broker's form: event number, its data, struct plugin *. */
int on_basic_auth(int event, void *data, void *plugin); /* auth.c */
int on_reload(int event, void *data, void *plugin);
int on_acl_check(int event, void *data, void *plugin);  /* acl.c */
int on_message(int event, void *data, void *plugin);    /* message.c */
int on_disconnect(int event, void *data, void *plugin); /* session.c */
int on_tick(int event, void *data, void *plugin);

/* What the status page shows of a connection that has just begun; of its message. (status.c) */
void status_connected(struct client *client, const struct mosquitto *context);
void status_message(struct plugin *p, const struct mosquitto *context, struct str topic,
                    size_t payload_bytes);
/* Tells the agent how the broker is, if it has asked. */
void status_tick(struct plugin *p);

/* Begins every event but MESSAGE: what waits is a will now, and goes into the spool. */
void flush_will(struct plugin *p); /* message.c */
/* A message of this client as a record, topic and payload left out. */
struct spool_record record_of(const struct plugin *p, const struct mosquitto *context);
/* Belongs this topic, published by this user, into the spool? */
bool is_spooled(struct str user, struct str topic);

/* "" for NULL: what the broker's functions give may not be there. */
static inline struct str text_of(const char *z)
{
    return z == NULL ? STR("") : str_of(z);
}

/* A connection's verified certificate. False: it has none. Free what was read in any case. */
bool certificate_read(const struct mosquitto *context, struct certificate_of *out);
void certificate_free(struct certificate_of *c); /* certificate.c */

#endif
