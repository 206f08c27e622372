/* Administrators: people and places for other programs of the household. */
#include "db/export.h"

#include "api.h"
#include "handlers.h"
#include "lib/represent.h"
#include "lib/unicode.h"
#include "lib/utf8.h"

#define PLACE_ID_MAX 64u
#define PLACE_ID_FROM 1024u /* characters of a name that are looked at */

/* Opens {"source": ..., "KEY": [. */
static void begin(struct request *r, const char *key)
{
    struct json *j;

    reply_prepare(r);
    j = api_begin(r, 200);
    json_object(j);
    json_k(j, "source");
    json_str(j, STR("my-tracks"));
    json_key(j, str_of(key));
    json_array(j);
}

static int end(struct request *r, enum db_rc rc)
{
    json_end(&r->reply.json);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static void put_degrees(struct json *j, const char *key, dec10 v)
{
    json_key(j, str_of(key));
    json_float(j, dec10_double(v));
}

/* ---- people */

static struct str full_name(struct arena *a, const struct export_person *p)
{
    struct str name = utf8_strip(
        arena_concat(a, (struct str[]){ p->first_name, STR(" "), p->last_name, STR_NULL }));

    return name.n > 0 ? name : p->username;
}

static void put_latest(struct json *j, const struct export_person *p)
{
    json_k(j, "latest_location");
    if (!p->located) {
        json_null(j);
        return;
    }
    json_object(j);
    put_degrees(j, "lat", p->latitude);
    put_degrees(j, "lon", p->longitude);
    json_k(j, "accuracy_m");
    if (p->accuracy.set) {
        json_int(j, p->accuracy.v);
    } else {
        json_null(j);
    }
    api_put_time(j, "reported_at", (struct opt_usec){ true, p->reported_at });
    api_put_time(j, "timestamp", (struct opt_usec){ true, p->timestamp });
    json_end(j);
}

static bool person_row(void *ctx, const struct export_person *p)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;
    struct arena *a = r->app->scratch;

    json_object(j);
    json_k(j, "username");
    json_str(j, p->username);
    json_k(j, "display_name");
    json_str(j, full_name(a, p));
    json_k(j, "device_name");
    json_str(j, device_display(a, p->username, p->device_id));
    json_k(j, "enabled");
    json_bool(j, true);
    put_latest(j, p);
    json_end(j);
    arena_reset(a);
    return buf_ok(&r->reply.body);
}

int export_people(struct request *r)
{
    begin(r, "users_with_devices");
    return end(r, db_export_people(r->app->db, person_row, r));
}

/* ---- places */

/* "USER-LABEL" in lower case; each run of what is neither a-z nor 0-9 becomes one "-", but not at
   the ends. */
static struct str place_id(struct arena *a, const struct export_place *p)
{
    struct str name = unicode_lower(
        a, arena_concat(a, (struct str[]){ utf8_head(p->username, PLACE_ID_FROM), STR("-"),
                                           utf8_head(p->label, PLACE_ID_FROM), STR_NULL }));
    char *out = arena_alloc(a, name.n + 1);
    size_t n = 0;
    bool gap = false;

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            gap = n > 0;
            continue;
        }
        if (gap) {
            out[n++] = '-';
        }
        out[n++] = c;
        gap = false;
    }
    return (struct str){ out, n < PLACE_ID_MAX ? n : PLACE_ID_MAX };
}

static bool place_row(void *ctx, const struct export_place *p)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;

    json_object(j);
    json_k(j, "geofence_id");
    json_str(j, place_id(r->app->scratch, p));
    json_k(j, "label");
    json_str(j, p->label);
    put_degrees(j, "center_lat", p->latitude);
    put_degrees(j, "center_lon", p->longitude);
    json_k(j, "radius_m");
    json_int(j, p->radius);
    json_k(j, "enabled");
    json_bool(j, true);
    json_k(j, "owntracks_rid");
    json_str(j, p->rid);
    json_end(j);
    arena_reset(r->app->scratch);
    return buf_ok(&r->reply.body);
}

int export_places(struct request *r)
{
    begin(r, "waypoints");
    return end(r, db_export_places(r->app->db, place_row, r));
}
