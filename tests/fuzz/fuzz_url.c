/* Redirects. Input: a URL, NUL, a host. What is taken for ours leads nowhere else. */
#include "fuzz.h"

#include "lib/weburl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str host = fuzz_text(data, size), url = fuzz_part(&host), uri;
    struct url_parts parts;

    (void)!url_split(a, url, &parts);
    uri = url_iri_to_uri(a, url);
    for (size_t i = 0; i < uri.n; i++) {
        unsigned char c = (unsigned char)uri.p[i];
        CHECK(c > ' ' && c < 0x7f);
    }
    if (host.n > 0 && url_is_ours(a, url, STR("ours.example"), false)) {
        struct str text = str_trim(url);
        CHECK(text.n > 0 && text.p[0] > ' ');
        CHECK(!str_starts(text, STR("//")) || str_starts(text, STR("//ours.example")));
        CHECK(!str_starts(text, STR("/\\")) && !str_starts(text, STR("\\")));
    }
    (void)url_is_ours(a, url, host, true);
    return 0;
}
