#include "httppost.h"

#include "clock.h"
#include "curl.h"
#include "log.h"
#include "utf8.h"
#include "utf8scan.h"
#include "weburl.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#define NEVER STR("0.0.0.0/8,169.254.0.0/16,224.0.0.0/3,::/128,fe80::/10,ff00::/8")
#define PRIVATE \
    STR("127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,::1/128,fc00::/7")

struct transfer {
    bool allow_private;
    bool refused; /* an address was */
    bool enough;  /* the answer is longer than what is kept */
    struct http_answer *answer;
};

/* On the address that the name has led to, so that no name can lead around it. */
static bool address_allowed(const struct transfer *t, const struct sockaddr *sa, size_t length)
{
    char text[INET6_ADDRSTRLEN];
    struct str ip;

    if (getnameinfo(sa, (socklen_t)length, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0) {
        return false;
    }
    text[strcspn(text, "%")] = '\0'; /* an interface behind a link-local address */
    ip = str_of(text);
    return !ip_in_list(ip, NEVER) && (t->allow_private || !ip_in_list(ip, PRIVATE));
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *t = ctx;

    (void)purpose;
    if (!address_allowed(t, &to->addr, to->addrlen)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Keeps the beginning, then ends the transfer: the rest is nobody's business. */
static size_t take(char *p, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    struct http_answer *out = t->answer;
    size_t n = size * count, room = sizeof out->text - out->n, part = n < room ? n : room;

    memcpy(out->text + out->n, p, part);
    out->n += part;
    t->enough = part < n;
    return part;
}

/* Why there is no answer. */
static void explain(struct http_answer *out, CURLcode code, const char *message, long error,
                    bool refused)
{
    int n;

    if (refused) {
        n = snprintf(out->text, sizeof out->text, "This address is not allowed as a receiver");
    } else if (code == CURLE_COULDNT_CONNECT && error != 0) {
        n = snprintf(out->text, sizeof out->text, "[Errno %ld] %s", error, strerror((int)error));
    } else if (code == CURLE_COULDNT_RESOLVE_HOST) {
        n = snprintf(out->text, sizeof out->text, "[Errno -2] Name or service not known");
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        n = snprintf(out->text, sizeof out->text, "timed out");
    } else {
        n = snprintf(out->text, sizeof out->text, "%s", message);
    }
    out->n = n < 0 ? 0 : (size_t)n;
}

static struct curl_slist *add_header(const struct curl *lib, struct curl_slist *list,
                                     const char *header)
{
    struct curl_slist *longer = lib->slist_append(list, header);

    if (longer == NULL) {
        log_out_of_memory(strlen(header));
    }
    return longer;
}

static struct curl_slist *headers_of(const struct curl *lib, const struct http_post *post)
{
    const char *type = post->get ? "Accept: application/json" : "Content-Type: application/json";
    struct curl_slist *list = add_header(lib, NULL, post->type != NULL ? post->type : type);

    for (size_t i = 0; i < HTTP_POST_HEADERS; i++) {
        if (post->headers[i] != NULL && post->headers[i][0] != '\0') {
            list = add_header(lib, list, post->headers[i]);
        }
    }
    return list;
}

/* QUICK_EXIT: a name server that does not answer must not hold us beyond the limit; the thread that
   waits for it ends by itself. */
static void configure(const struct curl *lib, CURL *curl, const struct http_post *post,
                      struct transfer *t)
{
    lib->setopt(curl, CURLOPT_URL, post->url);
    lib->setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    lib->setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    lib->setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    lib->setopt(curl, CURLOPT_PROXY, "");
    lib->setopt(curl, CURLOPT_NOSIGNAL, 1L);
    lib->setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    lib->setopt(curl, CURLOPT_TIMEOUT_MS, (long)post->limit_ms);
    lib->setopt(curl, CURLOPT_USERAGENT, "mytracks/" MYTRACKS_VERSION);
    if (!post->get) {
        lib->setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.n);
        lib->setopt(curl, CURLOPT_POSTFIELDS, post->body.p);
    }
    lib->setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    lib->setopt(curl, CURLOPT_OPENSOCKETDATA, t);
    lib->setopt(curl, CURLOPT_WRITEFUNCTION, take);
    lib->setopt(curl, CURLOPT_WRITEDATA, t);
    curl_stop_at(lib, curl, post->stop);
}

void http_post(const struct http_post *post, struct http_answer *out)
{
    struct transfer t = { .allow_private = post->allow_private, .answer = out };
    const struct curl *lib = curl_load();

    out->status = 0;
    out->ms = 0;
    if (lib == NULL) {
        out->n = sizeof CURL_MISSING - 1;
        memcpy(out->text, CURL_MISSING, out->n);
        return;
    }
    struct curl_slist *headers = headers_of(lib, post);
    CURL *curl = lib->init();
    usec_t start = clock_mono();
    long status = 0, error = 0;

    if (curl == NULL) {
        log_out_of_memory(0);
    }
    out->n = 0;
    configure(lib, curl, post, &t);
    lib->setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = lib->perform(curl);
    lib->getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    lib->getinfo(curl, CURLINFO_OS_ERRNO, &error);
    lib->cleanup(curl);
    lib->slist_free_all(headers);
    if (code == CURLE_OK || (t.enough && status > 0)) {
        out->status = (int)status;
    } else {
        explain(out, code, lib->strerror(code), error, t.refused);
    }
    out->ms = (clock_mono() - start) / 1000;
}

struct str http_answer_text(struct arena *a, const struct http_answer *answer)
{
    struct str text = arena_dup(a, (struct str){ answer->text, answer->n });

    return utf8_head(utf8_repair(a, text), HTTP_POST_PREVIEW);
}
