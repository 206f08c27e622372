/* mytracks-agent: starts the threads, waits for a signal, keeps house. */
#include "agent.h"
#include "lib/codec.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/logkeep.h"
#include "tls.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STACK_BYTES \
    (512 * 1024) /* the default 8 MiB would count as address space only, but be exact */

struct thread {
    const char *name;
    void *(*body)(void *);
    void (*wake)(void);
    pthread_t id;
};

static struct thread threads[] = {
    { "mqtt", mqtt_thread, mqtt_wake, 0 },
    { "live", live_thread, live_wake, 0 },
    { "mail", mail_thread, outbox_wake, 0 },
    { "webhook", webhook_thread, outbox_wake, 0 },
    { "news", news_thread, outbox_wake, 0 },
    { "addresses", addresses_thread, addresses_wake, 0 },
    { "commands", commands_thread, commands_wake, 0 },
    { "ingest", ingest_thread, ingest_wake, 0 },
    { "server", server_thread, server_wake, 0 }, /* last: its socket says that all is there */
};
enum { THREADS = sizeof threads / sizeof threads[0] };

struct db *agent_open_db(const struct agent *agent, enum db_role role)
{
    char *why = NULL;
    struct db *db = db_open(agent->db_path, role, AGENT_BUSY_MS, &why);

    if (db == NULL) {
        log_error("database_unusable", LOG_Z("path", agent->db_path), LOG_Z("why", why));
        exit(1);
    }
    db_durable(db, false); /* rows of the spool come again after a power cut */
    return db;
}

int agent_socket(const struct agent *agent, const char *name, int type)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int n = snprintf(sa.sun_path, sizeof sa.sun_path, "%s/%s", agent->run_dir, name);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    if (fd < 0 || n < 0 || (size_t)n >= sizeof sa.sun_path) {
        return -1;
    }
    unlink(sa.sun_path);
    if (bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0 || chmod(sa.sun_path, 0660) < 0 ||
        ((type & SOCK_SEQPACKET) == SOCK_SEQPACKET && listen(fd, 128) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void start_threads(struct agent *agent)
{
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    for (size_t i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i].id, &attr, threads[i].body, agent) != 0) {
            log_error("thread_failed", LOG_Z("name", threads[i].name));
            exit(1);
        }
        pthread_setname_np(threads[i].id, threads[i].name);
    }
    pthread_attr_destroy(&attr);
}

static void stop_threads(struct agent *agent)
{
    atomic_store(&agent->stopping, true);
    for (size_t i = 0; i < THREADS; i++) {
        threads[i].wake();
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i].id, NULL);
    }
}

/* Signals are taken here alone; the threads are born with them blocked. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static void fill(struct agent *agent, const struct config *c, struct arena *a)
{
    uint8_t random[32];

    agent->config = c;
    agent->db_path = arena_cstr(a, config_db_path(c));
    agent->run_dir = arena_cstr(a, config_str(c, CFG_RUN_DIR));
    agent->spool_dir = arena_cstr(a, config_spool_dir(c));
    agent->secret_key = config_str(c, CFG_SECRET_KEY);
    agent->iterations = config_int(c, CFG_PBKDF2_ITERATIONS);
    agent->started = clock_now();
    crypto_random(random, sizeof random);
    struct str hex = hex_encode(a, (struct str){ (const char *)random, sizeof random });
    snprintf(agent->mqtt_password, sizeof agent->mqtt_password, "%.*s", (int)hex.n, hex.p);
}

static int usage(FILE *out, int status)
{
    fputs("usage: mytracks-agent\n\nVerifies credentials, stores what the broker's plugin spools, "
          "feeds the live map.\nSettings come from the environment and ./.env: `mytracks config "
          "--help`. Normally\nstarted by `mytracks serve` or systemd.\n",
          out);
    return status;
}

static int run(const struct config *c, struct arena *a)
{
    static struct agent agent;
    struct timespec pause = { .tv_nsec = 500 * 1000 * 1000 };
    sigset_t set;
    int signo;

    umask(077);
    block_signals(&set);
    fill(&agent, c, a);
    struct housekeeping *h = housekeeping_new(&agent);
    struct tls *tls = tls_new(&agent);
    start_threads(&agent);
    log_info("agent_ready", LOG_Z("database", agent.db_path));
    while ((signo = sigtimedwait(&set, NULL, &pause)) != SIGTERM && signo != SIGINT) {
        housekeeping_tick(h);
        tls_tick(tls);
    }
    stop_threads(&agent);
    tls_free(tls);
    housekeeping_free(h);
    return 0;
}

int main(int argc, char **argv)
{
    enum log_level level = LOG_LVL_INFO;
    char *why = NULL;

    if (argc > 1) {
        bool help = strcmp(argv[1], "--help") == 0;
        if (strcmp(argv[1], "--version") == 0) {
            puts("mytracks-agent " MYTRACKS_VERSION);
            return 0;
        }
        return usage(help ? stdout : stderr, help ? 0 : 2);
    }
    struct config *c = config_load(NULL, &why);
    if (c == NULL) {
        fprintf(stderr, "mytracks-agent: %s\n", why != NULL ? why : "no configuration");
        free(why);
        return 1;
    }
    if (config_key_refused(c)) {
        fputs("mytracks-agent: SECRET_KEY is not set, or the published default\n", stderr);
        config_free(c);
        return 1;
    }
    struct arena *a = arena_new(64 * 1024);
    log_level_parse(config_str(c, CFG_DJANGO_LOG_LEVEL), &level);
    logkeep_open(arena_cstr(a, config_str(c, CFG_RUN_DIR)));
    int status =
        log_open("agent", arena_cstr(a, config_str(c, CFG_LOG_FILE)), level) ? run(c, a) : 1;
    arena_free(a);
    config_free(c);
    return status;
}
