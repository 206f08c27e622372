/* Times. Everywhere in the project a point in time is int64_t microseconds since 1970 UTC (usec),
   within years 1-9999; text exists only at the edges. */
#ifndef MYTRACKS_CLOCK_H
#define MYTRACKS_CLOCK_H

#include "arena.h"

#include <stdint.h>

typedef int64_t usec_t;
#define USEC_PER_SEC INT64_C(1000000)
#define CLOCK_MIN_SEC INT64_C(-62135596800) /* 0001-01-01T00:00:00 */
#define CLOCK_MAX_SEC INT64_C(253402300799) /* 9999-12-31T23:59:59 */
#define CLOCK_TEXT 40                       /* enough for every form below, with NUL */

usec_t clock_now(void);
/* CLOCK_MONOTONIC in microseconds: for timeouts and rates. */
usec_t clock_mono(void);
/* Floor of t in whole seconds (also before 1970). */
int64_t clock_sec(usec_t t);

/* Django in SQLite: "2026-03-02 06:30:09.782578", no fraction when it is zero. Length returned. */
size_t clock_db(usec_t t, char out[CLOCK_TEXT]);
/* Reads that form and what else Django's parse_datetime reads in a column: clock_from_iso, and
   "2026-3-2 6:30[:9[.7]][zone]". False when it is not a time. */
bool clock_from_db(struct str s, usec_t *out);
/* DRF: "2026-03-02T06:30:09.782578Z", no fraction when it is zero. */
size_t clock_iso_z(usec_t t, char out[CLOCK_TEXT]);
/* Python isoformat() of an aware UTC datetime: "...T06:30:09.782578+00:00", fraction if any. */
size_t clock_iso_offset(usec_t t, char out[CLOCK_TEXT]);
/* RFC 9110 IMF-fixdate: "Thu, 01 Jan 1970 00:00:00 GMT". */
size_t clock_http(usec_t t, char out[CLOCK_TEXT]);
/* Python 3.14 datetime.fromisoformat; a time without offset is UTC. False: not accepted. Its
   grammar, not the accidents of CPython's C code ("12x+01:00", fractions without a point); one
   blank may stand before the offset. */
bool clock_from_iso(struct str s, usec_t *out);

#endif
