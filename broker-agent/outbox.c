#include "outbox.h"

#include "lib/log.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SECOND_US USEC_PER_SEC
#define IDLE_WAIT (60 * SECOND_US) /* also finds what Django or a lost wake-up left */
#define UNREAD_WAIT (5 * SECOND_US)
#define CROWDED_WAIT (60 * SECOND_US)
#define RETRY_MOST (3600 * SECOND_US)
#define WORK_CAP ((size_t)8 * 1024 * 1024)

/* The ways out. */
struct way {
    enum outbox_way id;
    const char *name;
    delivery_fn *send;
    usec_t too_old; /* what has waited that long is given up: nobody wants to hear of it any more */
    int wake_fd;
};
static struct way ways[] = {
    { OUTBOX_MAIL, "mail", outbox_send_mail, 24 * 3600 * SECOND_US, -1 },
    { OUTBOX_WEBHOOK, "webhook", outbox_send_webhook, 3600 * SECOND_US, -1 },
    { OUTBOX_NEWS, "news", outbox_send_news, 3600 * SECOND_US, -1 },
};
#define WAYS (sizeof ways / sizeof ways[0])

void outbox_wake(void)
{
    uint64_t one = 1;

    for (size_t i = 0; i < WAYS; i++) {
        if (ways[i].wake_fd >= 0 && write(ways[i].wake_fd, &one, sizeof one) < 0) {
            /* full: it is awake already */
        }
    }
}

/* When to try again what has failed that often. */
static usec_t next_try(const struct outbox *o, int64_t attempts)
{
    usec_t wait = config_int(o->agent->config, CFG_OUTBOX_RETRY) * SECOND_US;

    for (int64_t i = 1; i < attempts && wait < RETRY_MOST; i++) {
        wait *= 2;
    }
    return clock_now() + (wait < RETRY_MOST ? wait : RETRY_MOST);
}

/* Writes down what came of it. */
static enum db_rc settle(struct outbox *o, const struct way *way, const struct outbox_item *item,
                         enum delivery what, struct str why)
{
    usec_t again = next_try(o, item->attempts + 1);
    bool failed = what == DELIVERY_LATER || what == DELIVERY_DOWN;

    if (what == DELIVERY_DONE) {
        return db_outbox_done(o->db, item->id, clock_now());
    }
    log_warning(failed ? "outbox_waits" : "outbox_failed", LOG_Z("way", way->name),
                LOG_I("id", item->id), LOG_I("user", item->user_id), LOG_S("why", why));
    if (what == DELIVERY_REFUSED || (failed && again > item->created_at + way->too_old)) {
        return db_outbox_give_up(o->db, item->id, why, clock_now());
    }
    enum db_rc rc = db_outbox_retry(o->db, item->id, why, true, again);
    if (rc != DB_OK || what != DELIVERY_DOWN) {
        return rc;
    }
    /* One rule's server being down says nothing of the others'. */
    struct str whose = way->id == OUTBOX_NEWS ? item->recipient : STR_NULL;
    return db_outbox_postpone(o->db, way->id, whose, again);
}

/* Sends what is due first. How long to wait before the next one, in microseconds. */
static usec_t work(struct outbox *o, const struct way *way)
{
    struct outbox_item item;
    struct str why = STR("");
    enum db_rc rc = db_outbox_next(o->db, o->arena, way->id, &item);

    o->now = clock_now();
    if (rc != DB_OK) {
        return rc == DB_NONE ? IDLE_WAIT : UNREAD_WAIT;
    }
    if (item.due_at > o->now) {
        return item.due_at - o->now < IDLE_WAIT ? item.due_at - o->now : IDLE_WAIT;
    }
    enum delivery what = way->send(o, &item, &why);
    if (what == DELIVERY_UNREAD || atomic_load(&o->agent->stopping)) {
        /* cut short by our own end: a mail that went out is told so all the same */
        return what == DELIVERY_DONE && settle(o, way, &item, what, why) == DB_OK ? 0 : UNREAD_WAIT;
    }
    if (what == DELIVERY_CROWDED) {
        rc = db_outbox_retry(o->db, item.id, why, false, o->now + CROWDED_WAIT);
    } else {
        rc = settle(o, way, &item, what, why);
    }
    return rc == DB_OK ? 0 : UNREAD_WAIT;
}

static void *run(const struct agent *agent, struct way *way)
{
    struct outbox o = { .agent = agent,
                        .db = agent_open_db(agent, DB_WORKER),
                        .arena = arena_new(WORK_CAP) };
    uint64_t count;

    way->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (way->wake_fd < 0) {
        log_error("thread_failed", LOG_Z("name", way->name));
        exit(1);
    }
    while (!atomic_load(&agent->stopping)) {
        usec_t wait = work(&o, way);
        db_request_end(o.db);
        arena_reset(o.arena);
        if (wait > 0 && !atomic_load(&agent->stopping)) {
            struct pollfd p = { .fd = way->wake_fd, .events = POLLIN };
            (void)!poll(&p, 1, (int)(wait / 1000) + 1);
            (void)!read(way->wake_fd, &count, sizeof count);
        }
    }
    db_close(o.db);
    arena_free(o.arena);
    return NULL;
}

void *mail_thread(void *arg)
{
    return run(arg, &ways[0]);
}

void *webhook_thread(void *arg)
{
    return run(arg, &ways[1]);
}

void *news_thread(void *arg)
{
    return run(arg, &ways[2]);
}
