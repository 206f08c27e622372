#include "ot_read.h"

#include "utf8.h"

#include <assert.h>

/* ---------------------------------------------------------------- one field
   As the fields of Django REST framework: a checker takes the value, or says why not. */
struct field;
typedef bool field_fn(struct arena *a, const struct field *f, const struct jval *v, void *out,
                      struct str *why);

struct field {
    const char *name;
    field_fn *check;
    size_t max;       /* characters of a text; 0: no limit */
    bool null, blank; /* allowed */
    size_t at;        /* in struct values; NOWHERE: checked and dropped */
};
#define NOWHERE SIZE_MAX

struct opt_dec {
    bool set;
    dec10 v;
};

struct values {
    struct str device_id, tid, topic, conn;
    struct opt_dec lat, lon, long_name;
    struct opt_int tst, acc, alt, vel, batt;
};

static bool refuse(struct str *why, const char *text)
{
    *why = str_of(text);
    return false;
}

/* str(v).strip() of a text or number. */
static struct str stripped(struct arena *a, const struct jval *v)
{
    return utf8_strip(v->type == J_STR ? v->text : jval_py_str(a, v));
}

static bool check_text(struct arena *a, const struct field *f, const struct jval *v, void *out,
                       struct str *why)
{
    struct str *to = out, s;

    if (v->type != J_STR && v->type != J_INT && v->type != J_FLOAT)
        return refuse(why, "Not a valid string.");
    s = stripped(a, v);
    if (s.n == 0 && !f->blank)
        return refuse(why, "This field may not be blank.");
    if (f->max && utf8_length(s) > f->max) {
        *why = arena_printf(a, "Ensure this field has no more than %zu characters.", f->max);
        return false;
    }
    if (to)
        *to = s;
    return true;
}

static bool check_int(struct arena *a, const struct field *f, const struct jval *v, void *out,
                      struct str *why)
{
    struct opt_int *to = out;
    int64_t n;
    const char *text = NULL;

    (void)f;
    if (!num_drf_int(v->type == J_STR ? v->text : jval_py_str(a, v), &n, &text))
        return refuse(why, text);
    if (to)
        *to = (struct opt_int){ true, n };
    return true;
}

static bool check_seconds(struct arena *a, const struct field *f, const struct jval *v, void *out,
                          struct str *why)
{
    const struct opt_int *n = out;

    if (!check_int(a, f, v, out, why))
        return false;
    if (n->v < CLOCK_MIN_SEC || n->v > CLOCK_MAX_SEC)
        return refuse(why, "Expected Unix seconds within the years 1 to 9999.");
    return true;
}

static bool check_decimal(struct arena *a, const struct field *f, const struct jval *v, void *out,
                          struct str *why)
{
    struct opt_dec *to = out;
    const char *text = NULL;

    (void)f;
    to->set = dec10_drf(v->type == J_STR ? v->text : jval_py_str(a, v), &to->v, &text);
    return to->set || refuse(why, text);
}

static bool check_way(struct arena *a, const struct field *f, const struct jval *v, void *out,
                      struct str *why)
{
    struct str s = v->type == J_STR ? v->text : jval_py_str(a, v);

    (void)f;
    (void)out;
    if (str_eqz(s, "") || str_eqz(s, "http") || str_eqz(s, "mqtt"))
        return true;
    *why = arena_concat(
        a, (const struct str[]){ STR("\""), s, STR("\" is not a valid choice."), STR_NULL });
    return false;
}

static bool check_datetime(struct arena *a, const struct field *f, const struct jval *v, void *out,
                           struct str *why)
{
    usec_t t;

    (void)a;
    (void)f;
    (void)out;
    if (v->type == J_STR && clock_from_iso(v->text, &t))
        return true;
    return refuse(why, "Datetime has wrong format. Use one of these formats instead: "
                       "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].");
}

/* ---------------------------------------------------------------- the form
   The names of OwnTracks, then those stored names that the reference's serializer also takes: it
   overwrites or drops them, but their own rules still apply. */
#define IN(member) offsetof(struct values, member)
static const struct field fields[] = {
    { "device_id", check_text, 0, false, false, IN(device_id) },
    { "tid", check_text, 0, false, false, IN(tid) },
    { "topic", check_text, 0, false, false, IN(topic) },
    { "_type", check_text, 0, false, false, NOWHERE },
    { "lat", check_decimal, 0, false, false, IN(lat) },
    { "lon", check_decimal, 0, false, false, IN(lon) },
    { "long", check_decimal, 0, false, false, IN(long_name) },
    { "tst", check_seconds, 0, false, false, IN(tst) },
    { "acc", check_int, 0, false, false, IN(acc) },
    { "alt", check_int, 0, false, false, IN(alt) },
    { "vel", check_int, 0, false, false, IN(vel) },
    { "batt", check_int, 0, false, false, IN(batt) },
    { "conn", check_text, 1, false, false, IN(conn) },
    { "received_via", check_way, 0, false, true, NOWHERE },
    { "owntracks_message_id", check_text, 64, false, true, NOWHERE },
    { "owntracks_created_at", check_datetime, 0, true, false, NOWHERE },
    { "trigger", check_text, 10, false, true, NOWHERE },
    { "battery_status", check_int, 0, true, false, NOWHERE },
    { "fix_source", check_text, 20, false, true, NOWHERE },
    { "vertical_accuracy", check_int, 0, true, false, NOWHERE },
    { "course", check_int, 0, true, false, NOWHERE },
    { "monitoring_mode", check_int, 0, true, false, NOWHERE },
    { "wifi_bssid", check_text, 32, false, true, NOWHERE },
    { "wifi_ssid", check_text, 64, false, true, NOWHERE },
};
static_assert(sizeof fields / sizeof *fields <= OT_ERRORS_MAX, "an error for each field");

static void add_error(struct ot_errors *errors, struct str field, struct str message)
{
    assert(errors->n < OT_ERRORS_MAX);
    errors->v[errors->n++] = (struct ot_error){ field, message };
}

static void check_field(struct arena *a, const struct field *f, const struct jval *v,
                        struct values *out, struct ot_errors *errors)
{
    struct str why = STR_NULL;
    void *to = f->at == NOWHERE ? NULL : (char *)out + f->at;

    if (v->type == J_NULL) {
        if (!f->null)
            add_error(errors, str_of(f->name), STR("This field may not be null."));
    } else if (!f->check(a, f, v, to, &why)) {
        add_error(errors, str_of(f->name), why);
    }
}

/* Levels two and three of a topic, of any tree; STR_NULL where there is none. */
static void split_topic(struct str topic, struct str *user, struct str *device)
{
    struct str rest = topic, part, level[3] = { STR_NULL, STR_NULL, STR_NULL };

    for (size_t i = 0; i < 3 && str_split(&rest, '/', &part); i++)
        level[i] = part.n ? part : STR_NULL;
    *user = level[1];
    *device = level[2];
}

static void identify(struct str device_id, struct str topic, struct str tid, struct str *device,
                     struct str *user)
{
    struct str third;

    split_topic(topic, user, &third);
    *device = device_id.n ? device_id : third.n ? third : tid.n ? tid : STR_NULL;
}

static struct str decimal_text(struct arena *a, dec10 v)
{
    char text[DEC10_TEXT];
    size_t n = dec10_text(v, text);

    return arena_dup(a, (struct str){ text, n });
}

static void fill_fix(struct arena *a, const struct jval *msg, const struct values *v,
                     struct ot_http *out)
{
    struct opt_dec lon = v->lon.set ? v->lon : v->long_name;

    out->has_tst = v->tst.set;
    out->has_lat = v->lat.set;
    out->has_lon = lon.set;
    out->fix = (struct ot_fix){
        .lat = v->lat.v,
        .lon = lon.v,
        .lat_text = decimal_text(a, v->lat.v),
        .lon_text = decimal_text(a, lon.v),
        .tst = v->tst.v,
        .acc = v->acc,
        .alt = v->alt,
        .vel = v->vel,
        .batt = v->batt,
        .conn = v->conn,
        .tid = v->tid,
    };
    /* The reference stores the word None for a null here. */
    ot_lenient(a, msg, STR("None"), &out->fix);
}

bool ot_http_fields(struct arena *a, const struct jval *msg, struct ot_http *out,
                    struct ot_errors *errors)
{
    struct values v = { .device_id = STR(""), .tid = STR(""), .topic = STR(""), .conn = STR("") };

    *out = (struct ot_http){ 0 };
    errors->n = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct jval *given = jval_get(msg, str_of(fields[i].name));
        if (given)
            check_field(a, &fields[i], given, &v, errors);
    }
    if (errors->n)
        return false;
    identify(v.device_id, v.topic, v.tid, &out->device_id, &out->topic_user);
    fill_fix(a, msg, &v, out);
    return true;
}

/* ---------------------------------------------------------------- the whole */
static struct str missing(const struct ot_http *in)
{
    if (str_is_null(in->device_id))
        return STR("Expected 'device_id', 'topic', or 'tid' field for device identification, "
                   "got neither");
    if (!in->has_tst)
        return STR("Expected timestamp field ('tst'), got None");
    if (!in->has_lat)
        return STR("Expected latitude field ('lat'), got None");
    if (!in->has_lon)
        return STR("Expected longitude field ('lon' or 'long'), got None");
    return STR_NULL;
}

static struct str out_of_range(struct arena *a, const struct ot_fix *fix)
{
    char text[DEC10_TEXT];

    if (fix->lat < -90 * DEC10_ONE || fix->lat > 90 * DEC10_ONE) {
        dec10_text(fix->lat, text);
        return arena_printf(a, "Expected latitude between -90 and +90 degrees, got %s", text);
    }
    if (fix->lon < -180 * DEC10_ONE || fix->lon > 180 * DEC10_ONE) {
        dec10_text(fix->lon, text);
        return arena_printf(a, "Expected longitude between -180 and +180 degrees, got %s", text);
    }
    if (fix->batt.set && (fix->batt.v < 0 || fix->batt.v > 100))
        return arena_printf(a, "Expected battery level between 0 and 100, got %lld",
                            (long long)fix->batt.v);
    return STR_NULL;
}

bool ot_http_check(struct arena *a, const struct ot_http *in, int phase, struct ot_errors *errors)
{
    struct str why = phase == 0 ? missing(in) : out_of_range(a, &in->fix);

    errors->n = 0;
    if (str_is_null(why))
        return true;
    add_error(errors, STR("non_field_errors"), why);
    return false;
}

/* ---------------------------------------------------------------- other messages */
/* A name given as text or number; anything else names nothing. */
static struct str name_of(struct arena *a, const struct jval *v)
{
    if (jval_nothing(v) || (v->type != J_STR && v->type != J_INT && v->type != J_FLOAT))
        return STR("");
    return stripped(a, v);
}

void ot_http_identity(struct arena *a, const struct jval *msg, struct str *device_id,
                      struct str *topic_user)
{
    identify(name_of(a, jval_getz(msg, "device_id")), name_of(a, jval_getz(msg, "topic")),
             name_of(a, jval_getz(msg, "tid")), device_id, topic_user);
}
