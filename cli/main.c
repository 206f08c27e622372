/* mytracks: the one command that people type. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    { "serve", cli_serve, "run the whole stack in the foreground" },
    { "setup", cli_setup, "print the link that makes the first administrator" },
    { "user", cli_user, "add a user, set a password" },
    { "db", cli_db, "create, check or back up the database" },
    { "import", cli_import, "store histories from files of other programs" },
    { "config", cli_config, "print the effective configuration" },
    { "doctor", cli_doctor, "look for what is missing or open" },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

int cli_fail(const char *fmt, ...)
{
    va_list ap;

    fputs("mytracks: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return 1;
}

static int usage(FILE *out, int status)
{
    fputs("usage: mytracks COMMAND [ARGUMENTS]\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
    }
    fputs("\n`mytracks COMMAND --help` tells more; settings come from the environment and ./.env\n"
          "(`mytracks config --help` lists them). Manual: mytracks(1).\n",
          out);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        return usage(stderr, 2);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        return usage(stdout, 0);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("mytracks " MYTRACKS_VERSION);
        return 0;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    cli_fail("there is no command '%s'", argv[1]);
    return usage(stderr, 2);
}
