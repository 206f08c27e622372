/* mytracks import: histories from files of other programs into a user's device. */
#include "db/import.h"
#include "cli.h"
#include "db/account.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 1000
#define SAY_EVERY (USEC_PER_SEC / 5)

struct order {
    const char *user, *device;
    const char *file[FILES_MAX];
    size_t files;
    enum import_format format;
    bool dry;
    struct config *config;
    struct arena *arena;
    struct db *db;
    struct sender sender;
    /* of the file in hand */
    const char *name;
    int fd;
    usec_t said;
};

static int usage(int status)
{
    fputs(
        "usage: mytracks import FILE... --user NAME --device ID [--format FORMAT] [--dry-run]\n\n"
        "Stores the positions of other programs' files as the user's device's: GPX, GeoJSON, CSV,\n"
        "OwnTracks Recorder (.rec, JSON), Google Records.json and Timeline.json; gzipped or not.\n"
        "What is there already is not stored twice. The device is made when there is none.\n\n"
        "  --format FORMAT  gpx, json, csv or rec; without it the file is looked at\n"
        "  --dry-run        only tells what would be stored\n",
        status == 0 ? stdout : stderr);
    return status;
}

/* Options and files; false: not understood. */
static bool parse(int argc, char **argv, struct order *o)
{
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--dry-run") == 0) {
            o->dry = true;
        } else if (strcmp(argv[i], "--user") == 0 && more) {
            o->user = argv[++i];
        } else if (strcmp(argv[i], "--device") == 0 && more) {
            o->device = argv[++i];
        } else if (strcmp(argv[i], "--format") == 0 && more) {
            if (!import_format_named(str_of(argv[++i]), &o->format)) {
                return false;
            }
        } else if (argv[i][0] != '-' && o->files < FILES_MAX) {
            o->file[o->files++] = argv[i];
        } else {
            return false;
        }
    }
    return o->user != NULL && o->device != NULL && o->device[0] != '\0' &&
           strlen(o->device) <= 100 && strpbrk(o->device, "/+#") == NULL && o->files > 0;
}

static int64_t read_part(void *ctx, char *p, size_t n)
{
    const struct order *o = ctx;
    ssize_t got;

    while ((got = read(o->fd, p, n)) < 0 && errno == EINTR) {
    }
    return got;
}

static void say_progress(void *ctx, const struct import_counts *c)
{
    struct order *o = ctx;
    usec_t now = clock_mono();

    if (now - o->said >= SAY_EVERY) {
        o->said = now;
        fprintf(stderr, "\r%s: %lld %%, %lld positions", o->name,
                (long long)(c->size > 0 ? c->done * 100 / c->size : 0), (long long)c->found);
    }
}

static void say_refusal(void *ctx, int64_t line, const char *why)
{
    const struct order *o = ctx;

    if (line > 0) {
        printf("  line %lld: %s\n", (long long)line, why);
    } else {
        printf("  %s: %s\n", o->name, why);
    }
}

static void say_summary(struct order *o, const struct import_writer *w)
{
    const struct import_counts *c = db_import_counts(w);

    printf("%s: %lld read, %lld %s, %lld already there, %lld refused\n", o->name,
           (long long)c->found, (long long)c->stored, o->dry ? "to be stored" : "stored",
           (long long)c->known, (long long)c->refused);
    db_import_report(w, say_refusal, o);
}

static bool import_file(struct order *o, const struct device *d, int64_t size)
{
    const struct import_source source = { o, read_part, d->device_id, o->format };
    bool terminal = isatty(STDERR_FILENO) != 0;
    const char *why, *slash = strrchr(o->name, '/');
    enum db_rc rc;
    struct import_writer *w = db_import_open(
        o->db, &o->sender, d, str_of(slash != NULL ? slash + 1 : o->name), size, o->dry, &rc);

    if (w == NULL) {
        cli_fail("the database cannot be written to; see the line above");
        return false;
    }
    rc = db_import_run(w, &source, terminal ? say_progress : NULL, o, &why);
    if (terminal) {
        fputs("\r\033[K", stderr);
    }
    say_summary(o, w);
    db_import_close(w);
    if (rc != DB_OK) {
        cli_fail("%s: not everything could be stored; import the file again", o->name);
    }
    return rc == DB_OK && why == NULL;
}

static bool import_named(struct order *o, const struct device *d)
{
    struct stat st;

    o->fd = open(o->name, O_RDONLY | O_CLOEXEC);
    if (o->fd < 0 || fstat(o->fd, &st) != 0) {
        cli_fail("%s cannot be read: %s", o->name, strerror(errno));
        if (o->fd >= 0) {
            close(o->fd);
        }
        return false;
    }
    bool ok = import_file(o, d, S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0);
    close(o->fd);
    return ok;
}

static int run(struct order *o)
{
    struct user u;
    struct device d;
    bool made, ok = true;

    if (db_user_by_name(o->db, o->arena, str_of(o->user), &u) != DB_OK) {
        return cli_fail("there is no user '%s'", o->user);
    }
    o->sender = (struct sender){ .via = OT_HTTP,
                                 .user_id = u.id,
                                 .username = u.username,
                                 .address = STR_NULL,
                                 .received_at = clock_now(),
                                 .mode = INGEST_MODE_AUTH };
    if (db_import_device(o->db, o->arena, &o->sender, str_of(o->device), o->dry, &d, &made) !=
        INGEST_STORED) {
        return cli_fail("the device '%s' cannot be written to; see the line above", o->device);
    }
    for (size_t i = 0; i < o->files; i++) {
        o->name = o->file[i];
        ok = import_named(o, &d) && ok;
    }
    return ok ? 0 : 1;
}

int cli_import(int argc, char **argv)
{
    struct order o = { .format = IMPORT_AUTO };
    int status = 1;

    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        return usage(argc < 2 ? 2 : 0);
    }
    if (!parse(argc, argv, &o)) {
        return usage(2);
    }
    o.config = cli_settings();
    if (o.config == NULL) {
        return 1;
    }
    o.arena = arena_new(1024 * 1024);
    o.db = cli_open_db(o.config, o.arena, false);
    if (o.db != NULL) {
        status = run(&o);
        db_close(o.db);
    }
    arena_free(o.arena);
    config_free(o.config);
    return status;
}
