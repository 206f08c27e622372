#include "command.h"

#include "num.h"
#include "utf8.h"

#include <math.h>

#define DESC_MAX 200u /* characters */
#define RADIUS_MAX 20000000

struct jval *command_new(struct arena *a, const char *action)
{
    struct jval *command = jval_object(a);

    jval_set(a, command, STR("_type"), jval_text(a, STR("cmd")));
    jval_set(a, command, STR("action"), jval_text(a, str_of(action)));
    return command;
}

struct str command_target(struct arena *a, struct str mqtt_user, struct str owner,
                          struct str device_id)
{
    struct str user = mqtt_user.n > 0 ? mqtt_user : owner.n > 0 ? owner : device_id;

    return arena_concat(a, (struct str[]){ user, STR("/"), device_id, STR_NULL });
}

static struct jval *copy_of(struct arena *a, const struct jval *v)
{
    struct jval *copy = ARENA_NEW(a, struct jval);

    *copy = *v;
    return copy;
}

/* ---- regions */

static const char *const region_keys[] = { "desc", "lat",  "lon",   "rad",  "tst",
                                           "rid",  "uuid", "major", "minor" };

static struct jval *region_of(struct arena *a, const struct jval *sent)
{
    struct jval *out = jval_object(a);

    jval_set(a, out, STR("_type"), jval_text(a, STR("waypoint")));
    for (const struct jval *v = sent->first; v != NULL; v = v->next) {
        for (size_t i = 0; i < sizeof region_keys / sizeof region_keys[0]; i++) {
            if (str_eqz(v->key, region_keys[i]) && v->type < J_ARRAY) {
                jval_set(a, out, v->key, copy_of(a, v));
            }
        }
    }
    return out;
}

struct jval *command_regions(struct arena *a, const struct jval *list)
{
    struct jval *regions = jval_array(a), *all = jval_object(a);

    for (const struct jval *v = list->first; v != NULL; v = v->next) {
        if (v->type != J_OBJECT) {
            return NULL;
        }
        jval_push(regions, region_of(a, v));
    }
    jval_set(a, all, STR("_type"), jval_text(a, STR("waypoints")));
    jval_set(a, all, STR("waypoints"), regions);
    return all;
}

/* A number as JSON has them (no text, no bool) within ±most. */
static bool number(const struct jval *v, double most)
{
    double d;

    return v != NULL && (v->type == J_INT || v->type == J_FLOAT) &&
           jval_py_float(v, &d) == NUM_OK && fabs(d) <= most;
}

static const char *region_refused(const struct jval *region)
{
    const struct jval *desc = jval_getz(region, "desc"), *radius = jval_getz(region, "rad");
    double rad = 0;

    if (desc == NULL || desc->type != J_STR || utf8_strip(desc->text).n == 0 ||
        utf8_length(desc->text) > DESC_MAX) {
        return "desc must be a text of 1 to 200 characters";
    }
    if (!number(jval_getz(region, "lat"), 90) || !number(jval_getz(region, "lon"), 180)) {
        return "lat and lon must be numbers, -90 to 90 and -180 to 180";
    }
    if (radius != NULL &&
        (!number(radius, RADIUS_MAX) || jval_py_float(radius, &rad) != NUM_OK || rad < 0)) {
        return "rad must be a number of metres from 0 to 20000000";
    }
    return NULL;
}

static struct jval *set_regions(struct arena *a, const struct jval *request, usec_t now,
                                struct jval *command, struct str *why)
{
    const struct jval *list = jval_getz(request, "waypoints");
    int64_t made = clock_sec(now);
    size_t at = 0;

    if (list == NULL || list->type != J_ARRAY || list->count == 0 ||
        list->count > COMMAND_REGIONS_MAX) {
        *why = STR("waypoints must be a list of 1 to 1000 regions");
        return NULL;
    }
    struct jval *regions = command_regions(a, list);
    if (regions == NULL) {
        *why = STR("each of waypoints must be an object");
        return NULL;
    }
    for (struct jval *v = jval_getz(regions, "waypoints")->first; v != NULL; v = v->next, at++) {
        const char *refused = region_refused(v);
        if (refused != NULL) {
            *why = arena_printf(a, "waypoints[%zu]: %s", at, refused);
            return NULL;
        }
        if (jval_getz(v, "tst") == NULL) {
            jval_set(a, v, STR("tst"), jval_int(a, made + (int64_t)at));
        }
    }
    jval_set(a, command, STR("waypoints"), regions);
    return command;
}

/* ---- the others */

/* Settings are texts, numbers and truths; regions go by setWaypoints. */
static struct jval *set_configuration(struct arena *a, const struct jval *request, usec_t now,
                                      struct jval *command, struct str *why)
{
    const struct jval *sent = jval_getz(request, "configuration");
    struct jval *settings = jval_object(a);

    (void)now;
    if (sent == NULL || sent->type != J_OBJECT || sent->count == 0 ||
        sent->count > COMMAND_SETTINGS_MAX) {
        *why = STR("configuration must be an object of 1 to 200 settings");
        return NULL;
    }
    jval_set(a, settings, STR("_type"), jval_text(a, STR("configuration")));
    for (const struct jval *v = sent->first; v != NULL; v = v->next) {
        if (v->type >= J_ARRAY || v->type == J_NULL) {
            *why = arena_concat(a, (struct str[]){ STR("configuration: '"), v->key,
                                                   STR("' must be a text, a number or a truth"),
                                                   STR_NULL });
            return NULL;
        }
        if (!str_eqz(v->key, "_type")) {
            jval_set(a, settings, v->key, copy_of(a, v));
        }
    }
    jval_set(a, command, STR("configuration"), settings);
    return command;
}

static struct jval *report_steps(struct arena *a, const struct jval *request, usec_t now,
                                 struct jval *command, struct str *why)
{
    const struct jval *from = jval_getz(request, "from"), *to = jval_getz(request, "to");
    int64_t first, last;

    (void)now;
    if (from == NULL || to == NULL || from->type != J_INT || to->type != J_INT ||
        jval_py_int(from, &first) != NUM_OK || jval_py_int(to, &last) != NUM_OK || first < 0 ||
        last <= first || last > CLOCK_MAX_SEC) {
        *why = STR("from and to must be Unix seconds, from before to");
        return NULL;
    }
    jval_set(a, command, STR("from"), jval_int(a, first));
    jval_set(a, command, STR("to"), jval_int(a, last));
    return command;
}

static struct jval *bare(struct arena *a, const struct jval *request, usec_t now,
                         struct jval *command, struct str *why)
{
    (void)a, (void)request, (void)now, (void)why;
    return command;
}

typedef struct jval *build_fn(struct arena *a, const struct jval *request, usec_t now,
                              struct jval *command, struct str *why);
static const struct {
    struct command_kind kind;
    build_fn *build;
} kinds[] = {
    { { "reportLocation", "location", false, false }, bare },
    { { "setWaypoints", "", false, true }, set_regions },
    { { "clearWaypoints", "", false, true }, bare },
    { { "waypoints", "waypoints", false, false }, bare },
    { { "setConfiguration", "", false, true }, set_configuration },
    { { "status", "status", false, false }, bare },
    { { "dump", "dump", true, false }, bare },
    { { "reportSteps", "steps", true, false }, report_steps },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

const struct command_kind *command_kind(struct str action)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (str_eqz(action, kinds[i].kind.action)) {
            return &kinds[i].kind;
        }
    }
    return NULL;
}

struct str command_actions(struct arena *a)
{
    struct str list = STR("");

    for (size_t i = 0; i < KINDS; i++) {
        list = arena_printf(a, "%.*s%s%s", STR_FMT(list), i == 0 ? "" : ", ", kinds[i].kind.action);
    }
    return list;
}

struct jval *command_build(struct arena *a, const struct command_kind *kind,
                           const struct jval *request, usec_t now, struct str *why)
{
    size_t i = 0;

    while (&kinds[i].kind != kind) {
        i++;
    }
    return kinds[i].build(a, request, now, command_new(a, kind->action), why);
}
