/* What the agent said about each user name. Kept while the agent is down. */
#ifndef MYTRACKS_PLUGIN_USERS_H
#define MYTRACKS_PLUGIN_USERS_H

#include "lib/topic.h"
#include "lib/wire.h"
#include "table.h"

/* The agent watches at most 16,384 names. */
#define USERS_MAX 16000

struct user {
    struct node node;
    struct user *next; /* all of them */
    struct topic_grants grants;
    bool known;        /* grants are from the agent */
    unsigned asked_on; /* generation of the link on which they were asked for; 0: never */
    char *text;        /* what the grants' views point into */
    struct str *views;
    size_t name_n;
    char name[]; /* NUL-terminated */
};

struct users {
    struct table table;
    struct user *first;
};

struct user *users_find(const struct users *u, struct str name);
/* Finds or makes. NULL: out of memory, or USERS_MAX reached. */
struct user *users_need(struct users *u, struct str name);
/* Takes over a WIRE_GRANTS message for its user, if there is one. The user; NULL otherwise. Without
   memory only active and superuser are taken over: less is allowed, never more. */
struct user *users_update(struct users *u, const struct wire_msg *grants);
void users_free(struct users *u);

#endif
