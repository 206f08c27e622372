#include "friendly.h"

#include "codec.h"
#include "num.h"

#include <string.h>

/* ---- two characters */

static bool plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static struct str two(struct arena *a, char x, char y)
{
    return plain(x) && plain(y) ? arena_printf(a, "%c%c", x, y) : STR_NULL;
}

/* The first letter or digit from i on; 0: none. */
static char nth(struct str s, size_t i)
{
    while (i < s.n && !plain(s.p[i])) {
        i++;
    }
    if (i < s.n) {
        return s.p[i];
    }
    return 0;
}

static struct str counted(struct arena *a, unsigned i)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return i < 36 * 36 ? two(a, digits[i / 36], digits[i % 36]) : STR_NULL;
}

struct str friend_tid(struct arena *a, const struct location *where, unsigned try)
{
    struct str key = where->device_key, owner = key;
    size_t slash = str_find(key, '/', 0);

    if (slash != SIZE_MAX) {
        owner = str_sub(key, 0, slash);
        key = str_sub(key, slash + 1, SIZE_MAX);
    }
    switch (try) {
    case 0:
        return where->tracker_id.n == 2 ? two(a, where->tracker_id.p[0], where->tracker_id.p[1])
                                        : STR_NULL;
    case 1:
        return two(a, nth(owner, 0), nth(key, 0));
    case 2:
        return two(a, nth(owner, 0), nth(owner, 1));
    case 3:
        return two(a, nth(key, 0), nth(key, 1));
    default:
        return counted(a, try - 4);
    }
}

/* ---- messages */

static void set(struct arena *a, struct jval *o, const char *key, struct jval *v)
{
    jval_set(a, o, str_of(key), v);
}

static void set_opt(struct arena *a, struct jval *o, const char *key, struct opt_int v)
{
    if (v.set) {
        set(a, o, key, jval_int(a, v.v));
    }
}

bool friend_shows(const struct location *where)
{
    return (where->latitude != 0 || where->longitude != 0) && where->timestamp >= USEC_PER_SEC;
}

struct jval *friend_location(struct arena *a, const struct location *where, struct str tid)
{
    struct jval *o = jval_object(a);

    set(a, o, "_type", jval_text(a, STR("location")));
    set(a, o, "tid", jval_text(a, tid));
    set(a, o, "lat", jval_float(a, dec10_double(where->latitude)));
    set(a, o, "lon", jval_float(a, dec10_double(where->longitude)));
    set(a, o, "tst", jval_int(a, clock_sec(where->timestamp)));
    set_opt(a, o, "acc", where->accuracy);
    set_opt(a, o, "alt", where->altitude);
    set_opt(a, o, "vac", where->vertical_accuracy);
    set_opt(a, o, "vel", where->velocity);
    set_opt(a, o, "cog", where->course);
    set_opt(a, o, "batt", where->battery_level);
    set_opt(a, o, "bs", where->battery_status);
    if (where->connection_type.n > 0) {
        set(a, o, "conn", jval_text(a, where->connection_type));
    }
    set(a, o, "topic",
        jval_text(
            a, arena_concat(a, (struct str[]){ STR("owntracks/"), where->device_key, STR_NULL })));
    return o;
}

struct jval *friend_card(struct arena *a, struct str tid, struct str name, struct str face)
{
    struct jval *o = jval_object(a);

    set(a, o, "_type", jval_text(a, STR("card")));
    set(a, o, "tid", jval_text(a, tid));
    set(a, o, "name", jval_text(a, name));
    if (face.n > 0) {
        set(a, o, "face", jval_text(a, face));
    }
    return o;
}

const char *face_refused(struct arena *a, struct str face)
{
    if (face.n > FACE_MAX) {
        return "the picture must not be longer than 65536 characters of base64";
    }
    struct str bytes = base64_decode(a, face);
    if (str_is_null(bytes) || !str_eq(base64_encode(a, bytes), face)) {
        return "the picture must be base64 without blanks";
    }
    if (!str_starts(bytes, STR("\x89PNG\r\n\x1a\n")) && !str_starts(bytes, STR("\xff\xd8\xff"))) {
        return "the picture must be a PNG or JPEG";
    }
    return NULL;
}
