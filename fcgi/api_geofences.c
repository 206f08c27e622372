/* /api/geofences/: one's own places as the map draws and changes them. (In the reference there are
 * forms alone.) */
#include "api.h"
#include "db/places.h"
#include "handlers.h"
#include "lib/utf8.h"
#include "places.h"

/* Degrees as numbers, unlike the reference's decimals in quotes: nobody computes with text. */
static void put_place(struct json *j, const struct place *p)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, p->id);
    json_k(j, "label");
    json_str(j, p->label);
    json_k(j, "latitude");
    json_float(j, dec10_double(p->latitude));
    json_k(j, "longitude");
    json_float(j, dec10_double(p->longitude));
    json_k(j, "radius");
    json_int(j, p->radius);
    json_end(j);
}

int geofence_list(struct request *r)
{
    struct place *places;
    size_t n;
    enum db_rc rc = db_place_list(r->app->db, r->arena, r->who.user.id, &places, &n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    struct json *j = api_begin(r, 200);
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        put_place(j, &places[i]);
    }
    json_end(j);
    return 0;
}

static bool take_degrees(const struct jval *v, int64_t most, dec10 *out)
{
    double number;

    return v == NULL || ((v->type == J_INT || v->type == J_FLOAT) &&
                         jval_py_float(v, &number) == NUM_OK && place_degrees(number, most, out));
}

/* The members that the body has, over what p holds. NULL, or what is wrong. */
static const char *take_place(struct request *r, struct place *p)
{
    const struct jval *label = jval_getz(r->json, "label"), *radius = jval_getz(r->json, "radius");
    int64_t metres = p->radius;

    if (!take_degrees(jval_getz(r->json, "latitude"), 90, &p->latitude)) {
        return "latitude must be a number from -90 to 90";
    }
    if (!take_degrees(jval_getz(r->json, "longitude"), 180, &p->longitude)) {
        return "longitude must be a number from -180 to 180";
    }
    if (radius != NULL && (radius->type != J_INT || num_json_int(radius->text, &metres) != NUM_OK ||
                           metres < 1 || metres > PLACE_RADIUS_MAX)) {
        return "radius must be a whole number of metres from 1 to 20000000";
    }
    p->radius = metres;
    if (label != NULL) {
        p->label = label->type == J_STR ? utf8_strip(label->text) : STR("");
    }
    if (p->label.n == 0 || utf8_length(p->label) > PLACE_LABEL_MAX) {
        return "label must be a text of 1 to 200 characters";
    }
    return NULL;
}

int geofence_add(struct request *r)
{
    struct place p = { .label = STR(""), .radius = PLACE_RADIUS_DEFAULT };

    if (r->json == NULL || r->json->type != J_OBJECT) {
        return r->json == NULL ? api_error(r, 400, STR("a place is missing"))
                               : api_not_object(r, r->json);
    }
    if (jval_getz(r->json, "latitude") == NULL || jval_getz(r->json, "longitude") == NULL) {
        return api_error(r, 400, STR("latitude and longitude are missing"));
    }
    const char *wrong = take_place(r, &p);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    enum db_rc rc = db_place_add(r->app->db, r->who.user.id, &p, r->now);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    put_place(api_begin(r, 201), &p);
    return 0;
}

static int no_place(struct request *r)
{
    return api_error(r, 404, STR("Not found"));
}

int geofence_change(struct request *r)
{
    struct place p;
    int64_t id;

    if (!api_row_id(r->arg[0], &id)) {
        return no_place(r);
    }
    enum db_rc rc = db_place_get(r->app->db, r->arena, r->who.user.id, id, &p);
    if (rc != DB_OK || !p.is_active) {
        return rc == DB_OK || rc == DB_NONE ? no_place(r) : error_of_db(rc);
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const char *wrong = r->json == NULL ? NULL : take_place(r, &p);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    rc = db_place_update(r->app->db, r->who.user.id, &p, r->now);
    if (rc != DB_OK) {
        return rc == DB_NONE ? no_place(r) : error_of_db(rc);
    }
    put_place(api_begin(r, 200), &p);
    return 0;
}

int geofence_delete(struct request *r)
{
    int64_t id;

    return api_row_id(r->arg[0], &id)
               ? api_deleted(r, db_place_delete(r->app->db, r->who.user.id, id, r->now))
               : no_place(r);
}
