/* The `mytracks` command: one function per subcommand, found in the table of main.c. */
#ifndef MYTRACKS_CLI_H
#define MYTRACKS_CLI_H

#include "lib/config.h"

/* Each takes the arguments behind its name (argv[0] is the name) and returns the exit status. */
int cli_serve(int argc, char **argv);
int cli_user(int argc, char **argv);
int cli_setup(int argc, char **argv);
int cli_db(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_config(int argc, char **argv);
int cli_doctor(int argc, char **argv);

/* "mytracks: SENTENCE" on stderr; returns 1. */
int cli_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The configuration that all subcommands use. For a trial without any settings (no DATABASE_URL and
   no db.sqlite3 here) the data lives in ./var, and a SECRET_KEY is made there once (mode 0600).
   What was settled is put into the environment for the programs that serve starts. NULL after a
   message. */
struct config *cli_settings(void);
/* Policy: MYTRACKS_POLICY or, when it is empty, what the database says; exported too. */
struct config *cli_settle_policy(struct config *c, bool fresh_install);
/* The database of these settings, made first when create is true. NULL after a message. */
struct db;
struct db *cli_open_db(struct config *c, struct arena *a, bool create);
/* Makes a folder and its parents, the last one with this mode. False with errno. */
bool cli_make_dir(const char *path, unsigned mode);
/* A name that ALLOWED_HOSTS lets in; from the arena. */
const char *cli_allowed_host(struct config *c, struct arena *a);
/* The link that makes the first administrator (lib/invitation.h); from the arena. accounts:
   db_users_made; base: "https://HOST", or NULL for what the settings say. */
const char *cli_setup_link(struct config *c, struct arena *a, int64_t accounts, const char *base);
/* Folder of the running program, e.g. /usr/bin; from the arena. */
const char *cli_program_dir(struct arena *a);

#endif
