/* Histories in files of other programs, read as they stream in: each position becomes what ingest
   makes of the same OwnTracks message. Memory is bounded whatever the file holds.

   Formats: GPX 1.0 and 1.1 (trkpt with a time); JSON of many kinds (our GeoJSON and others' points
   or lines with times, OwnTracks messages and the Recorder's answers, Google's Records.json,
   Location History.json and Timeline.json); CSV with names in the first line; the Recorder's .rec.
   All of them also gzipped. Speeds are km/h in "vel", "velocity" and "speed_kmh", m/s in "speed"
   and in GPX. */
#ifndef MYTRACKS_IMPORT_H
#define MYTRACKS_IMPORT_H

#include "owntracks.h"

enum import_format { IMPORT_AUTO, IMPORT_GPX, IMPORT_JSON, IMPORT_CSV, IMPORT_REC, IMPORT_FORMATS };
/* "auto", "gpx", "json", "csv", "rec"; false: none of them. */
bool import_format_named(struct str name, enum import_format *out);

struct import_source {
    void *ctx;
    /* Up to n bytes; 0 at the end, negative: the source has failed. */
    int64_t (*read)(void *ctx, char *p, size_t n);
    struct str device_id; /* default of tid, as over MQTT */
    enum import_format format;
};

struct import_sink {
    void *ctx;
    /* Lives until the call returns. created_at is the time of the fix unless the file says more:
       what is old is not taken for a new report. False stops. */
    bool (*fix)(void *ctx, const struct ot_fix *fix);
    /* line: where it begins in the (unpacked) file, from 1; why: static, or lives for the call. */
    void (*refused)(void *ctx, int64_t line, const char *why);
};

/* False: the file cannot be read, or not to its end, *why (static) says why; what came before has
   been given to the sink. A sink that stops is no failure. */
bool import_run(const struct import_source *source, const struct import_sink *sink,
                const char **why);

#endif
