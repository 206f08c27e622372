/* What other programs call the parts of a position. */
#include "import_parts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define KMH_PER_MS 3.6
#define WHOLE_MAX 1e9    /* of metres, km/h, ... */
#define MILLIS_FROM 1e11 /* Unix seconds end in the year 5138 here; more are milliseconds */
#define MICROS_FROM 1e14

enum kind { K_TIME, K_DEGREES, K_WHOLE, K_MS, K_TEXT, K_LIST };

static const struct field {
    const char *key; /* OwnTracks' */
    enum kind kind;
    const char *names; /* small letters, blanks around each */
} fields[] = {
    { "tst", K_TIME,
      " time timestamp tst unix datetime date utc timestampms time_utc recorded_at " },
    { "lat", K_DEGREES, " latitude lat " },
    { "lon", K_DEGREES, " longitude lon lng long " },
    { "acc", K_WHOLE, " acc accuracy accuracy_m horizontal_accuracy horizontalaccuracy " },
    { "alt", K_WHOLE, " alt altitude altitude_m ele elevation " },
    { "vac", K_WHOLE, " vac vertical_accuracy vertical_accuracy_m verticalaccuracy " },
    { "vel", K_WHOLE, " vel velocity speed_kmh " },
    { "vel", K_MS, " speed " },
    { "cog", K_WHOLE, " cog course heading bearing " },
    { "batt", K_WHOLE, " batt battery battery_level battery_percent " },
    { "bs", K_WHOLE, " bs battery_status " },
    { "m", K_WHOLE, " m monitoring_mode " },
    { "conn", K_TEXT, " conn connection connection_type " },
    { "tid", K_TEXT, " tid tracker_id " },
    { "t", K_TEXT, " t trigger " },
    { "source", K_TEXT, " source fix_source " },
    { "SSID", K_TEXT, " ssid wifi_ssid " },
    { "BSSID", K_TEXT, " bssid wifi_bssid " },
    { "_id", K_TEXT, " _id owntracks_message_id " },
    { "created_at", K_TIME, " created_at owntracks_created_at " },
    { "inregions", K_LIST, " inregions in_regions " },
};
#define NAME_MAX_BYTES 32

static const struct field *field_of(struct str name)
{
    char wanted[NAME_MAX_BYTES + 3] = " ";

    name = str_trim(name);
    if (name.n == 0 || name.n > NAME_MAX_BYTES || str_find(name, ' ', 0) != SIZE_MAX)
        return NULL;
    for (size_t i = 0; i < name.n; i++)
        wanted[i + 1] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
    wanted[name.n + 1] = ' ';
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strstr(fields[i].names, wanted) != NULL)
            return &fields[i];
    return NULL;
}

bool import_is(struct str name, const char *key)
{
    const struct field *f = field_of(name);

    return f != NULL && strcmp(f->key, key) == 0;
}

bool import_number(const struct jval *v, double *out)
{
    if (v == NULL)
        return false;
    if (v->type == J_STR)
        return num_py_float(str_trim(v->text), out) == NUM_OK;
    return (v->type == J_INT || v->type == J_FLOAT) && num_json_float(v->text, out) == NUM_OK;
}

bool import_time(const struct jval *v, int64_t *sec)
{
    double d;
    usec_t t;

    if (import_number(v, &d)) {
        d = fabs(d) >= MICROS_FROM ? d / 1e6 : fabs(d) >= MILLIS_FROM ? d / 1e3 : d;
        if (!(d >= (double)CLOCK_MIN_SEC && d <= (double)CLOCK_MAX_SEC))
            return false;
        *sec = (int64_t)floor(d);
        return true;
    }
    if (v == NULL || v->type != J_STR || !clock_from_iso(str_trim(v->text), &t))
        return false;
    *sec = clock_sec(t);
    return true;
}

void import_whole(struct import *im, struct jval *msg, const char *key, double v)
{
    if (fabs(v) <= WHOLE_MAX) /* false for what is no number */
        jval_set(im->point, msg, str_of(key), jval_int(im->point, lround(v)));
}

void import_degrees(struct import *im, struct jval *msg, double lat, double lon)
{
    jval_set(im->point, msg, STR("lat"), jval_float(im->point, lat));
    jval_set(im->point, msg, STR("lon"), jval_float(im->point, lon));
}

static struct jval *list_of(struct arena *a, const struct jval *v)
{
    struct jval *list = jval_array(a);

    for (const struct jval *item = v->first; item != NULL; item = item->next)
        if (item->type == J_STR)
            jval_push(list, jval_text(a, item->text));
    return list;
}

void import_field(struct import *im, struct jval *msg, struct str name, const struct jval *value)
{
    const struct field *f = field_of(name);
    struct str key = f != NULL ? str_of(f->key) : STR("");
    int64_t sec;
    double d;

    if (f == NULL || jval_get(msg, key) != NULL)
        return;
    if (f->kind == K_TIME) {
        if (import_time(value, &sec))
            jval_set(im->point, msg, key, jval_int(im->point, sec));
    } else if (f->kind == K_TEXT) {
        if (value->type == J_STR)
            jval_set(im->point, msg, key, jval_text(im->point, value->text));
    } else if (f->kind == K_LIST) {
        if (value->type == J_ARRAY)
            jval_set(im->point, msg, key, list_of(im->point, value));
    } else if (import_number(value, &d)) {
        if (f->kind == K_DEGREES)
            jval_set(im->point, msg, key, jval_float(im->point, d));
        else
            import_whole(im, msg, f->key, f->kind == K_MS ? d * KMH_PER_MS : d);
    }
}
