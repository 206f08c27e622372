/* The agent's unix socket: verdicts, grants, publishing, health. One thread, epoll, no waiting
   anywhere: what takes time is in the verifier's pool or in the broker client. */
#include "agent.h"
#include "db/account.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/weburl.h"
#include "lib/wire.h"
#include "status.h"
#include "tls.h"
#include "verify.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define REQUEST_CAP (1024 * 1024)
#define GRANTS_EVERY (2 * USEC_PER_SEC) /* the promise is 5 s */
#define GRANTS_AT_ONCE 32               /* some milliseconds */
#define FULL_EVERY (60 * USEC_PER_SEC)

struct connection {
    int fd;              /* -1: free */
    uint32_t generation; /* grows with each use of the slot */
    bool wants_tls;      /* the broker's plugin: hears of certificates */
};

/* Who asked for a verification. */
struct asker {
    uint32_t slot, generation, id;
    /* The broker's plugin will want this user's grants next. Others: "". */
    size_t watched_n;
    char watched[];
};

struct server {
    const struct agent *agent;
    struct db *db;
    struct arena *arena;
    struct verifier *verifier;
    struct watches *watches;
    int listener, epoll;
    struct connection connection[CONNECTIONS_MAX];
    usec_t next_grants, next_full;
    int64_t seen_version, seen_rights;
    struct status status;
    unsigned tls_told; /* generation of the news that all have heard */
    uint8_t packet[WIRE_MAX + 1], reply[WIRE_MAX];
};

static int wake_fd = -1; /* set before any thread that wakes is started */

void server_wake(void)
{
    uint64_t one = 1;

    if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0) {
        /* full: it is awake already */
    }
}

/* The verifier calls back with the asker alone; the one server of the process is here. */
static struct server *the_server;

static void drop(struct server *s, uint32_t slot)
{
    struct connection *c = &s->connection[slot];

    watches_forget(s->watches, slot);
    status_forget(&s->status, slot);
    close(c->fd);
    c->fd = -1;
    c->generation++;
}

static void send_to(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    size_t n = wire_pack(s->reply, sizeof s->reply, m);

    if (n == 0) {
        log_error("reply_too_large", LOG_I("kind", m->kind));
        return;
    }
    if (send(s->connection[slot].fd, s->reply, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n) {
        drop(s, slot); /* a peer that does not read is gone or broken; it will connect again */
    }
}

static void done_reply(struct server *s, uint32_t slot, uint32_t id, bool ok)
{
    struct wire_msg m = {
        .kind = WIRE_DONE, .id = id, .n = 1, .field = { ok ? STR("ok") : STR("down") }
    };

    send_to(s, slot, &m);
}

/* ---------------------------------------------------------------- verification */

static void verdict_reply(struct server *s, const struct asker *a, enum verdict verdict,
                          const struct user *u)
{
    char number[24], id[24], flags[3];
    size_t f = 0;
    int n = snprintf(number, sizeof number, "%d", (int)verdict);
    int i = snprintf(id, sizeof id, "%lld", u != NULL ? (long long)u->id : 0LL);

    if (u != NULL && u->is_staff) {
        flags[f++] = 's';
    }
    if (u != NULL && u->is_superuser) {
        flags[f++] = 'u';
    }
    struct wire_msg m = { .kind = WIRE_VERDICT,
                          .id = a->id,
                          .n = 3,
                          .field = { { number, (size_t)n }, { id, (size_t)i }, { flags, f } } };
    send_to(s, a->slot, &m);
}

static bool is_there(const struct server *s, const struct asker *a)
{
    return s->connection[a->slot].fd >= 0 && s->connection[a->slot].generation == a->generation;
}

static void send_ctx(void *ctx, uint32_t slot, const struct wire_msg *m)
{
    send_to(ctx, slot, m);
}

/* Grants go first: the plugin has them when it has the verdict, and need not ask. */
static void verified(void *waiter, enum verdict verdict, const struct user *u)
{
    struct asker *a = waiter;
    struct server *s = the_server;

    if (a->watched_n > 0 && verdict == VERDICT_OK && is_there(s, a)) {
        (void)watches_begin(s->watches, s->db, s->arena, a->slot,
                            (struct str){ a->watched, a->watched_n }, send_ctx, s);
    }
    if (is_there(s, a)) {
        verdict_reply(s, a, verdict, u);
    }
    free(a);
}

/* Our own broker client proves itself with the password that only this process knows. */
static void verify_ourselves(struct server *s, const struct asker *a, struct str password)
{
    struct user self = { .is_superuser = true };
    bool ok = crypto_equal(password, str_of(s->agent->mqtt_password));

    verdict_reply(s, a, ok ? VERDICT_OK : VERDICT_NO, ok ? &self : NULL);
}

/* fields: origin, address, username, password, wait */
static void on_verify(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    struct asker now = { slot, s->connection[slot].generation, m->id, 0 };
    struct user u = { 0 };
    int64_t wait_ms = 0;

    if (m->n < 5 || num_py_int(m->field[4], &wait_ms) != NUM_OK || wait_ms < 0 || wait_ms > 60000) {
        drop(s, slot);
        return;
    }
    if (str_eq(m->field[2], AGENT_MQTT_USER)) {
        verify_ourselves(s, &now, m->field[3]);
        return;
    }
    enum db_rc rc = db_user_by_name(s->db, s->arena, m->field[2], &u);
    size_t watched_n = str_eqz(m->field[0], "mqtt") ? m->field[2].n : 0;
    struct asker *a = malloc(sizeof *a + watched_n);
    if (a == NULL || rc == DB_FAIL || rc == DB_BUSY) {
        free(a);
        verdict_reply(s, &now, VERDICT_BUSY, NULL);
        return;
    }
    *a = now;
    a->watched_n = watched_n;
    memcpy(a->watched, m->field[2].p, watched_n);
    struct verify_request r = {
        .address = m->field[1],
        .username = m->field[2],
        .password = m->field[3],
        .user = rc == DB_OK ? &u : NULL,
        .wait_ms = (int)wait_ms,
        .waiter = a,
    };
    verifier_ask(s->verifier, &r, verified);
}

/* ---------------------------------------------------------------- the other kinds */

static void on_watch(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    if (m->n < 1 ||
        !watches_add(s->watches, s->db, s->arena, slot, m->field[0], m->id, send_ctx, s)) {
        drop(s, slot);
    }
}

/* fields: topic, payload, qos, retain */
static void on_publish(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    int64_t qos = -1;

    if (m->n < 4 || num_py_int(m->field[2], &qos) != NUM_OK || qos < 0 || qos > 2) {
        drop(s, slot);
        return;
    }
    bool retain = str_eq(m->field[3], STR("1"));
    done_reply(s, slot, m->id, mqtt_publish(m->field[0], m->field[1], (int)qos, retain));
}

static void on_health(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    done_reply(s, slot, m->id, mqtt_connected());
}

static void send_tls(struct server *s, uint32_t slot, struct str stamp, struct str revoked)
{
    struct wire_msg m = { .kind = WIRE_TLS, .n = 2, .field = { stamp, revoked } };

    send_to(s, slot, &m);
}

static void on_tls(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    unsigned none = 0;
    struct str stamp, revoked;

    (void)m;
    s->connection[slot].wants_tls = true;
    if (tls_news(&none, s->arena, &stamp, &revoked)) {
        send_tls(s, slot, stamp, revoked);
    }
}

static void tell_tls(struct server *s)
{
    struct str stamp, revoked;

    if (!tls_news(&s->tls_told, s->arena, &stamp, &revoked)) {
        return;
    }
    for (uint32_t slot = 0; slot < CONNECTIONS_MAX; slot++) {
        if (s->connection[slot].fd >= 0 && s->connection[slot].wants_tls) {
            send_tls(s, slot, stamp, revoked);
        }
    }
    arena_reset(s->arena);
}

/* fields: topic and payload of a command that was handed over, or the user who listens */
static void on_told(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    (void)s, (void)slot;
    if (m->n >= 2) {
        commands_taken(m->field[0], m->field[1]);
    } else if (m->n == 1) {
        commands_listens(m->field[0]);
    }
}

static void answer_status(struct server *s, struct str broker)
{
    status_answer(&s->status, s->agent, s->arena, broker, send_ctx, s);
}

/* False: no plugin is connected. */
static bool ask_plugin(struct server *s)
{
    struct wire_msg m = { .kind = WIRE_STATUS };
    bool any = false;

    for (uint32_t slot = 0; slot < CONNECTIONS_MAX; slot++) {
        if (s->connection[slot].fd >= 0 && s->connection[slot].wants_tls) {
            send_to(s, slot, &m);
            any = true;
        }
    }
    return any;
}

/* Somebody asks, or the plugin answers. */
static void on_status(struct server *s, uint32_t slot, const struct wire_msg *m)
{
    if (m->n > 0 && s->connection[slot].wants_tls) {
        answer_status(s, m->field[0]);
        return;
    }
    if (status_full(&s->status)) {
        answer_status(s, STR(""));
    }
    if (status_add(&s->status, slot, m->id, clock_mono()) && !ask_plugin(s)) {
        answer_status(s, STR(""));
    }
}

static const struct {
    enum wire_kind kind;
    void (*handle)(struct server *, uint32_t slot, const struct wire_msg *);
} kinds[] = {
    { WIRE_VERIFY, on_verify }, { WIRE_WATCH, on_watch }, { WIRE_PUBLISH, on_publish },
    { WIRE_HEALTH, on_health }, { WIRE_TLS, on_tls },     { WIRE_TOLD, on_told },
    { WIRE_STATUS, on_status },
};

/* All packets that wait on one connection. */
static void serve_connection(struct server *s, uint32_t slot)
{
    uint32_t generation = s->connection[slot].generation;

    while (s->connection[slot].fd >= 0 && s->connection[slot].generation == generation) {
        struct wire_msg m;
        ssize_t n = recv(s->connection[slot].fd, s->packet, sizeof s->packet, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (n <= 0 || n > WIRE_MAX || !wire_unpack(s->packet, (size_t)n, &m)) {
            drop(s, slot);
            return;
        }
        size_t k = 0;
        while (k < sizeof kinds / sizeof kinds[0] && kinds[k].kind != m.kind) {
            k++;
        }
        if (k == sizeof kinds / sizeof kinds[0]) {
            drop(s, slot);
            return;
        }
        kinds[k].handle(s, slot, &m);
        crypto_wipe(s->packet, (size_t)n); /* it held a password */
        db_request_end(s->db);
        arena_reset(s->arena);
    }
}

static void accept_all(struct server *s)
{
    int fd;

    while ((fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        uint32_t slot = 0;
        while (slot < CONNECTIONS_MAX && s->connection[slot].fd >= 0) {
            slot++;
        }
        struct epoll_event e = { .events = EPOLLIN, .data.u32 = slot };
        if (slot == CONNECTIONS_MAX || epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) < 0) {
            log_warning("connection_refused", LOG_I("open", slot));
            close(fd);
            continue;
        }
        s->connection[slot].fd = fd;
        s->connection[slot].wants_tls = false;
    }
}

/* ---------------------------------------------------------------- setting up and running */

enum { MARK_LISTENER = CONNECTIONS_MAX, MARK_WAKE };

static void add_mark(int epoll, int fd, uint32_t mark)
{
    struct epoll_event e = { .events = EPOLLIN, .data.u32 = mark };

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0) {
        log_error("epoll_failed", LOG_I("errno", errno));
        exit(1);
    }
}

static struct server *server_new(const struct agent *agent)
{
    struct server *s = calloc(1, sizeof *s);

    if (s == NULL) {
        exit(1);
    }
    s->agent = agent;
    s->db = agent_open_db(agent, DB_WORKER);
    s->arena = arena_new(REQUEST_CAP);
    s->verifier = verifier_new(
        agent->iterations,
        (unsigned)(sysconf(_SC_NPROCESSORS_ONLN) > 1 ? sysconf(_SC_NPROCESSORS_ONLN) - 1 : 1));
    s->watches = watches_new();
    s->listener = agent_socket(agent, "agent.sock", SOCK_SEQPACKET | SOCK_NONBLOCK);
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->listener < 0 || s->epoll < 0 || wake_fd < 0) {
        log_error("agent_socket_failed", LOG_Z("run_dir", agent->run_dir), LOG_I("errno", errno));
        exit(1);
    }
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        s->connection[i].fd = -1;
    }
    add_mark(s->epoll, s->listener, MARK_LISTENER);
    add_mark(s->epoll, wake_fd, MARK_WAKE);
    the_server = s;
    return s;
}

/* Shares, friends and active users change in the table, by whoever writes it, and a share ends
   without any change. Without our triggers (a Django migration has just removed them) nothing
   counts the changes: now and then all are looked at. */
static bool rights_changed(struct server *s, usec_t now)
{
    int64_t version = db_data_version(s->db), rights = s->seen_rights;

    if (db_grants_version(s->db, &rights) != DB_OK ||
        (rights == s->seen_rights && (version == s->seen_version || now < s->next_full))) {
        return false;
    }
    s->seen_version = version;
    s->seen_rights = rights;
    s->next_full = now + FULL_EVERY;
    return true;
}

/* A few at a time: phones that log in do not wait for all. */
static void refresh_grants(struct server *s, usec_t now)
{
    if (now >= s->next_grants && watches_count(s->watches) > 0) {
        s->next_grants = now + GRANTS_EVERY;
        if (rights_changed(s, now)) {
            watches_stale(s->watches);
        }
        db_request_end(s->db);
    }
    if (watches_pending(s->watches)) {
        watches_step(s->watches, s->db, s->arena, GRANTS_AT_ONCE, send_ctx, s);
        db_request_end(s->db);
    }
}

static int poll_timeout(const struct server *s, usec_t now)
{
    usec_t next = watches_pending(s->watches) ? now : verifier_next_deadline(s->verifier);

    if (watches_count(s->watches) > 0 && s->next_grants < next) {
        next = s->next_grants;
    }
    if (s->status.n > 0 && s->status.until < next) {
        next = s->status.until;
    }
    if (next == INT64_MAX) {
        return -1;
    }
    return next <= now ? 0 : (int)((next - now) / 1000 + 1);
}

void *server_thread(void *arg)
{
    const struct agent *agent = arg;
    struct server *s = server_new(agent);
    struct epoll_event events[64];

    while (!atomic_load(&agent->stopping)) {
        int n = epoll_wait(s->epoll, events, 64, poll_timeout(s, clock_mono()));
        for (int i = 0; i < n; i++) {
            uint32_t mark = events[i].data.u32;
            uint64_t count;
            if (mark == MARK_LISTENER) {
                accept_all(s);
            } else if (mark == MARK_WAKE) {
                (void)!read(wake_fd, &count, sizeof count);
            } else {
                serve_connection(s, mark);
            }
        }
        verifier_collect(s->verifier, verified);
        refresh_grants(s, clock_mono());
        tell_tls(s);
        if (s->status.n > 0 && clock_mono() >= s->status.until) {
            answer_status(s, STR(""));
            arena_reset(s->arena);
        }
    }
    verifier_free(s->verifier);
    watches_free(s->watches);
    db_close(s->db);
    arena_free(s->arena);
    free(s);
    return NULL;
}
