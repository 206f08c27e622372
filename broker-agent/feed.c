#include "feed.h"

#include "db/account.h"
#include "db/locations.h"
#include "db/login.h"
#include "lib/log.h"
#include "lib/represent.h"
#include "lib/weburl.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_MAX (128 * 1024) /* a location with many regions */
#define ROUND_CAP (4u * 1024 * 1024)
#define ROUND_ROWS 200 /* rows a query: bounds memory, others get their turn */

struct feed {
    const struct agent *agent;
    struct db *db;
    struct arena *arena; /* of one round or one look-up */
    struct buf event;
    int64_t last_location, last_message, version;
};

/* One event of a round. */
struct event {
    usec_t at;
    int64_t device_id;
    struct frame *frame;
};

struct round {
    struct feed *feed;
    struct event events[2 * ROUND_ROWS];
    size_t n;
    int64_t last_location, last_message;
    size_t locations, messages;
};

struct feed *feed_new(const struct agent *agent)
{
    struct feed *f = calloc(1, sizeof *f);

    if (f == NULL) {
        log_event(LOG_LVL_ERROR, "out_of_memory", NULL);
        exit(1);
    }
    f->agent = agent;
    f->db = agent_open_db(agent, DB_WORKER);
    f->arena = arena_new(ROUND_CAP);
    buf_init(&f->event, EVENT_MAX);
    return f;
}

void feed_skip(struct feed *f)
{
    if (db_location_last_id(f->db, &f->last_location) == DB_FAIL ||
        db_message_last_id(f->db, &f->last_message) == DB_FAIL) {
        log_event(LOG_LVL_ERROR, "feed_unreadable", NULL);
    }
    db_request_end(f->db);
}

void feed_free(struct feed *f)
{
    buf_free(&f->event);
    db_close(f->db);
    arena_free(f->arena);
    free(f);
}

bool feed_changed(struct feed *f)
{
    int64_t version = db_data_version(f->db);
    bool changed = version != f->version;

    f->version = version;
    return changed;
}

static void add_event(struct round *r, usec_t at, int64_t device_id)
{
    struct buf *b = &r->feed->event;
    struct frame *frame = buf_ok(b) ? frame_new(buf_view(b)) : NULL;

    if (frame == NULL) {
        log_warning("event_lost", LOG_I("device", device_id));
    } else {
        r->events[r->n++] = (struct event){ at, device_id, frame };
    }
    buf_clear(b);
}

static bool location_row(void *ctx, const struct location *l)
{
    struct round *r = ctx;
    struct json j;

    json_init(&j, &r->feed->event, JSON_COMPACT);
    represent_location_event(&j, l);
    add_event(r, l->received_at, l->device_id);
    r->last_location = l->id;
    r->locations++;
    return true;
}

static bool offline_row(void *ctx, int64_t id, int64_t device_id, struct str device_key,
                        struct str device_name, usec_t at)
{
    struct round *r = ctx;
    struct json j;

    json_init(&j, &r->feed->event, JSON_COMPACT);
    represent_offline_event(&j, device_name, device_key, at);
    add_event(r, at, device_id);
    r->last_message = id;
    r->messages++;
    return r->messages < ROUND_ROWS;
}

/* Both lists came in their own order; together they are told by time (stable: each list keeps its
 * own). */
static void sort_events(struct round *r)
{
    for (size_t i = 1; i < r->n; i++) {
        struct event e = r->events[i];
        size_t k = i;
        while (k > 0 && r->events[k - 1].at > e.at) {
            r->events[k] = r->events[k - 1];
            k--;
        }
        r->events[k] = e;
    }
}

static void tell(struct feed *f, struct round *r, struct hub *h, hub_touch_fn *touched)
{
    int64_t device = 0, *users = NULL;
    size_t n = 0;

    if (r->messages > 0 && r->locations > 0) {
        sort_events(r);
    }
    for (size_t i = 0; i < r->n; i++) {
        struct event *e = &r->events[i];
        if (e->device_id != device) {
            device = e->device_id;
            if (db_device_audience(f->db, f->arena, device, &users, &n) != DB_OK) {
                n = 0; /* staff hear of it all the same */
            }
        }
        hub_publish(h, e->frame, users, n, touched);
        frame_release(e->frame);
    }
}

void feed_run(struct feed *f, struct hub *h, hub_touch_fn *touched)
{
    static struct round r; /* one live thread; too large for its stack */

    do {
        memset(&r, 0, sizeof r);
        r.feed = f;
        r.last_location = f->last_location;
        r.last_message = f->last_message;
        if (db_location_feed(f->db, f->last_location, ROUND_ROWS, location_row, &r) == DB_FAIL ||
            db_offline_feed(f->db, f->last_message, offline_row, &r) == DB_FAIL) {
            log_event(LOG_LVL_ERROR, "feed_failed", NULL);
        }
        tell(f, &r, h, touched);
        f->last_location = r.last_location;
        f->last_message = r.last_message;
        db_request_end(f->db);
        arena_reset(f->arena);
    } while (r.locations == ROUND_ROWS || r.messages == ROUND_ROWS);
}

/* The good user of a session key. */
static bool look_up(struct feed *f, struct str key, struct user *out)
{
    bool ok =
        db_login_of_session(f->db, f->arena, f->agent->secret_key, key, clock_now(), out) == DB_OK;

    db_request_end(f->db);
    return ok;
}

bool feed_identify(struct feed *f, struct str cookie, struct hub_socket *s)
{
    struct user u;
    struct str key =
        str_is_null(cookie) ? STR_NULL : cookie_get(f->arena, cookie, STR("sessionid"));
    bool ok =
        !str_is_null(key) && key.n > 0 && key.n < sizeof s->session_key && look_up(f, key, &u);

    if (ok) {
        s->user_id = u.id;
        s->is_staff = u.is_staff;
        memcpy(s->session_key, key.p, key.n);
    }
    arena_reset(f->arena);
    return ok;
}

bool feed_still_good(struct feed *f, struct hub_socket *s)
{
    struct user u;
    bool ok = look_up(f, str_of(s->session_key), &u) && u.id == s->user_id;

    if (ok) {
        s->is_staff = u.is_staff;
    }
    arena_reset(f->arena);
    return ok;
}
