/* Certificates: authorities, of the server, of users (reference/schema.md "PKI"). At most one
   authority, one certificate of the server and one of each user is active. */
#ifndef MYTRACKS_DB_PKI_H
#define MYTRACKS_DB_PKI_H

#include "db.h"
#include "lib/pki.h"

enum cert_kind { CERT_CA, CERT_SERVER, CERT_CLIENT, CERT_KINDS };

/* Newest first. row returns false to stop; the texts live until it returns. */
typedef bool cert_row_fn(void *ctx, const struct certificate *c);
enum db_rc db_cert_list(struct db *db, enum cert_kind kind, cert_row_fn *row, void *ctx) DB_USED;
enum db_rc db_cert_get(struct db *db, struct arena *a, enum cert_kind kind, int64_t id,
                       struct certificate *out) DB_USED;
/* CERT_CA, CERT_SERVER. */
enum db_rc db_cert_active(struct db *db, struct arena *a, enum cert_kind kind,
                          struct certificate *out) DB_USED;

/* The certificate that a user's phone should have: active, not revoked. */
enum db_rc db_cert_of_user(struct db *db, struct arena *a, int64_t user_id,
                           struct certificate *out) DB_USED;

/* A new active row, in one transaction with retiring the one that was active. c->id is set.
   DB_CONFLICT: its authority or user is gone. */
enum db_rc db_cert_add(struct db *db, enum cert_kind kind, struct certificate *c) DB_USED;
/* CERT_CA, CERT_SERVER. DB_NONE: there is no such row, or it is not active. */
enum db_rc db_cert_deactivate(struct db *db, enum cert_kind kind, int64_t id) DB_USED;
/* CERT_SERVER, CERT_CLIENT. DB_NONE: there is no such row, or it is active. */
enum db_rc db_cert_delete(struct db *db, enum cert_kind kind, int64_t id) DB_USED;
/* What an authority has issued. */
struct ca_issued {
    int64_t servers, clients;
    struct str in_use; /* name of the one that the broker shows to phones; "": another's, or none */
};
enum db_rc db_ca_issued(struct db *db, struct arena *a, int64_t id, struct ca_issued *out) DB_USED;
/* An authority with all certificates that it has issued. DB_NONE: there is no such row, or it is
   active. */
enum db_rc db_ca_delete(struct db *db, int64_t id) DB_USED;
/* A client's. DB_NONE: there is no such row, or it is revoked already. */
enum db_rc db_cert_revoke(struct db *db, int64_t id, usec_t now) DB_USED;

/* What stands on the revocation list of an authority: its revoked client certificates, also deleted
   ones until they would have expired. A row that cannot be read is DB_FAIL: none may be missing. */
enum db_rc db_revoked_list(struct db *db, struct arena *a, int64_t ca_id, usec_t now,
                           struct pki_revoked **out, size_t *n) DB_USED;
/* Housekeeping: forgets what has expired. */
enum db_rc db_revoked_trim(struct db *db, usec_t now) DB_USED;

#endif
