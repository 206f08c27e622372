#include "arena.h"

#include "log.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer the unused parts of blocks are poisoned and allocations stand apart, so
   that a read past one is found as it would be with malloc. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define RED_ZONE 0
#endif

#define BLOCK_SIZE ((size_t)32 * 1024)
#define ROOM_FIRST 16 /* items */
#define ALIGNMENT _Alignof(max_align_t)

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) char data[];
};

struct arena {
    struct block *first;   /* kept over a reset */
    struct block *current; /* small allocations come from here */
    size_t cap, used;
    jmp_buf *target;
};

static struct block *block_new(size_t size)
{
    struct block *b =
        size > SIZE_MAX - sizeof(struct block) ? NULL : malloc(sizeof(struct block) + size);

    if (b == NULL) {
        log_out_of_memory(size);
    }
    b->next = NULL;
    b->size = size;
    b->used = 0;
    ASAN_POISON_MEMORY_REGION(b->data, size);
    return b;
}

static void block_free(struct block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
    free(b);
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = calloc(1, sizeof *a);

    if (a == NULL) {
        log_out_of_memory(sizeof *a);
    }
    a->cap = cap;
    a->first = a->current = block_new(BLOCK_SIZE);
    return a;
}

void arena_reset(struct arena *a)
{
    struct block *next;

    for (struct block *b = a->first->next; b != NULL; b = next) {
        next = b->next;
        block_free(b);
    }
    a->first->next = NULL;
    a->first->used = 0;
    ASAN_POISON_MEMORY_REGION(a->first->data, a->first->size);
    a->current = a->first;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    if (a == NULL) {
        return;
    }
    arena_reset(a);
    block_free(a->first);
    free(a);
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

void arena_catch(struct arena *a, jmp_buf *target)
{
    a->target = target;
}

static _Noreturn void past_cap(struct arena *a, size_t n)
{
    if (a->target != NULL) {
        longjmp(*a->target, 1);
    }
    log_error("arena_full", LOG_I("cap", a->cap), LOG_I("used", a->used), LOG_I("wanted", n));
    abort();
}

/* n bytes, not zeroed. What counts against the cap is n rounded up to the alignment. */
__attribute__((returns_nonnull)) static void *take(struct arena *a, size_t n)
{
    size_t size = n > 0 ? n : 1;

    if (size > a->cap || size > SIZE_MAX - ALIGNMENT - RED_ZONE) {
        past_cap(a, n);
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > a->cap - a->used) {
        past_cap(a, n);
    }
    a->used += size;
    size += RED_ZONE;
    struct block *b = a->current;
    if (size > b->size - b->used) {
        b = block_new(size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE);
        b->next = a->current->next;
        a->current->next = b;
        /* A block of its own for a large piece; the rest of the current one stays in use. */
        if (b->size == BLOCK_SIZE) {
            a->current = b;
        }
    }
    char *p = b->data + b->used;
    b->used += size;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    return memset(take(a, n), 0, n);
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n)) {
        past_cap(a, SIZE_MAX);
    }
    return arena_alloc(a, n);
}

/* Room for a text of n bytes and its NUL, which is written. */
static char *take_text(struct arena *a, size_t n)
{
    if (n == SIZE_MAX) {
        past_cap(a, n);
    }
    char *p = take(a, n + 1);
    p[n] = '\0';
    return p;
}

void *arena_room(struct arena *a, void *items, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return items;
    *room = *room > 0 ? *room * 2 : ROOM_FIRST;
    void *bigger = arena_calloc(a, *room, size);
    if (n > 0)
        memcpy(bigger, items, n * size);
    return bigger;
}

struct str arena_dup(struct arena *a, struct str s)
{
    char *p = take_text(a, s.n);

    if (s.n > 0) {
        memcpy(p, s.p, s.n);
    }
    return (struct str){ p, s.n };
}

const char *arena_cstr(struct arena *a, struct str s)
{
    return arena_dup(a, s).p;
}

struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;

    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0) {
        past_cap(a, SIZE_MAX); /* longer than INT_MAX */
    }
    char *p = take_text(a, (size_t)n);
    (void)vsnprintf(p, (size_t)n + 1, fmt, ap);
    return (struct str){ p, (size_t)n };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    struct str s = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}

struct str arena_concat(struct arena *a, const struct str *parts)
{
    size_t n = 0, at = 0;

    for (const struct str *s = parts; s->p != NULL; s++) {
        n = s->n > SIZE_MAX - n ? SIZE_MAX : n + s->n;
    }
    char *p = take_text(a, n);
    for (const struct str *s = parts; s->p != NULL; s++) {
        memcpy(p + at, s->p, s->n);
        at += s->n;
    }
    return (struct str){ p, n };
}
