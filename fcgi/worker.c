#include "worker.h"

#include "errors.h"
#include "fcgx.h"
#include "ingest_http.h"
#include "lib/log.h"
#include "router.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_CAP ((size_t)64 * 1024 * 1024) /* a 16 MiB report and what it is parsed into */
#define SPARE_CAP ((size_t)512 * 1024)       /* an error when the other one is full */
#define SCRATCH_CAP ((size_t)8 * 1024 * 1024)
#define KEEP_CAP ((size_t)1024 * 1024)
#define BUSY_MS 5000 /* for the write lock; phones wait 10 s */

struct worker {
    struct app app;
    struct arena *arena, *spare;
    struct request request;
    jmp_buf full;
};

static volatile sig_atomic_t stopping;

static void on_stop(int signo)
{
    (void)signo;
    stopping = 1;
}

struct worker *worker_new(const struct config *c)
{
    struct worker *w = calloc(1, sizeof *w);
    struct arena *keep = arena_new(KEEP_CAP);
    struct str run_dir = config_str(c, CFG_RUN_DIR);
    char *why = NULL;

    if (w == NULL) {
        exit(1);
    }
    w->arena = arena_new(ARENA_CAP);
    w->spare = arena_new(SPARE_CAP);
    w->app.scratch = arena_new(SCRATCH_CAP);
    app_configure(&w->app, c, keep);
    w->app.wake_path = arena_printf(keep, "%.*s/wake.sock", STR_FMT(run_dir)).p;
    w->app.agent = link_new(arena_printf(keep, "%.*s/agent.sock", STR_FMT(run_dir)).p);
    reply_open(&w->request.reply);
    w->app.db = db_open(arena_cstr(keep, config_db_path(c)), DB_WORKER, BUSY_MS, &why);
    if (w->app.db == NULL) {
        log_error("database-unusable", LOG_S("path", config_db_path(c)), LOG_Z("why", why));
        free(why);
        worker_free(w);
        return NULL;
    }
    db_durable(w->app.db, str_eqz(config_str(c, CFG_DURABLE), "full"));
    return w;
}

void worker_free(struct worker *w)
{
    if (w->app.db != NULL) {
        db_close(w->app.db);
    }
    link_free(w->app.agent);
    reply_close(&w->request.reply);
    arena_free(w->app.scratch);
    arena_free(w->app.keep);
    arena_free(w->spare);
    arena_free(w->arena);
    free(w);
}

/* The request's memory is used up: undo what is half done, then say so with the spare arena. */
static void overflow(struct worker *w)
{
    struct request *r = &w->request;
    int status = r->body.n > 0 ? 413 : 503;

    arena_catch(w->arena, NULL);
    db_request_end(w->app.db);
    arena_reset(w->app.scratch);
    log_warning("request-too-large", LOG_S("path", r->raw_path), LOG_I("body", r->body.n));
    r->arena = w->spare;
    if (r->phone && !r->reply.committed) {
        reply_reset(r);
        status = ingest_overflow(r);
    }
    if (status != 0) {
        error_reply(r, error_side(r), status);
    }
}

static void log_request(struct request *r, bool whole)
{
    int status = r->reply.status;
    enum log_level level = status >= 500 || !whole                      ? LOG_LVL_WARNING
                           : status >= 400 || (r->method & M_SAFE) == 0 ? LOG_LVL_INFO
                                                                        : LOG_LVL_DEBUG;
    struct str address;

    if (!log_enabled(level)) {
        return;
    }
    address = request_address(r);
    log_event(level, "request",
              LOG_FIELDS(LOG_S("method", r->method_name), LOG_S("path", r->raw_path),
                         LOG_I("status", status), LOG_I("ms", (clock_mono() - r->started) / 1000),
                         LOG_S("user", r->who.known ? r->who.user.username : STR("-")),
                         LOG_S("address", str_is_null(address) ? STR("-") : address),
                         LOG_Z("end", whole           ? "whole"
                                      : r->reply.gone ? "client-gone"
                                                      : "cut-off")));
}

bool worker_serve(struct worker *w, struct gateway *gw)
{
    struct request *r = &w->request;
    bool whole;

    if (setjmp(w->full) == 0) {
        arena_catch(w->arena, &w->full);
        request_init(r, &w->app, w->arena, gw);
        router_run(r);
        if (r->reply.status < 500) {
            reply_prepare(r); /* may be the one to read the session, and to fill the arena */
        }
    } else {
        overflow(w);
    }
    arena_catch(w->arena, NULL);
    r->arena = w->spare;
    whole = reply_finish(r);
    log_request(r, whole);
    db_request_end(w->app.db);
    arena_reset(w->spare);
    arena_reset(w->arena);
    return whole || r->reply.gone;
}

/* Signals come only while nothing is being done: see the ppoll below. */
static void take_signals(sigset_t *open)
{
    struct sigaction stop = { .sa_handler = on_stop }, ignore = { .sa_handler = SIG_IGN };
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigemptyset(open);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGHUP, &ignore, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

int worker_run(const struct config *c, int listener, struct crew *crew, int number)
{
    const struct timespec at_once = { 0 };
    struct pollfd waiting = { .fd = listener, .events = POLLIN };
    struct fcgx *f = fcgx_new(listener);
    struct worker *w;
    sigset_t open;

    if (f == NULL) {
        log_event(LOG_LVL_ERROR, "fastcgi-unusable", NULL);
        return 1;
    }
    take_signals(&open); /* after libfcgi, which sets handlers of its own */
    w = worker_new(c);
    if (w == NULL) {
        fcgx_free(f);
        return 1;
    }
    for (;;) {
        int n = ppoll(&waiting, 1, stopping ? &at_once : NULL, &open);
        if (n < 0 && errno != EINTR) {
            log_error("poll-failed", LOG_Z("why", strerror(errno)));
            break;
        }
        if (n == 0 && stopping) {
            break;
        }
        if (n > 0 && fcgx_accept(f)) {
            crew_begin(crew, number);
            if (worker_serve(w, fcgx_gateway(f))) {
                fcgx_finish(f);
            } else {
                fcgx_abort(f);
            }
            crew_end(crew, number);
        }
    }
    worker_free(w);
    fcgx_free(f);
    return stopping ? 0 : 1;
}
