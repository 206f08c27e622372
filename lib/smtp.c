#include "smtp.h"

#include "curl.h"
#include "fernet.h"
#include "log.h"
#include "utf8scan.h"

#include <string.h>
#include <unistd.h>

#define REPLY_MAX 300u

struct transfer {
    struct str message;
    size_t at; /* bytes sent */
    const atomic_bool *stop;
    char reply[REPLY_MAX]; /* the server's last refusal */
    size_t reply_n;
};

enum smtp_tls smtp_tls_of_port(int64_t port)
{
    return port == 465 ? SMTP_TLS : port == 587 || port == 2525 ? SMTP_STARTTLS : SMTP_NONE;
}

bool smtp_server_open(struct arena *a, struct str secret_key, const struct smtp_settings *settings,
                      struct smtp_server *out, const char **why)
{
    *out = (struct smtp_server){ .host = settings->host,
                                 .port = settings->port,
                                 .username = settings->username,
                                 .password = STR(""),
                                 .tls = settings->tls,
                                 .ca_file = "" };
    if (settings->sealed_password.n == 0) {
        return true;
    }
    out->password = fernet_open(a, secret_key, settings->sealed_password);
    if (str_is_null(out->password)) {
        *why = "the password was sealed under another SECRET_KEY; enter it again";
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- libcurl's questions */
static size_t give(char *to, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t room = size * count, left = t->message.n - t->at, n = left < room ? left : room;

    memcpy(to, t->message.p + t->at, n);
    t->at += n;
    return n;
}

static size_t hear(char *p, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t n = size * count;

    if (n > 0 && (p[0] == '4' || p[0] == '5')) { /* what comes later is the good-bye */
        t->reply_n = n < REPLY_MAX ? n : REPLY_MAX;
        memcpy(t->reply, p, t->reply_n);
    }
    return n;
}

/* ---------------------------------------------------------------- the request */
static bool host_fits(struct str host)
{
    for (size_t i = 0; i < host.n; i++) {
        unsigned char c = (unsigned char)host.p[i];
        if (c <= ' ' || c == 0x7f || strchr("/@?#%[]\\\"<>{}|^`", c) != NULL) {
            return false;
        }
    }
    return host.n > 0 && host.n <= 255;
}

/* The machine's name, as EHLO says it. */
static void own_name(char out[256])
{
    if (gethostname(out, 255) != 0) {
        out[0] = '\0';
    }
    out[255] = '\0';
    for (const char *p = out; *p != '\0'; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (!letter && !(*p >= '0' && *p <= '9') && *p != '.' && *p != '-') {
            out[0] = '\0';
            break;
        }
    }
    if (out[0] == '\0') {
        memcpy(out, "localhost", sizeof "localhost");
    }
}

static const char *url_of(struct arena *a, const struct smtp_server *s)
{
    bool v6 = str_find(s->host, ':', 0) != SIZE_MAX;
    char name[256];

    own_name(name);
    return arena_printf(a, "%s://%s%.*s%s:%lld/%s", s->tls == SMTP_TLS ? "smtps" : "smtp",
                        v6 ? "[" : "", STR_FMT(s->host), v6 ? "]" : "", (long long)s->port, name)
        .p;
}

static void configure(const struct curl *lib, CURL *curl, struct arena *a,
                      const struct smtp_server *s, struct str from, struct transfer *t)
{
    lib->setopt(curl, CURLOPT_URL, url_of(a, s));
    lib->setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    lib->setopt(curl, CURLOPT_PROXY, "");
    lib->setopt(curl, CURLOPT_NOSIGNAL, 1L);
    lib->setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    lib->setopt(curl, CURLOPT_TIMEOUT_MS, (long)SMTP_LIMIT_MS);
    lib->setopt(curl, CURLOPT_USE_SSL,
                (long)(s->tls == SMTP_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (s->ca_file != NULL && s->ca_file[0] != '\0') {
        lib->setopt(curl, CURLOPT_CAINFO, s->ca_file);
    }
    if (s->username.n > 0 && s->password.n > 0) {
        lib->setopt(curl, CURLOPT_USERNAME, arena_cstr(a, s->username));
        lib->setopt(curl, CURLOPT_PASSWORD, arena_cstr(a, s->password));
    }
    lib->setopt(curl, CURLOPT_MAIL_FROM, arena_printf(a, "<%.*s>", STR_FMT(from)).p);
    lib->setopt(curl, CURLOPT_UPLOAD, 1L);
    lib->setopt(curl, CURLOPT_READFUNCTION, give);
    lib->setopt(curl, CURLOPT_READDATA, t);
    lib->setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    lib->setopt(curl, CURLOPT_HEADERDATA, t);
    curl_stop_at(lib, curl, t->stop);
}

/* ---------------------------------------------------------------- what came of it */
/* The server's refusal as one line of valid text. */
static struct str reply_of(struct arena *a, const struct transfer *t)
{
    struct str line = str_trim((struct str){ t->reply, t->reply_n });

    return utf8_repair(a, arena_dup(a, line));
}

static struct str say(struct arena *a, const char *what, struct str more)
{
    return more.n == 0 ? str_of(what) : arena_printf(a, "%s: %.*s", what, STR_FMT(more));
}

/* Of a command: libcurl says which in its message ("RCPT failed: 550"). A sender that is refused
   is so for every mail. */
static enum smtp_rc of_command(struct arena *a, const char *message, long status,
                               const struct transfer *t, struct str *why)
{
    struct str reply = reply_of(a, t);

    if (strncmp(message, "RCPT", 4) == 0) {
        *why = say(a, "the server refused the recipient", reply);
    } else if (strncmp(message, "MAIL", 4) == 0) {
        *why = say(a, "the server refused the sender's address", reply);
        return SMTP_DOWN;
    } else {
        *why = say(a, "the server did not take the message", reply);
    }
    return status >= 500 && status <= 599   ? SMTP_REFUSED
           : status >= 400 && status <= 499 ? SMTP_LATER
                                            : SMTP_DOWN;
}

static enum smtp_rc of_code(struct arena *a, CURLcode code, const char *message, long status,
                            const struct smtp_server *s, const struct transfer *t, struct str *why)
{
    struct str place = arena_printf(a, "%.*s:%lld", STR_FMT(s->host), (long long)s->port);

    switch (code) {
    case CURLE_OK:
        *why = STR("");
        return SMTP_SENT;
    case CURLE_COULDNT_RESOLVE_HOST:
        *why = say(a, "the server's name is not known", s->host);
        return SMTP_DOWN;
    case CURLE_COULDNT_CONNECT:
        *why = arena_printf(a, "could not connect to %.*s", STR_FMT(place));
        return SMTP_DOWN;
    case CURLE_OPERATION_TIMEDOUT:
        *why = arena_printf(a, "no answer from %.*s within %d s", STR_FMT(place),
                            SMTP_LIMIT_MS / 1000);
        return SMTP_DOWN;
    case CURLE_LOGIN_DENIED:
        *why = say(a, "the server refused the login", reply_of(a, t));
        return SMTP_DOWN;
    case CURLE_USE_SSL_FAILED:
        *why = STR("the server offers no STARTTLS");
        return SMTP_DOWN;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        *why = say(a, "no secure connection", str_of(message));
        return SMTP_DOWN;
    case CURLE_ABORTED_BY_CALLBACK:
        *why = STR("interrupted");
        return SMTP_DOWN;
    case CURLE_SEND_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
        if (status >= 400) {
            return of_command(a, message, status, t, why);
        }
        /* fallthrough */
    default:
        *why = arena_printf(a, "%.*s: %s", STR_FMT(place), message);
        return SMTP_DOWN;
    }
}

enum smtp_rc smtp_send(struct arena *a, const struct smtp_server *server, struct str from,
                       struct str to, struct str message, const atomic_bool *stop, struct str *why)
{
    struct transfer t = { .message = message, .stop = stop };
    char text[CURL_ERROR_SIZE] = "";
    long status = 0;

    if (!host_fits(server->host) || server->port < 1 || server->port > 65535) {
        *why = STR("the server's name or port is none");
        return SMTP_DOWN;
    }
    const struct curl *lib = curl_load();
    if (lib == NULL) {
        *why = STR(CURL_MISSING);
        return SMTP_DOWN;
    }
    CURL *curl = lib->init();
    struct curl_slist *list = lib->slist_append(NULL, arena_printf(a, "<%.*s>", STR_FMT(to)).p);
    if (curl == NULL || list == NULL) {
        log_out_of_memory(0);
    }
    configure(lib, curl, a, server, from, &t);
    lib->setopt(curl, CURLOPT_MAIL_RCPT, list);
    lib->setopt(curl, CURLOPT_ERRORBUFFER, text);
    CURLcode code = lib->perform(curl);
    lib->getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    enum smtp_rc rc =
        of_code(a, code, text[0] != '\0' ? text : lib->strerror(code), status, server, &t, why);
    lib->cleanup(curl);
    lib->slist_free_all(list);
    return rc;
}
