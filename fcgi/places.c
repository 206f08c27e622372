#include "places.h"

#include "db/places.h"
#include "errors.h"

/* The time stands for the place in the apps: the same place again is no second one there. */
static struct jval *waypoint_of(struct arena *a, const struct place *p)
{
    struct jval *w = jval_object(a);

    jval_set(a, w, STR("_type"), jval_text(a, STR("waypoint")));
    jval_set(a, w, STR("desc"), jval_text(a, p->label));
    jval_set(a, w, STR("lat"), jval_float(a, dec10_double(p->latitude)));
    jval_set(a, w, STR("lon"), jval_float(a, dec10_double(p->longitude)));
    jval_set(a, w, STR("rad"), jval_int(a, p->radius));
    jval_set(a, w, STR("tst"), jval_int(a, clock_sec(p->updated_at)));
    return w;
}

int places_waypoints(struct request *r, int64_t user_id, struct jval **out)
{
    struct place *places;
    size_t n;
    enum db_rc rc = db_place_list(r->app->db, r->arena, user_id, &places, &n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    *out = jval_array(r->arena);
    for (size_t i = 0; i < n; i++) {
        jval_push(*out, waypoint_of(r->arena, &places[i]));
    }
    return 0;
}
