#define CURL_DISABLE_TYPECHECK
#include "curl.h"

#include "log.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static struct curl api;
static bool usable;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ISO C has no conversion of what dlsym gives to a function; POSIX says that its bytes are one. */
#define FIND(name, symbol)                        \
    if ((at = dlsym(library, #symbol)) == NULL) { \
        missing = #symbol;                        \
    }                                             \
    memcpy(&api.name, &at, sizeof at);

static void load(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL), *at;
    const char *missing = NULL;

    if (library == NULL) {
        log_error("libcurl", LOG_Z("error", dlerror()));
        return;
    }
    CURL_FUNCTIONS(FIND)
    if (missing != NULL || api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        log_error("libcurl", LOG_Z("missing", missing != NULL ? missing : "its start"));
        return;
    }
    usable = true;
}

const struct curl *curl_load(void)
{
    pthread_once(&once, load);
    return usable ? &api : NULL;
}

static int go_on(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const atomic_bool *stop = ctx;

    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(stop) ? 1 : 0;
}

void curl_stop_at(const struct curl *lib, CURL *curl, const atomic_bool *stop)
{
    if (stop != NULL) {
        lib->setopt(curl, CURLOPT_NOPROGRESS, 0L);
        lib->setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
        lib->setopt(curl, CURLOPT_XFERINFODATA, stop);
    }
}
