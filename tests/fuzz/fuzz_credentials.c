/* Headers of who asks: Basic, cookies, addresses. Input: a header's value, NUL, a cookie's name. */
#include "fuzz.h"

#include "lib/utf8.h"
#include "lib/weburl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str rest = fuzz_text(data, size), header = fuzz_part(&rest), user, password, ip, value;
    const char *why = "";

    if (basic_auth_parse(a, header, &user, &password, &why) == 0) {
        CHECK(utf8_valid(user) && utf8_valid(password));
        CHECK(str_find(user, ':', 0) == SIZE_MAX);
    }
    value = cookie_get(a, header, STR("sessionid"));
    CHECK(str_is_null(value) || value.n <= header.n);
    (void)cookie_get(a, header, rest);
    ip = ip_canonical(a, header);
    if (!str_is_null(ip)) {
        CHECK(str_eq(ip_canonical(a, ip), ip));
        CHECK(ip_in_list(header, ip));
        CHECK(ip_in_list(ip, STR("0.0.0.0/0,::/0")));
    }
    (void)ip_in_list(STR("10.1.2.3"), header);
    return 0;
}
