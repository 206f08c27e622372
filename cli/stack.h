/* The programs that `mytracks serve` runs, and what has to be there before them. */
#ifndef MYTRACKS_STACK_H
#define MYTRACKS_STACK_H

#include "child.h"
#include "lib/config.h"
#include "lib/wire.h"

enum { AGENT, FCGI, BROKER, NGINX, CHILDREN };

struct stack {
    struct config *config;
    struct arena *arena; /* of the whole run: nothing may be taken from it again and again */
    struct child child[CHILDREN];
    struct link *agent; /* while starting */
    const char *plugin;
    const char *tls_mark; /* the file that says that there are certificates */
    struct stack_facts {
        bool fresh;
        char setup_link[512]; /* for the first administrator; "" when there is one */
    } facts;                  /* of the database */
    bool tls;                 /* the broker has a TLS listener */
};

/* RUN_DIR/name. */
const char *stack_path(struct stack *s, const char *name);
/* Finds every program that is needed. False after a message with the package that has it. */
bool stack_plan(struct stack *s);
/* RUN_DIR with its lock, free ports, the database. False after a message. */
bool stack_prepare(struct stack *s);

#endif
