/* The recorded scenarios (CONFORMANCE_DIR/scenarios/KIND/NAME.json, see its FORMAT.md), read as
   JSON. Include after vectors.h or fixture.h. */
#ifndef MYTRACKS_TEST_SCENARIO_H
#define MYTRACKS_TEST_SCENARIO_H

#include "lib/buf.h"
#include "lib/jsonin.h"

#include <glob.h>

#define SCENARIO_MAX ((size_t)8 * 1024 * 1024)

/* A JSON file below CONFORMANCE_DIR; NULL with a message when it cannot be read. */
static inline const struct jval *scenario_file(struct arena *a, const char *path)
{
    char why[JSONIN_WHY] = "cannot be opened", chunk[8192];
    struct buf b;
    size_t n;
    const struct jval *v = NULL;
    FILE *f = fopen(path, "rb");

    buf_init(&b, SCENARIO_MAX);
    while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_add(&b, chunk, n);
    if (f) {
        fclose(f);
        v = buf_ok(&b) ? jsonin_parse(a, buf_view(&b), why) : NULL;
    }
    buf_free(&b);
    if (!v)
        print_error("%s: %s\n", path, why);
    return v;
}

typedef void scenario_fn(void *ctx, const char *name, const struct jval *scenario);

/* Runs fn on each scenario whose KIND/NAME fits the pattern; a is reset before each. Returns how
   many there were. Ends the test when the recordings are not there. */
static inline size_t scenarios(struct arena *a, const char *pattern, scenario_fn *fn, void *ctx)
{
    const char *dir = getenv("CONFORMANCE_DIR"), *ci = getenv("CI");
    char path[4096];
    glob_t found;

    snprintf(path, sizeof path, "%s/scenarios/%s.json", dir ? dir : "", pattern);
    if (!dir || glob(path, 0, NULL, &found) != 0) {
        print_message("CONFORMANCE_DIR/scenarios/%s.json is not there\n", pattern);
        if (ci && strcmp(ci, "true") == 0)
            fail();
        skip();
        return 0;
    }
    size_t n = found.gl_pathc;
    for (size_t i = 0; i < n; i++) {
        arena_reset(a);
        const struct jval *s = scenario_file(a, found.gl_pathv[i]);
        assert_non_null(s);
        fn(ctx, strrchr(found.gl_pathv[i], '/') + 1, s);
    }
    globfree(&found);
    return n;
}

#endif
