#include "stack.h"

#include "cli.h"
#include "confgen.h"
#include "db/account.h"
#include "lib/clock.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORTS_WAIT (2 * USEC_PER_SEC)
#define SOCKET_PATH_MAX 90 /* sun_path holds 107, our names add up to 16 */

const char *stack_path(struct stack *s, const char *name)
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

bool stack_plan(struct stack *s)
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
    s->plugin = need[4].path;
    s->tls_mark = stack_path(s, "tls/active");
    s->child[AGENT] = (struct child){ .name = "agent", .argv = { need[0].path }, .stop_phase = 1 };
    s->child[FCGI] = (struct child){
        .name = "fcgi",
        .argv = { need[1].path, "--socket", stack_path(s, "fcgi.sock") },
        .stop_phase = 1,
    };
    /* Its configuration depends on the certificates that the agent finds. */
    s->child[BROKER] = (struct child){
        .name = "mosquitto",
        .held = true,
        .argv = { need[2].path, "-c", stack_path(s, "mosquitto.conf") },
        .env = { { "OPENSSL_CONF", stack_path(s, "openssl.cnf") },
                 /* the sanitizer's library in test builds */
                 { "LD_PRELOAD", getenv("MYTRACKS_TEST_PRELOAD") } },
    };
    /* The door opens last: whoever gets an answer finds everything working. */
    s->child[NGINX] = (struct child){
        .name = "nginx",
        .held = true,
        .argv = { need[3].path, "-c", stack_path(s, "nginx.conf"), "-e",
                  stack_path(s, "nginx.log") },
    };
    return true;
}

/* Creates or adopts the file and learns what kind of installation it is. */
static bool look_into_database(struct stack *s, struct stack_facts *out)
{
    struct str view = config_db_path(s->config);
    const char *path = arena_cstr(s->arena, view);
    bool made = false, any = true;
    int64_t accounts = 0;
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
    out->fresh = db_is_fresh_install(db);
    bool ok = db_any_staff(db, &any) == DB_OK && db_users_made(db, &accounts) == DB_OK;
    db_close(db);
    if (ok && !any) {
        snprintf(out->setup_link, sizeof out->setup_link, "%s",
                 cli_setup_link(s->config, s->arena, accounts, NULL));
    }
    return ok || cli_fail("the database %s cannot be read", path) == 0;
}

/* In a child that ends: this process, which stays, keeps none of the memory that SQLite and
   OpenSSL take. */
static bool open_database(struct stack *s)
{
    struct stack_facts found = { false };
    int to[2], status = 1;

    if (pipe2(to, O_CLOEXEC) != 0) {
        return cli_fail("no pipe: %s", strerror(errno)) == 0;
    }
    pid_t pid = fork();
    if (pid == 0) {
        bool ok = look_into_database(s, &found) &&
                  write(to[1], &found, sizeof found) == (ssize_t)sizeof found;
        _exit(ok ? 0 : 1);
    }
    close(to[1]);
    bool ok = pid > 0 && read(to[0], &s->facts, sizeof s->facts) == (ssize_t)sizeof s->facts;
    close(to[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return ok && status == 0;
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
    int lock = open(stack_path(s, "serve.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0) {
        cli_fail("another `mytracks serve` runs in %.*s; stop it or set RUN_DIR", STR_FMT(run));
        return false;
    }
    return true; /* the lock lives as long as the process */
}

/* The parts of a stack that was just killed give their ports back as they end. */
static bool free_soon(const char *bind, int port, usec_t until)
{
    static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
    bool is_free;

    while (!(is_free = probe_port_free(bind, port)) && errno == EADDRINUSE &&
           clock_mono() < until) {
        (void)nanosleep(&pause, NULL);
        errno = EADDRINUSE;
    }
    return is_free;
}

static bool ports_free(struct stack *s)
{
    static const struct {
        enum config_id id;
        const char *name;
    } ports[] = {
        { CFG_HTTP_PORT, "HTTP_PORT" },
        { CFG_MQTT_PORT, "MQTT_PORT" },
        { CFG_MQTT_TLS_PORT, "MQTT_TLS_PORT" },
        { CFG_MQTT_WS_PORT, "MQTT_WS_PORT" },
    };
    const char *bind = arena_cstr(s->arena, config_str(s->config, CFG_BIND));
    usec_t until = clock_mono() + PORTS_WAIT;

    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        int64_t port = config_int(s->config, ports[i].id);
        if (port >= 0 && !free_soon(bind, (int)port, until)) {
            cli_fail("port %lld on %s cannot be used: %s; set %s to another one", (long long)port,
                     bind, strerror(errno), ports[i].name);
            return false;
        }
    }
    return true;
}

bool stack_prepare(struct stack *s)
{
    return prepare_run_dir(s) && ports_free(s) && open_database(s);
}
