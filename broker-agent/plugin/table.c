#include "table.h"

#include <stdlib.h>

#define BUCKETS_MIN 256

/* FNV-1a, 64 bits. The keys are names of accounts and pointers: nobody can choose many of them. */
uint64_t table_hash(const void *p, size_t n)
{
    const unsigned char *at = p;
    uint64_t h = 0xcbf29ce484222325;

    for (; n > 0; n--) {
        h = (h ^ *at++) * 0x100000001b3;
    }
    return h ^ h >> 32;
}

static void grow(struct table *t)
{
    size_t buckets = t->buckets == 0 ? BUCKETS_MIN : t->buckets * 2;
    struct node **larger = calloc(buckets, sizeof(struct node *));

    if (larger == NULL) {
        return;
    }
    for (size_t i = 0; i < t->buckets; i++) {
        for (struct node *n = t->bucket[i], *next; n != NULL; n = next) {
            struct node **to = &larger[n->hash & (buckets - 1)];
            next = n->next;
            n->next = *to;
            *to = n;
        }
    }
    free(t->bucket);
    t->bucket = larger;
    t->buckets = buckets;
}

bool table_add(struct table *t, struct node *n, uint64_t hash)
{
    if (t->n >= t->buckets) {
        grow(t);
    }
    if (t->buckets == 0) {
        return false;
    }
    struct node **to = &t->bucket[hash & (t->buckets - 1)];
    n->hash = hash;
    n->next = *to;
    *to = n;
    t->n++;
    return true;
}

static struct node *with_hash(struct node *n, uint64_t hash)
{
    while (n != NULL && n->hash != hash) {
        n = n->next;
    }
    return n;
}

struct node *table_first(const struct table *t, uint64_t hash)
{
    return t->buckets == 0 ? NULL : with_hash(t->bucket[hash & (t->buckets - 1)], hash);
}

struct node *table_next(const struct node *n)
{
    return with_hash(n->next, n->hash);
}

void table_remove(struct table *t, struct node *n)
{
    struct node **at = &t->bucket[n->hash & (t->buckets - 1)];

    while (*at != n) {
        at = &(*at)->next;
    }
    *at = n->next;
    t->n--;
}

void table_sweep(struct table *t, bool (*f)(struct node *n, void *ctx), void *ctx)
{
    for (size_t i = 0; i < t->buckets; i++) {
        struct node **at = &t->bucket[i];
        while (*at != NULL) {
            struct node *n = *at, *next = n->next;
            if (f(n, ctx)) {
                *at = next; /* n may be freed now */
                t->n--;
            } else {
                at = &n->next;
            }
        }
    }
}

void table_free(struct table *t)
{
    free(t->bucket);
    *t = (struct table){ 0 };
}
