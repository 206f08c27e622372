/* For lib/import*.c alone. */
#ifndef MYTRACKS_IMPORT_PARTS_H
#define MYTRACKS_IMPORT_PARTS_H

#include "import.h"

#define IMPORT_RECORD_MAX \
    ((size_t)4 * 1024 * 1024)              /* bytes of one position, line or GeoJSON feature */
#define IMPORT_VALUES_MAX ((size_t)200000) /* in one of them: some 60,000 points of a line */

struct import {
    const struct import_sink *sink;
    struct str device_id;
    struct arena *record; /* what is read, until the next one */
    struct arena *point;  /* one position */
    int64_t points;       /* given or refused */
    bool stopped;         /* by the sink */
};

/* A position as an OwnTracks message in im->point, which is empty afterwards. */
void import_point(struct import *im, const struct jval *msg, int64_t line);
void import_refuse(struct import *im, int64_t line, const char *why);

/* Puts a value under the name that OwnTracks has for it, converted; the first of several stays.
   What cannot be read is left out, and names that mean nothing here are passed over. */
void import_field(struct import *im, struct jval *msg, struct str name, const struct jval *value);
/* Does a column of this name (any case) hold KEY ("tst", "lat", "lon")? */
bool import_is(struct str name, const char *key);
/* "lat", "lon" in degrees; "alt", "vel" and others, rounded; not finite, or huge: left out. */
void import_degrees(struct import *im, struct jval *msg, double lat, double lon);
void import_whole(struct import *im, struct jval *msg, const char *key, double v);
/* Unix seconds of a number (also milli- or microseconds) or an ISO text. */
bool import_time(const struct jval *v, int64_t *sec);
bool import_number(const struct jval *v, double *out);

/* A JSON text that holds one position or several. */
void import_record(struct import *im, struct str text, int64_t line);

/* A format: fed with parts of any size. False: the rest cannot be read, *why (static). */
struct import_reader {
    void *(*open)(struct import *im);
    bool (*feed)(void *self, struct str part, const char **why);
    bool (*end)(void *self, const char **why); /* after the last part */
    void (*close)(void *self);
};
extern const struct import_reader import_gpx, import_json, import_csv, import_rec;

#endif
