#include "utf8scan.h"

#include "utf8.h"

#include <string.h>

/* Well-formed sequences by first byte (Unicode table 3-7). Only the second byte has limits of its
   own; they exclude overlong forms, surrogates and everything above U+10FFFF. */
static const struct lead {
    unsigned char from, to, second_min, second_max, len;
} leads[] = {
    { 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
    { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
    { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct lead *lead_of(unsigned char c)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (c >= leads[i].from && c <= leads[i].to)
            return &leads[i];
    return NULL;
}

enum utf8_seq utf8_scan(struct str s, size_t at, size_t *len)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    const struct lead *lead = lead_of(p[0]);
    size_t left = s.n - at;

    *len = 1;
    if (lead == NULL)
        return UTF8_BAD_START;
    for (; *len < lead->len; (*len)++) {
        unsigned char min = *len == 1 ? lead->second_min : 0x80;
        unsigned char max = *len == 1 ? lead->second_max : 0xbf;
        if (*len == left)
            return UTF8_CUT_OFF;
        if (p[*len] < min || p[*len] > max)
            return UTF8_BAD_CONTINUATION;
    }
    return UTF8_OK;
}

size_t utf8_first_bad(struct str s)
{
    size_t at = 0, len = 0;

    if (utf8_valid(s)) /* nearly always, and fast */
        return s.n;
    while (at < s.n && utf8_scan(s, at, &len) == UTF8_OK)
        at += len;
    return at;
}

struct str utf8_repair(struct arena *a, struct str s)
{
    static const char replacement[3] = { '\xef', '\xbf', '\xbd' };
    size_t from = utf8_first_bad(s);
    size_t len = 0;

    if (from == s.n)
        return s;
    /* A single bad byte becomes three. */
    char *out = arena_calloc(a, s.n, sizeof replacement);
    size_t n = from;
    memcpy(out, s.p, from);
    for (size_t at = from; at < s.n; at += len) {
        if (utf8_scan(s, at, &len) == UTF8_OK) {
            memcpy(out + n, s.p + at, len);
            n += len;
        } else {
            memcpy(out + n, replacement, sizeof replacement);
            n += sizeof replacement;
        }
    }
    return (struct str){ out, n };
}
