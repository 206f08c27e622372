/* libcurl, loaded when the first request goes out: it brings some thirty libraries (LDAP, Kerberos,
   SSH, GnuTLS) that most processes of ours never need, and that cost each of them memory and time
   to start. */
#ifndef MYTRACKS_CURL_H
#define MYTRACKS_CURL_H

#include <curl/curl.h>
#include <stdatomic.h>

/* The functions that we call: member name, and libcurl's. */
#define CURL_FUNCTIONS(X)              \
    X(global_init, curl_global_init)   \
    X(init, curl_easy_init)            \
    X(setopt, curl_easy_setopt)        \
    X(perform, curl_easy_perform)      \
    X(getinfo, curl_easy_getinfo)      \
    X(cleanup, curl_easy_cleanup)      \
    X(strerror, curl_easy_strerror)    \
    X(slist_append, curl_slist_append) \
    X(slist_free_all, curl_slist_free_all)

struct curl {
#define X(name, symbol) __typeof__(symbol) *name;
    CURL_FUNCTIONS(X)
#undef X
};

/* From any thread. NULL, and one line in the log: there is no libcurl that we can use. */
const struct curl *curl_load(void);

/* The transfer ends early, with CURLE_ABORTED_BY_CALLBACK, within a second after *stop has become
   true. stop: may be NULL; lives as long as the transfer. */
void curl_stop_at(const struct curl *lib, CURL *curl, const atomic_bool *stop);

/* What to tell who asked then. */
#define CURL_MISSING "libcurl.so.4 cannot be loaded; install libcurl4"

#endif
