#include "crew.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

struct crew {
    pid_t parent;
    atomic_bool told; /* the parent knows that nobody is free */
    atomic_bool there[CREW_MAX];
    _Atomic usec_t since[CREW_MAX]; /* CLOCK_MONOTONIC; 0: nothing in hand */
    atomic_int peak;
};

struct crew *crew_new(void)
{
    struct crew *c =
        mmap(NULL, sizeof(struct crew), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (c == MAP_FAILED) {
        return NULL;
    }
    c->parent = getpid(); /* all else is zero */
    return c;
}

bool crew_is_busy(const struct crew *c, int i)
{
    return atomic_load(&c->since[i]) != 0;
}

/* How many are there, and *busy of them. */
static int count(const struct crew *c, int *busy)
{
    int there = 0;

    *busy = 0;
    for (int i = 0; i < CREW_MAX; i++) {
        if (atomic_load(&c->there[i])) {
            there++;
            *busy += crew_is_busy(c, i);
        }
    }
    return there;
}

void crew_set(struct crew *c, int i, bool there)
{
    atomic_store(&c->since[i], 0); /* who was killed with a request in hand cannot say so */
    atomic_store(&c->there[i], there);
}

bool crew_is_full(struct crew *c)
{
    int busy;

    atomic_store(&c->told, false); /* first: who is the last to be busy after this tells again */
    return count(c, &busy) == busy;
}

bool crew_is_held(const struct crew *c, usec_t longer_than)
{
    usec_t before = clock_mono() - longer_than;

    for (int i = 0; i < CREW_MAX; i++) {
        usec_t since = atomic_load(&c->since[i]);
        if (since != 0 && since < before) {
            return true;
        }
    }
    return false;
}

int crew_peak(struct crew *c)
{
    int busy;

    (void)count(c, &busy);
    int peak = atomic_exchange(&c->peak, busy);
    return peak > busy ? peak : busy;
}

void crew_begin(struct crew *c, int i)
{
    int busy, there, peak = atomic_load(&c->peak);

    atomic_store(&c->since[i], clock_mono());
    there = count(c, &busy);
    while (peak < busy && !atomic_compare_exchange_weak(&c->peak, &peak, busy)) {
    }
    if (busy == there && !atomic_exchange(&c->told, true) && getppid() == c->parent) {
        kill(c->parent, SIGUSR1);
    }
}

void crew_end(struct crew *c, int i)
{
    atomic_store(&c->since[i], 0);
}
