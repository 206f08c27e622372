/* Text encodings. Decoders check everything and never read past the input. */
#ifndef MYTRACKS_CODEC_H
#define MYTRACKS_CODEC_H

#include "arena.h"

#include <stdint.h>

/* Base64 (RFC 4648 section 4), padded. */
struct str base64_encode(struct arena *a, struct str bytes);
/* As Python's b64decode(validate=False): characters outside the alphabet are skipped, wrong padding
   fails. STR_NULL on failure. */
struct str base64_decode(struct arena *a, struct str text);
/* URL alphabet (section 5) without padding, as Django's signing. */
struct str base64url_encode(struct arena *a, struct str bytes);
struct str base64url_decode(struct arena *a, struct str text);
/* Lower-case hexadecimal. */
struct str hex_encode(struct arena *a, struct str bytes);
bool hex_decode(struct str text, uint8_t *out, size_t n); /* exactly 2n digits */

/* Django's base62 of a non-negative number: 0-9 A-Z a-z. */
struct str base62_encode(struct arena *a, uint64_t v);
bool base62_decode(struct str s, int64_t *out); /* "-" sign allowed; false: bad or too large */

/* %XX decoded, '+' kept (plus = false) or made a blank (true). A stray % stays as it is. */
struct str percent_decode(struct arena *a, struct str s, bool plus);
/* urllib.parse.quote_plus: letters, digits, "_.-~" kept, blank = '+', others %XX of UTF-8. */
struct str form_encode(struct arena *a, struct str s);
/* urllib.parse.quote with the given characters also kept. */
struct str percent_encode(struct arena *a, struct str s, const char *also_safe);

/* One pair of an urlencoded text: a query or a form (at most max pairs; more fail). */
struct pair {
    struct str name, value;
};
/* Python parse_qsl(keep_blank_values=True), '&' only. Bytes that are no UTF-8 become U+FFFD.
   False when there are more than max pairs. *out and *n from the arena. */
bool form_decode(struct arena *a, struct str s, size_t max, struct pair **out, size_t *n);
/* The last value of that name, STR_NULL without one. */
struct str pair_last(const struct pair *pairs, size_t n, struct str name);

#endif
