/* The SMTP settings: row 1 of my_tracks_smtpconfig. The password is stored sealed (lib/fernet.h);
   sealing and opening it is the programs' business (lib/smtp.h). */
#ifndef MYTRACKS_DB_SMTP_H
#define MYTRACKS_DB_SMTP_H

#include "db.h"
#include "lib/smtp.h"

/* DB_NONE: mail is not configured. *changed: when the settings were saved; may be NULL. */
enum db_rc db_smtp_get(struct db *db, struct arena *a, struct smtp_settings *out,
                       usec_t *changed) DB_USED;
/* Writes all; sealed_password STR_NULL: the stored one stays ("" clears it). */
enum db_rc db_smtp_put(struct db *db, const struct smtp_settings *s, usec_t now) DB_USED;
/* Forgets them. DB_NONE: there were none. */
enum db_rc db_smtp_reset(struct db *db) DB_USED;

#endif
