/* The client side of the agent's socket. */
#include "clock.h"
#include "crypto.h"
#include "num.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PUSHED_MAX                                                                \
    ((size_t)4 * 1024 * 1024) /* bytes of pushed messages that wait for link_poll \
                               */
#define SLACK_MS 100 /* for an answer that needs no waiting: the agent may be scheduled late */

/* A message that came by itself while an answer was awaited. */
struct pushed {
    struct pushed *next;
    size_t n;
    uint8_t packet[];
};

struct link {
    struct sockaddr_un address;
    int fd; /* -1: not connected */
    unsigned generation;
    uint32_t last_id;
    struct pushed *first, *last;
    size_t pushed_bytes;
    struct pushed *given; /* what link_poll returned last; its views live in there */
    uint8_t out[WIRE_MAX], in[WIRE_MAX + 1];
};

struct link *link_new(const char *path)
{
    struct link *l = calloc(1, sizeof *l);
    size_t n = strlen(path);

    if (l == NULL || n >= sizeof l->address.sun_path) {
        free(l);
        return NULL;
    }
    l->fd = -1;
    l->address.sun_family = AF_UNIX;
    memcpy(l->address.sun_path, path, n + 1);
    return l;
}

/* What was pushed on a connection that is gone is stale: who reconnects asks again. */
static void drop(struct link *l)
{
    while (l->first != NULL) {
        struct pushed *p = l->first;
        l->first = p->next;
        free(p);
    }
    l->last = NULL;
    l->pushed_bytes = 0;
    if (l->fd >= 0) {
        close(l->fd);
        l->fd = -1;
    }
}

void link_free(struct link *l)
{
    if (l != NULL) {
        drop(l);
        free(l->given);
        free(l);
    }
}

static bool ensure(struct link *l)
{
    if (l->fd >= 0) {
        return true;
    }
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    /* On a unix socket this succeeds or fails at once; a full backlog is a failure. */
    if (connect(fd, (const struct sockaddr *)&l->address, sizeof l->address) < 0) {
        close(fd);
        return false;
    }
    l->fd = fd;
    l->generation++;
    return true;
}

bool link_connected(struct link *l, unsigned *generation)
{
    bool connected = ensure(l);

    *generation = l->generation;
    return connected;
}

/* Waits until the socket is ready for events, at most until the given time. */
static bool wait_for(const struct link *l, short events, usec_t until)
{
    for (;;) {
        usec_t left = until - clock_mono();
        struct pollfd p = { .fd = l->fd, .events = events };
        int rc = poll(&p, 1, left > 0 ? (int)((left + 999) / 1000) : 0);
        if (rc > 0) {
            return true;
        }
        if (rc == 0 || errno != EINTR) {
            return false;
        }
    }
}

/* One packet out. until: how long it may wait for room; 0: not at all. A connection that the agent
   has closed meanwhile (restart) shows here and is made anew once. */
static bool transmit(struct link *l, struct wire_msg *m, usec_t until)
{
    m->id = ++l->last_id;
    size_t n = wire_pack(l->out, sizeof l->out, m);
    bool sent = false;

    for (int attempt = 0; n > 0 && attempt < 2 && !sent && ensure(l); attempt++) {
        ssize_t rc = send(l->fd, l->out, n, MSG_NOSIGNAL);
        if (rc < 0 && errno == EAGAIN && until > 0 && wait_for(l, POLLOUT, until)) {
            rc = send(l->fd, l->out, n, MSG_NOSIGNAL);
        }
        sent = rc == (ssize_t)n;
        if (rc < 0 && (errno == EAGAIN || errno == EMSGSIZE)) {
            break; /* alive, but busy or not able to take this one */
        }
        if (!sent) {
            drop(l);
        }
    }
    crypto_wipe(l->out, n); /* it may have held a password */
    return sent;
}

enum got { GOT_NOTHING, GOT_MESSAGE, GOT_END };

/* One packet in, into l->in; never blocks. Drops the link at its end or when it sends nonsense. */
static enum got receive(struct link *l, struct wire_msg *out, size_t *bytes)
{
    ssize_t n = recv(l->fd, l->in, sizeof l->in, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return GOT_NOTHING;
    }
    if (n <= 0 || !wire_unpack(l->in, (size_t)n, out)) {
        drop(l);
        return GOT_END;
    }
    *bytes = (size_t)n;
    return GOT_MESSAGE;
}

static bool comes_by_itself(const struct wire_msg *m)
{
    return m->kind == WIRE_GRANTS || m->kind == WIRE_KICK || m->kind == WIRE_TLS ||
           m->kind == WIRE_STATUS;
}

/* False: too much waits already; the caller drops the link, and whoever watches starts over. */
static bool keep(struct link *l, size_t n)
{
    struct pushed *p = l->pushed_bytes + n > PUSHED_MAX ? NULL : malloc(sizeof *p + n);

    if (p == NULL) {
        return false;
    }
    p->next = NULL;
    p->n = n;
    memcpy(p->packet, l->in, n);
    if (l->last != NULL) {
        l->last->next = p;
    } else {
        l->first = p;
    }
    l->last = p;
    l->pushed_bytes += n;
    return true;
}

bool link_call(struct link *l, struct wire_msg *m, struct wire_msg *answer, int deadline_ms)
{
    usec_t until = clock_mono() + (usec_t)deadline_ms * 1000;

    if (!transmit(l, m, until)) {
        return false;
    }
    while (clock_mono() < until) { /* also when other messages keep coming */
        size_t n = 0;
        enum got got = wait_for(l, POLLIN, until) ? receive(l, answer, &n) : GOT_END;
        if (got == GOT_END) {
            break;
        }
        if (got == GOT_MESSAGE && answer->id == m->id && answer->kind != WIRE_KICK) {
            return true;
        }
        /* Anything else that was not pushed is the late answer to a call given up. */
        if (got == GOT_MESSAGE && comes_by_itself(answer) && !keep(l, n)) {
            break;
        }
    }
    drop(l);
    return false;
}

bool link_send(struct link *l, struct wire_msg *m)
{
    return transmit(l, m, 0);
}

bool link_poll(struct link *l, struct wire_msg *out)
{
    free(l->given);
    l->given = l->first;
    if (l->given != NULL) {
        l->first = l->given->next;
        l->last = l->first == NULL ? NULL : l->last;
        l->pushed_bytes -= l->given->n;
        return wire_unpack(l->given->packet, l->given->n, out);
    }
    size_t n;
    while (l->fd >= 0 && receive(l, out, &n) == GOT_MESSAGE) {
        if (comes_by_itself(out)) {
            return true;
        }
    }
    return false;
}

struct verified link_verify(struct link *l, struct str origin, struct str address,
                            struct str username, struct str password, int wait_ms)
{
    struct verified v = { .verdict = VERDICT_DOWN };
    char wait[16];
    int n = snprintf(wait, sizeof wait, "%d", wait_ms);
    struct wire_msg ask = {
        .kind = WIRE_VERIFY,
        .n = 5,
        .field = { origin, address, username, password, { wait, (size_t)n } },
    };
    struct wire_msg answer;
    int64_t verdict;

    if (!link_call(l, &ask, &answer, wait_ms + SLACK_MS) || answer.kind != WIRE_VERDICT ||
        answer.n < 3 || num_json_int(answer.field[0], &verdict) != NUM_OK ||
        num_json_int(answer.field[1], &v.user_id) != NUM_OK || verdict < VERDICT_NO ||
        verdict > VERDICT_BUSY) {
        return (struct verified){ .verdict = VERDICT_DOWN };
    }
    v.verdict = (enum verdict)verdict;
    v.is_staff = str_find(answer.field[2], 's', 0) != SIZE_MAX;
    v.is_superuser = str_find(answer.field[2], 'u', 0) != SIZE_MAX;
    return v;
}
