#include "feed.h"

#include "db/account.h"
#include "db/events.h"
#include "db/locations.h"
#include "db/login.h"
#include "db/sight.h"
#include "lib/area.h"
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
    /* Of a position: what is known of it to see who may, and as what it is told who may see areas
       alone (NULL: nobody). */
    int64_t location_id; /* 0: it is none */
    usec_t fix;
    struct frame *area;
};

/* Who hears of a device. */
struct audience {
    int64_t device_id;
    int64_t *users; /* of all of it */
    size_t users_n;
    struct onlooker *onlookers; /* within limits */
    size_t onlookers_n;
};

struct round {
    struct feed *feed;
    struct event events[TOLD_KINDS * ROUND_ROWS];
    size_t n;
    int64_t last[TOLD_KINDS];
    usec_t at[TOLD_KINDS]; /* of the kind's last event */
    size_t rows[TOLD_KINDS];
    bool limited;        /* somebody sees something within limits: else nothing is asked for that */
    int64_t area_device; /* the device looked at last */
    bool area;           /* somebody sees it as areas */
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

/* What cannot be read is nobody. */
static void read_onlookers(struct feed *f, int64_t device_id, struct audience *a)
{
    if (db_sight_audience(f->db, f->arena, device_id, &a->onlookers, &a->onlookers_n) != DB_OK) {
        a->onlookers_n = 0;
    }
}

/* Of the device, read anew when it is another one than before; 0: nobody. */
static void read_audience(const struct round *r, int64_t device_id, struct audience *a)
{
    struct feed *f = r->feed;

    if (a->device_id == device_id) {
        return;
    }
    *a = (struct audience){ .device_id = device_id };
    if (device_id == 0) {
        return;
    }
    if (db_device_audience(f->db, f->arena, device_id, &a->users, &a->users_n) != DB_OK) {
        a->users_n = 0;
    }
    if (r->limited) {
        read_onlookers(f, device_id, a);
    }
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
        r->events[r->n++] =
            (struct event){ .at = r->at[kind], .device_id = device_id, .frame = frame };
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

static bool is_seen_as_area(struct round *r, int64_t device_id)
{
    if (r->limited && r->area_device != device_id) {
        struct audience a = { 0 };
        read_onlookers(r->feed, device_id, &a);
        r->area_device = device_id;
        r->area = false;
        for (size_t i = 0; i < a.onlookers_n; i++) {
            r->area = r->area || a.onlookers[i].sight.area;
        }
    }
    return r->limited && r->area;
}

/* The same event as an area; NULL: without memory nobody hears of it. */
static struct frame *area_frame(struct round *r, const struct location *l)
{
    struct json j = begin_event(r);
    struct location area = *l;
    struct frame *frame;

    area_location(&area);
    represent_location_event(&j, &area);
    frame = buf_ok(j.out) ? frame_new(buf_view(j.out)) : NULL;
    buf_clear(j.out);
    return frame;
}

static bool location_row(void *ctx, const struct location *l)
{
    struct round *r = ctx;
    size_t n = r->n;

    struct frame *area = is_seen_as_area(r, l->device_id) ? area_frame(r, l) : NULL;
    struct json j = begin_event(r);
    represent_location_event(&j, l);
    bool more = add_event(r, TOLD_LOCATION, l->id, l->received_at, l->device_id);
    if (r->n > n) {
        r->events[n].location_id = l->id;
        r->events[n].fix = l->timestamp;
        r->events[n].area = area;
    } else {
        frame_release(area);
    }
    return more;
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

/* To those who see the device within limits: each the exact or the blurred form, or nothing. */
static void tell_onlookers(const struct event *e, const struct audience *a, struct hub *h,
                           hub_touch_fn *touched)
{
    for (size_t i = 0; i < a->onlookers_n; i++) {
        const struct onlooker *o = &a->onlookers[i];
        struct frame *frame = e->location_id != 0 && o->sight.area ? e->area : e->frame;
        bool shown = e->location_id == 0 || sight_shows(&o->sight, e->location_id, e->fix);
        if (shown && frame != NULL) {
            hub_publish(h, frame, false, &o->user_id, 1, touched);
        }
    }
}

static void tell(struct round *r, struct hub *h, hub_touch_fn *touched)
{
    struct audience a = { 0 };

    sort_events(r);
    for (size_t i = 0; i < r->n; i++) {
        struct event *e = &r->events[i];
        read_audience(r, e->device_id, &a); /* staff hear of it all the same */
        hub_publish(h, e->frame, true, a.users, a.users_n, touched);
        tell_onlookers(e, &a, h, touched);
        frame_release(e->frame);
        frame_release(e->area);
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
        r.limited = db_sight_limits(f->db, &r.limited) != DB_OK || r.limited;
        memcpy(r.last, f->last, sizeof r.last);
        gather(f, &r);
        tell(&r, h, touched);
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
