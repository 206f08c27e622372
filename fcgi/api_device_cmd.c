/* /api/devices/DEVICE/cmd/: commands that wait until the phone is there. */
#include "api.h"
#include "commands.h"
#include "db/commands.h"
#include "db/devices.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/owntracks.h"
#include "places.h"

#define LIST_MAX 100
#define LIFE_DEFAULT INT64_C(86400) /* seconds */
#define LIFE_LEAST INT64_C(60)
#define LIFE_MOST (30 * LIFE_DEFAULT)
#define PAYLOAD_MAX ((size_t)96 * 1024) /* has to fit a message to the agent's broker client */

/* The device of the path, and whether the asker owns it, or may do all that the owner may. A sharer
   may ask where it is, and no more. */
static int find(struct request *r, struct device *d, bool *owner, bool *replied)
{
    int status = api_device_of_path(r, d, replied);

    *owner = status == 0 && !*replied && api_may_change(r, d);
    return status;
}

static void put_command(struct request *r, const struct queued_command *c)
{
    static const char *const states[] = { "queued", "delivered", "confirmed", "expired" };
    struct json *j = &r->reply.json;
    /* What has run out is expired, also before the agent has written that down. */
    enum command_state state =
        c->state == COMMAND_QUEUED && c->expires_at <= r->now ? COMMAND_EXPIRED : c->state;

    json_object(j);
    json_k(j, "id");
    json_int(j, c->id);
    json_k(j, "action");
    json_str(j, c->action);
    json_k(j, "state");
    json_str(j, str_of(states[state]));
    api_put_time(j, "created_at", (struct opt_usec){ true, c->created_at });
    api_put_time(j, "expires_at", (struct opt_usec){ true, c->expires_at });
    api_put_time(j, "delivered_at", c->delivered_at);
    json_k(j, "delivered_via");
    if (c->delivered_via.n > 0) {
        json_str(j, c->delivered_via);
    } else {
        json_null(j);
    }
    api_put_time(j, "confirmed_at", c->confirmed_at);
    json_k(j, "answer");
    json_str(j, c->answer);
    json_end(j);
}

/* ---- reading */

struct listing {
    struct request *r;
    size_t n;
};

static bool add_row(void *ctx, const struct queued_command *c)
{
    struct listing *l = ctx;

    l->n++;
    put_command(l->r, c);
    return buf_ok(&l->r->reply.body);
}

int device_command_list(struct request *r)
{
    struct listing l = { .r = r };
    struct device d;
    bool owner, replied;
    int status = find(r, &d, &owner, &replied);

    if (status != 0 || replied) {
        return status;
    }
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    enum db_rc rc =
        db_command_list(r->app->db, d.id, owner ? 0 : r->who.user.id, 0, LIST_MAX, add_row, &l);
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int device_command_get(struct request *r)
{
    struct listing l = { .r = r };
    struct device d;
    int64_t id;
    bool owner, replied;
    int status = find(r, &d, &owner, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (!api_row_id(r->arg[1], &id) || id == 0) {
        return api_detail(r, 404, STR("No Command matches the given query."));
    }
    reply_prepare(r);
    (void)api_begin(r, 200);
    enum db_rc rc =
        db_command_list(r->app->db, d.id, owner ? 0 : r->who.user.id, id, 1, add_row, &l);
    if (rc == DB_OK && l.n == 0) {
        reply_reset(r);
        return api_detail(r, 404, STR("No Command matches the given query."));
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

/* ---- adding */

/* setWaypoints without any: the owner's places. 0, or a status; *body is what the command is made
   of. */
static int fill_places(struct request *r, const struct device *d, const struct jval **body)
{
    struct jval *own = jval_object(r->arena), *list;

    *body = r->json;
    if (!str_eqz(api_member_text(r, "action"), "setWaypoints") || d->owner_id == 0 ||
        r->json->type != J_OBJECT || jval_getz(r->json, "waypoints") != NULL) {
        return 0;
    }
    int status = places_waypoints(r, d->owner_id, &list);
    if (status == 0 && list->count > 0) {
        jval_set(r->arena, own, STR("waypoints"), list);
        *body = own;
    }
    return status;
}

/* NULL: replied. Else *kind, *life and the message are there. body: what the message is made of. */
static const struct jval *read_request(struct request *r, const struct jval *body, bool owner,
                                       const struct command_kind **kind, int64_t *life)
{
    struct str why = STR(""), action = api_member_text(r, "action");
    const struct jval *expires = r->json == NULL ? NULL : jval_getz(r->json, "expires_in");

    if (r->json != NULL && r->json->type != J_OBJECT) {
        api_not_object(r, r->json);
        return NULL;
    }
    *kind = command_kind(action);
    if (*kind == NULL) {
        api_error(r, 400,
                  arena_printf(r->arena, "action must be one of %.*s",
                               STR_FMT(command_actions(r->arena))));
        return NULL;
    }
    if (!owner && !str_eqz(action, "reportLocation")) {
        api_detail(r, 403,
                   STR("A shared device can be asked to report its location, nothing else."));
        return NULL;
    }
    *life = LIFE_DEFAULT;
    if (expires != NULL && (expires->type != J_INT || jval_py_int(expires, life) != NUM_OK ||
                            *life < LIFE_LEAST || *life > LIFE_MOST)) {
        api_error(r, 400, STR("expires_in must be a number of seconds from 60 to 2592000"));
        return NULL;
    }
    const struct jval *message = command_build(r->arena, *kind, body, r->now, &why);
    if (message == NULL) {
        api_error(r, 400, why);
    }
    return message;
}

static int show_added(struct request *r, const struct queued_command *c, const struct device *d)
{
    log_info("command-queued", LOG_S("by", r->who.user.username), LOG_S("topic", c->topic),
             LOG_S("action", c->action), LOG_I("device", d->id));
    app_wake(r->app, true);
    (void)api_begin(r, 202);
    put_command(r, c);
    return 0;
}

int device_command_add(struct request *r)
{
    const struct command_kind *kind;
    struct device d;
    int64_t life;
    bool owner, replied;
    int status = find(r, &d, &owner, &replied);

    if (status != 0 || replied) {
        return status;
    }
    const struct jval *body = NULL;
    status = r->json != NULL ? fill_places(r, &d, &body) : 0;
    if (status != 0) {
        return status;
    }
    const struct jval *message = read_request(r, body, owner, &kind, &life);
    if (message == NULL) {
        return 0;
    }
    struct str target = command_target(r->arena, d.mqtt_user, d.owner_username, d.device_id), user,
               rest = target;
    (void)str_split(&rest, '/', &user);
    struct queued_command c = {
        .device_id = d.id,
        .created_by = r->who.user.id,
        .action = str_of(kind->action),
        .answer = str_of(kind->answer),
        .target = user,
        .topic = arena_concat(r->arena,
                              (struct str[]){ STR("owntracks/"), target, STR("/cmd"), STR_NULL }),
        .payload = ot_dump(r->arena, message),
        .created_at = r->now,
        .expires_at = r->now + life * USEC_PER_SEC,
        .delivered_via = STR(""),
    };
    if (c.payload.n > PAYLOAD_MAX) {
        return api_error(r, 400, STR("the command is longer than 98304 bytes"));
    }
    enum db_rc rc = db_command_add(r->app->db, &c);
    if (rc == DB_CONFLICT) {
        return api_error(r, 409, STR("50 commands wait for this device already"));
    }
    return rc == DB_OK ? show_added(r, &c, &d) : error_of_db(rc);
}
