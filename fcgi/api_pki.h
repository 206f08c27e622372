/* What the API's three groups of certificate handlers share (api_pki_ca.c and its neighbours). */
#ifndef MYTRACKS_FCGI_API_PKI_H
#define MYTRACKS_FCGI_API_PKI_H

#include "api.h"
#include "pki.h"

/* The whole list, newest first; returns 0 or a status. */
int api_cert_list(struct request *r, enum cert_kind kind);
/* One row as a whole reply; returns 0. */
int api_cert_show(struct request *r, int status, enum cert_kind kind, const struct certificate *c);
/* What the body asks of a new certificate. */
struct pki_order api_cert_order(struct request *r);
/* The reply to an order (pki.h): status, else *why as a 400 (STR_NULL: none), else 201 and the row.
   Returns 0 or status. */
int api_cert_made(struct request *r, enum cert_kind kind, int status, const struct certificate *c,
                  struct str why);
/* The row of the path's id, or *replied with 404. 0, or 500/503. */
int api_cert_find(struct request *r, enum cert_kind kind, struct certificate *c, bool *replied);
/* The active row as a whole reply, or 404 with that error. */
int api_cert_active(struct request *r, enum cert_kind kind, struct str none);
/* The row of the path's id as a PEM download; suffix goes behind its common name. */
int api_cert_download(struct request *r, enum cert_kind kind, struct str suffix);
/* What changes a row. */
struct cert_change {
    enum cert_kind kind;
    /* DB_NONE: the row's state does not allow it. */
    enum db_rc (*change)(struct request *r, enum cert_kind kind, int64_t id);
    const char *refused; /* the 400, behind the row's name... */
    bool alone;          /* ...or without it */
    const char *done;    /* behind the row's name */
    const char *event;   /* for the log */
};
/* Does it to the row of the path's id, with the whole reply; returns 0 or a status. */
int api_cert_change(struct request *r, const struct cert_change *what);
/* Deactivates, deletes. */
enum db_rc api_cert_deactivate(struct request *r, enum cert_kind kind, int64_t id);
enum db_rc api_cert_delete(struct request *r, enum cert_kind kind, int64_t id);

#endif
