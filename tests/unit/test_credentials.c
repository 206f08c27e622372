#include "vectors.h"

#include "lib/csrf.h"
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

/* ---- Basic */

/* Only the header is read here: a wrong password is a good header. */
static bool basic_as_expected(const struct jval *c)
{
    struct str result = case_text(c, STR("result")), user = STR_NULL, password = STR_NULL;
    const char *why = NULL;
    int rc = basic_auth_parse(a, case_text(c, STR("authorization")), &user, &password, &why);

    if (str_starts(result, STR("none")))
        return rc == 1;
    if (str_starts(result, STR("user ")))
        return rc == 0 && str_eq(user, str_sub(result, 5, SIZE_MAX));
    if (str_eqz(result, "401 Invalid username/password."))
        return rc == 0 && !str_is_null(user) && !str_is_null(password);
    return rc == -1 && str_eq(str_of(why), str_sub(result, 4, SIZE_MAX));
}

static void test_basic_auth(void **state)
{
    struct tally t = { .name = "basic_auth" };

    (void)state;
    for (const struct jval *c = vectors(STR("basic_auth"))->first; c != NULL; c = c->next)
        tally_check(&t, basic_as_expected(c), case_text(c, STR("authorization")));
    tally_end(&t);
}

static void test_basic_parts(void **state)
{
    struct str user, password;
    const char *why;
    char *huge = arena_alloc(a, 20000);

    (void)state;
    assert_int_equal(basic_auth_parse(a, STR("\tBasic\t YTpiOmM= "), &user, &password, &why), 0);
    assert_str(user, STR("a"));
    assert_str(password, STR("b:c"));
    assert_int_equal(basic_auth_parse(a, STR("Basic Og=="), &user, &password, &why), 0);
    assert_true(user.n == 0 && password.n == 0);
    assert_int_equal(basic_auth_parse(a, STR_NULL, &user, &password, &why), 1);
    assert_int_equal(basic_auth_parse(a, STR("Basicx YTpi"), &user, &password, &why), 1);
    memset(huge, 'O', 20000);
    memcpy(huge, "Basic ", 6);
    assert_int_equal(basic_auth_parse(a, (struct str){ huge, 20000 }, &user, &password, &why), -1);
    assert_string_equal(why, "Invalid basic header. Credentials not correctly base64 encoded.");
}

/* ---- cookies */

/* What Django sets, sent back. */
static bool cookie_as_expected(struct str set_cookie)
{
    struct str pair, rest = set_cookie, name;

    str_split(&rest, ';', &pair);
    rest = pair;
    str_split(&rest, '=', &name);
    struct str header = arena_printf(a, "other=1; %.*s; x=\"y;z\"", STR_FMT(pair));
    struct str value = cookie_get(a, header, name);

    if (str_eqz(name, "csrftoken"))
        return csrf_cookie_usable(value) && str_eq(value, rest);
    return str_eqz(name, "sessionid") &&
           (str_eqz(rest, "\"\"") ? value.n == 0 && !str_is_null(value)
                                  : value.n == 32 && str_eq(value, rest));
}

static void test_cookies(void **state)
{
    struct tally t = { .name = "cookies" };

    (void)state;
    for (const struct jval *run = vectors(STR("cookies"))->first; run != NULL; run = run->next) {
        for (const struct jval *s = jval_getz(run, "steps")->first; s != NULL; s = s->next) {
            const struct jval *set = jval_getz(s, "set_cookie");
            for (const struct jval *c = set == NULL ? NULL : set->first; c != NULL; c = c->next)
                tally_check(&t, cookie_as_expected(c->text), c->text);
        }
    }
    tally_end(&t);
}

static void test_cookie_get(void **state)
{
    static const struct {
        const char *header, *value;
    } cases[] = {
        { "k=v", "v" },
        { "a=1;k=v;b=2", "v" },
        { "k=1; k=2", "2" },
        { "  k = v ", "v" },
        { "k=", "" },
        { "k=\"\"", "" },
        { "k=\"v\"", "v" },
        { "k=\"", "\"" },
        { "k=a=b=", "a=b=" },
        { "k=\"a\\\"b\\\\c\"", "a\"b\\c" },
        { "k=\"\\101\\351\\400\\12\"", "A\xc3\xa9"
                                       "40012" },
        { "k=\"a\\\"", "a\\" },
        { "K=v", NULL },
        { "k", NULL },
        { "kk=v", NULL },
        { "", NULL },
        { ";;;=;", NULL },
    };
    char *huge = arena_alloc(a, 5000);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_str(cookie_get(a, str_of(cases[i].header), STR("k")), str_of(cases[i].value));
    assert_str(cookie_get(a, STR_NULL, STR("k")), STR_NULL);
    memset(huge, 'v', 5000);
    memcpy(huge, "k=", 2);
    assert_int_equal(cookie_get(a, (struct str){ huge, 4098 }, STR("k")).n, 4096);
    assert_true(str_is_null(cookie_get(a, (struct str){ huge, 4099 }, STR("k"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basic_auth),
        cmocka_unit_test(test_basic_parts),
        cmocka_unit_test(test_cookies),
        cmocka_unit_test(test_cookie_get),
    };

    return cmocka_run_group_tests_name("credentials", tests, set_up, tear_down);
}
