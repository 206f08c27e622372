/* UTF-8 that may be wrong: where it breaks, and how a lenient decoder reads it. utf8.h is for text
   that is known to be valid. */
#ifndef MYTRACKS_UTF8SCAN_H
#define MYTRACKS_UTF8SCAN_H

#include "arena.h"

enum utf8_seq {
    UTF8_OK,
    UTF8_BAD_START,        /* no character begins with this byte */
    UTF8_BAD_CONTINUATION, /* a byte that does not fit ends the sequence too early */
    UTF8_CUT_OFF,          /* the text ends inside a character */
};

/* The sequence that starts at s.p[at], at < s.n. *len (at least 1): the bytes of the character, or
   of the part that a lenient decoder replaces by one U+FFFD (the "maximal subpart" of Unicode
   chapter 3.9, also Python's errors="replace"). */
enum utf8_seq utf8_scan(struct str s, size_t at, size_t *len);
/* The offset of the first sequence that is not UTF8_OK; s.n when the text is valid. */
size_t utf8_first_bad(struct str s);
/* The text with each ill-formed part replaced by U+FFFD: s itself when it is valid, else a copy. */
struct str utf8_repair(struct arena *a, struct str s);

#endif
