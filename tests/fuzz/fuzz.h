/* Fuzz targets: libFuzzer's entry point, what is fed to one parser, and what must hold of the
   result. Built with clang they are fuzzers (`make fuzz`); with replay.c they run the inputs of
   corpus/NAME/ (`make test`). */
#ifndef MYTRACKS_FUZZ_H
#define MYTRACKS_FUZZ_H

#include "lib/arena.h"

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of every input. */
#define CHECK(what)                                                            \
    do {                                                                       \
        if (!(what)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* Enough for any input that libFuzzer makes; past it the process aborts, which is a finding. */
#define FUZZ_ARENA ((size_t)64 * 1024 * 1024)

/* An empty arena, the same each time. */
static inline struct arena *fuzz_arena(void)
{
    static struct arena *a;

    if (a == NULL) {
        a = arena_new(FUZZ_ARENA);
    }
    arena_reset(a);
    return a;
}

static inline struct str fuzz_text(const uint8_t *data, size_t size)
{
    return size == 0 ? STR("") : (struct str){ (const char *)data, size };
}

/* The part before the first NUL; *rest becomes what is behind it ("" without one). */
static inline struct str fuzz_part(struct str *rest)
{
    struct str part = STR("");

    (void)str_split(rest, '\0', &part);
    if (str_is_null(*rest)) {
        *rest = STR("");
    }
    return part;
}

static inline int fuzz_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* A folder of our own and what is in it. */
static inline void fuzz_remove(const char *folder)
{
    (void)nftw(folder, fuzz_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
