/* Numbers as Python and DRF read them. */
#include "fuzz.h"

#include "lib/num.h"

#include <math.h>

static void check_decimal(dec10 v)
{
    char text[DEC10_TEXT];
    const char *why;
    dec10 again;

    CHECK(v > -INT64_C(1000000000000000) && v < INT64_C(1000000000000000));
    CHECK(dec10_drf((struct str){ text, dec10_text(v, text) }, &again, &why) && again == v);
    CHECK(dec10_from_double(dec10_double(v), &again) == NUM_OK);
}

static void check_double(double v)
{
    char text[32];
    double again;

    CHECK(isfinite(v));
    size_t n = num_py_repr(v, text);
    CHECK(num_py_float((struct str){ text, n }, &again) == NUM_OK && again >= v && again <= v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_text(data, size);
    const char *why = NULL;
    int64_t i;
    double d;
    dec10 v;

    if (dec10_drf(text, &v, &why)) {
        check_decimal(v);
    } else {
        CHECK(why != NULL);
    }
    if (num_drf_int(text, &i, &why)) {
        CHECK(num_py_float(text, &d) == NUM_OK);
    }
    (void)!num_py_int(text, &i);
    (void)!num_json_int(text, &i);
    if (num_py_float(text, &d) == NUM_OK) {
        check_double(d);
        if (dec10_from_double(d, &v) == NUM_OK) {
            check_decimal(v);
        }
        (void)!num_cut(d, &i);
    }
    if (num_json_float(text, &d) == NUM_OK) {
        check_double(d);
    }
    return 0;
}
