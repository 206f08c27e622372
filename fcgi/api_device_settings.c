/* /api/devices/DEVICE/settings/: name and colour of a device, and removing it with all its history.
 * For the owner and for staff. (What the reference's own /api/devices/DEVICE/ answers stays as it
 * is.) */
#include "api.h"
#include "db/device_look.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "retained.h"

#define COLOUR_LENGTH 7 /* "#rrggbb" */

static int find(struct request *r, struct device *d, bool *replied)
{
    int status = api_device_of_path(r, d, replied);

    if (status == 0 && !*replied && !api_may_change(r, d)) {
        *replied = true;
        return api_not_owner(r);
    }
    return status;
}

static int show(struct request *r, int64_t id)
{
    struct device d;
    struct str colour;
    enum db_rc rc = db_device_by_id(r->app->db, r->arena, id, &d);

    if (rc == DB_OK) {
        rc = db_device_colour(r->app->db, r->arena, id, &colour);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "id");
    json_int(j, d.id);
    json_k(j, "device_id");
    json_str(j, d.device_id);
    json_k(j, "name");
    json_str(j, d.name);
    json_k(j, "colour");
    if (colour.n > 0) {
        json_str(j, colour);
    } else {
        json_null(j);
    }
    json_end(j);
    return 0;
}

int device_settings_get(struct request *r)
{
    struct device d;
    bool replied;
    int status = find(r, &d, &replied);

    return status != 0 || replied ? status : show(r, d.id);
}

static bool good_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7F) {
            return false;
        }
    }
    return utf8_length(name) <= DEVICE_NAME_MAX;
}

static bool good_colour(struct str colour)
{
    bool good = colour.n == COLOUR_LENGTH && colour.p[0] == '#';

    for (size_t i = 1; good && i < colour.n; i++) {
        good = (colour.p[i] >= '0' && colour.p[i] <= '9') ||
               (colour.p[i] >= 'a' && colour.p[i] <= 'f');
    }
    return good;
}

/* NULL when both may be stored. */
static const char *fault(const struct jval *name, const struct jval *colour)
{
    if (name != NULL && (name->type != J_STR || !good_name(name->text))) {
        return "name must be a text of at most 200 characters";
    }
    if (colour != NULL && colour->type != J_NULL &&
        (colour->type != J_STR || !good_colour(colour->text))) {
        return "colour must be \"#rrggbb\" with small letters, or null";
    }
    return NULL;
}

static enum db_rc store(struct request *r, int64_t id, const struct jval *name,
                        const struct jval *colour)
{
    struct db *db = r->app->db;
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK) {
        return rc;
    }
    if (name != NULL) {
        rc = db_device_rename(db, id, utf8_strip(name->text));
    }
    if (rc == DB_OK && colour != NULL) {
        rc = db_device_colour_set(db, id, colour->type == J_STR ? colour->text : STR(""));
    }
    return db_end(db, rc);
}

int device_settings_patch(struct request *r)
{
    struct device d;
    bool replied;
    int status = find(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (r->json == NULL || r->json->type != J_OBJECT) {
        return r->json == NULL ? show(r, d.id) : api_not_object(r, r->json);
    }
    const struct jval *name = jval_getz(r->json, "name"), *colour = jval_getz(r->json, "colour");
    const char *wrong = fault(name, colour);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    enum db_rc rc = store(r, d.id, name, colour);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    log_info("device-changed", LOG_S("by", r->who.user.username), LOG_I("device", d.id));
    return show(r, d.id);
}

enum db_rc api_device_remove(struct request *r, const struct device *d)
{
    enum db_rc rc = db_device_remove(r->app->db, d->id);

    if (rc == DB_OK) {
        log_info("device-removed", LOG_S("by", r->who.user.username), LOG_I("device", d->id),
                 LOG_S("name", d->device_id));
        retained_no_device(r, d);
    }
    return rc;
}

int device_settings_delete(struct request *r)
{
    struct device d;
    bool replied;
    int status = find(r, &d, &replied);

    return status != 0 || replied ? status : api_deleted(r, api_device_remove(r, &d));
}
