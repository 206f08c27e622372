/* Memory of one request or message: many allocations, freed together.

   Allocation never returns NULL. Past the arena's cap control goes to the jump target set by
   arena_catch (a request ends with 413 or 503), or, without one, the process logs and aborts;
   when the system is out of memory the process logs and exits, and its supervisor restarts it. */
#ifndef MYTRACKS_ARENA_H
#define MYTRACKS_ARENA_H

#include "str.h"

#include <setjmp.h>
#include <stdarg.h>

struct arena;

/* cap: the most bytes that all live allocations may take together. */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *a); /* NULL is fine */
/* Forgets all allocations; keeps one block for the next use. */
void arena_reset(struct arena *a);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);
/* Where to longjmp (value 1) when the cap is reached; NULL clears. The caller's frames between
   must own nothing but arena memory and what db_request_end() cleans up. */
void arena_catch(struct arena *a, jmp_buf *target);

/* n zeroed bytes, aligned for any type. n = 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, malloc));
/* count × size zeroed bytes; an overflowing product counts as past the cap. */
void *arena_calloc(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
/* Room for one more item: items itself while n < *room, else a copy of twice the size, *room with
   it. Start with NULL and 0. */
void *arena_room(struct arena *a, void *items, size_t n, size_t *room, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_calloc((a), (n), sizeof(type)))

/* Copies. The text of the result is followed by a NUL that .n does not count. */
struct str arena_dup(struct arena *a, struct str s);
const char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* All parts one after the other; the list ends with STR_NULL. */
struct str arena_concat(struct arena *a, const struct str *parts);

#endif
