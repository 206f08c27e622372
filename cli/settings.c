/* What all subcommands agree on before they start: where the data is, under which key. */
#include "cli.h"
#include "lib/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_LENGTH 50 /* as Django's get_random_secret_key */

bool cli_make_dir(const char *path, unsigned mode)
{
    char part[4096];
    size_t n = strlen(path);

    if (n == 0 || n >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i < n; i++) {
        if (part[i] == '/') {
            part[i] = '\0';
            if (mkdir(part, 0755) < 0 && errno != EEXIST) {
                return false;
            }
            part[i] = '/';
        }
    }
    return mkdir(part, mode) == 0 || errno == EEXIST;
}

const char *cli_program_dir(struct arena *a)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);

    if (n <= 0 || n == (ssize_t)sizeof path) {
        return ".";
    }
    struct str s = { path, (size_t)n };
    while (s.n > 1 && s.p[s.n - 1] != '/') {
        s.n--;
    }
    return arena_cstr(a, (struct str){ s.p, s.n > 1 ? s.n - 1 : 1 });
}

/* The file's single line, made with a random key when it is not there. */
static bool trial_key(const char *path, char key[KEY_LENGTH + 1])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        ssize_t n = read(fd, key, KEY_LENGTH);
        close(fd);
        key[KEY_LENGTH] = '\0';
        return n == KEY_LENGTH;
    }
    struct arena *a = arena_new(64 * 1024);
    struct str fresh = crypto_random_text(
        a, KEY_LENGTH, STR("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"));
    memcpy(key, fresh.p, KEY_LENGTH);
    key[KEY_LENGTH] = '\0';
    arena_free(a);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    bool ok = write(fd, key, KEY_LENGTH) == KEY_LENGTH && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    return (close(fd) == 0) && ok;
}

/* No settings and no database here: a trial under ./var. False after a message. */
static bool settle_trial(const struct config *c)
{
    char cwd[2048], text[4096], key[KEY_LENGTH + 1];

    if (config_is_set(c, CFG_DATABASE_URL) || access("db.sqlite3", F_OK) == 0) {
        return true;
    }
    if (getcwd(cwd, sizeof cwd) == NULL || !cli_make_dir("var", 0700)) {
        cli_fail("the folder ./var cannot be made: %s", strerror(errno));
        return false;
    }
    snprintf(text, sizeof text, "sqlite:///%s/var/db.sqlite3", cwd);
    setenv("DATABASE_URL", text, 1);
    if (!config_is_set(c, CFG_SECRET_KEY)) {
        if (!trial_key("var/secret_key", key)) {
            cli_fail("./var/secret_key cannot be read or made: %s", strerror(errno));
            return false;
        }
        setenv("SECRET_KEY", key, 1);
    }
    return true;
}

static struct str without_dot(struct str path)
{
    return str_starts(path, STR("./")) ? str_sub(path, 2, path.n) : path;
}

/* Relative paths are made absolute once, so that every program means the same file. */
static bool settle_paths(struct config *c)
{
    char cwd[2048], text[4608];
    struct str db = without_dot(config_db_path(c));
    struct str run = without_dot(config_str(c, CFG_RUN_DIR));

    if (getcwd(cwd, sizeof cwd) == NULL) {
        return false;
    }
    if (db.n > 0 && db.p[0] != '/') {
        snprintf(text, sizeof text, "sqlite:///%s/%.*s", cwd, STR_FMT(db));
        setenv("DATABASE_URL", text, 1);
    }
    if (run.n > 0 && run.p[0] != '/') {
        snprintf(text, sizeof text, "%s/%.*s", cwd, STR_FMT(run));
        setenv("RUN_DIR", text, 1);
    }
    return true;
}

static struct config *load(void)
{
    char *why = NULL;
    struct config *c = config_load(NULL, &why);

    if (c == NULL) {
        cli_fail("%s", why != NULL ? why : "the configuration cannot be read");
        free(why);
    }
    return c;
}

struct config *cli_settings(void)
{
    for (int pass = 0; pass < 2; pass++) {
        struct config *c = load();
        if (c == NULL) {
            return NULL;
        }
        bool ok = pass == 0 ? settle_trial(c) : settle_paths(c);
        config_free(c);
        if (!ok) {
            return NULL;
        }
    }
    struct config *c = load();
    if (c != NULL && config_key_refused(c)) {
        cli_fail(
            "SECRET_KEY is the reference's published default: whoever knows it can read every\n"
            "sealed key and password. Set the key your Django used; if it really was this one,\n"
            "set MYTRACKS_ALLOW_INSECURE_KEY=true and change it soon");
        config_free(c);
        return NULL;
    }
    return c;
}

struct config *cli_settle_policy(struct config *c, bool fresh_install)
{
    if (config_str(c, CFG_POLICY).n > 0) {
        return c;
    }
    setenv("MYTRACKS_POLICY", fresh_install ? "strict" : "compatible", 1);
    config_free(c);
    return load();
}

const char *cli_allowed_host(struct config *c, struct arena *a)
{
    struct str rest = config_str(c, CFG_ALLOWED_HOSTS), first = STR("");

    str_split(&rest, ',', &first);
    first = str_trim(first);
    if (first.n == 0 || str_eq(first, STR("*"))) {
        return "localhost";
    }
    return arena_cstr(a, first.p[0] == '.' ? str_sub(first, 1, first.n) : first);
}
