#include "users.h"

#include <stdlib.h>
#include <string.h>

struct user *users_find(const struct users *u, struct str name)
{
    for (struct node *n = table_first(&u->table, table_hash(name.p, name.n)); n != NULL;
         n = table_next(n)) {
        struct user *user = (struct user *)n; /* node is its first member */
        if (str_eq((struct str){ user->name, user->name_n }, name)) {
            return user;
        }
    }
    return NULL;
}

struct user *users_need(struct users *u, struct str name)
{
    struct user *user = users_find(u, name);

    if (user != NULL) {
        return user;
    }
    user = u->table.n < USERS_MAX ? calloc(1, sizeof *user + name.n + 1) : NULL;
    if (user == NULL) {
        return NULL;
    }
    memcpy(user->name, name.p, name.n);
    user->name_n = name.n;
    if (!table_add(&u->table, &user->node, table_hash(name.p, name.n))) {
        free(user);
        return NULL;
    }
    user->next = u->first;
    u->first = user;
    return user;
}

static size_t count_lines(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        n += s.p[i] == '\n' ? 1 : 0;
    }
    return n + 1;
}

/* The non-empty lines of text as views. */
static size_t split_lines(struct str text, struct str *out)
{
    struct str line;
    size_t n = 0;

    while (str_split(&text, '\n', &line)) {
        if (line.n > 0) {
            out[n++] = line;
        }
    }
    return n;
}

static void take_lists(struct user *user, struct str readable, struct str commandable)
{
    struct topic_grants *g = &user->grants;

    free(user->text);
    free(user->views);
    g->readable_count = g->commandable_count = 0;
    user->text = malloc(readable.n + commandable.n + 1);
    user->views = calloc(count_lines(readable) + count_lines(commandable), sizeof *user->views);
    if (user->text == NULL || user->views == NULL) {
        return;
    }
    if (readable.n > 0) {
        memcpy(user->text, readable.p, readable.n);
    }
    if (commandable.n > 0) {
        memcpy(user->text + readable.n, commandable.p, commandable.n);
    }
    g->readable = user->views;
    g->readable_count = split_lines((struct str){ user->text, readable.n }, user->views);
    g->commandable = user->views + g->readable_count;
    g->commandable_count = split_lines((struct str){ user->text + readable.n, commandable.n },
                                       user->views + g->readable_count);
}

struct user *users_update(struct users *u, const struct wire_msg *grants)
{
    struct user *user = grants->n >= 4 ? users_find(u, grants->field[0]) : NULL;

    if (user == NULL) {
        return NULL;
    }
    user->known = true;
    user->grants.active = str_find(grants->field[1], 'a', 0) != SIZE_MAX;
    user->grants.superuser = str_find(grants->field[1], 'u', 0) != SIZE_MAX;
    take_lists(user, grants->field[2], grants->field[3]);
    return user;
}

void users_free(struct users *u)
{
    for (struct user *user = u->first, *next; user != NULL; user = next) {
        next = user->next;
        free(user->text);
        free(user->views);
        free(user);
    }
    table_free(&u->table);
    u->first = NULL;
}
