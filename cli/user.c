/* mytracks user: add, passwd. */
#include "cli.h"
#include "db/account.h"
#include "lib/password.h"
#include "lib/unicode.h"
#include "lib/username.h"
#include "lib/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MIN 8
#define PASSWORD_MAX 4096

struct request {
    const char *name, *email;
    bool admin, from_stdin;
    struct config *config;
    struct arena *arena;
    struct db *db;
};

static int usage(int status)
{
    fputs("usage: mytracks user add [--admin] [--email ADDRESS] [--password-stdin] NAME\n"
          "       mytracks user passwd [--password-stdin] NAME\n\n"
          "The password is asked for twice, or read as one line from standard input.\n",
          status == 0 ? stdout : stderr);
    return status;
}

/* One line without echo; false at end of input or when it is too long. */
static bool read_line(const char *prompt, bool hidden, char out[PASSWORD_MAX])
{
    struct termios old, quiet;
    bool tty = hidden && tcgetattr(STDIN_FILENO, &old) == 0;

    if (tty) {
        fputs(prompt, stderr);
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool ok = fgets(out, PASSWORD_MAX, stdin) != NULL;
    if (tty) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    size_t n = ok ? strlen(out) : 0;
    if (!ok || n == 0 || out[n - 1] != '\n') {
        return ok && n > 0 && n < PASSWORD_MAX - 1; /* a last line without newline */
    }
    out[n - 1] = '\0';
    return true;
}

/* STR_NULL after a message. */
static struct str ask_password(struct request *r)
{
    char first[PASSWORD_MAX], again[PASSWORD_MAX];

    if (!read_line("Password: ", !r->from_stdin, first) ||
        (!r->from_stdin && !read_line("Again: ", true, again))) {
        cli_fail("no password was given");
        return STR_NULL;
    }
    if (!r->from_stdin && strcmp(first, again) != 0) {
        cli_fail("the two passwords are not the same");
        return STR_NULL;
    }
    struct str password = arena_dup(r->arena, str_of(first));
    if (!utf8_valid(password) || utf8_length(password) < PASSWORD_MIN) {
        cli_fail("a password has at least %d characters", PASSWORD_MIN);
        return STR_NULL;
    }
    return password;
}

static int add(struct request *r)
{
    struct str name = str_of(r->name);

    if (utf8_valid(name)) {
        name = unicode_nfkc(r->arena, name);
    }
    if (!username_fits(name)) {
        return cli_fail(USERNAME_RULE);
    }
    struct str password = ask_password(r);
    if (str_is_null(password)) {
        return 1;
    }
    struct user u = {
        .username = name,
        .email = r->email != NULL ? str_of(r->email) : STR(""),
        .first_name = STR(""),
        .last_name = STR(""),
        .password = password_hash(r->arena, password, config_int(r->config, CFG_PBKDF2_ITERATIONS)),
        .is_active = true,
        .is_staff = r->admin,
        .is_superuser = r->admin,
        .date_joined = clock_now(),
    };
    enum db_rc rc = db_user_create(r->db, &u);
    if (rc == DB_CONFLICT) {
        return cli_fail("there is a user '%s' already", r->name);
    }
    if (rc != DB_OK) {
        return cli_fail("the user could not be stored; see the line above");
    }
    printf("user '%s' was made%s\n", r->name, r->admin ? ", an administrator" : "");
    return 0;
}

static int passwd(struct request *r)
{
    struct user u;

    if (db_user_by_name(r->db, r->arena, str_of(r->name), &u) != DB_OK) {
        return cli_fail("there is no user '%s'", r->name);
    }
    struct str password = ask_password(r);
    if (str_is_null(password)) {
        return 1;
    }
    struct str encoded =
        password_hash(r->arena, password, config_int(r->config, CFG_PBKDF2_ITERATIONS));
    if (db_user_set_password(r->db, u.id, encoded) != DB_OK) {
        return cli_fail("the password could not be stored; see the line above");
    }
    printf("the password of '%s' was set; open sessions have ended\n", r->name);
    return 0;
}

/* Options behind the verb; false: not understood. */
static bool parse(int argc, char **argv, struct request *r)
{
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--admin") == 0) {
            r->admin = true;
        } else if (strcmp(argv[i], "--password-stdin") == 0) {
            r->from_stdin = true;
        } else if (strcmp(argv[i], "--email") == 0 && i + 1 < argc) {
            r->email = argv[++i];
        } else if (argv[i][0] != '-' && r->name == NULL) {
            r->name = argv[i];
        } else {
            return false;
        }
    }
    return r->name != NULL;
}

int cli_user(int argc, char **argv)
{
    struct request r = { 0 };
    int status = 1;

    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        return usage(argc < 2 ? 2 : 0);
    }
    int (*verb)(struct request *) = strcmp(argv[1], "add") == 0      ? add
                                    : strcmp(argv[1], "passwd") == 0 ? passwd
                                                                     : NULL;
    if (verb == NULL || !parse(argc, argv, &r)) {
        return usage(2);
    }
    r.config = cli_settings();
    if (r.config == NULL) {
        return 1;
    }
    r.arena = arena_new(1024 * 1024);
    r.db = cli_open_db(r.config, r.arena, true);
    if (r.db != NULL) {
        status = verb(&r);
        db_close(r.db);
    }
    arena_free(r.arena);
    config_free(r.config);
    return status;
}
