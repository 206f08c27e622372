/* A view of bytes: not owned, not NUL-terminated, may hold any byte. Passed by value. */
#ifndef MYTRACKS_STR_H
#define MYTRACKS_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    const char *p; /* never NULL except in STR_NULL */
    size_t n;      /* bytes */
};

/* A literal as a view, without its NUL. */
#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
/* "No value" where that differs from the empty text. */
#define STR_NULL ((struct str){ NULL, 0 })
/* printf arguments for "%.*s". */
#define STR_FMT(s) (int)(s).n, (s).p

/* View of a C string; STR_NULL for NULL. */
struct str str_of(const char *z);
bool str_is_null(struct str s);
bool str_eq(struct str a, struct str b);
bool str_eqz(struct str a, const char *z);
/* ASCII letters compared without case. */
bool str_ieq(struct str a, struct str b);
/* A byte below 0x20, or 0x7f. */
bool str_has_control(struct str s);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* -1, 0, 1 by bytes, as memcmp; a prefix sorts first. */
int str_cmp(struct str a, struct str b);
/* Index of the first c at or after from; SIZE_MAX when there is none. */
size_t str_find(struct str s, char c, size_t from);
/* The n bytes from offset at, both clipped to the view. */
struct str str_sub(struct str s, size_t at, size_t n);
/* Without ASCII blanks (space, \t \n \v \f \r) at both ends. */
struct str str_trim(struct str s);
/* Takes the part of *rest before the first sep (all of it when there is none), moves *rest behind
   the separator. False when *rest is STR_NULL, i.e. after the last part: "a,,b" gives a, "", b. */
bool str_split(struct str *rest, char sep, struct str *part);

#endif
