/* Bodies and queries: urlencoded pairs, percent and plus, multipart. Input: a Content-Type, NUL,
   the body. */
#include "fuzz.h"

#include "fcgi/form.h"
#include "lib/utf8.h"

#define PAIRS 50

static void check_pairs(const struct pair *pairs, size_t n, bool text)
{
    CHECK(n <= PAIRS);
    for (size_t i = 0; i < n; i++) {
        CHECK(!str_is_null(pairs[i].name) && !str_is_null(pairs[i].value));
        CHECK(!text || (utf8_valid(pairs[i].name) && utf8_valid(pairs[i].value)));
        CHECK(!str_is_null(pair_last(pairs, n, pairs[i].name)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str body = fuzz_text(data, size), type = fuzz_part(&body);
    struct pair *pairs = NULL;
    size_t n = 0;

    if (form_decode(a, body, PAIRS, &pairs, &n)) {
        check_pairs(pairs, n, true);
    }
    if (multipart_decode(a, body, type, PAIRS, &pairs, &n)) {
        check_pairs(pairs, n, false);
    }
    CHECK(str_eq(percent_decode(a, form_encode(a, body), true), body));
    CHECK(str_eq(percent_decode(a, percent_encode(a, body, "/"), false), body));
    return 0;
}
