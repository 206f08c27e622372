/* POST /api/commands/: what the reference lets clients tell a phone. */
#include "api.h"
#include "commands.h"
#include "db/devices.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/utf8.h"

/* The device that the body names, for the asker's eyes. */
static int find_device(struct request *r, struct device *d, bool *replied)
{
    struct str key = utf8_strip(api_member_text(r, "device_id")), owner, id = key;
    struct viewer v = api_viewer(r);
    enum db_rc rc = db_device_find(r->app->db, r->arena, v, key, d);

    /* An owner that does not fit: the id alone. */
    if (rc == DB_NONE && str_split(&id, '/', &owner) && id.n > 0) {
        rc = db_device_find(r->app->db, r->arena, v, id, d);
    }
    *replied = rc == DB_NONE || rc == DB_CONFLICT;
    if (*replied) {
        return api_error(r, 400,
                         arena_concat(r->arena, (struct str[]){ STR("Device '"), key,
                                                                STR("' not found"), STR_NULL }));
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int send(struct request *r, const struct device *d, const char *action,
                const struct jval *command, int64_t waypoints)
{
    struct str target = command_target(r->arena, d->mqtt_user, d->owner_username, d->device_id);
    struct json *j;

    if (!command_send(r, target, command)) {
        j = api_begin(r, 503);
        json_object(j);
        json_k(j, "error");
        json_str(j, STR("MQTT broker not available"));
        json_k(j, "detail");
        json_str(j, STR("The command was not sent. Try again in a moment."));
        json_end(j);
        return 0;
    }
    log_info("command", LOG_S("by", r->who.user.username), LOG_S("to", target),
             LOG_Z("action", action));
    j = api_begin(r, 200);
    json_object(j);
    json_k(j, "status");
    json_str(j, STR("command_sent"));
    json_k(j, "device_id");
    json_str(j, target);
    json_k(j, "command");
    json_str(j, str_of(action));
    if (waypoints > 0) {
        json_k(j, "waypoint_count");
        json_int(j, waypoints);
    }
    if (str_eqz(str_of(action), "waypoints")) {
        json_k(j, "note");
        json_str(j, STR("waypoints will be merged when the device responds"));
    }
    json_end(j);
    return 0;
}

/* Replied already when the body is of no use. */
static bool body_ok(struct request *r)
{
    if (r->json != NULL && r->json->type != J_OBJECT) {
        api_not_object(r, r->json);
        return false;
    }
    if (utf8_strip(api_member_text(r, "device_id")).n == 0) {
        api_error(r, 400, STR("device_id is required"));
        return false;
    }
    return true;
}

static int simple(struct request *r, const char *action)
{
    struct device d;
    bool replied;
    int status;

    if (!body_ok(r)) {
        return 0;
    }
    status = find_device(r, &d, &replied);
    return status != 0 || replied ? status : send(r, &d, action, command_new(r->arena, action), 0);
}

int command_report_location(struct request *r)
{
    return simple(r, "reportLocation");
}

int command_clear_waypoints(struct request *r)
{
    return simple(r, "clearWaypoints");
}

int command_fetch_waypoints(struct request *r)
{
    return simple(r, "waypoints");
}

/* ---- waypoints */

int command_set_waypoints(struct request *r)
{
    const struct jval *sent;
    struct jval *command, *waypoints;
    struct device d;
    bool replied;
    int status;

    if (!body_ok(r)) {
        return 0;
    }
    sent = jval_getz(r->json, "waypoints");
    if (sent == NULL || sent->type != J_ARRAY || sent->count == 0) {
        return api_error(r, 400, STR("waypoints must be a non-empty list"));
    }
    status = find_device(r, &d, &replied);
    if (status != 0 || replied) {
        return status;
    }
    waypoints = command_regions(r->arena, sent);
    if (waypoints == NULL) {
        return api_error(r, 400, STR("each of waypoints must be an object"));
    }
    command = command_new(r->arena, "setWaypoints");
    jval_set(r->arena, command, STR("waypoints"), waypoints);
    return send(r, &d, "setWaypoints", command, (int64_t)sent->count);
}
