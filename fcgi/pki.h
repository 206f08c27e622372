/* What all handlers that make or use certificates share: what a request may ask for, private keys
   sealed under SECRET_KEY, the revocation list. */
#ifndef MYTRACKS_FCGI_PKI_H
#define MYTRACKS_FCGI_PKI_H

#include "db/pki.h"
#include "request.h"

/* ---- input (pki_input.c). Each takes a value of the request, NULL for an absent one, and returns
   false with the reference's message in *why for a 400. */

/* Trimmed. Absent: fallback; STR_NULL: there must be one. */
bool pki_take_name(struct request *r, const struct jval *v, struct str fallback, struct str *out,
                   struct str *why);
/* Python's int(v), 1 to PKI_DAYS_MAX. */
bool pki_take_days(struct request *r, const struct jval *v, int64_t fallback, int64_t *out,
                   struct str *why);
/* Python's int(v), pki_key_bits_ok(); absent: 4096. */
bool pki_take_key_bits(struct request *r, const struct jval *v, int *out, struct str *why);
/* A list; each item trimmed as Python's str() shows it, blank ones are skipped. The host of the
   request is added. */
bool pki_take_sans(struct request *r, const struct jval *v, struct pki_wish *wish, struct str *why);

/* The list for pki_take_sans from a comma list as forms have it, with the host of the request and
   the common name; names first, then addresses. */
const struct jval *pki_san_list(struct request *r, struct str entries, struct str common_name);

/* ---- making (pki.c) */

/* The active authority in *ca, or the reference's message in *why (else STR_NULL). 0, or 500/503.
 */
int pki_issuer(struct request *r, struct certificate *ca, struct str *why);
/* Certificate and unsealed key of a row; 0, or 500 with a line in the log. */
int pki_unseal(struct request *r, const struct certificate *c, struct pki_pair *out);
/* Makes the key and the certificate (seconds, no transaction is open), seals and stores them. ca:
   NULL for an authority. c: user_id, username and san_entries are set; the rest is filled in.
   0, or 500/503. */
int pki_make(struct request *r, enum cert_kind kind, const struct pki_wish *wish,
             const struct certificate *ca, struct certificate *c);
/* A client's certificate with its key for its owner's phone, as a whole reply. 0, or 500/503. */
int pki_send_p12(struct request *r, const struct certificate *c, struct str password);
/* 500, with a line in the log. */
int pki_failed(const char *what, const char *why);
/* Whole days until then; below 0: it is over. */
int64_t pki_days_left(usec_t not_after, usec_t now);
/* One line in the log for what an administrator did. */
void pki_note(struct request *r, const char *event, const struct certificate *c);

/* ---- orders (pki_order.c): input and making, for the API and the forms of the panel */

/* What was typed; NULL: absent. */
struct pki_order {
    const struct jval *common_name, *validity_days, *key_size;
    const struct jval *san_entries; /* of servers */
};
/* Each makes an active certificate *c and logs it, or says in *why what is wrong with the order
   (the reference's message; else STR_NULL). 0, or 500/503. */
int pki_order_ca(struct request *r, const struct pki_order *o, struct certificate *c,
                 struct str *why);
int pki_order_server(struct request *r, const struct pki_order *o, const struct certificate *ca,
                     struct certificate *c, struct str *why);
int pki_order_client(struct request *r, const struct pki_order *o, const struct certificate *ca,
                     const struct user *u, struct certificate *c, struct str *why);

/* ---- revocation list (pki_list.c) */

/* The list of an authority in PEM, valid until the next call. Kept by this worker until the entries
   change or it is a day old, so that the private key is not touched for each request (H-19). 0, or
   500/503. */
int pki_list(struct request *r, const struct certificate *ca, struct str *pem);

#endif
