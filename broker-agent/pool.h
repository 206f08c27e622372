/* Threads that do nothing but check passwords. Jobs are named by 32 bytes; equal ones are one job.
   Last in, first out: the newest asker is the one who still waits. */
#ifndef MYTRACKS_POOL_H
#define MYTRACKS_POOL_H

#include "lib/clock.h"
#include "lib/crypto.h"

struct pool;

struct pool_result {
    uint8_t mac[SHA256_LEN];
    bool ok;
};

/* iterations: as password_verify takes it. Exits the process when threads cannot be made. */
struct pool *pool_new(unsigned threads, int64_t iterations);
/* Waits for the hashes that are being computed. */
void pool_free(struct pool *p);
/* Queues, or moves an equal waiting job to the front, or does nothing when it is being computed.
   False: too many. *expected: microseconds until its result, by what hashes took lately. */
bool pool_submit(struct pool *p, const uint8_t mac[SHA256_LEN], struct str password,
                 struct str column, usec_t *expected);
/* The next finished job; false when there is none. server_wake() is called for each. */
bool pool_take_result(struct pool *p, struct pool_result *out);

#endif
