/* The grammar and the messages are those of CPython's _json.c (3.14), which DRF and the reference's
   MQTT side run on. */
#include "jsonlex.h"

#include "codec.h"
#include "utf8.h"
#include "utf8scan.h"

#include <stdio.h>

/* ---- messages */

void *lex_fail(struct parser *p, size_t pos, const char *message)
{
    size_t line = 1, line_start = 0, chars = 0;

    for (size_t i = 0; i < pos; i++) {
        if (((unsigned char)p->text.p[i] & 0xc0) != 0x80)
            chars++;
        if (p->text.p[i] == '\n') {
            line++;
            line_start = chars;
        }
    }
    (void)snprintf(p->why, JSONIN_WHY, "%s: line %zu column %zu (char %zu)", message, line,
                   chars - line_start + 1, chars);
    return NULL;
}

void *lex_fail_utf8(struct parser *p, size_t pos)
{
    static const char *const reasons[] = {
        [UTF8_OK] = "",
        [UTF8_BAD_START] = "invalid start byte",
        [UTF8_BAD_CONTINUATION] = "invalid continuation byte",
        [UTF8_CUT_OFF] = "unexpected end of data",
    };
    size_t len;
    const char *reason = reasons[utf8_scan(p->text, pos, &len)];

    if (len == 1)
        (void)snprintf(p->why, JSONIN_WHY,
                       "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                       (unsigned char)p->text.p[pos], pos, reason);
    else
        (void)snprintf(p->why, JSONIN_WHY,
                       "'utf-8' codec can't decode bytes in position %zu-%zu: %s", pos,
                       pos + len - 1, reason);
    return NULL;
}

static void *fail_not_finite(struct parser *p, struct str token)
{
    (void)snprintf(p->why, JSONIN_WHY, "Out of range float values are not JSON compliant: '%.*s'",
                   STR_FMT(str_sub(token, 0, 40)));
    return NULL;
}

/* ---- characters */

/* The byte at pos; '\0' behind the end, which no grammar rule takes. */
static char byte_at(const struct parser *p, size_t pos)
{
    if (pos >= p->text.n)
        return '\0';
    return p->text.p[pos];
}

char lex_current(const struct parser *p)
{
    return byte_at(p, p->at);
}

void lex_skip_blanks(struct parser *p)
{
    while (lex_current(p) == ' ' || lex_current(p) == '\t' || lex_current(p) == '\n' ||
           lex_current(p) == '\r')
        p->at++;
}

struct jval *lex_new(struct parser *p, enum jtype type)
{
    struct jval *v = ARENA_NEW(p->a, struct jval);

    v->type = type;
    return v;
}

/* ---- strings */

/* Four hexadecimal digits behind the 'u' at u. Python wants one more character behind them. */
static bool read_hex(struct parser *p, size_t u, uint32_t *unit)
{
    uint8_t bytes[2];

    if (u + 5 >= p->text.n || !hex_decode(str_sub(p->text, u + 1, 4), bytes, sizeof bytes))
        return lex_fail(p, u, "Invalid \\uXXXX escape");
    *unit = (uint32_t)(bytes[0] << 8 | bytes[1]);
    return true;
}

/* The \uXXXX or pair of them at *pos, *pos moved behind it. */
static bool read_unicode_escape(struct parser *p, size_t *pos, uint32_t *cp)
{
    size_t start = *pos;
    uint32_t low = 0;

    if (!read_hex(p, start + 1, cp))
        return false;
    *pos = start + 6;
    if (*cp >= 0xd800 && *cp < 0xdc00 && byte_at(p, *pos) == '\\' && byte_at(p, *pos + 1) == 'u') {
        if (!read_hex(p, *pos + 1, &low))
            return false;
        *pos += 6;
        if (low >= 0xdc00 && low < 0xe000)
            *cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
    }
    if (*cp >= 0xd800 && *cp < 0xe000)
        return lex_fail(p, start, "Unpaired surrogate in a text");
    return *cp != 0 || p->allow_nul || lex_fail(p, start, "Null character in a text");
}

/* The escape at *pos, *pos moved behind it. */
static bool read_escape(struct parser *p, size_t *pos, uint32_t *cp)
{
    static const char values[128] = { ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                      ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t' };
    unsigned char c = (unsigned char)byte_at(p, *pos + 1);

    if (c == 'u')
        return read_unicode_escape(p, pos, cp);
    if (c >= sizeof values || values[c] == '\0')
        return lex_fail(p, *pos, "Invalid \\escape");
    *cp = (unsigned char)values[c];
    *pos += 2;
    return true;
}

/* Decodes raw, whose escapes have been checked. A decoded escape is never longer than itself. */
static struct str decode(struct parser *p, size_t from, size_t to)
{
    char *out = arena_alloc(p->a, to - from);
    size_t n = 0;

    while (from < to) {
        uint32_t cp = 0;
        if (p->text.p[from] != '\\')
            out[n++] = p->text.p[from++];
        else if (read_escape(p, &from, &cp))
            n += utf8_put(out + n, cp);
    }
    return (struct str){ out, n };
}

bool lex_text(struct parser *p, struct str *out)
{
    size_t begin = p->at, pos = begin + 1;
    bool escaped = false;
    uint32_t cp = 0;

    for (;;) {
        unsigned char c = (unsigned char)byte_at(p, pos);
        if (pos == p->text.n || (c == '\\' && pos + 1 == p->text.n))
            return lex_fail(p, begin, "Unterminated string starting at");
        if (c == '"')
            break;
        if (c < 0x20)
            return lex_fail(p, pos, "Invalid control character at");
        if (c != '\\') {
            pos++;
            continue;
        }
        escaped = true;
        if (!read_escape(p, &pos, &cp))
            return false;
    }
    p->at = pos + 1;
    *out = escaped ? decode(p, begin + 1, pos) : str_sub(p->text, begin + 1, pos - begin - 1);
    return true;
}

/* ---- numbers and constants */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t behind_digits(const struct parser *p, size_t pos)
{
    while (is_digit(byte_at(p, pos)))
        pos++;
    return pos;
}

/* Where the number that starts at the current character ends; its start when there is none. A
   fraction or exponent without digits is not part of it. */
static size_t number_end(const struct parser *p, bool *is_float)
{
    size_t first = p->at + (lex_current(p) == '-' ? 1 : 0);
    size_t end, digits;

    *is_float = false;
    if (!is_digit(byte_at(p, first)))
        return p->at;
    end = byte_at(p, first) == '0' ? first + 1 : behind_digits(p, first);
    if (byte_at(p, end) == '.' && is_digit(byte_at(p, end + 1))) {
        end = behind_digits(p, end + 1);
        *is_float = true;
    }
    if (byte_at(p, end) == 'e' || byte_at(p, end) == 'E') {
        digits = end + 1;
        if (byte_at(p, digits) == '+' || byte_at(p, digits) == '-')
            digits++;
        if (is_digit(byte_at(p, digits))) {
            end = behind_digits(p, digits);
            *is_float = true;
        }
    }
    return end;
}

static struct jval *parse_number(struct parser *p)
{
    bool is_float;
    size_t start = p->at, end = number_end(p, &is_float);
    struct str token = str_sub(p->text, start, end - start);
    double value;

    if (token.n == 0)
        return lex_fail(p, start, "Expecting value");
    if (token.n > (is_float ? NUM_TEXT_MAX : JSONIN_MAX_DIGITS + (token.p[0] == '-')))
        return lex_fail(p, start, "Number with too many digits");
    if (is_float && num_json_float(token, &value) != NUM_OK)
        return fail_not_finite(p, token);
    struct jval *v = lex_new(p, is_float ? J_FLOAT : J_INT);
    v->text = token;
    p->at = end;
    return v;
}

struct jval *lex_scalar(struct parser *p)
{
    static const struct {
        const char *name;
        enum jtype type;
        bool b, refused;
    } constants[] = {
        { "null", J_NULL, false, false },     { "true", J_BOOL, true, false },
        { "false", J_BOOL, false, false },    { "NaN", J_FLOAT, false, true },
        { "Infinity", J_FLOAT, false, true }, { "-Infinity", J_FLOAT, false, true },
    };
    struct str rest = str_sub(p->text, p->at, p->text.n);

    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        struct str name = str_of(constants[i].name);
        if (!str_starts(rest, name))
            continue;
        if (constants[i].refused)
            return fail_not_finite(p, name);
        struct jval *v = lex_new(p, constants[i].type);
        v->b = constants[i].b;
        p->at += name.n;
        return v;
    }
    return parse_number(p);
}
