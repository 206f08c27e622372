/* UTF-8 (RFC 3629): validation and stepping. */
#ifndef MYTRACKS_UTF8_H
#define MYTRACKS_UTF8_H

#include "arena.h"

#include <stdint.h>

/* Well-formed, no surrogates, no overlong forms, at most U+10FFFF. */
bool utf8_valid(struct str s);
/* Code point at *at (valid text only), *at moved behind it. */
uint32_t utf8_next(struct str s, size_t *at);
/* Code points in valid text. */
size_t utf8_length(struct str s);
/* The first `points` code points of valid text. */
struct str utf8_head(struct str s, size_t points);
/* Writes 1-4 bytes, returns how many. cp must be a scalar value. */
size_t utf8_put(char out[4], uint32_t cp);
/* As Python's str.strip(): Unicode white space at both ends goes. Valid text only. */
struct str utf8_strip(struct str s);
/* Value of a Unicode decimal digit (category Nd), -1 for anything else. */
int utf8_digit(uint32_t cp);
bool utf8_is_space(uint32_t cp); /* Python's str.isspace() */

/* One line for people: control characters become blanks, none at its ends; at most max characters.
 */
struct str utf8_line(struct arena *a, struct str s, size_t max);

#endif
