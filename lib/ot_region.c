#include "crypto.h"
#include "ot_read.h"

#define DEFAULT_RADIUS 100

/* Python's "not v". */
static bool is_falsy(const struct jval *v)
{
    double d = 1;

    if (jval_nothing(v))
        return true;
    switch (v->type) {
    case J_BOOL:
        return !v->b;
    case J_INT:
    case J_FLOAT:
        return num_json_float(v->text, &d) == NUM_OK && d == 0;
    case J_STR:
        return v->text.n == 0;
    default:
        return v->count == 0;
    }
}

bool ot_lwt_connected(const struct jval *msg, usec_t *out)
{
    const struct jval *tst = jval_getz(msg, "tst");
    int64_t sec = 0;

    if (is_falsy(tst) || ot_seconds(tst, &sec) != NUM_OK)
        return false;
    *out = sec * USEC_PER_SEC;
    return true;
}

static bool is_place(double lat, double lon)
{
    return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180;
}

/* "v or ''" as text. */
static struct str text_or_empty(struct arena *a, const struct jval *v)
{
    return is_falsy(v) ? STR("") : ot_text(a, v, SIZE_MAX, STR(""));
}

/* NULL: usable, or not there in full. */
static const char *read_place(struct arena *a, const struct jval *msg, struct ot_transition *out)
{
    const struct jval *lat = jval_getz(msg, "lat"), *lon = jval_getz(msg, "lon");
    double y, x;

    out->lat_text = out->lon_text = STR_NULL;
    if (jval_nothing(lat) || jval_nothing(lon))
        return NULL;
    if (jval_py_float(lat, &y) != NUM_OK || jval_py_float(lon, &x) != NUM_OK)
        return "lat or lon is not a number";
    if (!is_place(y, x))
        return "lat or lon is out of range";
    out->lat_text = ot_column_decimal(a, y);
    out->lon_text = ot_column_decimal(a, x);
    return NULL;
}

bool ot_transition_from_mqtt(struct arena *a, const struct jval *msg, struct ot_transition *out,
                             const char **why)
{
    const struct jval *tst = jval_getz(msg, "tst"), *acc = jval_getz(msg, "acc");

    *out = (struct ot_transition){ 0 };
    if (is_falsy(jval_getz(msg, "event")) || is_falsy(tst))
        *why = "transition without event or tst";
    else if (ot_seconds(tst, &out->tst) != NUM_OK)
        *why = "tst is not a number of seconds within the calendar";
    else if (!jval_nothing(acc) && ot_whole(acc, &out->acc.v) != NUM_OK)
        *why = "acc is not a number";
    else
        *why = read_place(a, msg, out);
    if (*why)
        return false;
    out->acc.set = !jval_nothing(acc);
    out->event = text_or_empty(a, jval_getz(msg, "event"));
    out->rid = text_or_empty(a, jval_getz(msg, "rid"));
    out->desc = text_or_empty(a, jval_getz(msg, "desc"));
    return true;
}

enum ot_region_rc ot_region_from_mqtt(struct arena *a, const struct jval *entry,
                                      struct ot_region *out)
{
    const struct jval *lat = jval_getz(entry, "lat"), *lon = jval_getz(entry, "lon");
    const struct jval *rad = jval_getz(entry, "rad");

    if (jval_nothing(lat) || jval_nothing(lon))
        return OT_REGION_NONE;
    out->rad = DEFAULT_RADIUS;
    if (jval_py_float(lat, &out->lat) != NUM_OK || jval_py_float(lon, &out->lon) != NUM_OK ||
        !is_place(out->lat, out->lon) ||
        (!jval_nothing(rad) && jval_py_int(rad, &out->rad) != NUM_OK))
        return OT_REGION_BAD;
    out->desc = ot_text(a, jval_getz(entry, "desc"), SIZE_MAX, STR(""));
    out->lat_text = ot_column_decimal(a, out->lat);
    out->lon_text = ot_column_decimal(a, out->lon);
    return OT_REGION;
}

struct str ot_region_rid(struct arena *a, int64_t owner_id, const struct ot_region *region)
{
    struct str owner = arena_printf(a, "%lld:", (long long)owner_id);
    struct str rest =
        arena_printf(a, ":%.6f:%.6f:%lld", region->lat, region->lon, (long long)region->rad);

    return crypto_uuid5_dns(
        a, arena_concat(a, (const struct str[]){ owner, region->desc, rest, STR_NULL }));
}
