/* Histories: whatever a file holds, it is read to an end, and the same in one part and in many. */
#include "fuzz.h"

#include "lib/import.h"

struct fed {
    struct str rest;
    size_t step;
    int64_t fixes, refused;
};

static int64_t read_part(void *ctx, char *p, size_t n)
{
    struct fed *f = ctx;
    size_t part = f->rest.n < f->step ? f->rest.n : f->step;

    part = part < n ? part : n;
    for (size_t i = 0; i < part; i++) {
        p[i] = f->rest.p[i];
    }
    f->rest = str_sub(f->rest, part, SIZE_MAX);
    return (int64_t)part;
}

static bool take_fix(void *ctx, const struct ot_fix *fix)
{
    struct fed *f = ctx;

    CHECK(fix->tst >= CLOCK_MIN_SEC && fix->tst <= CLOCK_MAX_SEC);
    CHECK(fix->lat >= -90 * DEC10_ONE && fix->lat <= 90 * DEC10_ONE);
    CHECK(fix->created_at.set && fix->tid.p != NULL);
    f->fixes++;
    return true;
}

static void take_refusal(void *ctx, int64_t line, const char *why)
{
    struct fed *f = ctx;

    CHECK(line >= 1 && why[0] != '\0');
    f->refused++;
}

static bool feed(struct fed *f)
{
    const struct import_source source = { f, read_part, STR("x"), IMPORT_AUTO };
    const struct import_sink sink = { f, take_fix, take_refusal };
    const char *why = NULL;
    bool ok = import_run(&source, &sink, &why);

    CHECK(ok || (why != NULL && why[0] != '\0'));
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fed whole = { .rest = fuzz_text(data, size), .step = SIZE_MAX };
    struct fed parts = { .rest = fuzz_text(data, size), .step = 3 };
    bool ok = feed(&whole);

    CHECK(feed(&parts) == ok);
    CHECK(whole.fixes == parts.fixes && whole.refused == parts.refused);
    return 0;
}
