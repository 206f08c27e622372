#include "web_places.h"

#include "db/devices.h"
#include "db/profile.h"
#include "errors.h"
#include "handlers.h"
#include "templates.h"

#define DEVICES_MAX 500

/* For people: without the zeros that say nothing. */
static struct str coordinate(struct request *r, dec10 v)
{
    char text[DEC10_TEXT];
    size_t n = dec10_short(v, 0, text);

    return arena_dup(r->arena, (struct str){ text, n });
}

int places_views(struct request *r, struct place_view **out, size_t *n)
{
    struct place *rows;
    enum db_rc rc = db_place_list(r->app->db, r->arena, r->who.user.id, &rows, n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    *out = ARENA_ARRAY(r->arena, *n, struct place_view);
    for (size_t i = 0; i < *n; i++) {
        (*out)[i] = (struct place_view){
            .id = rows[i].id,
            .label = rows[i].label,
            .latitude = coordinate(r, rows[i].latitude),
            .longitude = coordinate(r, rows[i].longitude),
            .radius = rows[i].radius,
        };
    }
    return 0;
}

int rules_views(struct request *r, struct rule_view **out, size_t *n)
{
    struct place_rule *rows;
    enum db_rc rc = db_rule_list(r->app->db, r->arena, r->who.user.id, &rows, n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    *out = ARENA_ARRAY(r->arena, *n, struct rule_view);
    for (size_t i = 0; i < *n; i++) {
        (*out)[i] = (struct rule_view){
            .id = rows[i].id,
            .any_place = rows[i].place_id == 0,
            .place = rows[i].place_label,
            .event = rows[i].event,
            .email = rows[i].email,
            .is_active = rows[i].is_active,
        };
    }
    return 0;
}

struct device_gathering {
    struct request *r;
    struct device_view *rows;
    size_t n, room;
};

static bool gather_device(void *ctx, const struct device *d)
{
    struct device_gathering *g = ctx;
    struct arena *a = g->r->arena;

    if (d->owner_id == g->r->who.user.id) {
        g->rows = arena_room(a, g->rows, g->n, &g->room, sizeof *g->rows);
        g->rows[g->n++] = (struct device_view){
            .id = d->id,
            .device_id = arena_dup(a, d->device_id),
            .name = arena_dup(a, d->name.n > 0 ? d->name : d->device_id),
            .last_seen = web_time(g->r, d->last_seen),
        };
    }
    return true;
}

int devices_views(struct request *r, struct device_view **out, size_t *n)
{
    struct device_gathering g = { .r = r };
    struct viewer own = { .user_id = r->who.user.id, .is_staff = false };
    enum db_rc rc = db_device_list(r->app->db, r->arena, own, DEVICES_MAX, 0, gather_device, &g);

    *out = g.rows;
    *n = g.n;
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int read_home(struct request *r, struct places_view *v)
{
    struct profile p;
    enum db_rc rc = db_profile_need(r->app->db, r->arena, r->who.user.id, r->now, &p);

    if (rc == DB_OK && p.has_home) {
        v->home_latitude = arena_printf(r->arena, "%.10f", p.home_latitude);
        v->home_longitude = arena_printf(r->arena, "%.10f", p.home_longitude);
        v->home_label = p.home_label;
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int places_show(struct request *r, int status, const struct notices *notices)
{
    struct places_view v = { .notices = *notices,
                             .tile_url = r->app->tiles.shown,
                             .tiles_of_osm = r->app->tiles.of_osm };
    int failed = places_views(r, &v.places, &v.place_count);

    if (failed == 0) {
        failed = rules_views(r, &v.rules, &v.rule_count);
    }
    if (failed == 0) {
        failed = devices_views(r, &v.devices, &v.device_count);
    }
    if (failed == 0) {
        failed = read_home(r, &v);
    }
    if (failed != 0) {
        return failed;
    }
    v.page = web_view(r, STR("Places"), true);
    web_page(r, status);
    tmpl_places(&r->reply.body, &v);
    return 0;
}

int places_page(struct request *r)
{
    struct notices none = { .n = 0 };

    return places_show(r, 200, &none);
}
