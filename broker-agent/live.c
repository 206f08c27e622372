/* The WebSocket hub: libwebsockets on a unix socket behind nginx. Contract: reference/websocket.md.
   What is told to whom is in feed.c and hub.c; here is the protocol alone. */
#include "agent.h"
#include "feed.h"
#include "lib/csrf.h"
#include "lib/log.h"
#include "lib/represent.h"

#include <assert.h>
#include <errno.h>
#include <libwebsockets.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKETS_MAX 8192
#define SOCKETS_PER_USER 50
#define HEADER_MAX 8192
#define POLL_US (500 * 1000)             /* rows of writers that do not wake us */
#define REVALIDATE_US (3 * USEC_PER_SEC) /* the promise is 5 s */
#define CLOSE_NOT_ALLOWED 4401

static_assert(HUB_HEAD >= LWS_PRE, "room for the frame header");

struct live {
    const struct agent *agent;
    struct feed *feed;
    struct hub hub;
    struct lws_context *context;
    lws_sorted_usec_list_t poll, revalidate;
    bool strict;
    struct str trusted_origins;
};

/* libwebsockets calls back without our pointer in some places; there is one hub in the process. */
static struct live live;
static struct lws_context *_Atomic wake_context;
static atomic_size_t sockets_open; /* live.hub.count, for other threads */

size_t live_sockets(void)
{
    return atomic_load(&sockets_open);
}

void live_wake(void)
{
    struct lws_context *c = atomic_load(&wake_context);

    if (c != NULL) {
        lws_cancel_service(c);
    }
}

static void want_write(struct hub_socket *s)
{
    lws_callback_on_writable(s->wsi);
}

/* Without listeners nothing is read; the first one starts behind what is there by then. */
static void run_feed(void)
{
    if (live.hub.count > 0) {
        feed_run(live.feed, &live.hub, want_write);
    }
}

/* ---------------------------------------------------------------- timers */

static void on_poll(lws_sorted_usec_list_t *sul)
{
    if (feed_changed(live.feed)) {
        run_feed();
    }
    lws_sul_schedule(live.context, 0, sul, on_poll, POLL_US);
}

/* Signed out, deactivated, new password: the socket does not outlive the session (H-15). */
static void on_revalidate(lws_sorted_usec_list_t *sul)
{
    for (struct hub_socket *s = live.hub.sockets; s != NULL; s = s->next) {
        if (s->user_id != 0 && !feed_still_good(live.feed, s)) {
            s->user_id = 0;
            s->drop = true;
            want_write(s);
        }
    }
    lws_sul_schedule(live.context, 0, sul, on_revalidate, REVALIDATE_US);
}

/* ---------------------------------------------------------------- handshake */

/* A header into buffer; STR_NULL when it is absent or too long. */
static struct str header(struct lws *wsi, enum lws_token_indexes which, char *buffer, size_t size)
{
    int n = lws_hdr_copy(wsi, buffer, (int)size, which);

    return n <= 0 ? STR_NULL : (struct str){ buffer, (size_t)n };
}

static size_t sockets_of(int64_t user_id)
{
    size_t n = 0;

    for (const struct hub_socket *s = live.hub.sockets; s != NULL; s = s->next) {
        n += s->user_id == user_id;
    }
    return n;
}

/* A page of another site must not listen with the visitor's cookie (H-16). Without an Origin header
   it is no browser. */
static bool origin_fits(struct lws *wsi)
{
    char origin[512], host[512];
    struct str o = header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);

    if (str_is_null(o)) {
        return lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0;
    }
    struct str h = header(wsi, WSI_TOKEN_HOST, host, sizeof host);
    return csrf_origin_trusted(false, h, o, live.trusted_origins) ||
           csrf_origin_trusted(true, h, o, live.trusted_origins);
}

/* Fills the socket; false: the handshake is refused. */
static bool open_socket(struct lws *wsi, struct hub_socket *s)
{
    char cookies[HEADER_MAX];

    memset(s, 0, sizeof *s);
    s->wsi = wsi;
    struct str cookie = header(wsi, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof cookies);
    if (origin_fits(wsi)) {
        feed_identify(live.feed, cookie, s);
    }
    if (s->user_id == 0 && live.strict) {
        return false; /* anonymous sockets only take up room */
    }
    return live.hub.count < SOCKETS_MAX &&
           (s->user_id == 0 || sockets_of(s->user_id) < SOCKETS_PER_USER);
}

static bool welcome(struct hub_socket *s)
{
    struct buf b;
    struct json j;

    buf_init(&b, 256);
    json_init(&j, &b, JSON_COMPACT);
    represent_welcome(&j, clock_sec(live.agent->started));
    struct frame *f = buf_ok(&b) ? frame_new(buf_view(&b)) : NULL;
    buf_free(&b);
    if (f == NULL) {
        return false;
    }
    hub_send(s, f);
    frame_release(f);
    want_write(s);
    return true;
}

/* ---------------------------------------------------------------- the protocol */

/* All frames that wait, until the socket takes no more: the library then keeps the rest of the last
   one and calls again. Non-zero closes. */
static int write_queue(struct lws *wsi, struct hub_socket *s)
{
    struct frame *f;
    bool ok = true;

    if (s->drop) {
        lws_close_reason(wsi, (enum lws_close_status)CLOSE_NOT_ALLOWED, NULL, 0);
        return -1;
    }
    while (ok && !lws_partial_buffered(wsi) && (f = hub_take(s)) != NULL) {
        int n = lws_write(wsi, (unsigned char *)f->data + HUB_HEAD, f->n, LWS_WRITE_TEXT);
        ok = n >= 0 && (size_t)n >= f->n;
        frame_release(f);
    }
    if (s->n > 0) {
        want_write(s);
    }
    return ok ? 0 : -1;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct hub_socket *s = user;

    switch ((int)reason) {
    case LWS_CALLBACK_ESTABLISHED:
        if (!open_socket(wsi, s)) {
            s->back = NULL;
            lws_close_reason(wsi, (enum lws_close_status)CLOSE_NOT_ALLOWED, NULL, 0);
            return -1;
        }
        if (live.hub.count == 0) {
            feed_skip(live.feed);
        }
        hub_add(&live.hub, s);
        atomic_store(&sockets_open, live.hub.count);
        return welcome(s) ? 0 : -1;
    case LWS_CALLBACK_CLOSED:
        if (s->back != NULL) {
            hub_remove(&live.hub, s);
            atomic_store(&sockets_open, live.hub.count);
            s->back = NULL;
        }
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return write_queue(wsi, s);
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        run_feed();
        return 0;
    case LWS_CALLBACK_RECEIVE: /* what clients say is ignored */
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
        return -1;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, len);
    }
}

static const struct lws_protocols protocols[] = {
    { .name = "locations",
      .callback = on_event,
      .per_session_data_size = sizeof(struct hub_socket) },
    { .name = NULL },
};

/* Ping after 20 s of silence, gone after 50 (the reference: 20 and 30 behind it). */
static const lws_retry_bo_t idle_policy = {
    .secs_since_valid_ping = 20,
    .secs_since_valid_hangup = 50,
};

static void log_library(int level, const char *line)
{
    if (level & (LLL_ERR | LLL_WARN)) {
        log_warning("libwebsockets", LOG_S("line", str_trim(str_of(line))));
    }
}

static struct lws_context *open_context(const char *path)
{
    struct lws_context_creation_info info = { 0 };

    lws_set_log_level(LLL_ERR | LLL_WARN, log_library);
    unlink(path);
    info.port = 0;
    info.iface = path;
    info.options = LWS_SERVER_OPTION_UNIX_SOCK | LWS_SERVER_OPTION_DISABLE_IPV6;
    info.protocols = protocols;
    info.retry_and_idle_policy = &idle_policy;
    info.fd_limit_per_thread = SOCKETS_MAX + 64; /* not a table for every possible descriptor */
    info.max_http_header_data = HEADER_MAX;
    info.vhost_name = "live";
    return lws_create_context(&info);
}

/* ---------------------------------------------------------------- wake-ups of other processes */

/* Datagrams of the web application become wake-ups of the library's loop. */
static void *wake_listener(void *arg)
{
    int fd = *(int *)arg;
    char byte[16];

    for (ssize_t n; (n = recv(fd, byte, sizeof byte, 0)) >= 0 || errno == EINTR;) {
        bool outbox = n > 0;
        while ((n = recv(fd, byte, sizeof byte, MSG_DONTWAIT)) >= 0) {
            outbox |= n > 0;
        }
        if (atomic_load(&live.agent->stopping)) {
            break;
        }
        live_wake();
        if (outbox) {
            outbox_wake();
            commands_wake();
            addresses_wake();
        }
    }
    return NULL;
}

void *live_thread(void *arg)
{
    const struct agent *agent = arg;
    char path[128];
    static int wake_fd;
    pthread_t listener;

    live.agent = agent;
    live.strict = config_strict(agent->config);
    live.trusted_origins = config_str(agent->config, CFG_CSRF_TRUSTED_ORIGINS);
    live.feed = feed_new(agent);
    snprintf(path, sizeof path, "%s/live.sock", agent->run_dir);
    live.context = open_context(path);
    wake_fd = agent_socket(agent, "wake.sock", SOCK_DGRAM);
    if (live.context == NULL || wake_fd < 0 ||
        pthread_create(&listener, NULL, wake_listener, &wake_fd) != 0) {
        log_error("live_socket_failed", LOG_Z("path", path), LOG_I("errno", errno));
        exit(1);
    }
    chmod(path, 0660);
    pthread_detach(listener);
    lws_sul_schedule(live.context, 0, &live.poll, on_poll, POLL_US);
    lws_sul_schedule(live.context, 0, &live.revalidate, on_revalidate, REVALIDATE_US);
    atomic_store(&wake_context, live.context);
    while (!atomic_load(&agent->stopping) && lws_service(live.context, 0) >= 0) {
    }
    atomic_store(&wake_context, NULL);
    lws_context_destroy(live.context);
    feed_free(live.feed);
    return NULL;
}
