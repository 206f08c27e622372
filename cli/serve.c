/* mytracks serve: nginx, Mosquitto, the web application and the agent, from one process in the
   foreground. For trials, tests and small installations; in production systemd runs the parts. */
#include "child.h"
#include "cli.h"
#include "confgen.h"
#include "db/account.h"
#include "lib/log.h"
#include "lib/wire.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEALTH_WAIT_MS 500
#define START_LIMIT (20 * USEC_PER_SEC)
#define STOP_LIMIT (2500 * USEC_PER_SEC / 1000) /* the promise is 3 s */
#define SOCKET_PATH_MAX 90                      /* sun_path holds 107, our names add up to 16 */

enum { AGENT, FCGI, BROKER, NGINX, CHILDREN };

struct stack {
    struct config *config;
    struct arena *arena;
    struct child child[CHILDREN];
    struct link *agent; /* while starting */
    bool fresh, have_admin;
};

static const char *path_in_run(struct stack *s, const char *name)
{
    return arena_printf(s->arena, "%.*s/%s", STR_FMT(config_str(s->config, CFG_RUN_DIR)), name).p;
}

/* The first of these folders that has the file, as one path; NULL when none has. */
static const char *find_file(struct arena *a, const char *const *dirs, const char *name)
{
    for (; *dirs != NULL; dirs++) {
        const char *path = arena_printf(a, "%s/%s", *dirs, name).p;
        if (access(path, R_OK) == 0) {
            return path;
        }
    }
    return NULL;
}

static const char *find_system(const char *name, struct arena *a)
{
    return find_file(a, (const char *const[]){ "/usr/sbin", "/usr/local/sbin", "/usr/bin", NULL },
                     name);
}

static const char *find_own(const char *name, struct arena *a)
{
    const char *dir = cli_program_dir(a);

    return find_file(a,
                     (const char *const[]){ dir, arena_printf(a, "%s/../libexec/mytracks", dir).p,
                                            arena_printf(a, "%s/../lib", dir).p,
                                            arena_printf(a, "%s/../lib/mytracks", dir).p, NULL },
                     name);
}

/* Every program that is needed, with the package that has it. False after a message. */
static bool plan_children(struct stack *s, const char **plugin)
{
    struct arena *a = s->arena;
    struct {
        const char *path, *name, *advice;
    } need[] = {
        { find_own("mytracks-agent", a), "mytracks-agent", "build it with `make`" },
        { find_own("mytracks-fcgi", a), "mytracks-fcgi", "build it with `make`" },
        { find_system("mosquitto", a), "mosquitto", "install it: apt install mosquitto" },
        { find_system("nginx", a), "nginx", "install it: apt install nginx-light" },
        { find_own("mosquitto_mytracks.so", a), "mosquitto_mytracks.so", "build it with `make`" },
    };

    for (size_t i = 0; i < sizeof need / sizeof need[0]; i++) {
        if (need[i].path == NULL) {
            cli_fail("the program %s is missing; %s", need[i].name, need[i].advice);
            return false;
        }
    }
    *plugin = need[4].path;
    s->child[AGENT] = (struct child){ .name = "agent", .argv = { need[0].path }, .stop_phase = 1 };
    s->child[FCGI] = (struct child){
        .name = "fcgi",
        .argv = { need[1].path, "--socket", path_in_run(s, "fcgi.sock") },
        .stop_phase = 1,
    };
    s->child[BROKER] = (struct child){
        .name = "mosquitto",
        .argv = { need[2].path, "-c", path_in_run(s, "mosquitto.conf") },
        .preload = getenv("MYTRACKS_TEST_PRELOAD"), /* the sanitizer's library in test builds */
    };
    /* The door opens last: whoever gets an answer finds everything working. */
    s->child[NGINX] = (struct child){
        .name = "nginx",
        .held = true,
        .argv = { need[3].path, "-c", path_in_run(s, "nginx.conf"), "-e",
                  path_in_run(s, "nginx.log") },
    };
    return true;
}

/* Creates or adopts the file and learns what kind of installation it is. */
static bool open_database(struct stack *s)
{
    struct str view = config_db_path(s->config);
    const char *path = arena_cstr(s->arena, view);
    bool made = false;
    char *why = NULL;

    if (db_create(path, &made, &why) != DB_OK) {
        cli_fail("the database %s cannot be made: %s", path, why != NULL ? why : "see the log");
        free(why);
        return false;
    }
    struct db *db = db_open(path, DB_KEEPER, 10000, &why);
    if (db == NULL) {
        cli_fail("the database %s cannot be used: %s", path, why != NULL ? why : "see the log");
        free(why);
        return false;
    }
    s->fresh = db_is_fresh_install(db);
    bool ok = db_any_staff(db, &s->have_admin) == DB_OK;
    db_close(db);
    return ok || cli_fail("the database %s cannot be read", path) == 0;
}

/* RUN_DIR, and a lock so that two stacks never share it. */
static bool prepare_run_dir(struct stack *s)
{
    struct str run = config_str(s->config, CFG_RUN_DIR);

    if (run.n > SOCKET_PATH_MAX) {
        cli_fail("RUN_DIR is too long for unix sockets (%zu bytes; %d are possible)", run.n,
                 SOCKET_PATH_MAX);
        return false;
    }
    const char *broker = arena_cstr(s->arena, confgen_broker_dir(s->config, s->arena));
    if (!cli_make_dir(arena_cstr(s->arena, run), 0700) || !cli_make_dir(broker, 0700)) {
        cli_fail("RUN_DIR %.*s cannot be made: %s", STR_FMT(run), strerror(errno));
        return false;
    }
    int lock = open(path_in_run(s, "serve.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0) {
        cli_fail("another `mytracks serve` runs in %.*s; stop it or set RUN_DIR", STR_FMT(run));
        return false;
    }
    return true; /* the lock lives as long as the process */
}

static bool ports_free(struct stack *s)
{
    static const struct {
        enum config_id id;
        const char *name;
    } ports[] = {
        { CFG_HTTP_PORT, "HTTP_PORT" },
        { CFG_MQTT_PORT, "MQTT_PORT" },
        { CFG_MQTT_WS_PORT, "MQTT_WS_PORT" },
    };
    const char *bind = arena_cstr(s->arena, config_str(s->config, CFG_BIND));

    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        int64_t port = config_int(s->config, ports[i].id);
        if (port >= 0 && !probe_port_free(bind, (int)port)) {
            cli_fail("port %lld on %s cannot be used: %s; set %s to another one", (long long)port,
                     bind, strerror(errno), ports[i].name);
            return false;
        }
    }
    return true;
}

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

/* A name that ALLOWED_HOSTS lets in. */
static const char *allowed_host(struct stack *s)
{
    struct str rest = config_str(s->config, CFG_ALLOWED_HOSTS), first = STR("");

    str_split(&rest, ',', &first);
    first = str_trim(first);
    if (first.n == 0 || str_eq(first, STR("*"))) {
        return "localhost";
    }
    return arena_cstr(s->arena, first.p[0] == '.' ? str_sub(first, 1, first.n) : first);
}

/* The agent answers and is in the broker, the broker takes phones. */
static bool inside_up(struct stack *s, const char *bind)
{
    struct wire_msg ask = { .kind = WIRE_HEALTH }, answer;
    int mqtt = (int)config_int(s->config, CFG_MQTT_PORT);

    return probe_unix(path_in_run(s, "fcgi.sock")) && probe_unix(path_in_run(s, "live.sock")) &&
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

/* Until all parts answer. False: given up or told to stop. */
static bool wait_healthy(struct stack *s, const sigset_t *set)
{
    usec_t end = clock_mono() + START_LIMIT;
    const char *host = allowed_host(s);
    const char *bind = arena_cstr(s->arena, config_str(s->config, CFG_BIND));

    while (clock_mono() < end) {
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
                         path_in_run(s, i == NGINX ? "nginx.log" : "mosquitto.log"));
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
    printf("  database  %.*s (%s, policy %.*s)\n", STR_FMT(config_db_path(c)),
           s->fresh ? "our own" : "adopted", STR_FMT(policy));
    if (!s->have_admin) {
        printf("\nNobody can sign in yet. Make the first administrator, from this folder:\n"
               "  %s/mytracks user add --admin NAME\n",
               cli_program_dir(s->arena));
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
    s->agent = link_new(path_in_run(s, "agent.sock"));
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
    const char *plugin = NULL;
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
    if (log_open("serve", arena_cstr(s.arena, config_str(s.config, CFG_LOG_FILE)), level) &&
        plan_children(&s, &plugin) && prepare_run_dir(&s) && ports_free(&s) && open_database(&s) &&
        (s.config = cli_settle_policy(s.config, s.fresh)) != NULL &&
        confgen_write(s.config, plugin)) {
        status = run(&s, begin);
    }
    config_free(s.config);
    arena_free(s.arena);
    return status;
}
