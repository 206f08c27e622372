#include "vectors.h"

#include "lib/weburl.h"

static struct arena *a;

static int set_up(void **state)
{
    a = arena_new(16 * 1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(a);
    return vectors_close(state);
}

/* A text of a case; {"len": n} stands for one of so many letters behind a "/" (or none). */
static struct str sized_text(const struct jval *c, struct str key, const char *head)
{
    const struct jval *v = jval_get(c, key);

    if (v->type == J_STR)
        return v->text;
    size_t n = (size_t)case_int(v, STR("len"));
    char *text = arena_alloc(a, n);
    memset(text, 'x', n);
    memcpy(text, head, strlen(head));
    return (struct str){ text, n };
}

/* ---- redirects */

static void test_next_url(void **state)
{
    struct tally t = { .name = "next_url" };
    const struct str host = STR("tracks.example.org");

    (void)state;
    for (const struct jval *c = vectors(STR("next_url"))->first; c != NULL; c = c->next) {
        struct str next = sized_text(c, STR("next"), "/");
        tally_check(&t,
                    url_is_ours(a, next, host, false) == case_true(c, STR("allowed_http")) &&
                        url_is_ours(a, next, host, true) == case_true(c, STR("allowed_https")),
                    next);
    }
    tally_end(&t);
}

static void test_url_is_ours(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } cases[] = {
        { "/profile/", true },
        { "about/", true },
        { "?q=1", true },
        { "#frag", true },
        { "http://127.0.0.1:8080/about/", true },
        { "https://127.0.0.1:8080/about/", true },
        { "//127.0.0.1:8080/x", true },
        { "\\\\127.0.0.1:8080\\x", true }, /* as a browser reads it */
        { "http://127.0.0.1/about/", false },
        { "http://127.0.0.1:8080@evil.test/", false },
        { "http://user@127.0.0.1:8080/", false },
        { "//evil", false },
        { "///evil", false },
        { "1h:/x", true }, /* no scheme, but a path */
        { "////evil", false },
        { "http://evil/", false },
        { "http:///evil", false },
        { "\\\\evil", false },
        { "/\\evil", false },
        { "\\/evil", false },
        { "/\t\\evil", false },
        { "/\r\n/evil", false },
        { "\x01/evil", false },
        { "\x7f/evil", false },
        { "\xc2\x85//evil", false },     /* stripped: Unicode white space */
        { "\xe2\x80\x8b//evil", false }, /* zero width space: category Cf */
        { "ht\ntp://evil/", false },
        { "java\nscript:alert(1)", false },
        { "javascript:alert(1)", false },
        { "data:text/html,x", false },
        { "ftp://127.0.0.1:8080/", false },
        { "http:127.0.0.1:8080", false },
        { "http://127.0.0.1:8080\xe2\x84\x80.evil/", false },
        { "http://[::1]evil/", false },
        { "http://[/x", false },
        { "http://]/x", false },
        { "//127.0.0.1:8080", true },
        { "//127.0.0.1:8080?x", true },
        { "//127.0.0.1:8080#x", true },
        { "//127.0.0.1:8080\\.evil", false },
        { "/a\xff", false }, /* no UTF-8 */
    };
    const struct str host = STR("127.0.0.1:8080");
    char *longest = arena_alloc(a, 2049);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (url_is_ours(a, str_of(cases[i].url), host, false) != cases[i].good)
            fail_msg("next=%s", cases[i].url);
    }
    memset(longest, '/', 2049);
    memset(longest + 1, 'x', 2048);
    assert_true(url_is_ours(a, (struct str){ longest, 2048 }, host, false));
    assert_false(url_is_ours(a, (struct str){ longest, 2049 }, host, false));
    assert_false(url_is_ours(a, STR_NULL, host, false));
    assert_false(url_is_ours(a, STR("http:///x"), STR(""), false));
    assert_true(url_is_ours(a, STR("http://[::1]:80/x"), STR("[::1]:80"), false));
}

static void test_iri_to_uri(void **state)
{
    (void)state;
    assert_str(url_iri_to_uri(a, STR("/a b?x=\xc3\xa9")), STR("/a%20b?x=%C3%A9"));
    assert_str(url_iri_to_uri(a, STR("/a\r\nX: 1")), STR("/a%0D%0AX:%201"));
    assert_str(url_iri_to_uri(a, STR(" /profile/")), STR("%20/profile/"));
    assert_str(url_iri_to_uri(a, STR("/%41#[]=:;$&()+,!?*@'~_.-")),
               STR("/%41#[]=:;$&()+,!?*@'~_.-"));
    assert_str(url_iri_to_uri(a, STR("\"<>\\^`{|}")), STR("%22%3C%3E%5C%5E%60%7B%7C%7D"));
    assert_str(url_iri_to_uri(a, STR("")), STR(""));
}

/* ---- hosts */

static void test_host_header(void **state)
{
    struct tally t = { .name = "host_header" };
    const struct jval *all = vectors(STR("host_header"));
    struct str allowed = STR("");

    (void)state;
    for (const struct jval *h = jval_getz(all, "ALLOWED_HOSTS")->first; h != NULL; h = h->next)
        allowed = arena_printf(a, "%.*s, %.*s", STR_FMT(allowed), STR_FMT(h->text));
    for (const struct jval *c = jval_getz(all, "cases")->first; c != NULL; c = c->next) {
        struct str host = sized_text(c, STR("host"), "");
        tally_check(&t, host_allowed(a, host, allowed) == case_true(c, STR("accepted")), host);
    }
    tally_end(&t);
}

static void test_host_name(void **state)
{
    static const struct {
        const char *host, *name;
    } cases[] = {
        { "Example.ORG", "example.org" },
        { "example.org.", "example.org" },
        { "example.org..", "example.org." },
        { "example.org:0080", "example.org" },
        { "[::1]:80", "[::1]" },
        { "[FE80::1.2.3.4]", "[fe80::1.2.3.4]" },
        { "[:1]", "[:1]" }, /* Django's pattern asks no more */
        { "[1:]", NULL },
        { "[1]", NULL },
        { "[1.2.3.4:5]", NULL },
        { "[::1", NULL },
        { "[::g]", NULL },
        { "[::1]x", NULL },
        { "[::1]:", NULL },
        { ".", NULL },
        { "", NULL },
        { ":80", NULL },
        { "a:8O", NULL },
        { "a:80:80", NULL },
        { "a b", NULL },
        { "a\xc3\xa9", NULL },
    };
    char longest[256];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_str(host_name(a, str_of(cases[i].host)), str_of(cases[i].name));
    assert_str(host_name(a, STR("a\0b")), STR_NULL);
    memset(longest, 'a', sizeof(longest));
    assert_int_equal(host_name(a, (struct str){ longest, 255 }).n, 255);
    assert_true(str_is_null(host_name(a, (struct str){ longest, 256 })));
    assert_true(host_allowed(a, STR("anything.example"), STR("*")));
    assert_false(host_allowed(a, STR("any_thing"), STR("*")));
    assert_false(host_allowed(a, STR("a.example"), STR("")));
    assert_true(host_allowed(a, STR("A.b.Example:1"), STR("x.example, .B.EXAMPLE")));
    assert_false(host_allowed(a, STR("xb.example"), STR(".b.example")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_url),   cmocka_unit_test(test_url_is_ours),
        cmocka_unit_test(test_iri_to_uri), cmocka_unit_test(test_host_header),
        cmocka_unit_test(test_host_name),
    };

    return cmocka_run_group_tests_name("weburl", tests, set_up, tear_down);
}
