/* The template compiler: what compiled templates write, what it refuses, and our pages with hostile
   values in them. */
#include "constructs.c"
#include "templates.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The real table comes from the build of the interface. */
struct str asset_url(struct str logical)
{
    (void)logical;
    return STR("/static/x&y.css");
}

static struct buf out;

static const char *text(void)
{
    buf_char(&out, '\0');
    assert_true(buf_ok(&out));
    return buf_view(&out).p;
}

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_free(&out);
    return 0;
}

static void test_escaping(void **state)
{
    (void)state;
    tmpl_escape(&out, STR("<b a=\"1\" c='2'>&amp;/\xc3\xa9 +%"), -7);
    assert_string_equal(
        text(),
        "<p title=\"&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;amp;/\xc3\xa9 +%\""
        " data-x='&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;amp;/\xc3\xa9 +%'>"
        "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;amp;/\xc3\xa9 +%</p>"
        "<a href=\"/x?q=%3Cb%20a%3D%221%22%20c%3D%272%27%3E%26amp%3B/%C3%A9%20%2B%25\">-7</a>\n");
}

static void test_empty_values(void **state)
{
    (void)state;
    tmpl_escape(&out, STR_NULL, 0);
    assert_string_equal(text(), "<p title=\"\" data-x=''></p><a href=\"/x?q=\">0</a>\n");
}

static void test_branches(void **state)
{
    static const struct {
        int64_t n;
        const char *expected;
    } cases[] = { { 10, "many" }, { 2, "few" }, { 1, "one" }, { 0, "none" } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        tmpl_choose(&out, cases[i].n);
        assert_string_equal(text(), cases[i].expected);
    }
}

static void test_loop_and_lines(void **state)
{
    const struct str items[] = { STR("a"), STR("<") };

    (void)state;
    tmpl_list(&out, items, 2);
    assert_string_equal(text(), "<ul>\n  <li class=\"first\">a</li>\n  <li>&lt;</li>\n</ul>\n");
    buf_clear(&out);
    tmpl_list(&out, items, 0);
    assert_string_equal(text(), "<ul>\n</ul>\n");
}

static void test_render_and_asset(void **state)
{
    (void)state;
    tmpl_outer(&out, STR("<>"));
    assert_string_equal(text(), "[&lt;&gt;&lt;&gt;/static/x&amp;y.css]");
}

static void test_literal_text(void **state)
{
    (void)state;
    tmpl_literal(&out);
    assert_string_equal(text(), "tab\tquote\" back\\slash what?\?=  \xc3\xa9\nend");
}

/* ---------------------------------------------------------------- what is refused */

static const struct refusal {
    const char *source, *message; /* of stderr: "FILE:" is cut off */
} refusals[] = {
    { "text", "1: text outside of a template" },
    { "\n\n{{ x }}", "3: directive outside of a template" },
    { "{{ end }}", "1: directive outside of a template" },
    { "{{ template a() }}\nx", "1: end is missing" },
    { "{{ template a() }}{{ if x }}{{ end }}", "1: end is missing" },
    { "{{ template a() }}\n{{ x", "2: {{ without }}" },
    { "{{ template a() }}\n{{ x \n {{ y }}", "2: {{ without }}" },
    { "{{ template a() }}{{ template b() }}", "1: template inside the block of line 1" },
    { "{{ template a }}{{ end }}", "1: NAME(ARGUMENTS) expected" },
    { "{{ template (x) }}{{ end }}", "1: NAME(ARGUMENTS) expected" },
    { "{{ template }}{{ end }}", "1: an expression is missing" },
    { "{{ template a() }}\n{{ }}{{ end }}", "2: an expression is missing" },
    { "{{ template a() }}{{ if }}{{ end }}{{ end }}", "1: an expression is missing" },
    { "{{ template a() }}{{ if x }}{{ end if }}{{ end }}", "1: nothing may follow this word" },
    { "{{ template a() }}{{ else }}{{ end }}", "1: else without if" },
    { "{{ template a() }}{{ if x }}{{ else }}\n{{ else }}{{ end }}{{ end }}",
      "2: else without if" },
    { "{{ template a() }}{{ if x }}{{ else }}{{ elif y }}{{ end }}{{ end }}",
      "1: elif without if" },
    { "{{ template a() }}{{ for ;; }}{{ else }}{{ end }}{{ end }}", "1: else without if" },
    { "{{ template a() }}{{ asset x }}{{ end }}", "1: asset needs a name in double quotes" },
    { "{{ template a() }}<p title={{ x }}>{{ end }}",
      "1: a value may stand only in text or in a quoted attribute" },
    { "{{ template a() }}<p {{ x }}>{{ end }}",
      "1: a value may stand only in text or in a quoted attribute" },
    { "{{ template a() }}<{{ x }}>{{ end }}",
      NULL }, /* '<' alone is text, and so is what follows */
    { "{{ template a() }}<!-- {{ x }} -->{{ end }}",
      "1: a value may stand only in text or in a quoted attribute" },
    { "{{ template a() }}<script>\nlet a = \"{{ x }}\"</script>{{ end }}",
      "2: a value may stand only in text or in a quoted attribute" },
    { "{{ template a() }}<STYLE>{{ int 1 }}</STYLE>{{ end }}",
      "1: a value may stand only in text or in a quoted attribute" },
    { "{{ template a() }}<script src=\"a\"></script>{{ x }}{{ end }}", NULL },
    { "{{ template a() }}<a onclick=\"f({{ int 1 }})\">{{ end }}",
      "1: a value may not stand in this attribute: it would be read as code" },
    { "{{ template a() }}<a style='{{ x }}'>{{ end }}",
      "1: a value may not stand in this attribute: it would be read as code" },
    { "{{ template a() }}<a HREF=\"{{ x }}\">{{ end }}",
      "1: a link must begin with fixed text, {{ url ... }} or {{ asset ... }}" },
    { "{{ template a() }}<a href\n=\n'{{ x }}'>{{ end }}",
      "3: a link must begin with fixed text, {{ url ... }} or {{ asset ... }}" },
    { "{{ template a() }}<a hidden onclick =\"{{ x }}\">{{ end }}",
      "1: a value may not stand in this attribute: it would be read as code" },
    { "{{ template a() }}<a title=\"\" href=\"#{{ x }}\">{{ end }}", NULL },
    { "{{ template a() }}<a href=\"{{ url x }}{{ x }}\">{{ end }}", NULL },
    { "{{ template a() }}{{ if x }}<p{{ end }}>{{ end }}",
      "1: the block of line 1 ends at another place of the HTML than it began" },
    { "{{ template a() }}\n<p title=\"{{ if x }}\"{{ else }}b{{ end }}>{{ end }}",
      "2: the branches of the block of line 2 end at different places of the HTML" },
    { "{{ template a() }}<p title=\"{{ end }}",
      "1: the block of line 1 ends at another place of the HTML than it began" },
    { "{{ template a() }}<p {{ render b() }}>{{ end }}", "1: render may stand only in text" },
};

/* B/tests/unit/test_templates → B/bin/tmplc */
static void compiler_path(char *path, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", path, size);

    assert_true(n > 0 && (size_t)n < size - 20);
    path[n] = '\0';
    for (int up = 0; up < 3; up++) {
        *strrchr(path, '/') = '\0';
    }
    memcpy(path + strlen(path), "/bin/tmplc", sizeof "/bin/tmplc");
}

/* Compiles source in the folder; what it said is in said. Returns its exit status. */
static int compile(const char *folder, const char *source, char *said, size_t size)
{
    static char tmplc[4096];
    FILE *f;
    int status;

    compiler_path(tmplc, sizeof tmplc);
    assert_int_equal(chdir(folder), 0);
    f = fopen("t.tmpl", "w");
    assert_non_null(f);
    assert_true(fputs(source, f) >= 0 && fclose(f) == 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int fd = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || dup2(fd, 2) < 0) {
            _exit(99);
        }
        execl(tmplc, "tmplc", "t.h", "t.c", "t.tmpl", (char *)NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    f = fopen("said", "r");
    assert_non_null(f);
    said[fread(said, 1, size - 1, f)] = '\0';
    fclose(f);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_refusals(void **state)
{
    char folder[] = "/tmp/mytracks-tmplc-XXXXXX", here[4096], said[1024], expected[256];

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *r = &refusals[i];
        int status = compile(folder, r->source, said, sizeof said);
        snprintf(expected, sizeof expected, "t.tmpl:%s\n", r->message != NULL ? r->message : "");
        if (status != (r->message != NULL) ||
            strcmp(said, r->message != NULL ? expected : "") != 0) {
            fail_msg("case %zu: status %d, \"%s\"", i, status, said);
        }
    }
    static const char *const files[] = { "t.tmpl", "t.h", "t.c", "said" };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_int_equal(unlink(files[i]), 0);
    }
    assert_int_equal(chdir(here), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* ---------------------------------------------------------------- our pages */

#define HOSTILE "\"'><script>alert(1)</script>&"

static void assert_harmless(const char *html)
{
    assert_null(strstr(html, "<script>alert"));
    assert_non_null(strstr(html, "&quot;&#x27;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"));
    assert_non_null(strstr(html, "</html>"));
    assert_null(strstr(html, " style="));
    assert_null(strstr(html, " onclick="));
}

static void test_pages(void **state)
{
    const struct page_view page = { .title = STR(HOSTILE),
                                    .username = STR(HOSTILE),
                                    .is_staff = true,
                                    .csrf_token = STR(HOSTILE) };
    const struct login_view login = { .page = page,
                                      .typed_name = STR(HOSTILE),
                                      .failed = true,
                                      .first_run = true,
                                      .has_next = true,
                                      .next = STR(HOSTILE) };
    const struct home_view home = { .page = page,
                                    .tile_url = STR(HOSTILE),
                                    .accuracy_filter = true,
                                    .accuracy_metres = 250,
                                    .mqtt_port = 1883,
                                    .mqtt_tls_port = -1 };
    const struct error_view error = {
        .page = page, .status = 404, .heading = STR(HOSTILE), .text = STR(HOSTILE)
    };
    const char *html;

    (void)state;
    tmpl_login(&out, &login);
    html = text();
    assert_harmless(html);
    assert_non_null(strstr(html, "name=\"next\""));
    assert_non_null(strstr(html, "mytracks setup"));
    buf_clear(&out);
    tmpl_home(&out, &home);
    html = text();
    assert_harmless(html);
    assert_non_null(strstr(html, "data-accuracy-limit=\"250\" data-mqtt-port=\"1883\""));
    buf_clear(&out);
    tmpl_error(&out, &error);
    html = text();
    assert_harmless(html);
    assert_non_null(strstr(html, ">404<"));
}

static void test_login_form(void **state)
{
    const struct login_view login = { .page = { .csrf_token = STR("token") },
                                      .typed_name = STR(""),
                                      .next = STR("/x") };
    const char *html;

    (void)state;
    tmpl_login(&out, &login);
    html = text();
    assert_non_null(strstr(html, "<form method=\"post\" class"));
    assert_non_null(strstr(html, "name=\"csrfmiddlewaretoken\" value=\"token\""));
    assert_non_null(strstr(html, "name=\"username\""));
    assert_non_null(strstr(html, "name=\"password\""));
    assert_null(strstr(html, "name=\"next\""));
    assert_null(strstr(html, "loginFailed"));
    assert_null(strstr(html, "mytracks setup"));
    assert_non_null(strstr(html, "<title>mytracks</title>"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_escaping),         CASE(test_empty_values),
        CASE(test_branches),         CASE(test_loop_and_lines),
        CASE(test_render_and_asset), CASE(test_literal_text),
        CASE(test_refusals),         CASE(test_pages),
        CASE(test_login_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
