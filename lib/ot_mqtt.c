#include "ot_read.h"

/* NULL: usable. */
static const char *read_position(struct arena *a, const struct jval *msg, struct ot_fix *out)
{
    double lat, lon;

    if (jval_nothing(jval_getz(msg, "lat")) || jval_nothing(jval_getz(msg, "lon")))
        return "location without lat or lon";
    if (jval_py_float(jval_getz(msg, "lat"), &lat) != NUM_OK ||
        jval_py_float(jval_getz(msg, "lon"), &lon) != NUM_OK)
        return "lat or lon is not a number";
    if (lat < -90 || lat > 90 || lon < -180 || lon > 180)
        return "lat or lon is out of range";
    if (dec10_from_double(lat, &out->lat) != NUM_OK || dec10_from_double(lon, &out->lon) != NUM_OK)
        return "lat or lon is out of range";
    out->lat_text = ot_column_decimal(a, lat);
    out->lon_text = ot_column_decimal(a, lon);
    return NULL;
}

static const char *read_time(const struct jval *msg, struct ot_fix *out)
{
    const struct jval *tst = jval_getz(msg, "tst");

    if (jval_nothing(tst))
        return "location without tst";
    switch (ot_seconds(tst, &out->tst)) {
    case NUM_OK:
        return NULL;
    case NUM_RANGE:
        return "tst is beyond the calendar";
    default:
        return "tst is not a number of seconds";
    }
}

/* The four measures whose unusable values cost the reference the whole location. Here the message
   goes to quarantine, where it can be repaired. */
static const char *read_measures(const struct jval *msg, struct ot_fix *out)
{
    const struct {
        struct str key;
        struct opt_int *to;
        const char *why;
    } measures[] = {
        { STR("acc"), &out->acc, "acc is not a number" },
        { STR("alt"), &out->alt, "alt is not a number" },
        { STR("vel"), &out->vel, "vel is not a number" },
        { STR("batt"), &out->batt, "batt is not a number" },
    };

    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        const struct jval *v = jval_get(msg, measures[i].key);
        if (jval_nothing(v))
            continue;
        if (ot_whole(v, &measures[i].to->v) != NUM_OK)
            return measures[i].why;
        measures[i].to->set = true;
    }
    return NULL;
}

bool ot_fix_from_mqtt(struct arena *a, const struct jval *msg, struct str device_id,
                      struct ot_fix *out, const char **why)
{
    const struct jval *tid = jval_getz(msg, "tid");

    *out = (struct ot_fix){ 0 };
    *why = read_position(a, msg, out);
    if (!*why)
        *why = read_time(msg, out);
    if (!*why)
        *why = read_measures(msg, out);
    if (*why)
        return false;
    /* These two the reference stores whole; a null is taken for absent. */
    out->conn = ot_text(a, jval_getz(msg, "conn"), SIZE_MAX, STR(""));
    out->tid = jval_nothing(tid) ? device_id : ot_text(a, tid, SIZE_MAX, STR(""));
    ot_lenient(a, msg, STR(""), out);
    return true;
}
