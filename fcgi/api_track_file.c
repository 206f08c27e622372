/* Positions of a device as a file for other programs. Rows are written as they are read. */
#include "api.h"
#include "db/locations.h"
#include "handlers.h"
#include "lib/friendly.h"
#include "lib/represent.h"
#include "lib/track.h"
#include "templates/html.h"
#include "track.h"

#define KMH_PER_MS 3.6

struct track_file {
    struct request *r;
    struct buf *out;
    int64_t accuracy;
    int64_t count;
    usec_t before; /* fix time of the row before */
};

struct file_format {
    const char *name, *type;
    void (*head)(struct track_file *f, struct str title);
    void (*row)(struct track_file *f, const struct location *l);
    void (*tail)(struct track_file *f);
};

static void put_degrees(struct buf *out, dec10 v)
{
    char text[DEC10_TEXT];

    buf_add(out, text, dec10_short(v, 1, text));
}

static void put_utc(struct buf *out, usec_t t)
{
    char text[CLOCK_TEXT];

    buf_add(out, text, clock_iso_z(clock_sec(t) * USEC_PER_SEC, text));
}

static void nothing(struct track_file *f)
{
    (void)f;
}

/* ---- GPX 1.1, with Garmin's TrackPointExtension v2 for speed (m/s) and course. A silence begins a
   segment. */

/* What XML 1.0 cannot hold becomes a blank. */
static void put_xml(struct track_file *f, struct str text)
{
    char *copy = arena_alloc(f->r->arena, text.n + 1);

    for (size_t i = 0; i < text.n; i++) {
        copy[i] = text.p[i];
        if ((unsigned char)copy[i] < ' ' || copy[i] == 0x7f) {
            copy[i] = ' ';
        }
    }
    html_text(f->out, (struct str){ copy, text.n });
}

static void gpx_head(struct track_file *f, struct str title)
{
    buf_z(f->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<gpx version=\"1.1\" creator=\"mytracks\""
                  " xmlns=\"http://www.topografix.com/GPX/1/1\" xmlns:gpxtpx="
                  "\"http://www.garmin.com/xmlschemas/TrackPointExtension/v2\">\n<trk><name>");
    put_xml(f, title);
    buf_z(f->out, "</name>");
}

static void gpx_extensions(struct buf *out, const struct location *l)
{
    if (!l->velocity.set && !l->course.set) {
        return;
    }
    buf_z(out, "<extensions><gpxtpx:TrackPointExtension>");
    if (l->velocity.set) {
        buf_printf(out, "<gpxtpx:speed>%.2f</gpxtpx:speed>", (double)l->velocity.v / KMH_PER_MS);
    }
    if (l->course.set) {
        buf_printf(out, "<gpxtpx:course>%lld</gpxtpx:course>", (long long)l->course.v);
    }
    buf_z(out, "</gpxtpx:TrackPointExtension></extensions>");
}

static void gpx_row(struct track_file *f, const struct location *l)
{
    if (f->count == 0 || l->timestamp - f->before > TRACK_GAP * USEC_PER_SEC) {
        buf_z(f->out, f->count == 0 ? "<trkseg>\n" : "</trkseg><trkseg>\n");
    }
    buf_z(f->out, "<trkpt lat=\"");
    put_degrees(f->out, l->latitude);
    buf_z(f->out, "\" lon=\"");
    put_degrees(f->out, l->longitude);
    buf_z(f->out, "\">");
    if (l->altitude.set) {
        buf_printf(f->out, "<ele>%lld</ele>", (long long)l->altitude.v);
    }
    buf_z(f->out, "<time>");
    put_utc(f->out, l->timestamp);
    buf_z(f->out, "</time>");
    gpx_extensions(f->out, l);
    buf_z(f->out, "</trkpt>\n");
}

static void gpx_tail(struct track_file *f)
{
    buf_z(f->out, f->count > 0 ? "</trkseg></trk></gpx>\n" : "</trk></gpx>\n");
}

/* ---- GeoJSON (RFC 7946): a point for each position, with all that the API tells of it */

static void geojson_head(struct track_file *f, struct str title)
{
    struct json *j = &f->r->reply.json;

    json_init(j, f->out, JSON_COMPACT);
    json_object(j);
    json_k(j, "type");
    json_str(j, STR("FeatureCollection"));
    json_k(j, "name");
    json_str(j, title);
    json_k(j, "features");
    json_array(j);
}

static void geojson_row(struct track_file *f, const struct location *l)
{
    struct json *j = &f->r->reply.json;

    json_object(j);
    json_k(j, "type");
    json_str(j, STR("Feature"));
    json_k(j, "geometry");
    json_object(j);
    json_k(j, "type");
    json_str(j, STR("Point"));
    json_k(j, "coordinates");
    json_array(j);
    json_float(j, dec10_double(l->longitude));
    json_float(j, dec10_double(l->latitude));
    if (l->altitude.set) {
        json_int(j, l->altitude.v);
    }
    json_end(j);
    json_end(j);
    json_k(j, "properties");
    represent_location(j, l);
    json_end(j);
}

static void geojson_tail(struct track_file *f)
{
    json_end(&f->r->reply.json);
    json_end(&f->r->reply.json);
}

/* ---- CSV (RFC 4180) */

static void csv_head(struct track_file *f, struct str title)
{
    (void)title;
    buf_z(f->out,
          "time,unix,latitude,longitude,accuracy_m,altitude_m,vertical_accuracy_m,"
          "speed_kmh,course,battery_percent,connection,tracker_id,trigger,ssid,received_via\r\n");
}

static void csv_int(struct buf *out, struct opt_int v)
{
    buf_char(out, ',');
    if (v.set) {
        buf_int(out, v.v);
    }
}

/* Quoted. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
static void csv_text(struct buf *out, struct str text)
{
    buf_z(out, text.n > 0 && strchr("=+-@\t\r", text.p[0]) != NULL ? ",\"'" : ",\"");
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') {
            buf_char(out, '"');
        }
        buf_char(out, text.p[i]);
    }
    buf_char(out, '"');
}

static void csv_row(struct track_file *f, const struct location *l)
{
    const struct opt_int numbers[] = { l->accuracy, l->altitude, l->vertical_accuracy,
                                       l->velocity, l->course,   l->battery_level };
    const struct str texts[] = { l->connection_type, l->tracker_id, l->trigger, l->wifi_ssid,
                                 l->received_via };

    put_utc(f->out, l->timestamp);
    buf_printf(f->out, ",%lld,", (long long)clock_sec(l->timestamp));
    put_degrees(f->out, l->latitude);
    buf_char(f->out, ',');
    put_degrees(f->out, l->longitude);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        csv_int(f->out, numbers[i]);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        csv_text(f->out, texts[i]);
    }
    buf_z(f->out, "\r\n");
}

/* ---- the OwnTracks Recorder's .rec: time, "*" in 18 columns, the message; by tabs (storage.c of
   the Recorder) */

static void rec_head(struct track_file *f, struct str title)
{
    (void)f;
    (void)title;
}

static void rec_row(struct track_file *f, const struct location *l)
{
    struct arena *a = f->r->app->scratch;
    struct json j;

    json_init(&j, f->out, JSON_COMPACT);
    put_utc(f->out, l->timestamp);
    buf_printf(f->out, "\t%-18s\t", "*");
    jval_write(&j, friend_location(a, l, l->tracker_id));
    buf_char(f->out, '\n');
    arena_reset(a);
}

/* ---- */

static const struct file_format formats[] = {
    { "gpx", "application/gpx+xml", gpx_head, gpx_row, gpx_tail },
    { "geojson", "application/geo+json", geojson_head, geojson_row, geojson_tail },
    { "csv", "text/csv; charset=utf-8", csv_head, csv_row, nothing },
    { "rec", "text/plain; charset=utf-8", rec_head, rec_row, nothing },
};

struct writing {
    struct track_file file;
    const struct file_format *format;
};

static bool write_row(void *ctx, const struct location *l)
{
    struct writing *w = ctx;
    struct track_file *f = &w->file;

    if (f->accuracy == 0 || !l->accuracy.set || l->accuracy.v <= f->accuracy) {
        w->format->row(f, l);
        f->before = l->timestamp;
        f->count++;
    }
    return buf_ok(f->out);
}

/* "device_2026-03-06.gpx" of the first day. */
static struct str file_name(struct request *r, const struct track_range *range, const char *suffix)
{
    char day[CLOCK_TEXT];

    (void)clock_iso_z(range->start * USEC_PER_SEC, day);
    return arena_printf(r->arena, "%.*s_%.10s.%s", STR_FMT(range->device.device_id), day, suffix);
}

static enum db_rc write_file(struct request *r, const struct track_range *range,
                             const struct file_format *format)
{
    struct writing w = { .file = { .r = r, .out = &r->reply.body, .accuracy = range->accuracy },
                         .format = format };
    const struct location_query q = {
        .viewer = api_viewer(r),
        .device_id = range->device.id,
        .from = { true, range->start * USEC_PER_SEC },
        .to = { true, range->end * USEC_PER_SEC + USEC_PER_SEC - 1 },
        .order = ORDER_FIX_ID_ASC,
        .limit = -1,
    };

    reply_prepare(r);
    reply_head(r, 200, format->type);
    reply_cache(r, STR("private, no-store"));
    reply_attachment(r, file_name(r, range, format->name));
    format->head(&w.file,
                 device_display(r->arena, range->device.owner_username, range->device.device_id));
    enum db_rc rc = db_location_list(r->app->db, &q, write_row, &w);
    format->tail(&w.file);
    return rc;
}

int track_file(struct request *r)
{
    struct track_range range;
    struct str as = request_query(r, STR("as"));
    int status;

    if (!track_range(r, &range, &status)) {
        return status;
    }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (str_eqz(as, formats[i].name)) {
            enum db_rc rc = write_file(r, &range, &formats[i]);
            return rc == DB_OK ? 0 : error_of_db(rc);
        }
    }
    return api_error(r, 400, STR("as must be gpx, geojson, csv or rec"));
}
