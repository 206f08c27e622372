/* The cases in ../vectors/django-vectors.json beside CONFORMANCE_DIR, all made by the real Django.
   Each case is one check; a test ends with tally_end, which wants at least one and none wrong.
   Without the file a test is skipped, in CI (CI=true) it fails. */
#ifndef MYTRACKS_TEST_VECTORS_H
#define MYTRACKS_TEST_VECTORS_H

#include "lib/buf.h"
#include "lib/jsonin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS_FILE "/../vectors/django-vectors.json"
#define VECTORS_MAX (8 * 1024 * 1024)

static struct arena *vectors_arena;
static struct jval *vectors_all;

/* Group set-up: reads the file if it is there. */
static inline int vectors_open(void **state)
{
    const char *dir = getenv("CONFORMANCE_DIR");
    char path[4096], why[JSONIN_WHY], chunk[4096];
    struct buf b;
    size_t n;

    (void)state;
    vectors_arena = arena_new((size_t)64 * 1024 * 1024);
    if (dir == NULL)
        return 0;
    snprintf(path, sizeof(path), "%s" VECTORS_FILE, dir);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    buf_init(&b, VECTORS_MAX);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(&b, chunk, n);
    fclose(f);
    vectors_all = buf_ok(&b) ? jsonin_parse_stored(vectors_arena, buf_view(&b), why) : NULL;
    buf_free(&b);
    if (vectors_all == NULL)
        print_error("%s: %s\n", path, why);
    return vectors_all == NULL ? -1 : 0;
}

static inline int vectors_close(void **state)
{
    (void)state;
    arena_free(vectors_arena);
    return 0;
}

/* The value of a top-level key; ends the test when there is no file. */
static inline const struct jval *vectors(struct str key)
{
    const char *ci = getenv("CI");

    if (vectors_all == NULL) {
        print_message("CONFORMANCE_DIR" VECTORS_FILE " is not there\n");
        if (ci != NULL && strcmp(ci, "true") == 0)
            fail();
        skip();
    }
    const struct jval *v = jval_get(vectors_all, key);
    assert_non_null(v);
    return v;
}

/* Members of a case. */
static inline struct str case_text(const struct jval *c, struct str key)
{
    const struct jval *v = jval_get(c, key);

    return jval_nothing(v) || v->type != J_STR ? STR_NULL : v->text;
}

static inline bool case_true(const struct jval *c, struct str key)
{
    const struct jval *v = jval_get(c, key);

    return v != NULL && v->type == J_BOOL && v->b;
}

static inline int64_t case_int(const struct jval *c, struct str key)
{
    const struct jval *v = jval_get(c, key);
    int64_t i = 0;

    assert_true(v != NULL && v->type == J_INT && num_json_int(v->text, &i) == NUM_OK);
    return i;
}

/* Shows both texts when they differ. */
static inline void assert_str(struct str got, struct str want)
{
    struct str g = str_is_null(got) ? STR("no text") : got;
    struct str w = str_is_null(want) ? STR("no text") : want;

    if (str_is_null(got) != str_is_null(want) || !str_eq(got, want))
        fail_msg("got \"%.*s\" (%zu bytes), want \"%.*s\" (%zu bytes)", STR_FMT(g), got.n,
                 STR_FMT(w), want.n);
}

struct tally {
    const char *name;
    size_t n, bad;
};

/* One check; a failed one is shown with its case and counted, so that all wrong ones are seen. */
static inline void tally_check(struct tally *t, bool ok, struct str what)
{
    t->n++;
    if (!ok) {
        t->bad++;
        print_error("%s: case %zu is wrong: %.*s\n", t->name, t->n, STR_FMT(what));
    }
}

static inline void tally_end(const struct tally *t)
{
    print_message("%s: %zu checks, %zu wrong\n", t->name, t->n, t->bad);
    assert_true(t->n > 0);
    assert_int_equal(t->bad, 0);
}

#endif
