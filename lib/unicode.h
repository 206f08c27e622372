/* Properties of characters and forms of text, as Python's str has them. The tables are utf8proc's
   (Unicode 15); utf8.h needs none. All texts are valid UTF-8. */
#ifndef MYTRACKS_UNICODE_H
#define MYTRACKS_UNICODE_H

#include "arena.h"

#include <stdint.h>

/* str.lower(), but for the final sigma of Greek words, which stays a plain one. */
struct str unicode_lower(struct arena *a, struct str s);
/* unicodedata.normalize("NFKC", s). */
struct str unicode_nfkc(struct arena *a, struct str s);
/* \w of Python's re: letters, numbers and "_". */
bool unicode_is_word(uint32_t cp);
/* str.isdigit() of one character: decimal digits of any script, superscripts, circled digits. */
bool unicode_is_digit(uint32_t cp);
/* Category C: controls, invisible format characters, private and unassigned ones. */
bool unicode_is_other(uint32_t cp);

#endif
