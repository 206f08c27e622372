/* A whole request as FastCGI gives it, through the web application and its database. Input: lines
   NAME=VALUE, an empty line, the body. Whatever comes, there is one well-formed answer, and it is
   not "server error". alice (an administrator) and bob have the password "p". */
#include "fuzz.h"

#include "db/account.h"
#include "fcgi/worker.h"
#include "lib/config.h"
#include "lib/httppost.h"
#include "lib/log.h"
#include "lib/password.h"

#include <string.h>

#define VARIABLES 60
#define ANSWER_MAX ((size_t)4 * 1024 * 1024)
#define FRESH_AFTER 5000u /* requests: what they store must not pile up */

/* In the place of lib/httppost.c: nothing leaves this machine. */
void http_post(const struct http_post *post, struct http_answer *out)
{
    CHECK(post->url[0] != '\0');
    for (size_t i = 0; i < HTTP_POST_HEADERS; i++) {
        CHECK(post->headers[i] == NULL || strpbrk(post->headers[i], "\r\n") == NULL);
    }
    *out = (struct http_answer){ .status = 200, .n = 2, .text = "ok" };
}

struct str http_answer_text(struct arena *a, const struct http_answer *answer)
{
    return arena_dup(a, (struct str){ answer->text, answer->n });
}

static char folder[] = "/tmp/mytracks-fuzz-XXXXXX";
static struct config *config;
static struct worker *worker;

static void add_user(struct db *db, struct str name, bool staff)
{
    struct user u = { .username = name,
                      .password = password_hash(fuzz_arena(), STR("p"), 1),
                      .first_name = STR(""),
                      .last_name = STR(""),
                      .email = STR(""),
                      .is_active = true,
                      .is_staff = staff };

    CHECK(db_user_create(db, &u) == DB_OK);
}

static void fresh_database(const char *path)
{
    char *why = NULL;
    bool fresh = false;
    struct db *db;

    CHECK(db_create(path, &fresh, &why) == DB_OK && fresh);
    db = db_open(path, DB_WORKER, 1000, &why);
    CHECK(db != NULL);
    add_user(db, STR("alice"), true);
    add_user(db, STR("bob"), false);
    db_close(db);
}

static void stop(void)
{
    if (worker != NULL) {
        worker_free(worker);
        config_free(config);
        fuzz_remove(folder);
        worker = NULL;
    }
}

static void start(void)
{
    char path[64], url[96], *why = NULL;

    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/db.sqlite3", folder);
    snprintf(url, sizeof url, "sqlite:///%s", path);
    fresh_database(path);
    setenv("DATABASE_URL", url, 1);
    setenv("RUN_DIR", folder, 1);
    setenv("SECRET_KEY", "fuzz-secret", 1);
    setenv("MYTRACKS_PBKDF2_ITERATIONS", "1", 1);
    config = config_load("/dev/null", &why);
    CHECK(config != NULL);
    worker = worker_new(config);
    CHECK(worker != NULL);
}

/* ---- the web server's side */

struct visitor {
    struct gateway gw;
    struct str body;
    size_t n;
    char answer[ANSWER_MAX];
};

static size_t give(struct gateway *gw, char *p, size_t n)
{
    struct visitor *v = (struct visitor *)gw;
    size_t part = n < v->body.n ? n : v->body.n;

    if (part > 0) {
        memcpy(p, v->body.p, part);
    }
    v->body = str_sub(v->body, part, v->body.n);
    return part;
}

static bool take(struct gateway *gw, const char *p, size_t n)
{
    struct visitor *v = (struct visitor *)gw;

    if (n > sizeof v->answer - v->n) {
        return false;
    }
    memcpy(v->answer + v->n, p, n);
    v->n += n;
    return true;
}

static void check_answer(struct str answer)
{
    struct str line, rest = answer;
    bool ended = false;

    CHECK(str_starts(answer, STR("Status: ")) && answer.n > 11);
    CHECK(answer.p[8] >= '2' && answer.p[8] <= '5' && !str_starts(answer, STR("Status: 500")));
    while (!ended && str_split(&rest, '\n', &line)) {
        CHECK(str_ends(line, STR("\r")));
        ended = line.n == 1;
        CHECK(ended || str_find(line, ':', 0) != SIZE_MAX);
        for (size_t i = 0; i + 1 < line.n; i++) {
            CHECK((unsigned char)line.p[i] >= ' ' && line.p[i] != 0x7f);
        }
    }
    CHECK(ended);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct visitor v = { .gw = { .read = give, .write = take } };
    static unsigned served;
    char *env[VARIABLES + 1];
    struct arena *a = fuzz_arena();
    struct str rest = fuzz_text(data, size), line;
    size_t n = 0;

    if (served++ % FRESH_AFTER == 0) {
        stop();
        if (served == 1) {
            log_open("fuzz", "/dev/null", LOG_LVL_ERROR);
            atexit(stop);
        }
        start();
        a = fuzz_arena();
    }
    while (n < VARIABLES && str_split(&rest, '\n', &line) && line.n > 0) {
        char *text = arena_alloc(a, line.n + 1);
        memcpy(text, line.p, line.n);
        env[n++] = text;
    }
    env[n] = NULL;
    v.gw.env = env;
    v.body = str_is_null(rest) ? STR("") : rest;
    v.n = 0;
    if (worker_serve(worker, &v.gw)) {
        check_answer((struct str){ v.answer, v.n });
    }
    return 0;
}
