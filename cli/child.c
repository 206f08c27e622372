#include "child.h"

#include "lib/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEADY (10 * USEC_PER_SEC) /* a life this long forgives earlier failures */
#define BACKOFF_FIRST (USEC_PER_SEC / 10)
#define BACKOFF_MAX (5 * USEC_PER_SEC)

static void child_exec(const struct child *c, pid_t parent)
{
    sigset_t none;
    char *argv[CHILD_ARGS];

    /* Nobody survives serve, also not its kill -9. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < CHILD_ENV; i++) {
        if (c->env[i].value != NULL) {
            setenv(c->env[i].name, c->env[i].value, 1);
        }
    }
    for (size_t i = 0; i < CHILD_ARGS; i++) {
        argv[i] = c->argv[i] == NULL ? NULL : strdup(c->argv[i]);
    }
    execv(c->argv[0], argv);
    log_error("exec_failed", LOG_Z("program", c->argv[0]), LOG_Z("error", strerrorname_np(errno)));
    _exit(127);
}

bool child_start(struct child *c)
{
    pid_t parent = getpid(), pid = fork();

    if (pid < 0) {
        return false;
    }
    if (pid == 0) {
        child_exec(c, parent);
    }
    setpgid(pid, pid); /* both sides set it: whoever comes first */
    c->pid = pid;
    c->started = clock_mono();
    return true;
}

void child_died(struct child *c, int status)
{
    usec_t now = clock_mono(), delay = 0;

    kill(-c->pid, SIGKILL);
    if (now - c->started > STEADY) {
        c->failures = 0;
    }
    if (c->failures > 0) {
        delay = BACKOFF_FIRST << (c->failures > 6 ? 6 : c->failures - 1);
        delay = delay > BACKOFF_MAX ? BACKOFF_MAX : delay;
    }
    c->failures++;
    c->pid = 0;
    c->restart_at = now + delay;
    log_warning("child_died", LOG_Z("name", c->name),
                LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
                LOG_I("exit", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
                LOG_I("restart_ms", delay / 1000));
}

void child_stop(const struct child *c)
{
    if (c->pid > 0) {
        kill(c->pid, SIGTERM);
    }
}

void child_kill(const struct child *c)
{
    if (c->pid > 0) {
        kill(-c->pid, SIGKILL);
    }
}
