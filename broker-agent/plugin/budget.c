#include "budget.h"

#define MSEC ((usec_t)1000)

/* Measured against this: 500 logins at once, publish to PUBACK p99 below 50 ms. The second line
   keeps a single login working right after a message: waiting delays one or two others by as much
   as a slow network would. */
static const struct {
    unsigned publishes; /* at most this many in the last one to two seconds */
    usec_t most;        /* the account holds */
    int refill;         /* percent of the time that passes */
} traffic[] = {
    { 0, 3000 * MSEC, 20 },
    { 2, 1000 * MSEC, 5 },
    { UINT32_MAX, 250 * MSEC, 1 },
};

#define WORTH_WAITING (30 * MSEC) /* less than that decides no login */
#define OVERDRAFT (200 * MSEC)
#define ROUND_MOST (25 * MSEC)   /* for asking alone, in one round of the broker */
#define STORM_OVER (5000 * MSEC) /* with traffic, nothing is earned until then */

static size_t level(const struct budget *b, usec_t now)
{
    unsigned n = 0;
    size_t i = 0;

    for (int k = 0; k < 2; k++) {
        if (b->second[k] >= clock_sec(now) - 1) {
            n += b->publishes[k];
        }
    }
    while (n > traffic[i].publishes) {
        i++;
    }
    return i;
}

/* Brings the account up to now. */
static size_t settle(struct budget *b, usec_t now)
{
    size_t l = level(b, now);
    bool storm = l > 0 && b->turned_away_at != 0 && now - b->turned_away_at < STORM_OVER;

    if (!storm) {
        b->account += (now - b->counted_at) * traffic[l].refill / 100;
    }
    b->counted_at = now;
    if (b->account > traffic[l].most) {
        b->account = traffic[l].most;
    }
    return l;
}

void budget_init(struct budget *b, usec_t now)
{
    *b = (struct budget){ .account = traffic[0].most, .counted_at = now, .second = { -2, -2 } };
}

void budget_publish(struct budget *b, usec_t now)
{
    int64_t second = clock_sec(now);
    int k = (int)(second & 1);

    if (b->second[k] != second) {
        b->second[k] = second;
        b->publishes[k] = 0;
    }
    b->publishes[k]++;
}

void budget_tick(struct budget *b)
{
    b->since_tick = 0;
}

int budget_wait(struct budget *b, usec_t now)
{
    size_t l = settle(b, now);

    if (b->account >= WORTH_WAITING) {
        return (int)(b->account / MSEC);
    }
    return l == 0 || b->since_tick < ROUND_MOST ? BUDGET_ASK : BUDGET_ANNOUNCE;
}

void budget_spent(struct budget *b, usec_t now, usec_t blocked, bool undecided)
{
    settle(b, now);
    b->account -= blocked;
    if (b->account < -OVERDRAFT) {
        b->account = -OVERDRAFT;
    }
    b->since_tick += blocked;
    if (undecided) {
        b->turned_away_at = now;
    }
}
