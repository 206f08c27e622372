#include "verify.h"

#include "agent.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/password.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#define OK_TTL (10 * 60 * USEC_PER_SEC)
#define NO_TTL (60 * USEC_PER_SEC)
#define CACHE_SETS 512u
#define CACHE_WAYS 4u
#define WAITERS_MAX 4096
#define PASSWORD_BYTES_MAX 4096
#define FREE_FAILURES 10u /* before penalties begin (H-10) */
#define PENALTY_SLOTS 1024u
#define PENALTY_MAX (300 * USEC_PER_SEC)

struct cached {
    uint8_t mac[SHA256_LEN];
    usec_t until; /* monotonic; 0: empty */
    bool ok;
};

struct waiting {
    void *waiter;
    uint8_t mac[SHA256_LEN];
    usec_t deadline;
    struct user user; /* id and flags only; the texts are not kept */
    bool known;
    uint32_t penalty; /* slot to charge on failure */
};

struct penalty {
    uint8_t mac[16];
    unsigned failures;
    usec_t blocked_until, last;
};

struct verifier {
    uint8_t boot_key[SHA256_LEN];
    int64_t iterations;
    struct pool *pool;
    struct cached cache[CACHE_SETS][CACHE_WAYS];
    struct penalty penalties[PENALTY_SLOTS];
    struct waiting *waiting; /* WAITERS_MAX */
    size_t waiters;
    struct str dummy; /* column text that fits no password */
    char dummy_text[128];
};

static void dummy_column(struct verifier *v)
{
    int n = snprintf(v->dummy_text, sizeof v->dummy_text,
                     "pbkdf2_sha256$%lld$dummydummydummydummyxx$"
                     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                     (long long)v->iterations);
    v->dummy = (struct str){ v->dummy_text, (size_t)n };
}

struct verifier *verifier_new(int64_t iterations, unsigned threads)
{
    struct verifier *v = calloc(1, sizeof *v);

    if (v == NULL || (v->waiting = calloc(WAITERS_MAX, sizeof *v->waiting)) == NULL) {
        log_event(LOG_LVL_ERROR, "out_of_memory", NULL);
        exit(1);
    }
    crypto_random(v->boot_key, sizeof v->boot_key);
    v->iterations = iterations;
    dummy_column(v);
    v->pool = pool_new(threads, iterations);
    return v;
}

void verifier_free(struct verifier *v)
{
    pool_free(v->pool);
    crypto_wipe(v->boot_key, sizeof v->boot_key);
    free(v->waiting);
    free(v);
}

/* HMAC under the per-start key of parts with their lengths: names a credential without keeping it.
 */
static void name_of(const struct verifier *v, const struct str *parts, size_t n,
                    uint8_t mac[SHA256_LEN])
{
    uint8_t digest[4 * SHA256_LEN];

    for (size_t i = 0; i < n; i++) {
        crypto_sha256(parts[i], digest + i * SHA256_LEN);
    }
    crypto_hmac_sha256((struct str){ (const char *)v->boot_key, sizeof v->boot_key },
                       (struct str){ (const char *)digest, n * SHA256_LEN }, mac);
}

static struct cached *cache_set(struct verifier *v, const uint8_t mac[SHA256_LEN])
{
    return v->cache[(mac[0] | (unsigned)mac[1] << 8) % CACHE_SETS];
}

static const struct cached *cache_find(struct verifier *v, const uint8_t mac[SHA256_LEN],
                                       usec_t now)
{
    struct cached *set = cache_set(v, mac);

    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (set[i].until > now && memcmp(set[i].mac, mac, SHA256_LEN) == 0) {
            return &set[i];
        }
    }
    return NULL;
}

static void cache_keep(struct verifier *v, const uint8_t mac[SHA256_LEN], bool ok, usec_t now)
{
    struct cached *set = cache_set(v, mac), *slot = set;

    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (memcmp(set[i].mac, mac, SHA256_LEN) == 0) {
            slot = &set[i];
            break;
        }
        if (set[i].until < slot->until) {
            slot = &set[i];
        }
    }
    memcpy(slot->mac, mac, SHA256_LEN);
    slot->ok = ok;
    slot->until = now + (ok ? OK_TTL : NO_TTL);
}

/* The slot of (address, user name); another pair in it is forgotten. */
static uint32_t penalty_slot(struct verifier *v, struct str address, struct str username)
{
    uint8_t mac[SHA256_LEN];

    name_of(v, (struct str[]){ STR("penalty"), address, username }, 3, mac);
    uint32_t slot = (mac[16] | (uint32_t)mac[17] << 8) % PENALTY_SLOTS;
    if (memcmp(v->penalties[slot].mac, mac, sizeof v->penalties[slot].mac) != 0) {
        memset(&v->penalties[slot], 0, sizeof v->penalties[slot]);
        memcpy(v->penalties[slot].mac, mac, sizeof v->penalties[slot].mac);
    }
    return slot;
}

static void penalty_book(struct verifier *v, uint32_t slot, bool ok, usec_t now)
{
    struct penalty *p = &v->penalties[slot];

    if (ok) {
        p->failures = 0;
        p->blocked_until = 0;
        return;
    }
    if (now - p->last > PENALTY_MAX) {
        p->failures = 0; /* decays with quiet */
    }
    p->last = now;
    p->failures++;
    if (p->failures >= FREE_FAILURES) {
        unsigned over = p->failures - FREE_FAILURES;
        usec_t delay = over > 8 ? PENALTY_MAX : USEC_PER_SEC << over;
        p->blocked_until = now + (delay > PENALTY_MAX ? PENALTY_MAX : delay);
        log_warning("login_penalty", LOG_I("seconds", delay / USEC_PER_SEC),
                    LOG_I("failures", p->failures));
    }
}

static void wait_for(struct verifier *v, const struct verify_request *r,
                     const uint8_t mac[SHA256_LEN], uint32_t slot, usec_t now)
{
    struct waiting *w = &v->waiting[v->waiters++];

    memset(w, 0, sizeof *w);
    memcpy(w->mac, mac, SHA256_LEN);
    w->waiter = r->waiter;
    w->deadline = now + (usec_t)r->wait_ms * 1000;
    w->known = r->user != NULL;
    if (r->user != NULL) {
        w->user = *r->user;
        w->user.username = w->user.password = w->user.email = STR("");
        w->user.first_name = w->user.last_name = STR("");
    }
    w->penalty = slot;
}

void verifier_ask(struct verifier *v, const struct verify_request *r, verify_done_fn *done)
{
    usec_t now = clock_mono();
    bool able = r->user != NULL && r->user->is_active && r->password.n <= PASSWORD_BYTES_MAX;
    struct str column = able ? r->user->password : v->dummy;
    struct str password = r->password.n <= PASSWORD_BYTES_MAX ? r->password : STR("");
    uint32_t slot = penalty_slot(v, r->address, r->username);
    uint8_t mac[SHA256_LEN];

    if (v->penalties[slot].blocked_until > now) {
        done(r->waiter, VERDICT_BUSY, NULL);
        return;
    }
    name_of(v, (struct str[]){ r->username, column, password }, 3, mac);
    const struct cached *c = cache_find(v, mac, now);
    if (c != NULL) {
        penalty_book(v, slot, c->ok, now);
        done(r->waiter, c->ok ? VERDICT_OK : VERDICT_NO, c->ok ? r->user : NULL);
        return;
    }
    usec_t expected = 0;
    bool queued = pool_submit(v->pool, mac, password, column, &expected);
    /* Who cannot be served within the wait is told at once, and finds the result next time. */
    if (!queued || v->waiters == WAITERS_MAX || (usec_t)r->wait_ms * 1000 < expected) {
        done(r->waiter, VERDICT_BUSY, NULL);
        return;
    }
    wait_for(v, r, mac, slot, now);
}

/* Answers waiter i and takes it off the list; the last one moves into its place. */
static void answer(struct verifier *v, size_t i, enum verdict verdict, verify_done_fn *done)
{
    struct waiting w = v->waiting[i];

    v->waiting[i] = v->waiting[--v->waiters];
    done(w.waiter, verdict, verdict == VERDICT_OK ? &w.user : NULL);
}

void verifier_collect(struct verifier *v, verify_done_fn *done)
{
    struct pool_result r;
    usec_t now = clock_mono();

    while (pool_take_result(v->pool, &r)) {
        cache_keep(v, r.mac, r.ok, now);
        for (size_t i = v->waiters; i-- > 0;) {
            struct waiting *w = &v->waiting[i];
            if (memcmp(w->mac, r.mac, SHA256_LEN) == 0) {
                penalty_book(v, w->penalty, r.ok, now);
                answer(v, i, r.ok ? VERDICT_OK : VERDICT_NO, done);
            }
        }
    }
    for (size_t i = v->waiters; i-- > 0;) {
        if (v->waiting[i].deadline <= now) {
            answer(v, i, VERDICT_BUSY, done);
        }
    }
}

usec_t verifier_next_deadline(const struct verifier *v)
{
    usec_t next = INT64_MAX;

    for (size_t i = 0; i < v->waiters; i++) {
        next = v->waiting[i].deadline < next ? v->waiting[i].deadline : next;
    }
    return next;
}
