/* The credential verifier: cache, coalescing, penalties and a pool of hashing threads.

   Used by the server thread alone (no locks outside the pool). A request is decided from the cache
   at once, or becomes a job; equal requests share one job; its result is kept also when nobody
   waits any more, so that a phone which gave up finds it at its next attempt. The newest request is
   served first: the phone behind it is the one that still waits. (design.md section 2,
   "Authentication".) */
#ifndef MYTRACKS_VERIFY_H
#define MYTRACKS_VERIFY_H

#include "lib/clock.h"
#include "lib/model.h"
#include "lib/wire.h"

struct verifier;

/* Called on the server thread with the verdict for a waiter, exactly once for each request. user is
   set for VERDICT_OK: id and flags only. */
typedef void verify_done_fn(void *waiter, enum verdict verdict, const struct user *user);

struct verify_request {
    struct str address, username, password;
    const struct user *user; /* NULL: unknown; the answer takes as long all the same */
    int wait_ms;
    void *waiter; /* given back; freed by nobody here */
};

/* iterations: rounds of the dummy check. threads: of the pool, at least 1. */
struct verifier *verifier_new(int64_t iterations, unsigned threads);
void verifier_free(struct verifier *v);
/* Calls done now, or later from verifier_collect. */
void verifier_ask(struct verifier *v, const struct verify_request *r, verify_done_fn *done);
/* Finished jobs and waits that are over: calls done for each waiter. */
void verifier_collect(struct verifier *v, verify_done_fn *done);
/* Monotonic time of the next wait that ends; INT64_MAX when nobody waits. */
usec_t verifier_next_deadline(const struct verifier *v);

#endif
