/* decimal(15,10), and what DRF's number fields accept. */
#include "num.h"

#include "utf8.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEC10_LIMIT INT64_C(1000000000000000) /* 15 digits */
#define MAX_DIGITS 15
#define MAX_PLACES 10
#define MAX_WHOLE (MAX_DIGITS - MAX_PLACES)
#define DRF_MAX_TEXT 1000 /* characters */

static int64_t power10(int64_t n)
{
    int64_t v = 1;

    while (n-- > 0)
        v *= 10;
    return v;
}

/* v >= 0 divided by 10^n, half to even. */
static int64_t shift_down(int64_t v, int64_t n)
{
    if (n > 18) /* 10^19 is too large, and the result is 0 already */
        return 0;
    int64_t unit = power10(n);
    int64_t q = v / unit, twice = v % unit * 2;
    return twice > unit || (twice == unit && q % 2 == 1) ? q + 1 : q;
}

enum num_rc dec10_from_double(double v, dec10 *out)
{
    char text[32];
    int64_t units = 0, exponent;

    if (!isfinite(v) || fabs(v) >= 1e5)
        return NUM_RANGE;
    /* printf rounds the exact binary value, half to even: "d.dddddddddddddde-05". */
    (void)snprintf(text, sizeof text, "%.*e", MAX_DIGITS - 1, fabs(v));
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.')
            units = units * 10 + (*p - '0');
    exponent = strtol(strchr(text, 'e') + 1, NULL, 10);
    /* units has 14 places after its first digit; 10 are wanted. */
    if (exponent >= MAX_WHOLE)
        return NUM_RANGE;
    units = shift_down(units, MAX_DIGITS - 1 - MAX_PLACES - exponent);
    *out = v < 0 ? -units : units;
    return NUM_OK;
}

size_t dec10_text(dec10 v, char out[DEC10_TEXT])
{
    assert(v > -DEC10_LIMIT && v < DEC10_LIMIT);
    int64_t units = v < 0 ? -v : v;
    return (size_t)snprintf(out, DEC10_TEXT, "%s%d.%010lld", v < 0 ? "-" : "",
                            (int)(units / DEC10_ONE), (long long)(units % DEC10_ONE));
}

size_t dec10_short(dec10 v, size_t decimals, char out[DEC10_TEXT])
{
    size_t n = dec10_text(v, out), whole = n - MAX_PLACES - 1;
    size_t least = decimals == 0 ? whole : whole + 1 + decimals;

    while (n > least && (out[n - 1] == '0' || out[n - 1] == '.')) {
        n--;
    }
    return n;
}

double dec10_double(dec10 v)
{
    /* Both are exact as doubles, so the quotient is the nearest double. */
    return (double)v / (double)DEC10_ONE;
}

/* ---- Decimal(text) */

/* digits × 10^exponent; leading zeros are not counted, zero itself is one digit. */
struct number {
    bool minus;
    int64_t digits, exponent;
    int64_t value; /* of the first 18 digits */
};

/* Adjusted exponents beyond these are no Decimal (MAX_EMAX and MIN_ETINY of libmpdec). */
#define EXPONENT_MAX INT64_C(999999999999999999)
#define EXPONENT_MIN INT64_C(-1999999999999999997)
/* Ten times this is beyond both and, with the places of a text added, still an int64_t. */
#define EXPONENT_STOP INT64_C(900000000000000000)

/* The text without blanks around it and underscores anywhere, digits of all scripts as ASCII, as
   Decimal() takes it. False when it has other characters, or more than fit. */
static bool plain_number(struct str s, char *out, size_t size)
{
    size_t n = 0;

    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        int digit = utf8_digit(cp);
        if (cp == '_')
            continue;
        if (n + 1 == size || cp == '\0' || (digit < 0 && cp >= 0x80))
            return false;
        out[n++] = (char)(digit < 0 ? (int)cp : '0' + digit);
    }
    out[n] = '\0';
    return true;
}

/* Digits at *p, moved behind them; how many there were. */
static size_t take_digits(const char **p, struct number *number)
{
    const char *start = *p;

    for (; **p >= '0' && **p <= '9'; (*p)++) {
        if (number->digits == 0 && **p == '0')
            continue;
        if (number->digits++ < 18)
            number->value = number->value * 10 + (**p - '0');
    }
    return (size_t)(*p - start);
}

static bool take_exponent(const char **p, struct number *number)
{
    bool minus = (*p)[1] == '-';
    int64_t v = 0;
    const char *start;

    *p += minus || (*p)[1] == '+' ? 2 : 1;
    start = *p;
    for (; **p >= '0' && **p <= '9'; (*p)++)
        v = v <= EXPONENT_STOP ? v * 10 + (**p - '0') : 10 * EXPONENT_STOP;
    number->exponent += minus ? -v : v;
    return *p > start;
}

static bool parse_number(const char *p, struct number *number)
{
    size_t whole, places = 0;

    *number = (struct number){ .minus = *p == '-' };
    if (*p == '-' || *p == '+')
        p++;
    whole = take_digits(&p, number);
    if (*p == '.') {
        p++;
        places = take_digits(&p, number);
    }
    if (whole + places == 0)
        return false;
    number->exponent = -(int64_t)places;
    if ((*p == 'e' || *p == 'E') && !take_exponent(&p, number))
        return false;
    if (number->digits == 0)
        number->digits = 1;
    return *p == '\0' && number->exponent >= EXPONENT_MIN &&
           number->exponent <= EXPONENT_MAX - (number->digits - 1);
}

/* DecimalField.validate_precision: NULL, or the message. */
static const char *check_precision(const struct number *n)
{
    int64_t places = n->exponent < 0 ? -n->exponent : 0;
    int64_t total = n->digits, whole = 0;

    if (n->exponent >= 0)
        total += n->exponent;
    else if (places >= total)
        total = places;
    whole = total - places;
    if (total > MAX_DIGITS)
        return "Ensure that there are no more than 15 digits in total.";
    if (places > MAX_PLACES)
        return "Ensure that there are no more than 10 decimal places.";
    if (whole > MAX_WHOLE)
        return "Ensure that there are no more than 5 digits before the decimal point.";
    return NULL;
}

bool dec10_drf(struct str text, dec10 *out, const char **why)
{
    char plain[DRF_MAX_TEXT + 1];
    struct number number;

    *why = "A valid number is required.";
    if (!utf8_valid(text))
        return false;
    text = utf8_strip(text);
    if (utf8_length(text) > DRF_MAX_TEXT) {
        *why = "String value too large.";
        return false;
    }
    if (!plain_number(text, plain, sizeof plain) || !parse_number(plain, &number))
        return false;
    *why = check_precision(&number);
    if (*why != NULL)
        return false;
    *out = number.value * power10(MAX_PLACES + number.exponent);
    if (number.minus)
        *out = -*out;
    return true;
}

/* ---- IntegerField */

/* Without what the field's expression \.0*\s*$ matches. */
static struct str without_zero_fraction(struct str s)
{
    struct str head = s;
    size_t end = 0, before = 0;

    /* White space at the end, but not at the start: utf8_strip takes both. */
    for (size_t at = 0; at < s.n;) {
        if (!utf8_is_space(utf8_next(s, &at)))
            end = at;
    }
    for (before = end; before > 0 && s.p[before - 1] == '0';)
        before--;
    if (before > 0 && s.p[before - 1] == '.')
        head.n = before - 1;
    return head;
}

bool num_drf_int(struct str text, int64_t *out, const char **why)
{
    *why = "A valid integer is required.";
    if (!utf8_valid(text))
        return false;
    if (utf8_length(text) > DRF_MAX_TEXT) {
        *why = "String value too large.";
        return false;
    }
    return num_py_int(without_zero_fraction(text), out) == NUM_OK;
}
