#include "rates.h"

#define FIVE_MINUTES 30 /* steps */

static uint64_t get(const _Atomic uint64_t *v)
{
    return atomic_load_explicit(v, memory_order_relaxed);
}

static void set(_Atomic uint64_t *v, uint64_t to)
{
    atomic_store_explicit(v, to, memory_order_relaxed);
}

/* Plain loads and stores: only one thread adds. A reader that comes between them is off by one
   addition, and only until it reads again. */
void rates_add(struct rates *r, usec_t now, uint64_t n, uint64_t bytes)
{
    int64_t step = now / RATES_STEP;
    struct rates_slot *s = &r->slot[step % RATES_STEPS];

    if (atomic_load_explicit(&s->step, memory_order_relaxed) != step) {
        set(&s->n, 0);
        set(&s->bytes, 0);
        atomic_store_explicit(&s->step, step, memory_order_relaxed);
    }
    set(&s->n, get(&s->n) + n);
    set(&s->bytes, get(&s->bytes) + bytes);
    set(&r->total, get(&r->total) + n);
}

struct rate rates_last(const struct rates *r, usec_t now, int steps)
{
    int64_t step = now / RATES_STEP;
    struct rate sum = { 0, 0 };

    for (int i = 0; i < RATES_STEPS; i++) {
        const struct rates_slot *s = &r->slot[i];
        int64_t of = atomic_load_explicit(&s->step, memory_order_relaxed);
        if (of > step - steps && of <= step) {
            sum.n += get(&s->n);
            sum.bytes += get(&s->bytes);
        }
    }
    return sum;
}

static void put(struct json *j, struct str key, struct rate rate)
{
    json_key(j, key);
    json_object(j);
    json_k(j, "count");
    json_int(j, (int64_t)rate.n);
    json_k(j, "bytes");
    json_int(j, (int64_t)rate.bytes);
    json_end(j);
}

void rates_put(struct json *j, struct str key, const struct rates *r, usec_t now)
{
    json_key(j, key);
    json_object(j);
    json_k(j, "total");
    json_int(j, (int64_t)get(&r->total));
    put(j, STR("minutes_5"), rates_last(r, now, FIVE_MINUTES));
    put(j, STR("minutes_60"), rates_last(r, now, RATES_STEPS));
    json_end(j);
}
