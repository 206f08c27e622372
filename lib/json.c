#include "json.h"

#include "utf8.h"
#include "utf8scan.h"

#include <assert.h>
#include <math.h>

static const struct style {
    const char *comma, *colon;
    bool ascii; /* everything but printable ASCII is escaped */
    bool lines; /* one item a line */
} styles[] = {
    [JSON_COMPACT] = { ",", ":", false, false },
    [JSON_PYTHON] = { ", ", ": ", true, false },
    [JSON_TIGHT] = { ",", ":", true, false },
    [JSON_INDENT4] = { ",", ": ", false, true },
};

void json_init(struct json *j, struct buf *out, enum json_style style)
{
    *j = (struct json){ .out = out, .style = style, .indent = 4 };
}

/* ---- separators; scope[0] stands for the whole text, which holds one value */

static void new_line(struct json *j)
{
    buf_char(j->out, '\n');
    for (unsigned i = 0; i < j->depth * j->indent; i++)
        buf_char(j->out, ' ');
}

/* What stands before the next item or member. */
static void next_item(struct json *j)
{
    if (j->scope[j->depth].any)
        buf_z(j->out, styles[j->style].comma);
    j->scope[j->depth].any = true;
    if (styles[j->style].lines && j->depth > 0)
        new_line(j);
}

static void before_value(struct json *j)
{
    if (j->scope[j->depth].object) {
        assert(j->key_pending);
        j->key_pending = false;
        return;
    }
    assert(j->depth > 0 || !j->scope[0].any);
    next_item(j);
}

static void open_scope(struct json *j, bool object)
{
    before_value(j);
    assert(j->depth + 1 < JSON_MAX_DEPTH);
    j->depth++;
    j->scope[j->depth].object = object;
    j->scope[j->depth].any = false;
    buf_char(j->out, object ? '{' : '[');
}

void json_object(struct json *j)
{
    open_scope(j, true);
}

void json_array(struct json *j)
{
    open_scope(j, false);
}

void json_end(struct json *j)
{
    bool object = j->scope[j->depth].object;
    bool any = j->scope[j->depth].any;

    assert(j->depth > 0 && !j->key_pending);
    j->depth--;
    if (styles[j->style].lines && any)
        new_line(j);
    buf_char(j->out, object ? '}' : ']');
}

bool json_done(const struct json *j)
{
    return j->depth == 0 && j->scope[0].any && buf_ok(j->out);
}

/* ---- texts */

/* U+2028 and U+2029 end a line in JavaScript; DRF escapes them. */
static bool is_line_separator(struct str s, size_t at)
{
    return s.n - at >= 3 && s.p[at] == '\xe2' && s.p[at + 1] == '\x80' &&
           (s.p[at + 2] == '\xa8' || s.p[at + 2] == '\xa9');
}

static bool is_plain(struct str s, size_t at, bool ascii)
{
    unsigned char c = (unsigned char)s.p[at];

    if (c < 0x20 || c == '"' || c == '\\')
        return false;
    return ascii ? c < 0x7f : !is_line_separator(s, at);
}

static void put_utf16_unit(struct buf *out, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = { '\\', 'u' };

    for (unsigned i = 0; i < 4; i++)
        text[2 + i] = hex[unit >> (12 - 4 * i) & 15];
    buf_add(out, text, sizeof text);
}

/* Writes the escape of the character at `at`, returns the offset behind the character. */
static size_t put_escape(struct buf *out, struct str s, size_t at)
{
    static const char shorts[128] = { ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                      ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't' };
    size_t len;
    uint32_t cp = 0xfffd; /* never read past a text that is not UTF-8 after all */

    if (utf8_scan(s, at, &len) == UTF8_OK) {
        size_t next = at;
        cp = utf8_next(s, &next);
    }
    if (cp < sizeof shorts && shorts[cp] != '\0') {
        buf_char(out, '\\');
        buf_char(out, shorts[cp]);
    } else if (cp < 0x10000) {
        put_utf16_unit(out, cp);
    } else {
        put_utf16_unit(out, 0xd800 + ((cp - 0x10000) >> 10));
        put_utf16_unit(out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
    }
    return at + len;
}

static void put_text(struct json *j, struct str s)
{
    bool ascii = styles[j->style].ascii;
    size_t from = 0, at = 0;

    buf_char(j->out, '"');
    while (at < s.n) {
        if (is_plain(s, at, ascii)) {
            at++;
            continue;
        }
        buf_add(j->out, s.p + from, at - from);
        at = from = put_escape(j->out, s, at);
    }
    buf_add(j->out, s.p + from, s.n - from);
    buf_char(j->out, '"');
}

void json_key(struct json *j, struct str key)
{
    assert(j->scope[j->depth].object && !j->key_pending && !str_is_null(key));
    next_item(j);
    put_text(j, key);
    buf_z(j->out, styles[j->style].colon);
    j->key_pending = true;
}

void json_str(struct json *j, struct str s)
{
    if (str_is_null(s)) {
        json_null(j);
        return;
    }
    before_value(j);
    put_text(j, s);
}

/* ---- other values */

void json_token(struct json *j, struct str s)
{
    before_value(j);
    buf_str(j->out, s);
}

void json_int(struct json *j, int64_t v)
{
    before_value(j);
    buf_int(j->out, v);
}

void json_bool(struct json *j, bool v)
{
    json_token(j, v ? STR("true") : STR("false"));
}

void json_null(struct json *j)
{
    json_token(j, STR("null"));
}

void json_float(struct json *j, double v)
{
    char text[32];

    assert(isfinite(v));
    json_token(j, (struct str){ text, num_py_repr(v, text) });
}

void json_dec10(struct json *j, dec10 v)
{
    char text[DEC10_TEXT];
    size_t n = dec10_text(v, text);

    before_value(j);
    buf_char(j->out, '"');
    buf_add(j->out, text, n);
    buf_char(j->out, '"');
}

void json_put_str(struct json *j, const char *key, struct str s)
{
    json_key(j, str_of(key));
    json_str(j, s);
}

void json_put_int(struct json *j, const char *key, int64_t v)
{
    json_key(j, str_of(key));
    json_int(j, v);
}

void json_put_bool(struct json *j, const char *key, bool v)
{
    json_key(j, str_of(key));
    json_bool(j, v);
}
