#include "num.h"

#include "utf8.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* strtod and printf's %e depend on LC_NUMERIC. No program here calls setlocale, so it is "C". */

/* More digits are a ValueError for Python too (sys.set_int_max_str_digits). */
#define PY_INT_MAX_DIGITS 4300

/* ---- the characters of a number text */

struct reader {
    struct str s;
    size_t at;
};

/* The next character as Python's int() and float() see it: a blank as ' ', a decimal digit of any
   script as '0'-'9', what no number has as '?', the end as '\0'. */
static char peek(const struct reader *r, size_t *next)
{
    *next = r->at;
    if (r->at >= r->s.n)
        return '\0';
    uint32_t cp = utf8_next(r->s, next);
    if (cp < 0x80) {
        if (cp == ' ' || (cp >= '\t' && cp <= '\r'))
            return ' ';
        return (char)(cp == '\0' ? '?' : (int)cp);
    }
    if (utf8_is_space(cp))
        return ' ';
    return (char)(utf8_digit(cp) < 0 ? '?' : '0' + utf8_digit(cp));
}

static char take(struct reader *r)
{
    size_t next;
    char c = peek(r, &next);

    r->at = next;
    return c;
}

static char ahead(const struct reader *r)
{
    size_t next;

    return peek(r, &next);
}

static void skip_blanks(struct reader *r)
{
    while (ahead(r) == ' ')
        take(r);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- integers */

/* Digits, already ASCII, appended to *v (kept negative: that side reaches further). */
static bool push_digit(int64_t *v, char digit)
{
    return !__builtin_mul_overflow(*v, 10, v) && !__builtin_sub_overflow(*v, digit - '0', v);
}

static enum num_rc signed_value(int64_t negated, bool minus, bool fits, int64_t *out)
{
    if (!fits || (!minus && negated == INT64_MIN))
        return NUM_RANGE;
    *out = minus ? negated : -negated;
    return NUM_OK;
}

enum num_rc num_py_int(struct str s, int64_t *out)
{
    struct reader r = { s, 0 };
    int64_t v = 0;
    size_t digits = 0;
    bool minus, fits = true;
    char last = '\0';

    if (!utf8_valid(s))
        return NUM_BAD;
    skip_blanks(&r);
    minus = ahead(&r) == '-';
    if (minus || ahead(&r) == '+')
        take(&r);
    for (char c = ahead(&r); is_digit(c) || c == '_'; last = c, c = ahead(&r)) {
        take(&r);
        if (c == '_' && !is_digit(last))
            return NUM_BAD;
        if (c == '_')
            continue;
        fits = fits && push_digit(&v, c);
        digits++;
    }
    skip_blanks(&r);
    if (!is_digit(last) || r.at != s.n || digits > PY_INT_MAX_DIGITS)
        return NUM_BAD;
    return signed_value(v, minus, fits, out);
}

enum num_rc num_json_int(struct str token, int64_t *out)
{
    bool minus = str_starts(token, STR("-"));
    int64_t v = 0;
    bool fits = true;

    if (token.n == (minus ? 1 : 0))
        return NUM_BAD;
    for (size_t i = minus ? 1 : 0; i < token.n; i++) {
        if (!is_digit(token.p[i]))
            return NUM_BAD;
        fits = fits && push_digit(&v, token.p[i]);
    }
    return signed_value(v, minus, fits, out);
}

/* ---- doubles */

/* text: NUL-terminated, n bytes, ASCII. Everything but digits, point, exponent and signs is kept
   from strtod, which also knows hexadecimal, nan(...) and blanks. */
static enum num_rc read_double(const char *text, size_t n, double *out)
{
    char *end;
    double v;

    if (n == 0 || strspn(text, "0123456789+-.eE") != n)
        return NUM_BAD;
    v = strtod(text, &end);
    if (end != text + n)
        return NUM_BAD;
    if (!isfinite(v))
        return NUM_RANGE;
    *out = v;
    return NUM_OK;
}

static bool is_nan_or_inf(const char *text)
{
    if (*text == '+' || *text == '-')
        text++;
    return strcasecmp(text, "nan") == 0 || strcasecmp(text, "inf") == 0 ||
           strcasecmp(text, "infinity") == 0;
}

enum num_rc num_py_float(struct str s, double *out)
{
    struct reader r = { s, 0 };
    char text[NUM_TEXT_MAX + 1];
    size_t n = 0;
    char last = '\0';

    if (!utf8_valid(s))
        return NUM_BAD;
    skip_blanks(&r);
    for (char c = ahead(&r); c != ' ' && c != '\0'; last = c, c = ahead(&r)) {
        take(&r);
        if (c == '_' && (!is_digit(last) || !is_digit(ahead(&r))))
            return NUM_BAD;
        if (c == '_')
            continue;
        if (n == NUM_TEXT_MAX)
            return NUM_RANGE;
        text[n++] = c;
    }
    text[n] = '\0';
    skip_blanks(&r);
    if (r.at != s.n)
        return NUM_BAD;
    return is_nan_or_inf(text) ? NUM_RANGE : read_double(text, n, out);
}

enum num_rc num_json_float(struct str token, double *out)
{
    char text[NUM_TEXT_MAX + 1];

    if (token.n > NUM_TEXT_MAX)
        return NUM_RANGE;
    if (token.n > 0)
        memcpy(text, token.p, token.n);
    text[token.n] = '\0';
    return read_double(text, token.n, out);
}

/* 2^63: the first double beyond int64_t. */
#define INT64_LIMIT 9223372036854775808.0

enum num_rc num_cut(double v, int64_t *out)
{
    if (!(v >= -INT64_LIMIT && v < INT64_LIMIT))
        return NUM_RANGE;
    *out = (int64_t)v;
    return NUM_OK;
}

/* ---- repr(float) */

/* A decimal: digits d[0].d[1]d[2]... times ten to the exponent. */
struct decimal {
    char digits[DBL_DECIMAL_DIG + 1];
    int n;
    int exponent;
};

/* v > 0 correctly rounded to n digits. */
static struct decimal to_decimal(double v, int n)
{
    char text[DBL_DECIMAL_DIG + 8]; /* "d.ddde-308" and NUL */
    struct decimal d = { .n = n };

    (void)snprintf(text, sizeof text, "%.*e", n - 1, v);
    d.digits[0] = text[0];
    if (n > 1)
        memcpy(d.digits + 1, text + 2, (size_t)n - 1);
    d.exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    return d;
}

static bool reads_back(const struct decimal *d, double v)
{
    char text[DBL_DECIMAL_DIG + 16];

    (void)snprintf(text, sizeof text, "%c.%.*se%d", d->digits[0], d->n - 1, d->digits + 1,
                   d->exponent);
    return strtod(text, NULL) == v;
}

/* One unit more in the last place; false when all digits are 9. */
static bool increment(struct decimal *d)
{
    for (int i = d->n - 1; i >= 0; i--) {
        if (d->digits[i] != '9') {
            d->digits[i]++;
            return true;
        }
        d->digits[i] = '0';
    }
    return false;
}

/* The shortest decimal that reads back as v > 0, as Python's repr and David Gay's mode 0. */
static struct decimal shortest(double v)
{
    int exponent;
    bool power_of_two = frexp(v, &exponent) == 0.5;
    /* Every decimal of up to 15 digits survives the way through a double, so with fewer digits
       there is nothing new to find, except below the normal range. */
    int n = v < DBL_MIN ? 1 : DBL_DIG;

    for (; n < DBL_DECIMAL_DIG; n++) {
        struct decimal d = to_decimal(v, n);
        if (reads_back(&d, v))
            return d;
        /* Above a power of two the doubles lie twice as far apart as below: the nearest decimal
           may belong to the neighbour while the next one up still belongs to v. */
        if (power_of_two && increment(&d) && reads_back(&d, v))
            return d;
    }
    return to_decimal(v, DBL_DECIMAL_DIG);
}

size_t num_py_repr(double v, char out[32])
{
    const char *sign = signbit(v) ? "-" : "";
    struct decimal d = { .digits = "0", .n = 1 };
    int len;

    if (!isfinite(v))
        return (size_t)snprintf(out, 32, "%s", isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
    if (v != 0)
        d = shortest(fabs(v));
    while (d.n > 1 && d.digits[d.n - 1] == '0')
        d.n--;
    if (d.exponent < -4 || d.exponent >= 16)
        len = snprintf(out, 32, "%s%c%s%.*se%+03d", sign, d.digits[0], d.n > 1 ? "." : "", d.n - 1,
                       d.digits + 1, d.exponent);
    else if (d.exponent < 0)
        len = snprintf(out, 32, "%s0.%.*s%.*s", sign, -d.exponent - 1, "000", d.n, d.digits);
    else if (d.n <= d.exponent + 1)
        len = snprintf(out, 32, "%s%.*s%.*s.0", sign, d.n, d.digits, d.exponent + 1 - d.n,
                       "000000000000000");
    else
        len = snprintf(out, 32, "%s%.*s.%.*s", sign, d.exponent + 1, d.digits, d.n - d.exponent - 1,
                       d.digits + d.exponent + 1);
    return (size_t)len;
}
