/* The map. Its data comes over the API. */
#include "api.h"
#include "db/account.h"
#include "db/device_look.h"
#include "db/friends.h"
#include "db/shares.h"
#include "errors.h"
#include "handlers.h"
#include "templates.h"
#include "web.h"

/* The reference makes a missing row at the first visit. */
static enum db_rc read_quality(struct db *db, struct quality *out)
{
    enum db_rc rc = db_quality(db, out);

    return rc == DB_NONE ? db_quality_set(db, out) : rc;
}

#define COLOURS_MAX 65536u /* bytes; beyond them the interface picks all colours */

/* What rows fill. */
struct filling {
    struct arena *arena;
    struct home_view *view;
};

static bool take_asking(void *ctx, const struct friend_request *f)
{
    struct filling *a = ctx;

    if (a->view->asking++ == 0) {
        a->view->asking_name = arena_dup(a->arena, f->from_user);
    }
    return true;
}

static bool take_colour(void *ctx, int64_t device_id, struct str colour)
{
    struct buf *out = ctx;

    buf_printf(out, "%lld:%.*s,", (long long)device_id, STR_FMT(colour));
    return buf_ok(out);
}

/* "12:#2451d6,13:#c2410c," */
static enum db_rc read_colours(struct request *r, struct str *out)
{
    struct buf text;

    buf_init(&text, COLOURS_MAX);
    enum db_rc rc = db_device_colours(r->app->db, api_viewer(r), take_colour, &text);
    *out = buf_ok(&text) ? arena_dup(r->arena, buf_view(&text)) : STR("");
    buf_free(&text);
    return rc;
}

static bool take_seen(void *ctx, int64_t row_id, int64_t friends, int64_t links)
{
    struct buf *out = ctx;

    buf_printf(out, "%lld:%lld:%lld,", (long long)row_id, (long long)friends, (long long)links);
    return buf_ok(out);
}

/* "12:2:1,13:0:1," */
static enum db_rc read_seen(struct request *r, struct str *out)
{
    struct buf text;

    buf_init(&text, COLOURS_MAX);
    enum db_rc rc = db_shares_seen(r->app->db, r->who.user.id, take_seen, &text);
    *out = buf_ok(&text) ? arena_dup(r->arena, buf_view(&text)) : STR("");
    buf_free(&text);
    return rc;
}

int home_page(struct request *r)
{
    const struct config *c = r->app->config;
    struct home_view view;
    struct quality quality;
    enum db_rc rc = read_quality(r->app->db, &quality);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    view = (struct home_view){
        .page = web_view(r, STR(""), true),
        .tile_url = r->app->tiles.shown,
        .tiles_of_osm = r->app->tiles.of_osm,
        .accuracy_filter = quality.enabled,
        .accuracy_metres = quality.metres,
        .mqtt_port = config_int(c, CFG_MQTT_PORT),
        .mqtt_tls_port = config_int(c, CFG_MQTT_TLS_PORT),
        .geocoder = config_str(c, CFG_GEOCODER_URL).n > 0,
        .asking_name = STR(""),
    };
    rc = db_friend_requests(r->app->db, r->who.user.id, false, take_asking,
                            &(struct filling){ r->arena, &view });
    if (rc == DB_OK) {
        rc = read_colours(r, &view.colours);
    }
    if (rc == DB_OK) {
        rc = read_seen(r, &view.seen);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    web_page(r, 200);
    reply_cache(r, STR("no-cache, no-store, must-revalidate"));
    reply_header(r, "Pragma", STR("no-cache"));
    reply_header(r, "Expires", STR("0"));
    tmpl_home(&r->reply.body, &view);
    return 0;
}
