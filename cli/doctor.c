/* mytracks config, mytracks doctor. */
#include "cli.h"
#include "db/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int cli_config(int argc, char **argv)
{
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;
    struct config *c = cli_settings();

    if (c == NULL) {
        return 1;
    }
    config_print(c, stdout, help);
    config_free(c);
    return 0;
}

/* A finding: what is so, and what to do. */
static void advise(int *count, const char *finding, const char *advice)
{
    (*count)++;
    printf("- %s\n  %s\n", finding, advice);
}

static void look_at_files(const struct config *c, struct arena *a, int *count)
{
    struct stat st;

    if (stat(arena_cstr(a, config_db_path(c)), &st) == 0 && (st.st_mode & 077) != 0) {
        advise(count, "the database can be read by other users of this machine",
               "chmod 600 the file: it holds sessions that open accounts");
    }
}

static void look_at_settings(const struct config *c, int *count)
{
    struct str ingest = config_str(c, CFG_HTTP_INGEST);

    if (!config_strict(c) && (ingest.n == 0 || str_eq(ingest, STR("open")))) {
        advise(count, "anybody may post locations for any device (as the reference allows)",
               "when all phones send a user name and password: MYTRACKS_HTTP_INGEST=auth");
    }
    if (!config_strict_users(c)) {
        advise(count,
               "administrators may give new users any name and any password (as in the reference)",
               "for names that work as MQTT topics and passwords of 8 characters: "
               "MYTRACKS_USER_RULES=strict");
    }
    if (config_bool(c, CFG_DEBUG)) {
        advise(count, "DEBUG is on: cookies are sent over plain http, LAN names are accepted",
               "behind TLS set DEBUG=False");
    }
    if (config_str(c, CFG_SECRET_KEY).n < 32) {
        advise(count, "SECRET_KEY has fewer than 32 characters",
               "plan a longer one; sealed keys must be sealed again with it");
    }
}

int cli_doctor(int argc, char **argv)
{
    int count = 0;
    bool staff = false;

    if (argc > 1) {
        (void)argv;
        puts(
            "usage: mytracks doctor\n\nLooks at settings, files and the database, and says what is "
            "open or missing.");
        return 0;
    }
    struct config *c = cli_settings();
    if (c == NULL) {
        return 1;
    }
    struct arena *a = arena_new(1024 * 1024);
    struct db *db = cli_open_db(c, a, false);
    if (db == NULL) {
        count++;
    } else {
        c = cli_settle_policy(c, db_is_fresh_install(db));
        if (db_any_staff(db, &staff) == DB_OK && !staff) {
            advise(&count, "there is no administrator",
                   "mytracks setup prints a link that makes one");
        }
        db_close(db);
    }
    if (c != NULL) {
        look_at_files(c, a, &count);
        look_at_settings(c, &count);
        config_free(c);
    }
    puts(count == 0 ? "nothing to complain about" : "");
    arena_free(a);
    return db == NULL ? 1 : 0;
}
