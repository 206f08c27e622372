#include "crew.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

struct crew {
    pid_t parent;
    atomic_bool there[CREW_MAX], busy[CREW_MAX];
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

/* How many are there, and *busy of them. */
static int count(const struct crew *c, int *busy)
{
    int there = 0;

    *busy = 0;
    for (size_t i = 0; i < CREW_MAX; i++) {
        if (atomic_load(&c->there[i])) {
            there++;
            *busy += atomic_load(&c->busy[i]);
        }
    }
    return there;
}

void crew_set(struct crew *c, int i, bool there)
{
    atomic_store(&c->busy[i], false); /* who was killed with a request in hand cannot say so */
    atomic_store(&c->there[i], there);
}

bool crew_is_busy(const struct crew *c, int i)
{
    return atomic_load(&c->busy[i]);
}

bool crew_is_full(const struct crew *c)
{
    int busy, there = count(c, &busy);

    return busy == there;
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

    atomic_store(&c->busy[i], true);
    there = count(c, &busy);
    while (peak < busy && !atomic_compare_exchange_weak(&c->peak, &peak, busy)) {
    }
    if (busy == there && getppid() == c->parent) {
        kill(c->parent, SIGUSR1);
    }
}

void crew_end(struct crew *c, int i)
{
    atomic_store(&c->busy[i], false);
}
