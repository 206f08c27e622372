/* Settings: .env files, the environment over them, checks with plain sentences. */
#include "lib/config.h"
#include "lib/dotenv.h"
#include "lib/setting.h"
#include "vectors.h"

#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char folder[64], path[128], before[4096];

/* Nothing of the environment that the test was started in may matter. */
static void forget(void)
{
    for (size_t i = 0; i < CFG_COUNT; i++) {
        unsetenv(config_table[i].name);
    }
}

static int set_up(void **state)
{
    (void)state;
    forget();
    snprintf(folder, sizeof folder, "/tmp/mytracks-config-XXXXXX");
    if (mkdtemp(folder) == NULL || getcwd(before, sizeof before) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/.env", folder);
    return chdir(folder);
}

static int tear_down(void **state)
{
    (void)state;
    return chdir(before) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static int clean(void **state)
{
    (void)state;
    forget();
    unsetenv("MYTRACKS_POLCY");
    unsetenv("MYTRACKS_TEST_ANYTHING");
    unlink(path);
    return 0;
}

static void write_env(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static struct config *loaded(const char *env_file)
{
    char *why = NULL;
    struct config *c = config_load(env_file, &why);

    if (c == NULL) {
        fail_msg("%s", why);
    }
    assert_null(why);
    return c;
}

/* It is refused with exactly this sentence. */
static void refused(const char *env_file, const char *sentence)
{
    char *why = NULL;
    struct config *c = config_load(env_file, &why);

    assert_null(c);
    assert_non_null(why);
    assert_string_equal(why, sentence);
    free(why);
}

static void defaults(void **state)
{
    struct config *c = loaded(NULL);

    (void)state;
    assert_str(config_str(c, CFG_SECRET_KEY), STR("django-insecure-change-me-in-production"));
    assert_true(config_bool(c, CFG_DEBUG));
    assert_str(config_str(c, CFG_ALLOWED_HOSTS), STR("localhost,127.0.0.1"));
    assert_str(config_str(c, CFG_CSRF_TRUSTED_ORIGINS), STR(""));
    assert_str(config_db_path(c), STR("db.sqlite3"));
    assert_str(config_spool_dir(c), STR("db.sqlite3-spool"));
    assert_int_equal(config_int(c, CFG_HTTP_PORT), 8080);
    assert_int_equal(config_int(c, CFG_MQTT_PORT), 1883);
    assert_int_equal(config_int(c, CFG_MQTT_TLS_PORT), 8883);
    assert_int_equal(config_int(c, CFG_MQTT_WS_PORT), 8083);
    assert_int_equal(config_int(c, CFG_PBKDF2_ITERATIONS), 1500000);
    assert_str(config_str(c, CFG_RUN_DIR), STR("./var/run"));
    assert_str(config_str(c, CFG_BIND), STR("127.0.0.1"));
    assert_str(config_str(c, CFG_DJANGO_LOG_LEVEL), STR("INFO"));
    assert_false(config_bool(c, CFG_ALLOW_INSECURE_KEY));
    assert_false(config_strict(c));
    for (size_t i = 0; i < CFG_COUNT; i++) {
        int64_t number;

        assert_false(config_is_set(c, (enum config_id)i));
        assert_true(setting_check(&config_table[i], str_of(config_table[i].fallback), &number));
        assert_true(strlen(config_table[i].must) > 0 && strlen(config_table[i].help) > 0);
    }
    config_free(c);
    config_free(NULL);
}

static void published_key(void **state)
{
    static const struct {
        const char *text;
        bool refused;
    } cases[] = {
        { "", true },
        { "SECRET_KEY=django-insecure-change-me-in-production\n", true },
        { "MYTRACKS_ALLOW_INSECURE_KEY=true\n", false },
        { "SECRET_KEY=another\n", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_env(cases[i].text);
        struct config *c = loaded(path);
        assert_int_equal(config_key_refused(c), cases[i].refused);
        config_free(c);
    }
}

static void an_env_file(void **state)
{
    (void)state;
    write_env("\xEF\xBB\xBF# a comment\r\n"
              "\n"
              "SECRET_KEY = 'abc #def='  \r\n"
              "export DEBUG=off\n"
              "ALLOWED_HOSTS=\"a.example, .b.example\" # with a comment\n"
              "  HTTP_PORT\t=\t8000\n"
              "HTTP_PORT=8001\n"
              "PUBLIC_DOMAIN=\n"
              "COMMAND_API_KEY=a'b\n"
              "LOG_FILE='mixed\"\n"
              "MQTT_PORT = \"-1\"\n"
              "MQTT_WS_PORT=\n"
              "a line without the sign\n"
              "UNRELATED=\x01\n"
              "=nothing\n"
              "MYTRACKS_POLICY=strict");
    struct config *c = loaded(NULL);
    assert_str(config_str(c, CFG_SECRET_KEY), STR("abc #def="));
    assert_false(config_bool(c, CFG_DEBUG));
    assert_str(config_str(c, CFG_ALLOWED_HOSTS), STR("a.example, .b.example"));
    assert_int_equal(config_int(c, CFG_HTTP_PORT), 8001);
    assert_true(config_is_set(c, CFG_PUBLIC_DOMAIN));
    assert_str(config_str(c, CFG_PUBLIC_DOMAIN), STR(""));
    assert_str(config_str(c, CFG_COMMAND_API_KEY), STR("a'b"));
    assert_str(config_str(c, CFG_LOG_FILE), STR("'mixed\""));
    assert_int_equal(config_int(c, CFG_MQTT_PORT), -1);
    assert_int_equal(config_int(c, CFG_MQTT_WS_PORT), 8083); /* empty: the default */
    assert_false(config_is_set(c, CFG_MQTT_WS_PORT));
    assert_true(config_strict(c));
    config_free(c);
}

static void the_environment_wins(void **state)
{
    (void)state;
    write_env("HTTP_PORT=8000\nDEBUG=False\nMYTRACKS_BIND=10.0.0.1\n");
    setenv("HTTP_PORT", " 9000 ", 1);
    setenv("MYTRACKS_BIND", "", 1);
    struct config *c = loaded(path);
    assert_int_equal(config_int(c, CFG_HTTP_PORT), 9000);
    assert_str(config_str(c, CFG_HTTP_PORT), STR("9000"));
    assert_false(config_bool(c, CFG_DEBUG));
    assert_str(config_str(c, CFG_BIND), STR("10.0.0.1"));
    unsetenv("HTTP_PORT"); /* a loaded configuration does not change */
    assert_int_equal(config_int(c, CFG_HTTP_PORT), 9000);
    config_free(c);
}

static void values_by_kind(void **state)
{
    static const struct {
        enum config_id id;
        const char *good[12], *bad[12];
    } cases[] = {
        { CFG_SECRET_KEY, { "x", "django #insecure=" }, { "", "a\nb", "\xff" } },
        { CFG_HTTP_PORT,
          { "0", "80", "65535", "00080" },
          { "-1", "65536", "80a", "8 0", "0x50", "1e3", "+80", "99999999999999999999", "-" } },
        { CFG_MQTT_PORT, { "-1", "0", "1883" }, { "65536", "--1", "off" } },
        { CFG_ALLOWED_HOSTS,
          { "", "*", "a.example", ".a.example,b", "a, b", "[::1]" },
          { "https://a.example", "a b", "a,b/" } },
        { CFG_CSRF_TRUSTED_ORIGINS,
          { "", "https://a.example", "https://a, http://b:8000", "https://*.a.example" },
          { "a.example", "://a", "https://", "https://a/b", "https://a b" } },
        { CFG_DATABASE_URL,
          { "sqlite:///a", "sqlite:////a/b", "sqlite:////a?timeout=20" },
          { "postgres://u:p@h/d", "sqlite://", "sqlite:///", "sqlite:///?a=b",
            "sqlite:///:memory:", "sqlite:/a", "/a/b", "SQLITE:///a" } },
        { CFG_DJANGO_LOG_LEVEL, { "DEBUG", "info", "CRITICAL" }, { "TRACE", "20" } },
        { CFG_BIND, { "0.0.0.0", "::1", "192.168.1.2" }, { "localhost", "1.2.3", "1.2.3.4/8" } },
        { CFG_POLICY, { "strict", "compatible" }, { "Strict", "lax" } },
        { CFG_USER_RULES, { "strict", "compatible" }, { "Strict", "none" } },
        { CFG_HTTP_INGEST, { "open", "known", "auth" }, { "yes" } },
        { CFG_PBKDF2_ITERATIONS, { "1", "1500000" }, { "0", "-5", "1.5" } },
        { CFG_TRUSTED_PROXIES,
          { "", "10.0.0.0/8", "127.0.0.1, ::1/128, fd00::/8" },
          { "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "proxy", "10.0.0.0/8/8" } },
        { CFG_SPOOL_SYNC, { "always", "interval", "never" }, { "sometimes" } },
        { CFG_DURABLE, { "normal", "full" }, { "half" } },
        { CFG_TILE_URL,
          { "http://t/{z}/{x}/{y}.png", "https://t/{x}{y}{z}?key=1", "/tiles/{z}/{x}/{y}" },
          { "https://t/{z}/{x}.png", "t/{z}/{x}/{y}", "ftp://t/{z}/{x}/{y}" } },
        { CFG_GEOCODER_URL,
          { "", "https://n.example/reverse", "http://127.0.0.1:8088/reverse?key=1" },
          { "n.example/reverse", "ftp://n.example/", "https://", "https:///x", "http://a b/" } },
    };
    int64_t number;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct setting *s = &config_table[cases[i].id];

        for (size_t k = 0; k < 12 && cases[i].good[k] != NULL; k++) {
            if (!setting_check(s, str_of(cases[i].good[k]), &number)) {
                fail_msg("%s=%s is refused", s->name, cases[i].good[k]);
            }
        }
        for (size_t k = 0; k < 12 && cases[i].bad[k] != NULL; k++) {
            if (setting_check(s, str_of(cases[i].bad[k]), &number)) {
                fail_msg("%s=%s is accepted", s->name, cases[i].bad[k]);
            }
        }
    }
    assert_false(setting_check(&config_table[CFG_LOG_FILE], STR("a\0b"), &number));
}

static void words_of_truth(void **state)
{
    static const char *const yes[] = { "true", "True", "TRUE", "1", "yes", "YES", "on", "y", "t" };
    static const char *const no[] = { "false", "False", "0", "no", "off", "n", "f", "" };
    static const char *const neither[] = { "2", "ja", "truee", "o", "-1", "True False" };
    const struct setting *s = &config_table[CFG_DEBUG];
    int64_t number;

    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++) {
        assert_true(setting_check(s, str_of(yes[i]), &number));
        assert_int_equal(number, 1);
    }
    for (size_t i = 0; i < COUNT(no); i++) {
        assert_true(setting_check(s, str_of(no[i]), &number));
        assert_int_equal(number, 0);
    }
    for (size_t i = 0; i < COUNT(neither); i++) {
        assert_false(setting_check(s, str_of(neither[i]), &number));
    }
}

static void errors_are_sentences(void **state)
{
    (void)state;
    setenv("HTTP_PORT", "80a\x1b[31m", 1);
    refused(NULL, "HTTP_PORT (environment) is \"80a?[31m\", but must be a port number from 0 to "
                  "65535.");
    unsetenv("HTTP_PORT");
    write_env("DEBUG=perhaps\n");
    refused(NULL, "DEBUG (.env) is \"perhaps\", but must be true or false (also yes/no, on/off, "
                  "1/0).");
    unlink(path);
    setenv("DATABASE_URL", "postgres://user:hunter2@host/db", 1); /* the password is not shown */
    refused(NULL, "DATABASE_URL (environment) has a value that is not allowed; it must be "
                  "sqlite:////absolute/path or sqlite:///relative/path: only sqlite is supported.");
    unsetenv("DATABASE_URL");
    setenv("SECRET_KEY", "", 1);
    refused(NULL, "SECRET_KEY (environment) has a value that is not allowed; it must be a text of "
                  "at least one character.");
    unsetenv("SECRET_KEY");
    refused("/no/such/.env", "/no/such/.env cannot be read: No such file or directory.");
    char sentence[128];
    snprintf(sentence, sizeof sentence, "%s cannot be read: Is a directory.", folder);
    refused(folder, sentence);
}

static void unknown_names(void **state)
{
    (void)state;
    setenv("MYTRACKS_POLCY", "strict", 1);
    refused(NULL, "MYTRACKS_POLCY (environment) is no setting; the nearest one is "
                  "MYTRACKS_POLICY.");
    unsetenv("MYTRACKS_POLCY");
    write_env("A=1\n\nMYTRACKS_PBKDF_ITERATION=5\n");
    refused(NULL, "MYTRACKS_PBKDF_ITERATION (.env line 3) is no setting; the nearest one is "
                  "MYTRACKS_PBKDF2_ITERATIONS.");
    write_env("MYTRACKS_TEST_B=1\nMYTRACK=1\nmytracks_policy=strict\n");
    setenv("MYTRACKS_TEST_ANYTHING", "1", 1);
    struct config *c = loaded(NULL);
    assert_false(config_strict(c));
    config_free(c);
    /* A very long name is neither a crash nor a very long message. */
    char text[2000];
    memset(text, 'A', sizeof text - 1);
    memcpy(text, "MYTRACKS_", 9);
    memcpy(text + sizeof text - 3, "=1", 3);
    write_env(text);
    char *why = NULL;
    assert_null(config_load(NULL, &why));
    assert_true(why != NULL && strlen(why) < 200);
    free(why);
}

static void sizes_are_bounded(void **state)
{
    static char big[DOTENV_MAX + 10];
    char *why = NULL;

    (void)state;
    memset(big, '#', sizeof big - 1);
    write_env(big);
    refused(NULL, ".env cannot be read: File too large.");
    big[DOTENV_MAX] = '\0';
    write_env(big);
    config_free(loaded(NULL));
    unlink(path);
    memset(big, 'x', 100000);
    big[100000] = '\0';
    setenv("LOG_FILE", big, 1);
    assert_null(config_load(NULL, &why));
    assert_true(why != NULL && strlen(why) < 400);
    free(why);
    big[SETTING_MAX] = '\0';
    setenv("LOG_FILE", big, 1);
    config_free(loaded(NULL));
}

static void database_and_spool(void **state)
{
    static const struct {
        const char *url, *spool, *db_path, *spool_dir;
    } cases[] = {
        { "sqlite:////srv/t/db.sqlite3", "", "/srv/t/db.sqlite3", "/srv/t/db.sqlite3-spool" },
        { "sqlite:///var/db", "/spool", "var/db", "/spool" },
        { "sqlite:////a/b?timeout=20", "", "/a/b", "/a/b-spool" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("DATABASE_URL", cases[i].url, 1);
        setenv("MYTRACKS_SPOOL_DIR", cases[i].spool, 1);
        struct config *c = loaded(NULL);
        assert_str(config_db_path(c), str_of(cases[i].db_path));
        assert_str(config_spool_dir(c), str_of(cases[i].spool_dir));
        config_free(c);
    }
}

static void printing(void **state)
{
    char *text = NULL;
    size_t n = 0;

    (void)state;
    setenv("COMMAND_API_KEY", "hunter2", 1);
    setenv("HTTP_PORT", "9000", 1);
    write_env("DEBUG=no\n");
    struct config *c = loaded(NULL);
    for (int help = 0; help < 2; help++) {
        FILE *f = open_memstream(&text, &n);
        assert_non_null(f);
        config_print(c, f, help != 0);
        fclose(f);
        assert_non_null(strstr(text, "SECRET_KEY = ********  (default)\n"));
        assert_non_null(strstr(text, "COMMAND_API_KEY = ********  (environment)\n"));
        assert_non_null(strstr(text, "HTTP_PORT = 9000  (environment)\n"));
        assert_non_null(strstr(text, "DEBUG = no  (.env)\n"));
        assert_non_null(strstr(text, "CSRF_TRUSTED_ORIGINS =   (default)\n"));
        assert_null(strstr(text, "hunter2"));
        assert_null(strstr(text, "insecure-change"));
        size_t lines = 0;
        for (size_t i = 0; i < n; i++) {
            lines += text[i] == '\n';
        }
        assert_int_equal(lines, CFG_COUNT * (help ? 2 : 1));
        free(text);
    }
    config_free(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clean, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults),       TEST(an_env_file),       TEST(the_environment_wins),
        TEST(values_by_kind), TEST(words_of_truth),    TEST(errors_are_sentences),
        TEST(unknown_names),  TEST(sizes_are_bounded), TEST(database_and_spool),
        TEST(printing),       TEST(published_key),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
