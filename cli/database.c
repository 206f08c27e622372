/* mytracks db: create, check, backup; and how subcommands open the database. */
#include "cli.h"
#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 10000

static int usage(int status)
{
    fputs("usage: mytracks db create          make the database when there is none\n"
          "       mytracks db check           run SQLite's integrity and foreign key checks\n"
          "       mytracks db backup [--with-sessions] FILE\n"
          "                                   copy while everything runs; without the sessions,\n"
          "                                   whose keys would open accounts\n",
          status == 0 ? stdout : stderr);
    return status;
}

struct db *cli_open_db(struct config *c, struct arena *a, bool create)
{
    const char *path = arena_cstr(a, config_db_path(c));
    char *why = NULL;
    bool fresh = false;

    if (create && db_create(path, &fresh, &why) != DB_OK) {
        cli_fail("the database %s cannot be made: %s", path, why != NULL ? why : "see above");
        free(why);
        return NULL;
    }
    struct db *db = db_open(path, DB_WORKER, BUSY_MS, &why);
    if (db == NULL) {
        cli_fail("the database %s cannot be used: %s", path, why != NULL ? why : "see above");
        free(why);
    }
    return db;
}

static int check(struct db *db, struct arena *a)
{
    struct str result = db_check(db, a);

    printf("%.*s\n", STR_FMT(result));
    return str_eq(result, STR("ok")) ? 0 : 1;
}

static int backup(struct db *db, int argc, char **argv)
{
    bool with_sessions = argc == 4 && strcmp(argv[2], "--with-sessions") == 0;
    char *why = NULL;

    if (argc != (with_sessions ? 4 : 3)) {
        return usage(2);
    }
    if (db_backup(db, argv[argc - 1], with_sessions, &why) != DB_OK) {
        cli_fail("the backup failed: %s", why != NULL ? why : "see above");
        free(why);
        return 1;
    }
    printf("copied to %s%s\n", argv[argc - 1], with_sessions ? "" : ", without sessions");
    return 0;
}

int cli_db(int argc, char **argv)
{
    int status = 1;

    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        return usage(argc < 2 ? 2 : 0);
    }
    bool create = strcmp(argv[1], "create") == 0;
    bool known = create || strcmp(argv[1], "check") == 0 || strcmp(argv[1], "backup") == 0;
    struct config *c = known ? cli_settings() : NULL;
    if (c == NULL) {
        return known ? 1 : usage(2);
    }
    struct arena *a = arena_new(1024 * 1024);
    struct db *db = cli_open_db(c, a, create);
    if (db != NULL) {
        if (create) {
            struct str path = config_db_path(c);
            printf("%.*s is ready\n", STR_FMT(path));
            status = 0;
        } else if (strcmp(argv[1], "check") == 0) {
            status = check(db, a);
        } else {
            status = backup(db, argc, argv);
        }
        db_close(db);
    }
    arena_free(a);
    config_free(c);
    return status;
}
