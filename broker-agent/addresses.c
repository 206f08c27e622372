/* Addresses that people ask for (db/addresses.h): one question a second to the geocoder that the
 * operator names, none without one. */
#include "db/addresses.h"
#include "agent.h"
#include "lib/httppost.h"
#include "lib/jsonin.h"
#include "lib/log.h"
#include "lib/utf8.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PAUSE USEC_PER_SEC             /* between two questions: the public service's rule */
#define BUSY_PAUSE (60 * USEC_PER_SEC) /* when it says that it is too much */
#define IDLE_WAIT (60 * USEC_PER_SEC)
#define UNREAD_WAIT (5 * USEC_PER_SEC)
#define LIMIT_MS 8000
#define ADDRESS_CHARACTERS 300u
#define WORK_CAP ((size_t)2 * 1024 * 1024)

static int wake_fd = -1;

void addresses_wake(void)
{
    uint64_t one = 1;

    if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0) {
        /* full: it is awake already */
    }
}

/* "48.2082" of 482082 */
static struct str degrees(struct arena *a, int64_t v)
{
    int64_t size = v < 0 ? -v : v;

    return arena_printf(a, "%s%lld.%04lld", v < 0 ? "-" : "", (long long)(size / 10000),
                        (long long)(size % 10000));
}

static const char *question_url(struct arena *a, struct str base, const struct address_question *q)
{
    return arena_printf(a, "%.*s%cformat=jsonv2&addressdetails=0&zoom=18&lat=%.*s&lon=%.*s",
                        STR_FMT(base), str_find(base, '?', 0) == SIZE_MAX ? '?' : '&',
                        STR_FMT(degrees(a, q->lat)), STR_FMT(degrees(a, q->lon)))
        .p;
}

/* "" where the service knows of nothing. STR_NULL: this is no answer of such a service. */
static struct str address_of(struct arena *a, const struct http_answer *answer)
{
    char why[JSONIN_WHY];
    struct jval *body = answer->status == 200
                            ? jsonin_parse(a, (struct str){ answer->text, answer->n }, why)
                            : NULL;
    const struct jval *name = jval_getz(body, "display_name");

    if (name != NULL && name->type == J_STR) {
        return utf8_head(name->text, ADDRESS_CHARACTERS);
    }
    return body != NULL && jval_getz(body, "error") != NULL ? STR("") : STR_NULL;
}

/* Asks the oldest question. How long to wait then, in microseconds. */
static usec_t work(const struct agent *agent, struct db *db, struct arena *a)
{
    struct address_question q;
    struct http_answer answer;
    enum db_rc rc = db_address_next(db, a, &q);

    if (rc != DB_OK) {
        return rc == DB_NONE ? IDLE_WAIT : UNREAD_WAIT;
    }
    struct http_post get = {
        .get = true,
        .url = question_url(a, config_str(agent->config, CFG_GEOCODER_URL), &q),
        .headers = { q.language.n == 0
                         ? NULL
                         : arena_printf(a, "Accept-Language: %.*s", STR_FMT(q.language)).p },
        .limit_ms = LIMIT_MS,
        .stop = &agent->stopping,
        .allow_private = config_bool(agent->config, CFG_WEBHOOK_PRIVATE),
    };
    db_request_end(db); /* nothing of the database is held meanwhile */
    http_post(&get, &answer);
    struct str address = address_of(a, &answer);
    bool known = !str_is_null(address);
    if (!known) {
        address = answer.status == 0 ? http_answer_text(a, &answer)
                                     : arena_printf(a, "the service answered %d", answer.status);
        log_warning("address_failed", LOG_I("status", answer.status), LOG_S("why", address));
    }
    rc = db_address_answer(db, q.id, known, address, clock_now());
    return rc != DB_OK                                    ? UNREAD_WAIT
           : answer.status == 429 || answer.status == 503 ? BUSY_PAUSE
                                                          : PAUSE;
}

void *addresses_thread(void *arg)
{
    const struct agent *agent = arg;
    uint64_t count;

    if (config_str(agent->config, CFG_GEOCODER_URL).n == 0) {
        return NULL;
    }
    struct db *db = agent_open_db(agent, DB_WORKER);
    struct arena *a = arena_new(WORK_CAP);
    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd < 0) {
        log_error("thread_failed", LOG_Z("name", "addresses"));
        exit(1);
    }
    while (!atomic_load(&agent->stopping)) {
        usec_t wait = work(agent, db, a), until = clock_mono() + wait;
        db_request_end(db);
        arena_reset(a);
        /* A wake-up ends idling, not the pause between two questions. */
        do {
            struct pollfd p = { .fd = wake_fd, .events = POLLIN };
            usec_t left = until - clock_mono();
            (void)!poll(&p, 1, left > 0 ? (int)(left / 1000) + 1 : 0);
            (void)!read(wake_fd, &count, sizeof count);
        } while (wait != IDLE_WAIT && clock_mono() < until && !atomic_load(&agent->stopping));
    }
    db_close(db);
    arena_free(a);
    return NULL;
}
