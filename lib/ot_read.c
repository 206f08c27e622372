#include "ot_read.h"

#include "utf8.h"

enum num_rc ot_whole(const struct jval *v, int64_t *out)
{
    double d;
    enum num_rc rc = jval_py_int(v, out);

    if (rc != NUM_BAD || jval_nothing(v) || v->type != J_STR)
        return rc;
    rc = num_py_float(v->text, &d);
    return rc == NUM_OK ? num_cut(d, out) : rc;
}

enum num_rc ot_seconds(const struct jval *v, int64_t *out)
{
    enum num_rc rc = jval_py_int(v, out);

    if (rc == NUM_OK && (*out < CLOCK_MIN_SEC || *out > CLOCK_MAX_SEC))
        return NUM_RANGE;
    return rc;
}

struct str ot_column_decimal(struct arena *a, double v)
{
    return arena_printf(a, "%.14e", v);
}

struct str ot_text(struct arena *a, const struct jval *v, size_t max, struct str null_text)
{
    if (!v)
        return STR("");
    if (v->type == J_NULL)
        return null_text;
    return utf8_head(v->type == J_STR ? v->text : jval_py_str(a, v), max);
}

static struct opt_int optional_int(const struct jval *msg, struct str key)
{
    struct opt_int v = { false, 0 };

    v.set = jval_py_int(jval_get(msg, key), &v.v) == NUM_OK;
    return v;
}

void ot_lenient(struct arena *a, const struct jval *msg, struct str null_text, struct ot_fix *fix)
{
    const struct jval *regions = jval_getz(msg, "inregions");
    int64_t sec = 0;

    fix->message_id = ot_text(a, jval_getz(msg, "_id"), 64, null_text);
    fix->trigger = ot_text(a, jval_getz(msg, "t"), 10, null_text);
    fix->source = ot_text(a, jval_getz(msg, "source"), 20, null_text);
    fix->bssid = ot_text(a, jval_getz(msg, "BSSID"), 32, null_text);
    fix->ssid = ot_text(a, jval_getz(msg, "SSID"), 64, null_text);
    fix->bs = optional_int(msg, STR("bs"));
    fix->vac = optional_int(msg, STR("vac"));
    fix->cog = optional_int(msg, STR("cog"));
    fix->m = optional_int(msg, STR("m"));
    fix->created_at.set = ot_seconds(jval_getz(msg, "created_at"), &sec) == NUM_OK;
    fix->created_at.t = fix->created_at.set ? sec * USEC_PER_SEC : 0;
    fix->in_regions = regions && regions->type == J_ARRAY ? ot_dump(a, regions) : STR_NULL;
}
