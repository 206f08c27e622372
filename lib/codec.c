#include "codec.h"

#include <string.h>

/* ---- base64 */

static const char std_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct str encode64(struct arena *a, struct str bytes, const char *alphabet, bool pad)
{
    char *out = arena_calloc(a, bytes.n / 3 + 1, 4);
    size_t n = 0;

    for (size_t at = 0; at < bytes.n; at += 3) {
        size_t have = bytes.n - at < 3 ? bytes.n - at : 3;
        uint32_t v = 0;
        for (size_t i = 0; i < 3; i++)
            v = v << 8 | (i < have ? (unsigned char)bytes.p[at + i] : 0);
        for (size_t i = 0; i <= have; i++)
            out[n++] = alphabet[v >> (18 - 6 * i) & 63];
        for (size_t i = have; pad && i < 3; i++)
            out[n++] = '=';
    }
    return (struct str){ out, n };
}

/* Value of a digit, 64 for any other character. */
static uint32_t digit64(char c, bool url)
{
    const char *at = c == '\0' ? NULL : strchr(std_alphabet, c);

    if (at == NULL && url && (c == '-' || c == '_'))
        return c == '-' ? 62 : 63;
    return at == NULL ? 64 : (uint32_t)(at - std_alphabet);
}

/* Python's binascii.a2b_base64 without strict mode: the first complete padding ends the data, an
   incomplete one before more data counts for nothing. `pads` more '=' follow the text. */
static struct str decode64(struct arena *a, struct str text, bool url, size_t pads)
{
    char *out = arena_alloc(a, text.n / 4 * 3 + 3);
    size_t n = 0, quad = 0, padding = 0;
    uint32_t bits = 0;

    for (size_t at = 0; at < text.n + pads; at++) {
        char c = '=';
        if (at < text.n)
            c = text.p[at];
        uint32_t digit = digit64(c, url);
        if (c == '=' && quad >= 2 && quad + ++padding >= 4)
            return (struct str){ out, n };
        if (digit == 64)
            continue;
        padding = 0;
        bits = bits << 6 | digit;
        if (quad > 0)
            out[n++] = (char)(unsigned char)(bits >> (6 - 2 * quad));
        quad = (quad + 1) % 4;
    }
    return quad == 0 ? (struct str){ out, n } : STR_NULL;
}

struct str base64_encode(struct arena *a, struct str bytes)
{
    return encode64(a, bytes, std_alphabet, true);
}

struct str base64_decode(struct arena *a, struct str text)
{
    return decode64(a, text, false, 0);
}

struct str base64url_encode(struct arena *a, struct str bytes)
{
    return encode64(a, bytes, url_alphabet, false);
}

struct str base64url_decode(struct arena *a, struct str text)
{
    return decode64(a, text, true, (4 - text.n % 4) % 4);
}

/* ---- hexadecimal */

struct str hex_encode(struct arena *a, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_calloc(a, bytes.n, 2);

    for (size_t i = 0; i < bytes.n; i++) {
        out[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
        out[2 * i + 1] = digits[(unsigned char)bytes.p[i] & 15];
    }
    return (struct str){ out, 2 * bytes.n };
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct str text, uint8_t *out, size_t n)
{
    if (text.n % 2 != 0 || text.n / 2 != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

/* ---- base62 */

static const char alphabet62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct str base62_encode(struct arena *a, uint64_t v)
{
    char text[11]; /* 62^11 > 2^64 */
    size_t at = sizeof text;

    do {
        text[--at] = alphabet62[v % 62];
        v /= 62;
    } while (v > 0);
    return arena_dup(a, (struct str){ text + at, sizeof text - at });
}

bool base62_decode(struct str s, int64_t *out)
{
    bool negative = str_starts(s, STR("-"));
    int64_t v = 0;

    if (negative)
        s = str_sub(s, 1, s.n);
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        const char *digit = s.p[i] == '\0' ? NULL : strchr(alphabet62, s.p[i]);
        if (digit == NULL || __builtin_mul_overflow(v, 62, &v) ||
            __builtin_add_overflow(v, digit - alphabet62, &v))
            return false;
    }
    *out = negative ? -v : v;
    return true;
}
