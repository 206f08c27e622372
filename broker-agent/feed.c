#include "feed.h"

#include "db/account.h"
#include "db/events.h"
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

/* What is told, each kind from a table of its own. */
enum told { TOLD_LOCATION, TOLD_OFFLINE, TOLD_TRANSITION, TOLD_REGIONS, TOLD_KINDS };

struct feed {
    const struct agent *agent;
    struct db *db;
    struct arena *arena; /* of one round or one look-up */
    struct buf event;
    int64_t last[TOLD_KINDS]; /* ids */
    int64_t version;
};

/* One event of a round. */
struct event {
    usec_t at;
    int64_t device_id; /* its owner and whom it is shared with hear of it; 0: staff alone */
    struct frame *frame;
};

struct round {
    struct feed *feed;
    struct event events[TOLD_KINDS * ROUND_ROWS];
    size_t n;
    int64_t last[TOLD_KINDS];
    usec_t at[TOLD_KINDS]; /* of the kind's last event */
    size_t rows[TOLD_KINDS];
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
    if (db_location_last_id(f->db, &f->last[TOLD_LOCATION]) == DB_FAIL ||
        db_message_last_id(f->db, &f->last[TOLD_OFFLINE]) == DB_FAIL ||
        db_transition_last_id(f->db, &f->last[TOLD_TRANSITION]) == DB_FAIL ||
        db_region_news_last_id(f->db, &f->last[TOLD_REGIONS]) == DB_FAIL) {
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

/* Ends the event that was begun with begin_event. False when the kind has had its share. */
static bool add_event(struct round *r, enum told kind, int64_t id, usec_t at, int64_t device_id)
{
    struct buf *b = &r->feed->event;
    struct frame *frame = buf_ok(b) ? frame_new(buf_view(b)) : NULL;

    /* Rows of one kind keep their order, whatever their writer's clock said. */
    r->at[kind] = at > r->at[kind] ? at : r->at[kind];
    if (frame == NULL) {
        log_warning("event_lost", LOG_I("kind", kind), LOG_I("row", id));
    } else {
        r->events[r->n++] = (struct event){ r->at[kind], device_id, frame };
    }
    buf_clear(b);
    r->last[kind] = id;
    return ++r->rows[kind] < ROUND_ROWS;
}

static struct json begin_event(struct round *r)
{
    struct json j;

    json_init(&j, &r->feed->event, JSON_COMPACT);
    return j;
}

static bool location_row(void *ctx, const struct location *l)
{
    struct json j = begin_event(ctx);

    represent_location_event(&j, l);
    return add_event(ctx, TOLD_LOCATION, l->id, l->received_at, l->device_id);
}

static bool offline_row(void *ctx, int64_t id, int64_t device_id, struct str device_key,
                        struct str device_name, usec_t at)
{
    struct json j = begin_event(ctx);

    represent_offline_event(&j, device_name, device_key, at);
    return add_event(ctx, TOLD_OFFLINE, id, at, device_id);
}

static bool transition_row(void *ctx, const struct transition *t)
{
    struct json j = begin_event(ctx);

    represent_transition_event(&j, t);
    return add_event(ctx, TOLD_TRANSITION, t->id, t->received_at, 0);
}

static bool regions_row(void *ctx, const struct region_news *n)
{
    struct json j = begin_event(ctx);

    represent_regions_event(&j, n->device, n->count);
    return add_event(ctx, TOLD_REGIONS, n->id, n->received_at, 0);
}

/* Each list came in its own order; together they are told by time (stable: each keeps its own). */
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

    sort_events(r);
    for (size_t i = 0; i < r->n; i++) {
        struct event *e = &r->events[i];
        if (e->device_id != device) {
            device = e->device_id;
            n = 0; /* staff hear of it all the same */
            if (device != 0 && db_device_audience(f->db, f->arena, device, &users, &n) != DB_OK) {
                n = 0;
            }
        }
        hub_publish(h, e->frame, users, n, touched);
        frame_release(e->frame);
    }
}

/* A kind that cannot be read now is told later. */
static void gather(struct feed *f, struct round *r)
{
    const int64_t *last = f->last;

    if (db_location_feed(f->db, last[TOLD_LOCATION], ROUND_ROWS, location_row, r) == DB_FAIL ||
        db_offline_feed(f->db, last[TOLD_OFFLINE], offline_row, r) == DB_FAIL ||
        db_transition_feed(f->db, last[TOLD_TRANSITION], ROUND_ROWS, transition_row, r) ==
            DB_FAIL ||
        db_region_news_feed(f->db, last[TOLD_REGIONS], ROUND_ROWS, regions_row, r) == DB_FAIL) {
        log_event(LOG_LVL_ERROR, "feed_failed", NULL);
    }
}

static bool has_more(const struct round *r)
{
    for (size_t kind = 0; kind < TOLD_KINDS; kind++) {
        if (r->rows[kind] == ROUND_ROWS) {
            return true;
        }
    }
    return false;
}

void feed_run(struct feed *f, struct hub *h, hub_touch_fn *touched)
{
    static struct round r; /* one live thread; too large for its stack */

    do {
        memset(&r, 0, sizeof r);
        r.feed = f;
        memcpy(r.last, f->last, sizeof r.last);
        gather(f, &r);
        tell(f, &r, h, touched);
        memcpy(f->last, r.last, sizeof r.last);
        db_request_end(f->db);
        arena_reset(f->arena);
    } while (has_more(&r));
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
