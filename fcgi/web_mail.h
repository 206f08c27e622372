/* Test mails of pages: they are sent while the browser waits, and its answer is JSON. */
#ifndef MYTRACKS_FCGI_WEB_MAIL_H
#define MYTRACKS_FCGI_WEB_MAIL_H

#include "db/smtp.h"
#include "lib/mail.h"
#include "request.h"

/* Who writes, by these settings. */
struct mail_sender web_sender(struct request *r, const struct smtp_settings *settings);
/* Sends a letter with these settings, password included, and replies {"ok": true} or {"ok": false,
   "error": why}. *sent tells which. password: in the clear; STR_NULL: the stored one. Returns 0. */
int web_send(struct request *r, const struct smtp_settings *settings, struct str password,
             struct str to, const struct mail_letter *letter, bool *sent);
/* {"ok": false, "error": why} with status 200, as in the reference. Returns 0. */
int web_unsent(struct request *r, struct str why);

#define NO_MAIL STR("Mail is not set up. An administrator can do that.")

#endif
