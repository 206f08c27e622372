/* Numbers as Python and DRF read them, and decimals with ten places.

   dec10: a decimal(15,10) as int64_t in units of 1e-10; |value| < 1e5, so |units| < 1e15. */
#ifndef MYTRACKS_NUM_H
#define MYTRACKS_NUM_H

#include "arena.h"

#include <stdint.h>

typedef int64_t dec10;
#define DEC10_ONE INT64_C(10000000000)
#define DEC10_TEXT 20 /* "-99999.1234567890" and NUL */

enum num_rc {
    NUM_OK,
    NUM_BAD,   /* not a number of that kind */
    NUM_RANGE, /* a number, but beyond int64_t, the calendar, or the digits allowed */
};

/* Python int(text): blanks around, sign, digits of any script, single "_" between digits. */
enum num_rc num_py_int(struct str s, int64_t *out) __attribute__((warn_unused_result));
/* The longest number text that is read as a double, without blanks around it; longer: NUM_RANGE. */
#define NUM_TEXT_MAX 1024
/* Python float(text), without nan and inf (NUM_RANGE for those and for overflow). */
enum num_rc num_py_float(struct str s, double *out) __attribute__((warn_unused_result));
/* A JSON integer token ("-12"), exact. */
enum num_rc num_json_int(struct str token, int64_t *out) __attribute__((warn_unused_result));
/* A JSON number token as double; NUM_RANGE when not finite. */
enum num_rc num_json_float(struct str token, double *out) __attribute__((warn_unused_result));
/* Python's int(float): cut towards zero; NUM_RANGE beyond int64_t and for nan. */
enum num_rc num_cut(double v, int64_t *out) __attribute__((warn_unused_result));

/* Python repr(float): shortest text that reads back ("1.0", "1e+16", "0.1"). Length returned. */
size_t num_py_repr(double v, char out[32]);

/* Django reading a decimal column: 15 significant digits (half even), then 10 places (half even).
   NUM_RANGE when |v| >= 1e5 or not finite. */
enum num_rc dec10_from_double(double v, dec10 *out) __attribute__((warn_unused_result));
/* "38.7249674000": sign, at least one digit, always ten places. Length returned. */
size_t dec10_text(dec10 v, char out[DEC10_TEXT]);
/* The same without zeros at the end, but with at least so many decimals (0 to 10). */
size_t dec10_short(dec10 v, size_t decimals, char out[DEC10_TEXT]);
double dec10_double(dec10 v);

/* DRF DecimalField(max_digits=15, decimal_places=10) on a text, or on another JSON value as
   Python's str() shows it (jval_py_str: a float token goes through repr() first). On failure *why
   is DRF's message (static). */
bool dec10_drf(struct str text, dec10 *out, const char **why);
/* DRF IntegerField on the same: "12", "12.0", " 12 ". On failure *why as above.
   Values beyond int64_t fail with "A valid integer is required.". */
bool num_drf_int(struct str text, int64_t *out, const char **why);

#endif
