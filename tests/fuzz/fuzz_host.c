/* Host headers. Input: the header, NUL, ALLOWED_HOSTS. */
#include "fuzz.h"

#include "lib/weburl.h"

#include <ctype.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str allowed = fuzz_text(data, size), host = fuzz_part(&allowed), name;

    name = host_name(a, host);
    if (str_is_null(name)) {
        CHECK(!host_allowed(a, host, STR("*")));
        return 0;
    }
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        CHECK(c > ' ' && c < 0x7f && c != '/' && c != '@' && !isupper(c));
    }
    (void)host_allowed(a, host, allowed);
    (void)host_matches(name, allowed);
    return 0;
}
