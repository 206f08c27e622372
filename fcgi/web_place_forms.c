/* What the forms of the geofence page do. Each answers with a redirect; what cannot be used with
   the page and 400, where the reference fails; what is somebody else's with 404. */
#include "commands.h"
#include "db/devices.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "lib/weburl.h"
#include "places.h"
#include "web_places.h"

/* What came of a form: HTTP status, 0 for done, REFUSED for *why. */
#define REFUSED 400

static int of_db(enum db_rc rc)
{
    return rc == DB_OK ? 0 : rc == DB_NONE ? 404 : error_of_db(rc);
}

/* A row's id in a form. */
static bool form_id(struct request *r, struct str name, int64_t *out)
{
    return num_py_int(form_text(r, name), out) == NUM_OK;
}

/* ---- places */

/* Degrees within most; an empty field keeps *out. */
static bool take_degrees(struct request *r, struct str name, int64_t most, dec10 *out)
{
    struct str text = form_text(r, name);
    double v;

    if (text.n == 0) {
        return true;
    }
    return num_py_float(text, &v) == NUM_OK && place_degrees(v, most, out);
}

static bool take_radius(struct request *r, int64_t *out)
{
    struct str text = form_text(r, STR("radius"));

    return text.n == 0 ||
           (num_py_int(text, out) == NUM_OK && *out >= 0 && *out <= PLACE_RADIUS_MAX);
}

/* The fields of the form over what p holds. */
static bool take_place(struct request *r, struct place *p)
{
    struct str label = utf8_strip(form_text(r, STR("label")));

    if (label.n > 0) {
        p->label = utf8_head(label, PLACE_LABEL_MAX);
    }
    return take_degrees(r, STR("latitude"), 90, &p->latitude) &&
           take_degrees(r, STR("longitude"), 180, &p->longitude) && take_radius(r, &p->radius);
}

static int add_place(struct request *r)
{
    struct place p = { .label = STR("Unnamed"), .radius = PLACE_RADIUS_DEFAULT };

    if (!take_place(r, &p)) {
        return REFUSED;
    }
    return of_db(db_place_add(r->app->db, r->who.user.id, &p, r->now));
}

static int edit_place(struct request *r)
{
    struct place p;
    int64_t id;

    if (!form_id(r, STR("waypoint_id"), &id)) {
        return REFUSED;
    }
    int status = of_db(db_place_get(r->app->db, r->arena, r->who.user.id, id, &p));
    if (status != 0) {
        return status;
    }
    if (!take_place(r, &p)) {
        return REFUSED;
    }
    return of_db(db_place_update(r->app->db, r->who.user.id, &p, r->now));
}

static int delete_place(struct request *r)
{
    int64_t id;

    if (!form_id(r, STR("waypoint_id"), &id)) {
        return REFUSED;
    }
    return of_db(db_place_delete(r->app->db, r->who.user.id, id, r->now));
}

/* ---- to a phone */

static int sync_places(struct request *r)
{
    struct arena *a = r->arena;
    struct jval *command = command_new(a, "setWaypoints"), *list, *all = jval_object(a);
    struct device d;
    int64_t id;

    if (!form_id(r, STR("device_id"), &id)) {
        return REFUSED;
    }
    int status = of_db(db_device_by_id(r->app->db, a, id, &d));
    if (status != 0 || d.owner_id != r->who.user.id) {
        return status != 0 ? status : 404;
    }
    status = places_waypoints(r, r->who.user.id, &list);
    if (status != 0) {
        return status;
    }
    jval_set(a, all, STR("_type"), jval_text(a, STR("waypoints")));
    jval_set(a, all, STR("waypoints"), list);
    jval_set(a, command, STR("waypoints"), all);
    command_post(r, command_target(a, d.mqtt_user, d.owner_username, d.device_id), command);
    return 0;
}

/* ---- rules */

/* False: nothing is to be done, as the reference has it. */
static bool take_rule(struct request *r, struct place_rule *rule)
{
    static const char *const events[] = { "enter", "leave", "any" };
    struct str event = form_text(r, STR("event"));

    rule->email = utf8_strip(form_text(r, STR("email_address")));
    rule->event = STR_NULL;
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (str_eqz(event.n > 0 ? event : STR("any"), events[i])) {
            rule->event = str_of(events[i]);
        }
    }
    return rule->email.n > 0 && !str_is_null(rule->event);
}

static int add_rule(struct request *r)
{
    struct str where = form_text(r, STR("waypoint_id"));
    struct place_rule rule = { .place_id = 0 };

    if (!take_rule(r, &rule)) {
        return 0;
    }
    /* It becomes a header of mails (security.md H-33). */
    if (str_has_control(rule.email) || utf8_length(rule.email) > RULE_EMAIL_MAX) {
        return REFUSED;
    }
    if (str_eqz(where, "all")) {
        return of_db(db_rule_add_everywhere(r->app->db, r->who.user.id, &rule, r->now));
    }
    if (where.n > 0 && num_py_int(where, &rule.place_id) != NUM_OK) {
        return REFUSED;
    }
    if (where.n > 0 && rule.place_id <= 0) {
        return 404;
    }
    return of_db(db_rule_add(r->app->db, r->who.user.id, &rule, r->now));
}

static int delete_rule(struct request *r)
{
    int64_t id;

    if (!form_id(r, STR("action_id"), &id)) {
        return REFUSED;
    }
    return of_db(db_rule_delete(r->app->db, r->who.user.id, id));
}

/* ---- */

/* Where the page of the form wants to go on; never off this site (H-27). */
static struct str next_url(struct request *r)
{
    struct str next = utf8_strip(form_text(r, STR("next_url")));

    return str_starts(next, STR("/")) && url_is_ours(r->arena, next, r->host, r->https)
               ? next
               : STR("/geofences/");
}

int places_submit(struct request *r)
{
    static const struct {
        const char *type;
        int (*run)(struct request *r);
    } forms[] = {
        { "add_waypoint", add_place },       { "edit_waypoint", edit_place },
        { "delete_waypoint", delete_place }, { "sync_to_device", sync_places },
        { "add_action", add_rule },          { "delete_action", delete_rule },
    };
    struct str type = form_text(r, STR("form_type"));
    struct notices notices = { .n = 0 };
    int status = 0;

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (str_eqz(type, forms[i].type)) {
            status = forms[i].run(r);
        }
    }
    if (status == REFUSED) {
        web_say(
            &notices, false, STR("placeRefused"),
            STR("That cannot be stored. Latitude is -90 to 90, longitude -180 to 180, the radius "
                "a whole number of metres."));
        return places_show(r, REFUSED, &notices);
    }
    return status != 0 ? status : web_redirect(r, next_url(r));
}
