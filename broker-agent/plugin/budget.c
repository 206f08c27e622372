#include "budget.h"

#define MSEC ((usec_t)1000)

/* The aim: 500 logins at once must not raise the p99 of publish to PUBACK above 50 ms. So with
   lively traffic nothing waits for longer than that. With a message now and then a single login
   still works at the first attempt; it delays one or two others as a slow network would. */
static const struct {
    usec_t most;        /* the account holds */
    unsigned publishes; /* at most this many in the last one to two seconds */
    int refill;         /* percent of the time that passes */
} traffic[] = {
    { 3000 * MSEC, 0, 20 },
    { 1000 * MSEC, 2, 5 },
    { 250 * MSEC, 6, 1 },
    { 40 * MSEC, UINT32_MAX, 1 },
};

#define WORTH_WAITING (30 * MSEC) /* less than that decides no login */
#define STORM_OVER (5000 * MSEC)  /* with traffic, nothing is earned until then */
/* A question to an agent that need not wait takes 0.1 ms, or milliseconds when the machine is busy.
   With traffic they may take a tenth of the time. */
#define ASKING_MOST (25 * MSEC)
#define ASKING_REFILL 10 /* percent */

static usec_t least(usec_t a, usec_t b)
{
    return a < b ? a : b;
}

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

/* Brings the accounts up to now. */
static size_t settle(struct budget *b, usec_t now)
{
    size_t l = level(b, now);
    usec_t passed = now - b->counted_at;
    bool storm = l > 0 && b->turned_away_at != 0 && now - b->turned_away_at < STORM_OVER;

    if (passed >= MSEC) { /* percents of less would be lost in rounding */
        b->counted_at = now;
        b->account += storm ? 0 : passed * traffic[l].refill / 100;
        b->asking = least(b->asking + passed * ASKING_REFILL / 100, ASKING_MOST);
    }
    b->account = least(b->account, traffic[l].most);
    return l;
}

void budget_init(struct budget *b, usec_t now)
{
    *b = (struct budget){
        .account = traffic[0].most,
        .counted_at = now,
        .asking = ASKING_MOST,
        .second = { -2, -2 },
    };
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

int budget_wait(struct budget *b, usec_t now)
{
    size_t l = settle(b, now);

    if (b->account >= WORTH_WAITING) {
        return (int)(b->account / MSEC);
    }
    return l == 0 || b->asking > 0 ? BUDGET_ASK : BUDGET_ANNOUNCE;
}

void budget_spent(struct budget *b, usec_t now, usec_t blocked, int wait, bool undecided)
{
    settle(b, now);
    if (wait > 0) {
        b->account -= blocked;
    } else if (wait == BUDGET_ASK) {
        b->asking -= blocked;
    }
    b->turned_away_at = undecided ? now : b->turned_away_at;
}
