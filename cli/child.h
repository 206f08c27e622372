/* Programs that serve starts, watches and stops. Each leads its own process group, so that what it
   leaves behind (nginx workers after a kill -9 of the master) goes with it. */
#ifndef MYTRACKS_CHILD_H
#define MYTRACKS_CHILD_H

#include "lib/clock.h"

#include <stdbool.h>
#include <sys/types.h>

#define CHILD_ARGS 8
#define CHILD_ENV 2

struct child {
    const char *name;
    const char *argv[CHILD_ARGS]; /* argv[0]: path; ends with NULL */
    struct {
        const char *name, *value;
    } env[CHILD_ENV];  /* set for it alone where value is not NULL */
    int stop_phase;    /* stopped in this order, 0 first */
    bool held;         /* not to be started yet */
    pid_t pid;         /* 0: not running */
    usec_t started;    /* monotonic */
    usec_t restart_at; /* monotonic; meaningful while not running */
    unsigned failures; /* in a row, without 10 s of life between them */
};

/* Forks and executes. False with errno. */
bool child_start(struct child *c);
/* Books a death found by waitpid: kills the rest of the group, plans the restart (at once the first
   time, then 0.1 s doubling to 5 s). */
void child_died(struct child *c, int status);
/* SIGTERM now. */
void child_stop(const struct child *c);
void child_kill(const struct child *c);

#endif
