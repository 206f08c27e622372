/* Addresses of points (mytracks_address): asked for by people, fetched by the agent, kept. Points
   are in 1e-4 degrees, some 11 m: nothing more exact leaves the house. */
#ifndef MYTRACKS_DB_ADDRESSES_H
#define MYTRACKS_DB_ADDRESSES_H

#include "db.h"

struct address_question {
    int64_t id;
    int64_t lat, lon;    /* 1e-4 degrees */
    struct str language; /* "de-at"; "" for none */
    int64_t user_id;     /* who asks */
};

enum address_state {
    ADDRESS_WAITS,
    ADDRESS_KNOWN,  /* text: "" where there is none */
    ADDRESS_FAILED, /* text: why; who asks again after a while makes it wait again */
};
struct address {
    enum address_state state;
    struct str text;
};

/* What is known of it; what is not is put down as a question. In a transaction of its own; wakes
   the agent by db_outgoing. DB_CONFLICT: too many questions of this user wait. */
enum db_rc db_address_ask(struct db *db, struct arena *a, const struct address_question *p,
                          usec_t at, struct address *out) DB_USED;
/* For the agent. DB_NONE: nothing waits. */
enum db_rc db_address_next(struct db *db, struct arena *a, struct address_question *out) DB_USED;
/* known: text is the address, "" for none; else why there is no answer. */
enum db_rc db_address_answer(struct db *db, int64_t id, bool known, struct str text,
                             usec_t now) DB_USED;
/* Keeps the latest thousands. */
enum db_rc db_address_trim(struct db *db) DB_USED;

#endif
