#include "owntracks.h"

#include <assert.h>

/* Order as in enum ot_type. */
static const char *const type_names[] = {
    "location", "lwt",   "transition", "waypoint", "waypoints",     "cmd",     "status",
    "card",     "steps", "beacon",     "dump",     "configuration", "request", "encrypted",
};
static_assert(sizeof type_names / sizeof *type_names == OT_UNKNOWN, "a name for each known type");

enum ot_type ot_type_of(struct str type)
{
    enum ot_type t = OT_LOCATION;

    while (t < OT_UNKNOWN && !str_eqz(type, type_names[t]))
        t++;
    return t;
}

/* Bytes that the text takes at most as a JSON text in ASCII: \u00e9 for two bytes, a pair of them
   for four. */
static size_t text_size(struct str s)
{
    size_t n = 2;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0xf0)
            n += 12;
        else if (c >= 0xc0 || c < 0x20 || c == 0x7f)
            n += 6;
        else if (c < 0x80)
            n += c == '"' || c == '\\' ? 2 : 1;
    }
    return n;
}

/* Not less than what jval_write makes of v; the depth is bounded by the reader. */
static size_t dump_size(const struct jval *v)
{
    size_t n = 2;

    switch (v->type) {
    case J_NULL:
    case J_BOOL:
        return 5;
    case J_INT:
        return v->text.n;
    case J_FLOAT:
        return 32;
    case J_STR:
        return text_size(v->text);
    case J_ARRAY:
    case J_OBJECT:
        break;
    }
    for (const struct jval *item = v->first; item; item = item->next)
        n += dump_size(item) + 2 + (v->type == J_OBJECT ? text_size(item->key) + 2 : 0);
    return n;
}

struct str ot_dump(struct arena *a, const struct jval *msg)
{
    /* A buffer that fits from the start never touches the heap, so a jump out of the arena loses
       nothing. */
    size_t size = dump_size(msg);
    struct buf b = { .p = arena_alloc(a, size), .size = size, .max = size };
    struct json j;

    json_init(&j, &b, JSON_PYTHON);
    jval_write(&j, msg);
    assert(json_done(&j));
    return buf_view(&b);
}
