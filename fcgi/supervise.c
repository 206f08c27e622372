#include "supervise.h"

#include "crew.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/logkeep.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKLOG 1024
#define HEALTHY_USEC USEC_PER_SEC /* a worker that lived this long starts again at once */
#define BACKOFF_FIRST (USEC_PER_SEC / 10)
#define BACKOFF_MOST (5 * USEC_PER_SEC)
#define ALWAYS 2                                /* workers that are kept without anything to do */
#define SHRINK_USEC (10 * USEC_PER_SEC)         /* a worker that nobody needed for so long goes */
#define HELD_USEC (USEC_PER_SEC / 10)           /* a request in hand for so long holds others up */
#define DRAIN_USEC (USEC_PER_SEC * 18 / 10)     /* the promise is 2 s */
#define MEMORY_MAX ((rlim_t)1024 * 1024 * 1024) /* libfcgi would allocate gigabytes if told to */

struct slot {
    pid_t pid;   /* 0: none */
    bool wanted; /* to be there */
    bool asked;  /* told to end */
    usec_t started, restart_at;
    usec_t backoff;
};

struct supervisor {
    struct config *config;
    const char *path;
    int fd;
    struct stat socket; /* to recognise it again */
    struct crew *crew;
    struct slot *slot;
    int most;
    bool watches; /* nobody was free when it looked last */
    usec_t shrink_at;
};

static bool refuse(const char *what, const char *path)
{
    log_error("socket-unusable", LOG_Z("path", path), LOG_Z("what", what),
              LOG_Z("why", strerror(errno)));
    return false;
}

static bool open_socket(struct supervisor *s)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t n = strlen(s->path);

    if (n >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return refuse("path", s->path);
    }
    memcpy(address.sun_path, s->path, n);
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) {
        return refuse("socket", s->path);
    }
    unlink(s->path); /* left behind by a kill -9 */
    if (bind(s->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        return refuse("bind", s->path);
    }
    if (chmod(s->path, 0660) != 0 || stat(s->path, &s->socket) != 0) {
        return refuse("chmod", s->path);
    }
    return listen(s->fd, BACKLOG) == 0 || refuse("listen", s->path);
}

/* Unless another instance has put its own there. */
static void remove_socket(const struct supervisor *s)
{
    struct stat now;

    if (stat(s->path, &now) == 0 && now.st_ino == s->socket.st_ino &&
        now.st_dev == s->socket.st_dev) {
        unlink(s->path);
    }
}

static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
    const struct rlimit most = { MEMORY_MAX, MEMORY_MAX };

    if (setrlimit(RLIMIT_AS, &most) != 0) {
        log_warning("no-memory-limit", LOG_Z("why", strerror(errno)));
    }
#endif
}

static void start_worker(struct supervisor *s, int number)
{
    struct slot *slot = &s->slot[number];
    pid_t parent = getpid(), pid;

    crew_set(s->crew, number, true);
    pid = fork();

    slot->started = clock_mono();
    slot->asked = false;
    if (pid == 0) {
        /* When the parent is killed hard, nobody would replace us or tell us to stop. */
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent) {
            _exit(0);
        }
        limit_memory();
        exit(worker_run(s->config, s->fd, s->crew, number));
    }
    if (pid < 0) {
        log_error("fork-failed", LOG_Z("why", strerror(errno)));
        crew_set(s->crew, number, false);
        slot->restart_at = slot->started + BACKOFF_MOST;
        return;
    }
    slot->pid = pid;
}

static void worker_ended(struct slot *slot, int status)
{
    usec_t now = clock_mono();

    slot->pid = 0;
    if (slot->asked) {
        slot->backoff = 0;
    } else {
        log_error("worker-ended", LOG_Z("how", WIFSIGNALED(status) ? "signal" : "exit"),
                  LOG_I("number", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
        if (now - slot->started >= HEALTHY_USEC) {
            slot->backoff = 0;
        } else if (slot->backoff == 0) {
            slot->backoff = BACKOFF_FIRST;
        } else {
            slot->backoff = slot->backoff * 2 < BACKOFF_MOST ? slot->backoff * 2 : BACKOFF_MOST;
        }
    }
    slot->restart_at = now + slot->backoff;
}

/* How many are left. */
static int collect(struct supervisor *s)
{
    int status, running = 0;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (int i = 0; i < s->most; i++) {
            if (s->slot[i].pid == pid) {
                crew_set(s->crew, i, false);
                worker_ended(&s->slot[i], status);
            }
        }
    }
    for (int i = 0; i < s->most; i++) {
        running += s->slot[i].pid != 0;
    }
    return running;
}

/* Starts those that are due; the time until the next one, at most SHRINK_USEC. */
static usec_t restart(struct supervisor *s)
{
    usec_t wait = SHRINK_USEC;

    for (int i = 0; i < s->most; i++) {
        struct slot *slot = &s->slot[i];
        if (slot->wanted && slot->pid == 0 && slot->restart_at <= clock_mono()) {
            start_worker(s, i);
        }
        if (slot->wanted && slot->pid == 0 && slot->restart_at - clock_mono() < wait) {
            wait = slot->restart_at - clock_mono();
        }
    }
    return wait > 1000 ? wait : 1000;
}

static void tell(struct supervisor *s, int signo)
{
    for (int i = 0; i < s->most; i++) {
        if (s->slot[i].pid != 0) {
            s->slot[i].asked = true;
            kill(s->slot[i].pid, signo);
        }
    }
}

static bool open_log(const struct config *c)
{
    enum log_level least = LOG_LVL_INFO;
    struct str file = config_str(c, CFG_LOG_FILE);
    struct arena *a = arena_new(64 * 1024);
    bool ok;

    log_level_parse(config_str(c, CFG_DJANGO_LOG_LEVEL), &least);
    ok = log_open("fcgi", file.n > 0 ? arena_cstr(a, file) : NULL, least);
    logkeep_open(arena_cstr(a, config_str(c, CFG_RUN_DIR)));
    arena_free(a);
    return ok;
}

/* New settings for new workers; the old ones finish what they are at. */
static void reload(struct supervisor *s)
{
    char *why = NULL;
    struct config *c = config_load(NULL, &why);

    if (c == NULL) {
        log_error("settings-unusable", LOG_Z("why", why));
        free(why);
        return;
    }
    config_free(s->config);
    s->config = c;
    (void)open_log(c); /* says so itself; the old one goes on */
    log_event(LOG_LVL_INFO, "reload", NULL);
    tell(s, SIGTERM);
}

static int next_signal(const sigset_t *set, usec_t wait)
{
    const struct timespec t = { .tv_sec = wait / USEC_PER_SEC,
                                .tv_nsec = wait % USEC_PER_SEC * 1000 };

    return sigtimedwait(set, NULL, &t);
}

static void drain(struct supervisor *s, const sigset_t *set)
{
    usec_t until = clock_mono() + DRAIN_USEC;

    remove_socket(s);
    tell(s, SIGTERM);
    while (collect(s) > 0) {
        if (clock_mono() >= until) {
            log_event(LOG_LVL_WARNING, "workers-killed", NULL);
            tell(s, SIGKILL);
            until += DRAIN_USEC;
        }
        next_signal(set, USEC_PER_SEC / 10);
    }
}

/* Twice as many while all have a request in hand, one of them for long: workers that follow each
   other quickly are as many as the processors can use, and more would only wait for the database.
 */
static void grow(struct supervisor *s)
{
    int more = 0;

    s->watches = crew_is_full(s->crew);
    if (!s->watches || !crew_is_held(s->crew, HELD_USEC)) {
        return;
    }
    for (int i = 0; i < s->most; i++) {
        more += s->slot[i].wanted;
    }
    for (int i = 0; i < s->most && more > 0; i++) {
        if (!s->slot[i].wanted) {
            s->slot[i].wanted = true;
            s->slot[i].restart_at = 0;
            more--;
        }
    }
    s->shrink_at = clock_mono() + SHRINK_USEC;
}

static void retire(struct slot *slot)
{
    slot->wanted = false;
    slot->asked = true;
    if (slot->pid != 0) {
        kill(slot->pid, SIGTERM);
    }
}

/* Those whom nobody needed for a while go. */
static void shrink(struct supervisor *s)
{
    int wanted = 0;

    if (clock_mono() < s->shrink_at) {
        return;
    }
    s->shrink_at = clock_mono() + SHRINK_USEC;
    int kept = crew_peak(s->crew);
    kept = kept < ALWAYS ? ALWAYS : kept;
    for (int i = 0; i < s->most; i++) {
        wanted += s->slot[i].wanted;
    }
    for (int i = s->most - 1; i >= ALWAYS && wanted > kept; i--) {
        if (s->slot[i].wanted && !crew_is_busy(s->crew, i)) {
            retire(&s->slot[i]);
            wanted--;
        }
    }
}

static void keep_running(struct supervisor *s, const sigset_t *set)
{
    for (;;) {
        int signo;
        collect(s);
        usec_t wait = restart(s);
        signo = next_signal(set, s->watches && wait > HELD_USEC ? HELD_USEC : wait);
        if (signo == SIGTERM || signo == SIGINT) {
            return;
        }
        if (signo == SIGHUP) {
            reload(s);
        }
        if (signo == SIGUSR1 || s->watches) {
            grow(s);
        }
        shrink(s);
    }
}

int supervise(struct config *c, const char *socket_path, int most)
{
    struct supervisor s = { .config = c, .path = socket_path, .fd = -1, .most = most };
    sigset_t set;
    int status = 1;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    s.slot = calloc((size_t)most, sizeof *s.slot);
    s.crew = crew_new();
    for (int i = 0; s.slot != NULL && i < ALWAYS && i < most; i++) {
        s.slot[i].wanted = true;
    }
    if (s.slot != NULL && s.crew != NULL && open_log(c) && open_socket(&s)) {
        log_info("started", LOG_Z("socket", socket_path), LOG_I("workers", most));
        keep_running(&s, &set);
        drain(&s, &set);
        log_event(LOG_LVL_INFO, "stopped", NULL);
        status = 0;
    }
    if (s.fd >= 0) {
        close(s.fd);
    }
    free(s.slot);
    config_free(s.config);
    return status;
}
