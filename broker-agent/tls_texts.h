/* What the broker's TLS listener needs, read from the rows of certificates: as PEM texts, with
   nothing of files or of the broker in it. */
#ifndef MYTRACKS_TLS_TEXTS_H
#define MYTRACKS_TLS_TEXTS_H

#include "db/pki.h"
#include "lib/crypto.h"

#define TLS_AUTHORITIES_MAX 64

/* The rows that count. */
struct tls_rows {
    struct authority {
        struct certificate row;
        struct pki_revoked *revoked;
        size_t revoked_count;
    } authority[TLS_AUTHORITIES_MAX]; /* those that have not expired (H-21), newest first */
    size_t n;
    bool has_server;
    struct certificate server; /* the active one */
};

struct tls_texts {
    struct str authorities; /* their certificates */
    struct str revocations; /* the list of each */
    struct str server;      /* certificate and key */
    struct str revoked;     /* serial numbers, "0x1f...", one per line */
};

enum db_rc tls_rows_read(struct db *db, struct arena *a, usec_t now, struct tls_rows *out) DB_USED;
/* Changes when the texts have to change. */
void tls_rows_digest(struct arena *a, const struct tls_rows *rows, uint8_t out[SHA256_LEN]);

/* The texts; needs a server certificate. An authority whose key cannot be used is left out, with a
   line in the log: without a list its certificates would be refused anyway. False: none is left, or
   the server's own key cannot be used. */
bool tls_texts_make(struct arena *a, struct str secret_key, const struct tls_rows *rows, usec_t now,
                    struct tls_texts *out);
/* Texts that a broker can start with, and that let nobody in: a server certificate of nobody. */
bool tls_texts_placeholder(struct arena *a, usec_t now, struct tls_texts *out);

#endif
