/* What the objects in JSON files look like: OwnTracks messages, GeoJSON features, Google's records
   and segments, and plain objects with a time and a place. */
#include "import_parts.h"

#include <math.h>

#define E7 1e7
#define E7_WRAP                                                                      \
    4294967296.0 /* some of Google's files have negative degrees as unsigned numbers \
                  */
#define KMH_PER_MS 3.6
#define SEC_PER_MIN 60

struct one {
    struct import *im;
    const struct jval *o;
    int64_t line;
};

static void nothing(const struct one *one)
{
    (void)one;
}

/* Takes members of an object by the names that they have in many programs. */
static void take_fields(struct import *im, struct jval *msg, const struct jval *o)
{
    if (o != NULL && o->type == J_OBJECT)
        for (const struct jval *v = o->first; v != NULL; v = v->next)
            import_field(im, msg, v->key, v);
}

static void plain(const struct one *one)
{
    struct jval *msg = jval_object(one->im->point);

    take_fields(one->im, msg, one->o);
    import_point(one->im, msg, one->line);
}

/* ---------------------------------------------------------------- OwnTracks */
static void owntracks(const struct one *one)
{
    const struct jval *type = jval_getz(one->o, "_type");

    if (type->type == J_STR && str_eqz(type->text, "location"))
        import_point(one->im, one->o, one->line);
}

/* ---------------------------------------------------------------- GeoJSON (RFC 7946) */
static const struct jval *nth(const struct jval *list, size_t n)
{
    const struct jval *v = list != NULL && list->type == J_ARRAY ? list->first : NULL;

    while (v != NULL && n-- > 0)
        v = v->next;
    return v;
}

/* coordinates: [longitude, latitude, altitude]; time: NULL: the properties have it. */
static void put_point(const struct one *one, const struct jval *coordinates,
                      const struct jval *properties, const struct jval *time)
{
    struct jval *msg = jval_object(one->im->point);
    double lat, lon, alt;

    if (!import_number(nth(coordinates, 0), &lon) || !import_number(nth(coordinates, 1), &lat)) {
        import_refuse(one->im, one->line, "coordinates are no longitude and latitude");
        return;
    }
    import_degrees(one->im, msg, lat, lon);
    if (time != NULL)
        import_field(one->im, msg, STR("tst"), time);
    take_fields(one->im, msg, properties);
    if (jval_getz(msg, "alt") == NULL && import_number(nth(coordinates, 2), &alt))
        import_whole(one->im, msg, "alt", alt);
    import_point(one->im, msg, one->line);
}

/* With a list of times beside it. */
static void put_line(const struct one *one, const struct jval *line, const struct jval *times)
{
    const struct jval *t = nth(times, 0);

    if (line->type != J_ARRAY || t == NULL) {
        import_refuse(one->im, one->line, "a line without the times of its points");
        return;
    }
    for (const struct jval *c = line->first; c != NULL && !one->im->stopped; c = c->next) {
        if (t == NULL) {
            import_refuse(one->im, one->line, "a line has fewer times than points");
            return;
        }
        put_point(one, c, NULL, t);
        t = t->next;
    }
}

static const struct jval *times_of(const struct jval *properties)
{
    const struct jval *t = jval_getz(properties, "coordTimes"); /* of togeojson */

    if (t == NULL)
        t = jval_getz(jval_getz(properties, "coordinateProperties"), "times");
    return t != NULL ? t : jval_getz(properties, "times");
}

static void feature(const struct one *one)
{
    const struct jval *geometry = jval_getz(one->o, "geometry");
    const struct jval *properties = jval_getz(one->o, "properties");
    const struct jval *type = jval_getz(geometry, "type");
    const struct jval *c = jval_getz(geometry, "coordinates");
    struct str kind = type != NULL && type->type == J_STR ? type->text : STR("");
    const struct jval *times = times_of(properties);

    if (c == NULL || c->type != J_ARRAY) {
        import_refuse(one->im, one->line, "a feature without coordinates");
    } else if (str_eqz(kind, "Point")) {
        put_point(one, c, properties, NULL);
    } else if (str_eqz(kind, "LineString") || str_eqz(kind, "MultiPoint")) {
        put_line(one, c, times);
    } else if (str_eqz(kind, "MultiLineString")) {
        const struct jval *t = nth(times, 0);
        for (const struct jval *part = c->first; part != NULL; part = part->next) {
            put_line(one, part, t);
            t = t != NULL ? t->next : NULL;
        }
    } else {
        import_refuse(one->im, one->line, "a feature that is no point and no line");
    }
}

/* ---------------------------------------------------------------- Google: Records.json */
static bool degrees_e7(const struct jval *v, double most, double *out)
{
    if (!import_number(v, out))
        return false;
    *out = (*out > most * E7 ? *out - E7_WRAP : *out) / E7;
    return true;
}

static void google_record(const struct one *one)
{
    struct jval *msg = jval_object(one->im->point);
    const struct jval *o = one->o;
    double lat, lon, v;

    if (!degrees_e7(jval_getz(o, "latitudeE7"), 90, &lat) ||
        !degrees_e7(jval_getz(o, "longitudeE7"), 180, &lon)) {
        import_refuse(one->im, one->line, "latitudeE7 or longitudeE7 is not a number");
        return;
    }
    import_degrees(one->im, msg, lat, lon);
    if (import_number(jval_getz(o, "velocity"), &v)) /* m/s, unlike others' */
        import_whole(one->im, msg, "vel", v * KMH_PER_MS);
    for (const struct jval *m = o->first; m != NULL; m = m->next)
        if (!str_eqz(m->key, "source")) /* longer than ours */
            import_field(one->im, msg, m->key, m);
    import_point(one->im, msg, one->line);
}

/* ---------------------------------------------------------------- Google: Timeline.json */
/* "48.2°, 16.3°" or "geo:48.2,16.3". */
static bool read_place(const struct jval *v, double *lat, double *lon)
{
    struct str rest, part[2];

    if (v == NULL || v->type != J_STR)
        return false;
    rest = str_starts(v->text, STR("geo:")) ? str_sub(v->text, 4, SIZE_MAX) : v->text;
    for (size_t i = 0; i < 2; i++) {
        if (!str_split(&rest, ',', &part[i]))
            return false;
        part[i] = str_trim(part[i]);
        if (str_ends(part[i], STR("\xC2\xB0")))
            part[i] = str_sub(part[i], 0, part[i].n - 2);
    }
    return num_py_float(part[0], lat) == NUM_OK && num_py_float(part[1], lon) == NUM_OK;
}

/* Its own, or so many minutes after the segment's. */
static bool path_time(const struct jval *point, const struct jval *segment, int64_t *sec)
{
    double minutes;

    if (import_time(jval_getz(point, "time"), sec))
        return true;
    if (!import_time(jval_getz(segment, "startTime"), sec) ||
        !import_number(jval_getz(point, "durationMinutesOffsetFromStartTime"), &minutes) ||
        fabs(minutes) > 1e6)
        return false;
    *sec += (int64_t)(minutes * SEC_PER_MIN);
    return true;
}

static void timeline_path(const struct one *one)
{
    const struct jval *path = jval_getz(one->o, "timelinePath");

    for (const struct jval *p = path->first; p != NULL && !one->im->stopped; p = p->next) {
        struct jval *msg = jval_object(one->im->point);
        double lat, lon;
        int64_t sec;
        if (!read_place(jval_getz(p, "point"), &lat, &lon) || !path_time(p, one->o, &sec)) {
            import_refuse(one->im, one->line, "a point of a path without place or time");
            continue;
        }
        import_degrees(one->im, msg, lat, lon);
        jval_set(one->im->point, msg, STR("tst"), jval_int(one->im->point, sec));
        import_point(one->im, msg, one->line);
    }
}

static void raw_signal(const struct one *one)
{
    static const struct {
        const char *theirs, *key;
        double factor;
    } measures[] = { { "accuracyMeters", "acc", 1 },
                     { "altitudeMeters", "alt", 1 },
                     { "speedMetersPerSecond", "vel", KMH_PER_MS } };
    const struct jval *o = jval_getz(one->o, "position");
    const struct jval *place = jval_getz(o, "LatLng");
    struct jval *msg = jval_object(one->im->point);
    double lat, lon, v;

    if (!read_place(place != NULL ? place : jval_getz(o, "latLng"), &lat, &lon)) {
        import_refuse(one->im, one->line, "a position without LatLng");
        return;
    }
    import_degrees(one->im, msg, lat, lon);
    import_field(one->im, msg, STR("tst"),
                 jval_getz(o, "timestamp") != NULL ? jval_getz(o, "timestamp") : place);
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        if (import_number(jval_get(o, str_of(measures[i].theirs)), &v))
            import_whole(one->im, msg, measures[i].key, v * measures[i].factor);
    import_point(one->im, msg, one->line);
}

/* ---------------------------------------------------------------- which it is */
static const struct {
    const char *member;
    enum jtype type;
    void (*read)(const struct one *one);
} shapes[] = {
    { "_type", J_STR, owntracks },
    { "geometry", J_OBJECT, feature },
    { "latitudeE7", J_INT, google_record },
    { "timelinePath", J_ARRAY, timeline_path },
    { "position", J_OBJECT, raw_signal },
    /* Google's guesses of what one did, and what else phones saw: no positions */
    { "wifiScan", J_OBJECT, nothing },
    { "activityRecord", J_OBJECT, nothing },
    { "visit", J_OBJECT, nothing },
    { "activity", J_OBJECT, nothing },
    { "timelineMemory", J_OBJECT, nothing },
    { "frequentPlaces", J_ARRAY, nothing },
    { "activitySegment", J_OBJECT, nothing },
    { "placeVisit", J_OBJECT, nothing },
};

static bool has_place(const struct jval *o)
{
    bool lat = false, lon = false;

    for (const struct jval *v = o->first; v != NULL; v = v->next) {
        lat = lat || import_is(v->key, "lat");
        lon = lon || import_is(v->key, "lon");
    }
    return lat && lon;
}

static void read_one(const struct one *one)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const struct jval *v = jval_get(one->o, str_of(shapes[i].member));
        if (v != NULL && v->type == shapes[i].type) {
            shapes[i].read(one);
            return;
        }
    }
    if (has_place(one->o))
        plain(one);
    else
        import_refuse(one->im, one->line, "an entry that is no known kind of position");
}

static bool has_too_many(struct str text)
{
    size_t values = 0;

    for (size_t i = 0; i < text.n; i++)
        values += text.p[i] == ',' || text.p[i] == '[' || text.p[i] == '{';
    return values > IMPORT_VALUES_MAX;
}

void import_record(struct import *im, struct str text, int64_t line)
{
    char why[JSONIN_WHY];
    struct one one = { .im = im, .line = line };

    if (text.n > IMPORT_RECORD_MAX || has_too_many(text)) {
        import_refuse(im, line, "one entry holds too many values");
        return;
    }
    one.o = jsonin_parse(im->record, text, why);
    if (one.o == NULL)
        import_refuse(im, line, why);
    else if (one.o->type != J_OBJECT)
        import_refuse(im, line, "not a JSON object");
    else
        read_one(&one);
    arena_reset(im->point);
    arena_reset(im->record);
}
