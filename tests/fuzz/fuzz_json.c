/* JSON: what is read can be written and read again, and is then the same. */
#include "fuzz.h"

#include "lib/jsonin.h"
#include "lib/owntracks.h"
#include "lib/utf8.h"

static void write_and_read(struct arena *a, const struct jval *v)
{
    char why[JSONIN_WHY];
    struct str text = ot_dump(a, v);
    struct jval *again = jsonin_parse_stored(a, text, why);
    int64_t i;
    double d;

    CHECK(again != NULL);
    CHECK(str_eq(ot_dump(a, again), text));
    CHECK(utf8_valid(jval_py_str(a, v)));
    (void)jval_truthy(v);
    (void)!jval_py_int(v, &i);
    (void)!jval_py_float(v, &d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str text = fuzz_text(data, size);
    char why[JSONIN_WHY];
    struct jval *strict = jsonin_parse(a, text, why);

    CHECK((strict == NULL) == (why[0] != '\0'));
    struct jval *stored = jsonin_parse_stored(a, text, why);
    CHECK(strict == NULL || stored != NULL);
    if (stored != NULL) {
        write_and_read(a, stored);
    }
    return 0;
}
