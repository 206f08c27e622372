/* What went wrong for somebody's phone lately, for people who look why it does not appear: a login
   or a message that was refused. A few, in memory; the same again is counted. One thread. */
#ifndef MYTRACKS_TROUBLES_H
#define MYTRACKS_TROUBLES_H

#include "lib/clock.h"
#include "lib/json.h"

#define TROUBLES_KEPT 32

struct trouble {
    usec_t at;        /* the last time; 0: unused */
    const char *kind; /* "login", "publish" */
    const char *why;  /* a sentence of ours, static */
    uint32_t times;
    /* Cut to what fits, and valid UTF-8. */
    char user[64], address[48], client_id[64], topic[96];
};
struct troubles {
    struct trouble row[TROUBLES_KEPT];
};

struct trouble_of {
    const char *kind, *why;                     /* static */
    struct str user, address, client_id, topic; /* any bytes; STR_NULL: none */
};
/* now: wall clock. When there are TROUBLES_KEPT others, the oldest goes. */
void troubles_add(struct troubles *t, usec_t now, const struct trouble_of *what);
/* "KEY": [{"at", "kind", "why", "times", "user", "address", "client_id", "topic"}, ...] in no
   order. */
void troubles_put(struct json *j, struct str key, const struct troubles *t);

/* Up to size - 1 bytes of text, cut between characters; "?" when it is no UTF-8. */
void text_fit(char *out, size_t size, struct str text);

#endif
