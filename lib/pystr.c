/* Python's str() and repr() of JSON values. */
#include "pystr.h"

#include "jsonin.h"
#include "utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Where the text goes. It is made twice: first only measured (p is NULL), then written, so that
   nothing but the arena holds it. */
struct out {
    char *p;
    size_t n;
};

static void put(struct out *o, struct str s)
{
    if (o->p != NULL)
        memcpy(o->p + o->n, s.p, s.n);
    o->n += s.n;
}

/* What str.isprintable() refuses: categories C and Z of Unicode, without the blank. Planes 4 to 13
   and the non-characters have nothing in them; unassigned holes between characters are left out. */
static const struct range {
    uint32_t from, to;
} unprintable[] = {
    { 0x0, 0x1f },         { 0x7f, 0xa0 },       { 0xad, 0xad },       { 0x600, 0x605 },
    { 0x61c, 0x61c },      { 0x6dd, 0x6dd },     { 0x70f, 0x70f },     { 0x890, 0x891 },
    { 0x8e2, 0x8e2 },      { 0x1680, 0x1680 },   { 0x180e, 0x180e },   { 0x2000, 0x200f },
    { 0x2028, 0x202f },    { 0x205f, 0x206f },   { 0x3000, 0x3000 },   { 0xd800, 0xf8ff },
    { 0xfdd0, 0xfdef },    { 0xfeff, 0xfeff },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff },
    { 0x110bd, 0x110bd },  { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
    { 0x1d173, 0x1d17a },  { 0x1fffe, 0x1ffff }, { 0x2fffe, 0x2ffff }, { 0x3fffe, 0xe00ff },
    { 0xe01f0, 0x10ffff },
};

static bool is_printable(uint32_t cp)
{
    for (size_t i = 0; i < sizeof unprintable / sizeof unprintable[0]; i++)
        if (cp <= unprintable[i].to)
            return cp < unprintable[i].from;
    return true;
}

static void put_escape(struct out *o, uint32_t cp)
{
    char text[12];
    int n;

    if (cp == '\t' || cp == '\n' || cp == '\r' || cp == '\\')
        n = snprintf(text, sizeof text, "\\%c",
                     cp == '\t'   ? 't'
                     : cp == '\n' ? 'n'
                     : cp == '\r' ? 'r'
                                  : '\\');
    else if (cp < 0x100)
        n = snprintf(text, sizeof text, "\\x%02x", cp);
    else if (cp < 0x10000)
        n = snprintf(text, sizeof text, "\\u%04x", cp);
    else
        n = snprintf(text, sizeof text, "\\U%08x", cp);
    put(o, (struct str){ text, (size_t)n });
}

/* Single quotes, unless the text has single and no double ones. */
static void put_repr(struct out *o, struct str s)
{
    bool has_single = str_find(s, '\'', 0) != SIZE_MAX;
    bool has_double = str_find(s, '"', 0) != SIZE_MAX;
    struct str quote = has_single && !has_double ? STR("\"") : STR("'");

    put(o, quote);
    for (size_t at = 0, next = 0; at < s.n; at = next) {
        uint32_t cp = utf8_next(s, &next);
        if (cp == (unsigned char)quote.p[0]) {
            put(o, STR("\\"));
            put(o, quote);
        } else if (cp == '\\' || !is_printable(cp)) {
            put_escape(o, cp);
        } else {
            put(o, str_sub(s, at, next - at));
        }
    }
    put(o, quote);
}

struct str py_repr(struct arena *a, struct str s)
{
    struct out o = { NULL, 0 };

    put_repr(&o, s);
    o.p = arena_alloc(a, o.n);
    o.n = 0;
    put_repr(&o, s);
    return (struct str){ o.p, o.n };
}

/* ---- values */

static void put_float(struct out *o, struct str token)
{
    char text[32];
    double value = 0;
    enum num_rc rc = num_json_float(token, &value);

    assert(rc == NUM_OK); /* the reader took it */
    (void)rc;
    put(o, (struct str){ text, num_py_repr(value, text) });
}

static void put_value(struct out *o, const struct jval *v);

static void put_items(struct out *o, const struct jval *v)
{
    put(o, v->type == J_OBJECT ? STR("{") : STR("["));
    for (const struct jval *item = v->first; item != NULL; item = item->next) {
        if (item != v->first)
            put(o, STR(", "));
        if (v->type == J_OBJECT) {
            put_repr(o, item->key);
            put(o, STR(": "));
        }
        put_value(o, item);
    }
    put(o, v->type == J_OBJECT ? STR("}") : STR("]"));
}

static void put_value(struct out *o, const struct jval *v)
{
    switch (v->type) {
    case J_NULL:
        put(o, STR("None"));
        break;
    case J_BOOL:
        put(o, v->b ? STR("True") : STR("False"));
        break;
    case J_INT: /* Python's integers have no -0 */
        put(o, str_eqz(v->text, "-0") ? STR("0") : v->text);
        break;
    case J_FLOAT:
        put_float(o, v->text);
        break;
    case J_STR:
        put_repr(o, v->text);
        break;
    case J_ARRAY:
    case J_OBJECT:
        put_items(o, v);
        break;
    }
}

struct str jval_py_str(struct arena *a, const struct jval *v)
{
    struct out o = { NULL, 0 };

    if (v->type == J_STR)
        return v->text;
    put_value(&o, v);
    o.p = arena_alloc(a, o.n);
    o.n = 0;
    put_value(&o, v);
    return (struct str){ o.p, o.n };
}
