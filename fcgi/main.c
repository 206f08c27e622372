/* mytracks-fcgi: the web application behind nginx. */
#include "crew.h"
#include "lib/log.h"
#include "lib/num.h"
#include "router.h"
#include "supervise.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WORKERS_LEAST 8
#define WORKERS_PER_CORE 4

static int usage(FILE *out, int status)
{
    fputs("usage: mytracks-fcgi --socket PATH [--workers N]\n"
          "       mytracks-fcgi --routes | --help | --version\n\n"
          "Serves the pages and the REST API over FastCGI. Settings come from the environment\n"
          "and ./.env (see `mytracks config --help`). SIGTERM finishes open requests and stops,\n"
          "SIGHUP reads the settings again. Normally started by `mytracks serve` or systemd.\n",
          out);
    return status;
}

static int fail(const char *what)
{
    fprintf(stderr, "mytracks-fcgi: %s\n", what);
    return 1;
}

/* N of --workers; 0 when it is no number from 1 to CREW_MAX. */
static int worker_count(const char *text)
{
    int64_t n;

    return num_json_int(str_of(text), &n) == NUM_OK && n >= 1 && n <= CREW_MAX ? (int)n : 0;
}

static int usual_workers(const struct config *c)
{
    int64_t n = config_int(c, CFG_WORKERS);

    if (n <= 0) {
        n = WORKERS_PER_CORE * sysconf(_SC_NPROCESSORS_ONLN);
        n = n < WORKERS_LEAST ? WORKERS_LEAST : n;
    }
    return n > CREW_MAX ? CREW_MAX : (int)n;
}

static int run(const char *socket_path, int workers)
{
    char *why = NULL;
    struct config *c = config_load(NULL, &why);

    if (c == NULL) {
        fail(why);
        free(why);
        return 1;
    }
    if (config_key_refused(c)) {
        config_free(c);
        return fail("SECRET_KEY is not set, or the published default");
    }
    return supervise(c, socket_path, workers > 0 ? workers : usual_workers(c));
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "socket", required_argument, NULL, 's' }, { "workers", required_argument, NULL, 'w' },
        { "routes", no_argument, NULL, 'r' },       { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },      { NULL, 0, NULL, 0 },
    };
    const char *socket_path = NULL;
    int workers = 0, option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            socket_path = optarg;
            break;
        case 'w':
            workers = worker_count(optarg);
            if (workers == 0) {
                return fail("--workers must be a number from 1 to 256");
            }
            break;
        case 'r':
            routes_print(stdout);
            return 0;
        case 'h':
            return usage(stdout, 0);
        case 'v':
            puts("mytracks-fcgi " MYTRACKS_VERSION);
            return 0;
        default:
            return usage(stderr, 2);
        }
    }
    return socket_path == NULL || optind < argc ? usage(stderr, 2) : run(socket_path, workers);
}
