/* mytracks setup: the link that makes the first administrator. */
#include "cli.h"
#include "db/account.h"
#include "lib/invitation.h"

#include <stdio.h>
#include <string.h>

/* Where a browser on this machine, or with PUBLIC_DOMAIN any, finds us. */
static const char *base_url(struct config *c, struct arena *a)
{
    struct str domain = config_str(c, CFG_PUBLIC_DOMAIN);

    return domain.n > 0 ? arena_printf(a, "https://%.*s", STR_FMT(domain)).p
                        : arena_printf(a, "http://%s:%lld", cli_allowed_host(c, a),
                                       (long long)config_int(c, CFG_HTTP_PORT))
                              .p;
}

const char *cli_setup_link(struct config *c, struct arena *a, int64_t accounts, const char *base)
{
    struct str token = invitation_make(a, config_str(c, CFG_SECRET_KEY), accounts, clock_now());

    return arena_printf(a, "%s/setup/?token=%.*s", base != NULL ? base : base_url(c, a),
                        STR_FMT(token))
        .p;
}

static int print_link(struct config *c, struct arena *a, const char *base)
{
    struct db *db = cli_open_db(c, a, true);
    int64_t accounts;
    bool any;

    if (db == NULL) {
        return 1;
    }
    bool known = db_any_staff(db, &any) == DB_OK && db_users_made(db, &accounts) == DB_OK;
    db_close(db);
    if (!known) {
        return cli_fail("the database cannot be read; see the line above");
    }
    if (any) {
        return cli_fail("there is an administrator already; more are made by them, or by "
                        "`mytracks user add --admin NAME`");
    }
    printf("Open this within %d hours to make the first administrator:\n  %s\n", INVITATION_HOURS,
           cli_setup_link(c, a, accounts, base));
    return 0;
}

int cli_setup(int argc, char **argv)
{
    const char *base = argc == 3 && strcmp(argv[1], "--url") == 0 ? argv[2] : NULL;

    if (argc != 1 && base == NULL) {
        bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
        fputs("usage: mytracks setup [--url BASE]\n\n"
              "Prints a link that makes the first administrator, good for a day and once.\n"
              "BASE: how browsers reach this server, such as https://tracks.example.org\n",
              help ? stdout : stderr);
        return help ? 0 : 2;
    }
    struct config *c = cli_settings();
    if (c == NULL) {
        return 1;
    }
    struct arena *a = arena_new(1024 * 1024);
    int status = print_link(c, a, base);
    arena_free(a);
    config_free(c);
    return status;
}
