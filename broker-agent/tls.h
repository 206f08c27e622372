/* The broker's certificates: files in RUN_DIR/tls, made from the rows whenever those change, and
   once a day, because a revocation list ends (H-18).

     ca.pem      authorities        server.pem   certificate and key of the listener
     crl.pem     their lists        active       there while server.pem is a real one

   Every file is replaced as a whole, so whoever reads them at any time gets a set that works.
   Without an active server certificate they hold a placeholder. The broker's plugin is told
   (WIRE_TLS) and makes the broker read them. */
#ifndef MYTRACKS_TLS_H
#define MYTRACKS_TLS_H

#include "agent.h"

struct tls;

/* Writes the files if there are certificates, before anybody is told that the agent is there. NULL:
   MQTT over TLS is switched off. */
struct tls *tls_new(const struct agent *agent);
/* Looks for changes; call about twice a second. NULL is fine. */
void tls_tick(struct tls *t);
void tls_free(struct tls *t);

/* What the plugin has to know. True when it is another state than *seen (0: none), which is
   updated; texts in the arena. Thread-safe. */
bool tls_news(unsigned *seen, struct arena *a, struct str *stamp, struct str *revoked);

/* What the files hold: which port it is for (-1: switched off), and the certificate in them. */
struct tls_shown {
    int64_t port;
    bool real; /* else none, or the placeholder */
    struct str name, fingerprint;
    usec_t not_after;
};
/* Texts in the arena. Thread-safe. */
void tls_shown(struct arena *a, struct tls_shown *out);

#endif
