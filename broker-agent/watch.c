#include "watch.h"

#include "agent.h"
#include "db/account.h"
#include "lib/buf.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/topic.h"

#include <stdlib.h>
#include <string.h>

#define WATCHES_MAX 16384
#define LINES_MAX (WIRE_MAX / 2 - 1024)

struct watch {
    uint32_t slot;
    char *username; /* heap */
    size_t username_n;
    uint8_t sent[SHA256_LEN]; /* digest of what was sent last */
};

struct watches {
    struct watch *v;
    size_t n, size;
    size_t stale; /* the first so many have to be looked at */
};

/* The text fields of a WIRE_GRANTS message. */
struct grants_text {
    char flags[3];
    struct buf readable, commandable;
};

struct watches *watches_new(void)
{
    struct watches *w = calloc(1, sizeof *w);

    if (w == NULL) {
        log_event(LOG_LVL_ERROR, "out_of_memory", NULL);
        exit(1);
    }
    return w;
}

void watches_free(struct watches *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->v[i].username);
    }
    free(w->v);
    free(w);
}

size_t watches_count(const struct watches *w)
{
    return w->n;
}

static void add_lines(struct buf *out, const struct str *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_str(out, v[i]);
        buf_char(out, '\n');
    }
}

/* False when the database cannot be read now: nothing is known, nothing is sent. */
static bool read_grants(struct db *db, struct arena *a, struct str username, struct grants_text *t)
{
    struct topic_grants g = { 0 };
    enum db_rc rc = DB_OK;

    if (str_eq(username, AGENT_MQTT_USER)) {
        g.active = g.superuser = true;
    } else {
        rc = db_user_grants(db, a, username, &g);
    }
    if (rc == DB_FAIL || rc == DB_BUSY) {
        return false;
    }
    size_t f = 0;
    if (g.active) {
        t->flags[f++] = 'a';
    }
    if (g.superuser) {
        t->flags[f++] = 'u';
    }
    t->flags[f] = '\0';
    add_lines(&t->readable, g.readable, g.readable_count);
    add_lines(&t->commandable, g.commandable, g.commandable_count);
    if (!buf_ok(&t->readable) || !buf_ok(&t->commandable)) {
        log_error("grants_too_large", LOG_S("user", username));
        return false;
    }
    return true;
}

static void digest_of(const struct grants_text *t, uint8_t out[SHA256_LEN])
{
    uint8_t parts[3 * SHA256_LEN];

    crypto_sha256(str_of(t->flags), parts);
    crypto_sha256(buf_view(&t->readable), parts + SHA256_LEN);
    crypto_sha256(buf_view(&t->commandable), parts + 2 * SHA256_LEN);
    crypto_sha256((struct str){ (const char *)parts, sizeof parts }, out);
}

/* Sends the grants of w when they differ from what was sent, or always with force. */
static void tell(struct watch *w, struct db *db, struct arena *a, uint32_t id, bool force,
                 watch_send_fn *send, void *ctx)
{
    struct grants_text t = { .flags = "" };
    struct str username = { w->username, w->username_n };
    uint8_t digest[SHA256_LEN];

    buf_init(&t.readable, LINES_MAX);
    buf_init(&t.commandable, LINES_MAX);
    if (read_grants(db, a, username, &t)) {
        digest_of(&t, digest);
        if (force || memcmp(digest, w->sent, sizeof digest) != 0) {
            struct wire_msg m = { .kind = WIRE_GRANTS,
                                  .id = id,
                                  .n = 4,
                                  .field = { username, str_of(t.flags), buf_view(&t.readable),
                                             buf_view(&t.commandable) } };
            memcpy(w->sent, digest, sizeof digest);
            send(ctx, w->slot, &m);
        }
    }
    buf_free(&t.readable);
    buf_free(&t.commandable);
}

static struct watch *find(struct watches *w, uint32_t slot, struct str username)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->v[i].slot == slot &&
            str_eq((struct str){ w->v[i].username, w->v[i].username_n }, username)) {
            return &w->v[i];
        }
    }
    return NULL;
}

static bool append(struct watches *w, uint32_t slot, struct str username)
{
    if (w->n == WATCHES_MAX) {
        return false;
    }
    if (w->n == w->size) {
        size_t size = w->size == 0 ? 64 : w->size * 2;
        struct watch *v = realloc(w->v, size * sizeof *v);
        if (v == NULL) {
            return false;
        }
        w->v = v;
        w->size = size;
    }
    char *copy = malloc(username.n + 1);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, username.p, username.n);
    w->v[w->n++] = (struct watch){ .slot = slot, .username = copy, .username_n = username.n };
    return true;
}

bool watches_add(struct watches *w, struct db *db, struct arena *a, uint32_t slot,
                 struct str username, uint32_t id, watch_send_fn *send, void *ctx)
{
    struct watch *one = find(w, slot, username);

    if (one == NULL) {
        if (!append(w, slot, username)) {
            return false;
        }
        one = &w->v[w->n - 1];
    }
    tell(one, db, a, id, true, send, ctx);
    return true;
}

bool watches_begin(struct watches *w, struct db *db, struct arena *a, uint32_t slot,
                   struct str username, watch_send_fn *send, void *ctx)
{
    return find(w, slot, username) != NULL || watches_add(w, db, a, slot, username, 0, send, ctx);
}

void watches_stale(struct watches *w)
{
    w->stale = w->n;
}

bool watches_pending(const struct watches *w)
{
    return w->stale > 0;
}

void watches_step(struct watches *w, struct db *db, struct arena *a, size_t most,
                  watch_send_fn *send, void *ctx)
{
    /* From behind: a send that fails forgets the slot, which only moves entries further back. */
    for (; most > 0 && w->stale > 0; most--) {
        if (--w->stale < w->n) {
            tell(&w->v[w->stale], db, a, 0, false, send, ctx);
            arena_reset(a);
        }
    }
}

void watches_forget(struct watches *w, uint32_t slot)
{
    for (size_t i = w->n; i-- > 0;) {
        if (w->v[i].slot == slot) {
            free(w->v[i].username);
            w->v[i] = w->v[--w->n];
        }
    }
}
