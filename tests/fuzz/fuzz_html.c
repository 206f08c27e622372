/* What templates write: no byte of a value can end its place, and nothing of it is lost. */
#include "fuzz.h"

#include "templates/html.h"

static const struct {
    const char *entity;
    char c;
} entities[] = {
    { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#x27;", '\'' },
};

static struct str decoded(struct arena *a, struct str html)
{
    char *p = arena_alloc(a, html.n);
    size_t n = 0;

    for (size_t i = 0; i < html.n;) {
        size_t k = 0, count = sizeof entities / sizeof entities[0];
        while (k < count && !str_starts(str_sub(html, i, html.n), str_of(entities[k].entity))) {
            k++;
        }
        CHECK(k < count || html.p[i] != '&');
        p[n++] = k < count ? entities[k].c : html.p[i];
        i += k < count ? strlen(entities[k].entity) : 1;
    }
    return (struct str){ p, n };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str text = fuzz_text(data, size), html, url;
    struct buf out;

    buf_init(&out, (size_t)16 * 1024 * 1024);
    html_text(&out, text);
    html = arena_dup(a, buf_view(&out));
    for (size_t i = 0; i < html.n; i++) {
        CHECK(memchr("<>\"'", html.p[i], 4) == NULL);
    }
    CHECK(str_eq(decoded(a, html), text));
    buf_clear(&out);
    html_url(&out, text);
    url = buf_view(&out);
    for (size_t i = 0; i < url.n; i++) {
        CHECK(memchr("<>\"'&: \\", url.p[i], 8) == NULL && (unsigned char)url.p[i] > ' ' &&
              (unsigned char)url.p[i] < 0x7f);
    }
    buf_free(&out);
    return 0;
}
