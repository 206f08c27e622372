/* A hash table of nodes that are part of the caller's structs. Without memory to grow it only gets
   slower. */
#ifndef MYTRACKS_PLUGIN_TABLE_H
#define MYTRACKS_PLUGIN_TABLE_H

#include "lib/str.h"

#include <stdint.h>

struct node {
    struct node *next;
    uint64_t hash;
};

struct table {
    struct node **bucket; /* NULL: nothing was added yet */
    size_t buckets;       /* a power of two */
    size_t n;
};

uint64_t table_hash(const void *p, size_t n);
/* False: out of memory, n is not in the table. */
bool table_add(struct table *t, struct node *n, uint64_t hash);
/* The first node with that hash, then the next; NULL at the end. */
struct node *table_first(const struct table *t, uint64_t hash);
struct node *table_next(const struct node *n);
void table_remove(struct table *t, struct node *n);
/* Calls f for each node; takes out (does not free) those for which it is true. */
void table_sweep(struct table *t, bool (*f)(struct node *n, void *ctx), void *ctx);
/* Forgets the nodes. */
void table_free(struct table *t);

#endif
