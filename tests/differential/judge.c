/* Our half of the differential tests: judge KIND reads cases on stdin and answers each on stdout,
   in order. A case is its fields, each with a length before it (4 bytes, little endian); so is an
   answer, of one field. */
#include "lib/clock.h"
#include "lib/jsonin.h"
#include "lib/num.h"
#include "lib/owntracks.h"
#include "lib/validators.h"
#include "lib/weburl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 3
#define CASE_CAP ((size_t)64 * 1024 * 1024)
#define REFUSED STR("!")

static struct str of_json(struct arena *a, const struct str *f)
{
    char why[JSONIN_WHY];
    struct jval *v = jsonin_parse(a, f[0], why);

    return v == NULL ? REFUSED : ot_dump(a, v);
}

static struct str of_iso(struct arena *a, const struct str *f)
{
    usec_t t;

    return clock_from_iso(f[0], &t) ? arena_printf(a, "%lld", (long long)t) : REFUSED;
}

static struct str of_decimal(struct arena *a, const struct str *f)
{
    char text[DEC10_TEXT];
    const char *why = "";
    dec10 v;

    if (!dec10_drf(f[0], &v, &why)) {
        return arena_printf(a, "!%s", why);
    }
    size_t n = dec10_text(v, text);
    return arena_dup(a, (struct str){ text, n });
}

static struct str of_ratio(struct arena *a, const struct str *f)
{
    return arena_printf(a, "%.17g", text_quick_ratio(a, f[0], f[1]));
}

static struct str of_url(struct arena *a, const struct str *f)
{
    return url_is_ours(a, f[0], f[1], f[2].n > 0) ? STR("1") : STR("0");
}

static const struct {
    const char *name;
    int fields;
    struct str (*answer)(struct arena *a, const struct str *f);
} kinds[] = {
    { "json", 1, of_json },   { "iso", 1, of_iso }, { "decimal", 1, of_decimal },
    { "ratio", 2, of_ratio }, { "url", 3, of_url },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* False: the end. */
static bool read_field(struct arena *a, struct str *out)
{
    unsigned char head[4];

    if (fread(head, 1, sizeof head, stdin) != sizeof head) {
        return false;
    }
    size_t n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    char *p = arena_alloc(a, n + 1);
    *out = (struct str){ p, n };
    return fread(p, 1, n, stdin) == n;
}

static void write_field(struct str s)
{
    unsigned char head[4] = { s.n & 255, s.n >> 8 & 255, s.n >> 16 & 255, s.n >> 24 & 255 };

    fwrite(head, 1, sizeof head, stdout);
    fwrite(s.p, 1, s.n, stdout);
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new(CASE_CAP);
    struct str f[FIELDS];
    size_t k = 0;

    while (k < KINDS && (argc != 2 || strcmp(argv[1], kinds[k].name) != 0)) {
        k++;
    }
    if (k == KINDS) {
        fputs("usage: judge json|iso|decimal|ratio|url\n", stderr);
        return 2;
    }
    for (;;) {
        for (int i = 0; i < kinds[k].fields; i++) {
            if (!read_field(a, &f[i])) {
                arena_free(a);
                return i == 0 && fflush(stdout) == 0 ? 0 : 1;
            }
        }
        write_field(kinds[k].answer(a, f));
        arena_reset(a);
    }
}
