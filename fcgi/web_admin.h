/* The administrators' panel, shared by its forms. */
#ifndef MYTRACKS_FCGI_WEB_ADMIN_H
#define MYTRACKS_FCGI_WEB_ADMIN_H

#include "db/pki.h"
#include "web.h"

/* The key of the session under which the last recipient of a test mail is kept, as in the
   reference. */
#define SMTP_TRIED_KEY "smtp_last_test_recipient"

#define PKI_SOON_DAYS 30 /* before its end a certificate is warned of */

/* The forms about mail (web_admin_mail.c): what happened goes into v->notices, values that were
   typed and refused into v->mail. 0, or 500/503. */
int mail_save(struct request *r, struct admin_view *v);
int mail_reset(struct request *r, struct admin_view *v);
/* Fills v->mail from what is stored, unless a form has. 0, or 500/503. */
int mail_views(struct request *r, struct admin_view *v);

/* The forms about certificates (web_admin_pki.c), likewise. */
int pki_form_ca(struct request *r, struct admin_view *v);
int pki_form_ca_delete(struct request *r, struct admin_view *v);
int pki_form_server(struct request *r, struct admin_view *v);
int pki_form_server_delete(struct request *r, struct admin_view *v);
int pki_form_client(struct request *r, struct admin_view *v);
int pki_form_client_revoke(struct request *r, struct admin_view *v);
int pki_form_client_delete(struct request *r, struct admin_view *v);
/* A certificate as pages show it. */
struct cert_view pki_view(struct request *r, const struct certificate *c);
/* The lists of certificates. 0, or 500/503. */
int pki_views(struct request *r, struct admin_view *v);

#endif
