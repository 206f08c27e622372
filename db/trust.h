/* What people are shown of the certificates that phones must trust. */
#ifndef MYTRACKS_DB_TRUST_H
#define MYTRACKS_DB_TRUST_H

#include "db.h"

struct certificate_name {
    struct str common_name; /* STR_NULL: there is no active certificate */
    struct str fingerprint; /* SHA-256, "AB:CD:..." */
};

enum db_rc db_active_ca_name(struct db *db, struct arena *a, struct certificate_name *out) DB_USED;
enum db_rc db_active_server_name(struct db *db, struct arena *a,
                                 struct certificate_name *out) DB_USED;

#endif
