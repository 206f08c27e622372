/* The percent encoding of URLs and forms (RFC 3986, WHATWG URL), as Python's urllib.parse. */
#include "codec.h"

#include "utf8scan.h"

#include <string.h>

/* ---- reading */

struct str percent_decode(struct arena *a, struct str s, bool plus)
{
    char *out = arena_alloc(a, s.n);
    size_t n = 0;

    for (size_t at = 0; at < s.n; at++) {
        uint8_t byte;
        if (s.p[at] == '%' && hex_decode(str_sub(s, at + 1, 2), &byte, 1)) {
            out[n++] = (char)byte;
            at += 2;
        } else {
            out[n] = s.p[at];
            if (plus && out[n] == '+')
                out[n] = ' ';
            n++;
        }
    }
    return (struct str){ out, n };
}

static size_t count_char(struct str s, char c)
{
    size_t n = 0;

    for (size_t at = str_find(s, c, 0); at != SIZE_MAX; at = str_find(s, c, at + 1))
        n++;
    return n;
}

bool form_decode(struct arena *a, struct str s, size_t max, struct pair **out, size_t *n)
{
    /* Python counts empty parts too, before it drops them. */
    size_t parts = s.n == 0 ? 0 : count_char(s, '&') + 1;
    struct str rest = s.n == 0 ? STR_NULL : s;
    struct str part;

    *n = 0;
    if (parts > max)
        return false;
    *out = ARENA_ARRAY(a, parts, struct pair);
    while (str_split(&rest, '&', &part)) {
        struct str value = part, name;
        if (part.n == 0 || !str_split(&value, '=', &name))
            continue;
        if (str_is_null(value))
            value = STR("");
        (*out)[(*n)++] = (struct pair){ utf8_repair(a, percent_decode(a, name, true)),
                                        utf8_repair(a, percent_decode(a, value, true)) };
    }
    return true;
}

struct str pair_last(const struct pair *pairs, size_t n, struct str name)
{
    for (size_t i = n; i > 0; i--)
        if (str_eq(pairs[i - 1].name, name))
            return pairs[i - 1].value;
    return STR_NULL;
}

/* ---- writing */

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '.' || c == '-' || c == '~';
}

static struct str encode(struct arena *a, struct str s, const char *also_safe, bool plus)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_calloc(a, s.n, 3);
    size_t n = 0;

    for (size_t at = 0; at < s.n; at++) {
        unsigned char c = (unsigned char)s.p[at];
        if (is_unreserved(s.p[at]) || (c > 0 && c < 0x80 && strchr(also_safe, c) != NULL)) {
            out[n++] = s.p[at];
        } else if (plus && c == ' ') {
            out[n++] = '+';
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return (struct str){ out, n };
}

struct str form_encode(struct arena *a, struct str s)
{
    return encode(a, s, "", true);
}

struct str percent_encode(struct arena *a, struct str s, const char *also_safe)
{
    return encode(a, s, also_safe, false);
}
