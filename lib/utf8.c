#include "utf8.h"

#include "utf8scan.h"

#include <assert.h>
#include <string.h>

/* The zeros of category Nd (Unicode 16.0, as Python 3.14); each is followed by its 1 to 9. */
static const uint32_t digit_zero[] = {
    0x00030, 0x00660, 0x006F0, 0x007C0, 0x00966, 0x009E6, 0x00A66, 0x00AE6, 0x00B66, 0x00BE6,
    0x00C66, 0x00CE6, 0x00D66, 0x00DE6, 0x00E50, 0x00ED0, 0x00F20, 0x01040, 0x01090, 0x017E0,
    0x01810, 0x01946, 0x019D0, 0x01A80, 0x01A90, 0x01B50, 0x01BB0, 0x01C40, 0x01C50, 0x0A620,
    0x0A8D0, 0x0A900, 0x0A9D0, 0x0A9F0, 0x0AA50, 0x0ABF0, 0x0FF10, 0x104A0, 0x10D30, 0x10D40,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0,
    0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130,
    0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
    0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
};

bool utf8_valid(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t at = 0; at < s.n;) {
        uint64_t eight;

        /* Nearly all text is ASCII: eight bytes at a time. */
        if (s.n - at >= sizeof eight) {
            memcpy(&eight, p + at, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        size_t length;
        if (utf8_scan(s, at, &length) != UTF8_OK) {
            return false;
        }
        at += length;
    }
    return true;
}

uint32_t utf8_next(struct str s, size_t *at)
{
    assert(*at < s.n);
    const unsigned char *p = (const unsigned char *)s.p + *at;
    static const unsigned char lead_bits[] = { 0x7F, 0x7F, 0x1F, 0x0F, 0x07 };
    size_t length;

    (void)utf8_scan(s, *at, &length); /* known to be valid */
    uint32_t cp = p[0] & lead_bits[length];
    for (size_t i = 1; i < length; i++) {
        cp = cp << 6 | (p[i] & 0x3F);
    }
    *at += length;
    return cp;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t utf8_length(struct str s)
{
    size_t points = 0;

    for (size_t i = 0; i < s.n; i++) {
        points += !is_continuation(s.p[i]);
    }
    return points;
}

struct str utf8_head(struct str s, size_t points)
{
    size_t i = 0;

    for (; i < s.n; i++) {
        if (!is_continuation(s.p[i]) && points-- == 0) {
            break;
        }
    }
    return (struct str){ s.p, i };
}

size_t utf8_put(char out[4], uint32_t cp)
{
    static const unsigned char lead_mark[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    size_t length = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

    assert(cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF));
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)(lead_mark[length] | cp);
    return length;
}

struct str utf8_strip(struct str s)
{
    for (size_t at = 0; s.n > 0 && utf8_is_space(utf8_next(s, &at)); at = 0) {
        s.p += at;
        s.n -= at;
    }
    while (s.n > 0) {
        size_t last = s.n - 1;

        while (last > 0 && is_continuation(s.p[last])) {
            last--;
        }
        size_t at = last;
        if (!utf8_is_space(utf8_next(s, &at))) {
            break;
        }
        s.n = last;
    }
    return s;
}

int utf8_digit(uint32_t cp)
{
    size_t low = 0, high = sizeof digit_zero / sizeof *digit_zero;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (cp < digit_zero[middle]) {
            high = middle;
        } else if (cp - digit_zero[middle] > 9) {
            low = middle + 1;
        } else {
            return (int)(cp - digit_zero[middle]);
        }
    }
    return -1;
}

/* Bidirectional type WS, B or S, or category Zs: CPython's _PyUnicode_IsWhitespace. */
bool utf8_is_space(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } spaces[] = {
        { 0x09, 0x0D },     { 0x1C, 0x20 },     { 0x85, 0x85 },     { 0xA0, 0xA0 },
        { 0x1680, 0x1680 }, { 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F },
        { 0x205F, 0x205F }, { 0x3000, 0x3000 },
    };

    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        if (cp >= spaces[i].first && cp <= spaces[i].last) {
            return true;
        }
    }
    return false;
}

struct str utf8_line(struct arena *a, struct str s, size_t max)
{
    struct str cut = utf8_head(s, max);
    char *p = arena_alloc(a, cut.n + 1);
    size_t n = 0;

    for (size_t at = 0; at < cut.n;) {
        uint32_t cp = utf8_next(cut, &at);
        bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029;
        n += utf8_put(p + n, control ? ' ' : cp);
    }
    return str_trim((struct str){ p, n });
}
