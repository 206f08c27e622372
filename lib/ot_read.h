/* Members of an OwnTracks message as the reference's Python reads them. For lib/ot_*.c alone. */
#ifndef MYTRACKS_OT_READ_H
#define MYTRACKS_OT_READ_H

#include "owntracks.h"

/* jval_py_int, but text with a fraction is cut as well. */
enum num_rc ot_whole(const struct jval *v, int64_t *out) __attribute__((warn_unused_result));
/* int(v) as a point in time; NUM_RANGE beyond the years 1-9999. */
enum num_rc ot_seconds(const struct jval *v, int64_t *out) __attribute__((warn_unused_result));
/* What Django stores of a float in a decimal column: 15 significant digits, half even. */
struct str ot_column_decimal(struct arena *a, double v);
/* str(v) cut to max characters; absent: "", null: null_text. */
struct str ot_text(struct arena *a, const struct jval *v, size_t max, struct str null_text);

/* The columns that HTTP and MQTT read alike, straight from the message: what is unusable there is
   left out and never makes the message fail. */
void ot_lenient(struct arena *a, const struct jval *msg, struct str null_text, struct ot_fix *fix);

#endif
