/* mytracks serve: nginx, Mosquitto, the web application and the agent, from one process in the
   foreground. For trials, tests and small installations; in production systemd runs the parts. */
#include "cli.h"
#include "confgen.h"
#include "lib/invitation.h"
#include "lib/log.h"
#include "lib/logkeep.h"
#include "probe.h"
#include "stack.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS 16384 /* of each process */
#define HEALTH_WAIT_MS 500
#define START_LIMIT (20 * USEC_PER_SEC)
#define STOP_LIMIT (2500 * USEC_PER_SEC / 1000) /* the promise is 3 s */

static bool start_children(struct stack *s)
{
    for (int i = 0; i < CHILDREN; i++) {
        if (!s->child[i].held && !child_start(&s->child[i])) {
            cli_fail("%s cannot be started: %s", s->child[i].name, strerror(errno));
            return false;
        }
    }
    return true;
}

/* Books all deaths and starts again what is due. */
static void tend_children(struct stack *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (int i = 0; i < CHILDREN; i++) {
            if (s->child[i].pid == pid) {
                child_died(&s->child[i], status);
            }
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        struct child *c = &s->child[i];
        if (c->pid == 0 && !c->held && clock_mono() >= c->restart_at && !child_start(c)) {
            c->restart_at = clock_mono() + USEC_PER_SEC;
        }
    }
}

/* Waits for a signal for at most this long; 0 when none came. */
static int wait_signal(const sigset_t *set, usec_t limit)
{
    struct timespec t = { .tv_sec = limit / USEC_PER_SEC,
                          .tv_nsec = (limit % USEC_PER_SEC) * 1000 };
    int signo = sigtimedwait(set, NULL, &t);

    return signo < 0 ? 0 : signo;
}

static bool stop_asked(int signo)
{
    return signo == SIGTERM || signo == SIGINT;
}

/* The agent answers and is in the broker, the broker takes phones. */
static bool inside_up(struct stack *s, const char *bind)
{
    struct wire_msg ask = { .kind = WIRE_HEALTH }, answer;
    int mqtt = (int)config_int(s->config, CFG_MQTT_PORT);

    return probe_unix(stack_path(s, "fcgi.sock")) && probe_unix(stack_path(s, "live.sock")) &&
           (mqtt < 0 || probe_tcp(bind, mqtt)) &&
           link_call(s->agent, &ask, &answer, HEALTH_WAIT_MS) && answer.kind == WIRE_DONE &&
           answer.n > 0 && str_eqz(answer.field[0], "ok");
}

/* Lets nginx in when all behind it is up. */
static bool healthy(struct stack *s, const char *bind, const char *host)
{
    if (s->child[NGINX].held) {
        s->child[NGINX].held = !inside_up(s, bind);
        return false;
    }
    return probe_health(bind, (int)config_int(s->config, CFG_HTTP_PORT), host);
}

/* ---------------------------------------------------------------- MQTT over TLS */
static bool has_certificates(struct stack *s)
{
    return config_int(s->config, CFG_MQTT_TLS_PORT) >= 0 && access(s->tls_mark, F_OK) == 0;
}

/* The agent is there, and so are the certificates, if there are any. False after a message. */
static bool release_broker(struct stack *s)
{
    s->tls = has_certificates(s);
    s->child[BROKER].held = !confgen_write(s->config, s->plugin, s->tls);
    return !s->child[BROKER].held;
}

/* Mosquitto opens no listener while it runs. So with the very first certificate of the server it
   starts anew, once; later ones it reads as it runs (docs/architecture.md). */
static void tend_tls(struct stack *s)
{
    if (!s->tls && has_certificates(s)) {
        s->tls = true;
        if (confgen_write(s->config, s->plugin, true)) {
            log_info("broker_restarts", LOG_Z("for", "its first TLS certificate"));
            child_stop(&s->child[BROKER]);
        }
    }
}

/* Until all parts answer. False: given up or told to stop. */
static bool wait_healthy(struct stack *s, const sigset_t *set)
{
    usec_t end = clock_mono() + START_LIMIT;
    const char *host = cli_allowed_host(s->config, s->arena);
    const char *bind = arena_cstr(s->arena, config_str(s->config, CFG_BIND));

    unsigned generation;

    while (clock_mono() < end) {
        if (s->child[BROKER].held && link_connected(s->agent, &generation) && !release_broker(s)) {
            return false;
        }
        if (healthy(s, bind, host)) {
            return true;
        }
        int signo = wait_signal(set, USEC_PER_SEC / 200);
        if (stop_asked(signo)) {
            return false;
        }
        tend_children(s);
        for (int i = 0; i < CHILDREN; i++) {
            if (s->child[i].failures > 3) {
                cli_fail("%s does not stay up; see the lines above and %s", s->child[i].name,
                         stack_path(s, i == NGINX ? "nginx.log" : "mosquitto.log"));
                return false;
            }
        }
    }
    cli_fail("the stack did not answer within %lld s; see the lines above",
             (long long)(START_LIMIT / USEC_PER_SEC));
    return false;
}

static void announce(struct stack *s, usec_t took)
{
    struct config *c = s->config;
    struct str bind = config_str(c, CFG_BIND), policy = config_str(c, CFG_POLICY);

    printf("mytracks %s is ready after %lld ms\n", MYTRACKS_VERSION, (long long)(took / 1000));
    printf("  web       http://%.*s:%lld/\n", STR_FMT(bind),
           (long long)config_int(c, CFG_HTTP_PORT));
    printf("  MQTT      %.*s:%lld\n", STR_FMT(bind), (long long)config_int(c, CFG_MQTT_PORT));
    if (s->tls) {
        printf("  MQTT/TLS  %.*s:%lld\n", STR_FMT(bind),
               (long long)config_int(c, CFG_MQTT_TLS_PORT));
    }
    printf("  database  %.*s (%s, policy %.*s)\n", STR_FMT(config_db_path(c)),
           s->facts.fresh ? "our own" : "adopted", STR_FMT(policy));
    if (s->facts.setup_link[0] != '\0') {
        printf("\nThere is no administrator yet. Open this within %d hours to make the first:\n"
               "  %s\n"
               "or, from this folder:  %s/mytracks user add --admin NAME\n",
               INVITATION_HOURS, s->facts.setup_link, cli_program_dir(s->arena));
    }
    fflush(stdout);
}

static bool any_alive(const struct stack *s, int phase)
{
    for (int i = 0; i < CHILDREN; i++) {
        if (s->child[i].pid > 0 && s->child[i].stop_phase == phase) {
            return true;
        }
    }
    return false;
}

/* Input first (nginx, broker), then what works it off; whoever is late is killed. */
static void stop_children(struct stack *s, const sigset_t *set)
{
    usec_t end = clock_mono() + STOP_LIMIT;
    int status;
    pid_t pid;

    for (int phase = 0; phase <= 1; phase++) {
        for (int i = 0; i < CHILDREN; i++) {
            if (s->child[i].stop_phase == phase) {
                child_stop(&s->child[i]);
            }
        }
        usec_t phase_end = phase == 0 ? end - STOP_LIMIT / 2 : end;
        while (any_alive(s, phase) && clock_mono() < phase_end) {
            (void)wait_signal(set, USEC_PER_SEC / 50);
            while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
                for (int i = 0; i < CHILDREN; i++) {
                    s->child[i].pid = s->child[i].pid == pid ? 0 : s->child[i].pid;
                }
            }
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        if (s->child[i].pid > 0) {
            log_warning("child_killed", LOG_Z("name", s->child[i].name));
            child_kill(&s->child[i]);
        }
    }
    while (waitpid(-1, &status, 0) > 0) {
    }
}

/* A connection is a descriptor in the broker, and two in nginx; the usual limit of 1024 is for
   programs that select(). */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS) {
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < DESCRIPTORS) {
            log_warning("few_descriptors", LOG_I("limit", (int64_t)limit.rlim_cur));
        }
    }
}

static int run(struct stack *s, usec_t begin)
{
    sigset_t set;
    int status = 1;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    s->agent = link_new(stack_path(s, "agent.sock"));
    raise_descriptor_limit();
    bool up = start_children(s) && wait_healthy(s, &set);
    link_free(s->agent);
    if (up) {
        announce(s, clock_mono() - begin);
        status = 0;
        for (;;) {
            int signo = wait_signal(&set, USEC_PER_SEC / 10);
            if (stop_asked(signo)) {
                break;
            }
            tend_children(s);
            tend_tls(s);
        }
    }
    stop_children(s, &set);
    return status;
}

int cli_serve(int argc, char **argv)
{
    struct stack s = { 0 };
    usec_t begin = clock_mono();
    enum log_level level = LOG_LVL_INFO;
    int status = 1;

    if (argc > 1) {
        (void)argv;
        puts("usage: mytracks serve\n\nRuns nginx, Mosquitto, the web application and the agent in "
             "the foreground until\nSIGTERM or Ctrl-C. Settings: `mytracks config --help`.");
        return strcmp(argv[1], "--help") == 0 ? 0 : 2;
    }
    umask(077);
    s.config = cli_settings();
    if (s.config == NULL) {
        return 1;
    }
    s.arena = arena_new(1024 * 1024);
    log_level_parse(config_str(s.config, CFG_DJANGO_LOG_LEVEL), &level);
    logkeep_open(arena_cstr(s.arena, config_str(s.config, CFG_RUN_DIR)));
    if (log_open("serve", arena_cstr(s.arena, config_str(s.config, CFG_LOG_FILE)), level) &&
        stack_plan(&s) && stack_prepare(&s) &&
        (s.config = cli_settle_policy(s.config, s.facts.fresh)) != NULL &&
        confgen_write(s.config, s.plugin, false)) {
        status = run(&s, begin);
    }
    config_free(s.config);
    arena_free(s.arena);
    return status;
}
