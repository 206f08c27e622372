/* Log lines: one event, one line, one write; nothing from outside can forge or leak. */
#include "lib/log.h"
#include "lib/logkeep.h"
#include "vectors.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TIME_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z"

static char folder[64], path[128];
static char text[1 << 20];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/mytracks-log-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/log", folder);
    return log_open("agent", path, LOG_LVL_DEBUG) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    log_open("mytracks", NULL, LOG_LVL_INFO);
    return unlink(path) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

/* All that was logged since the last call. */
static struct str logged(void)
{
    int fd = open(path, O_RDWR);
    size_t n = 0;
    ssize_t got;

    assert_true(fd >= 0);
    while ((got = read(fd, text + n, sizeof text - 1 - n)) > 0) {
        n += (size_t)got;
    }
    assert_int_equal(ftruncate(fd, 0), 0);
    close(fd);
    text[n] = '\0';
    return (struct str){ text, n };
}

/* The only line, behind its time. */
static struct str line(void)
{
    struct str all = logged(), rest = all, first;

    assert_true(str_split(&rest, '\n', &first));
    assert_str(rest, STR(""));
    assert_true(first.n > 27);
    return str_sub(first, 27, first.n);
}

static void the_form_of_a_line(void **state)
{
    regex_t pattern;

    (void)state;
    log_info("row_stored", LOG_I("id", -42), LOG_Z("user", "anna"), LOG_S("topic", STR("a/b")));
    struct str all = logged();
    assert_int_equal(regcomp(&pattern,
                             TIME_PATTERN " INFO agent row_stored id=-42 user=anna topic=a/b\n$",
                             REG_EXTENDED | REG_NOSUB),
                     0);
    assert_int_equal(regexec(&pattern, all.p, 0, NULL, 0), 0);
    regfree(&pattern);
    log_event(LOG_LVL_ERROR, "plain", NULL);
    assert_str(line(), STR(" ERROR agent plain"));
}

static void values_are_escaped(void **state)
{
    static const struct {
        struct str value;
        const char *shown;
    } cases[] = {
        { { "plain-1.5:/@", 12 }, "plain-1.5:/@" },
        { { "", 0 }, "\"\"" },
        { { NULL, 0 }, "\"\"" },
        { { "a b", 3 }, "\"a b\"" },
        { { "a=b", 3 }, "\"a=b\"" },
        { { "say \"hi\"", 8 }, "\"say \\\"hi\\\"\"" },
        { { "back\\slash", 10 }, "\"back\\\\slash\"" },
        { { "x\n2026-01-01T00:00:00.000000Z ERROR agent forged", 48 },
          "\"x\\n2026-01-01T00:00:00.000000Z ERROR agent forged\"" },
        { { "\t\r\0\x1b[31m\x7f", 9 }, "\"\\t\\r\\x00\\x1b[31m\\x7f\"" },
        { { "\xC3\xA4", 2 }, "\"\\xc3\\xa4\"" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char want[256];

        log_warning("e", LOG_S("v", cases[i].value));
        snprintf(want, sizeof want, " WARNING agent e v=%s", cases[i].shown);
        assert_str(line(), str_of(want));
    }
}

static void secrets_are_masked(void **state)
{
    static const char *const secret[] = { "password",  "Password", "old_password", "token",
                                          "api_key",   "KEY",      "secret",       "client_secret",
                                          "signature", "cookie",   "set_cookie" };
    static const char *const open_keys[] = { "user", "path", "pass", "sign" };

    (void)state;
    for (size_t i = 0; i < COUNT(secret); i++) {
        log_info("e", LOG_Z(secret[i], "hunter2"), LOG_I(secret[i], 77));
        assert_null(strstr(logged().p, "hunter2"));
    }
    log_info("e", LOG_Z("token", "x"), LOG_I("key", 77));
    assert_str(line(), STR(" INFO agent e token=*** key=***"));
    for (size_t i = 0; i < COUNT(open_keys); i++) {
        log_info("e", LOG_Z(open_keys[i], "shown"));
        assert_non_null(strstr(logged().p, "=shown"));
    }
}

static void long_lines_are_cut(void **state)
{
    static char big[10000];

    (void)state;
    memset(big, 'x', sizeof big);
    log_info("e", LOG_S("v", ((struct str){ big, sizeof big })), LOG_Z("after", "never"));
    struct str all = logged();
    assert_int_equal(all.n, 4096);
    assert_true(str_ends(all, STR("xxx [cut]\n")));
    assert_null(strstr(all.p, "never"));
    memset(big, '\n', sizeof big);
    log_info("e", LOG_S("v", ((struct str){ big, sizeof big })));
    all = logged();
    assert_true(all.n <= 4096);
    assert_true(str_ends(all, STR(" [cut]\n")));
    assert_int_equal(str_find(all, '\n', 0), all.n - 1);
    /* The longest that is whole. */
    memset(big, 'x', sizeof big);
    log_info("e", LOG_S("v", ((struct str){ big, 4089 - 27 - (sizeof " INFO agent e v=" - 1) })));
    all = logged();
    assert_int_equal(all.n, 4090);
    assert_null(strstr(all.p, "[cut]"));
}

static void levels(void **state)
{
    static const struct {
        const char *name;
        bool known;
        enum log_level level;
    } cases[] = {
        { "DEBUG", true, LOG_LVL_DEBUG },     { "info", true, LOG_LVL_INFO },
        { "Warning", true, LOG_LVL_WARNING }, { "ERROR", true, LOG_LVL_ERROR },
        { "critical", true, LOG_LVL_ERROR },  { "", false, LOG_LVL_WARNING },
        { "WARN", false, LOG_LVL_WARNING },   { "INFO ", false, LOG_LVL_WARNING },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum log_level level = LOG_LVL_WARNING;

        assert_int_equal(log_level_parse(str_of(cases[i].name), &level), cases[i].known);
        assert_int_equal(level, cases[i].level);
    }
    assert_true(log_open("agent", path, LOG_LVL_WARNING));
    assert_false(log_enabled(LOG_LVL_INFO));
    assert_true(log_enabled(LOG_LVL_WARNING));
    log_debug("e", LOG_I("v", 1));
    log_info("e", LOG_I("v", 1));
    assert_int_equal(logged().n, 0);
    log_error("e", LOG_I("v", 1));
    assert_str(line(), STR(" ERROR agent e v=1"));
}

static void errno_is_kept(void **state)
{
    (void)state;
    errno = EPERM;
    log_info("e", LOG_I("v", 1));
    assert_int_equal(errno, EPERM);
    logged();
}

static void a_bad_file_is_told(void **state)
{
    char bad[192];

    (void)state;
    snprintf(bad, sizeof bad, "%s/no/such/log", folder);
    assert_false(log_open("agent", bad, LOG_LVL_DEBUG));
    /* The open log stays in use and says so. */
    assert_non_null(strstr(logged().p, " ERROR agent log_file_failed file="));
}

#define THREADS 4
#define LINES 250

static void *chatter(void *arg)
{
    for (int i = 0; i < LINES; i++) {
        log_info("chat", LOG_I("thread", *(int *)arg), LOG_I("i", i),
                 LOG_Z("text", "a quoted text"));
    }
    return NULL;
}

static void threads_write_whole_lines(void **state)
{
    pthread_t thread[THREADS];
    int number[THREADS], next[THREADS] = { 0 }, t, i, end;
    struct str part;

    (void)state;
    for (t = 0; t < THREADS; t++) {
        number[t] = t;
        assert_int_equal(pthread_create(&thread[t], NULL, chatter, &number[t]), 0);
    }
    for (t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
    }
    struct str rest = logged();
    size_t lines = 0;
    while (str_split(&rest, '\n', &part) && !str_is_null(rest)) {
        char one[256];

        assert_true(part.n > 27 && part.n < sizeof one);
        memcpy(one, part.p + 27, part.n - 27);
        one[part.n - 27] = '\0';
        end = 0;
        assert_int_equal(
            sscanf(one, " INFO agent chat thread=%d i=%d text=\"a quoted text\"%n", &t, &i, &end),
            2);
        assert_int_equal(end, part.n - 27);
        assert_true(t >= 0 && t < THREADS);
        assert_int_equal(i, next[t]++);
        lines++;
    }
    assert_int_equal(lines, THREADS * LINES);
}

static void out_of_memory_ends_the_process(void **state)
{
    int status;

    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        log_out_of_memory(12345);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EX_OSERR);
    assert_str(line(), STR(" ERROR agent out_of_memory bytes=12345"));
}

static void the_last_error_is_kept(void **state)
{
    char kept[256], tiny[6];
    int64_t at = 0, now = time(NULL);

    (void)state;
    log_error("disk_full", LOG_Z("file", "a b"));
    log_warning("later", LOG_I("n", 1));
    assert_true(log_last_error(kept, sizeof kept, &at));
    assert_string_equal(kept, "disk_full file=\"a b\"");
    assert_true(at >= now && at <= now + 5);
    assert_true(log_last_error(tiny, sizeof tiny, &at));
    assert_string_equal(tiny, "disk_");
    assert_true(logged().n > 0);
}

/* Warnings and errors of each program are kept beside, the newest read first; the file is bounded.
 */
static void kept_lines(void **state)
{
    static struct logkeep_line line[3000];
    struct arena *a = arena_new((size_t)1024 * 1024);
    char name[2][160];
    size_t n = 99;

    (void)state;
    for (int i = 0; i < 2; i++) {
        snprintf(name[i], sizeof name[i], "%s/recent.log%s", folder, i == 0 ? "" : ".1");
    }
    assert_true(logkeep_read(a, folder, COUNT(line), line, &n));
    assert_int_equal(n, 0);
    logkeep_open(folder);
    log_info("not_this", LOG_I("v", 1));
    log_warning("first", LOG_Z("token", "hunter2"));
    log_error("second", LOG_Z("v", "two\nlines"));
    log_keep("broker", LOG_LVL_ERROR, "a text of its own", NULL);
    assert_null(strstr(logged().p, "a text of its own"));
    assert_true(logkeep_read(a, folder, COUNT(line), line, &n));
    assert_int_equal(n, 3);
    assert_str(line[0].text, STR("a text of its own"));
    assert_str(line[0].program, STR("broker"));
    assert_str(line[1].text, STR("second v=\"two\\nlines\""));
    assert_str(line[1].level, STR("ERROR"));
    assert_str(line[2].text, STR("first token=***"));
    assert_str(line[2].program, STR("agent"));
    assert_int_equal(line[2].at.n, sizeof "2026-01-01T00:00:00.000000Z" - 1);
    assert_true(logkeep_read(a, folder, 2, line, &n));
    assert_int_equal(n, 2);
    FILE *f = fopen(name[0], "ae");
    assert_true(f != NULL && fputs("garbage\n\n2026 ERROR x y\nhalf a line", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_true(logkeep_read(a, folder, COUNT(line), line, &n));
    assert_int_equal(n, 3);
    for (int i = 0; i < 5000; i++) {
        log_warning("many", LOG_I("i", i));
    }
    struct stat now, older;
    assert_int_equal(stat(name[0], &now) | stat(name[1], &older), 0);
    assert_true(now.st_size <= LOGKEEP_BYTES + LOGKEEP_LINE &&
                older.st_size <= LOGKEEP_BYTES + LOGKEEP_LINE);
    assert_true(logkeep_read(a, folder, COUNT(line), line, &n));
    assert_true(n > 800);
    assert_str(line[0].text, STR("many i=4999"));
    assert_str(line[n - 1].text, arena_printf(a, "many i=%zu", 5000 - n));
    logged();
    logkeep_open("");
    assert_int_equal(unlink(name[0]) | unlink(name[1]), 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_form_of_a_line),
        cmocka_unit_test(values_are_escaped),
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(a_bad_file_is_told),
        cmocka_unit_test(threads_write_whole_lines),
        cmocka_unit_test(out_of_memory_ends_the_process),
        cmocka_unit_test(the_last_error_is_kept),
        cmocka_unit_test(levels),
        cmocka_unit_test(kept_lines),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
