#include "import_parts.h"

#include "buf.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define PART ((size_t)64 * 1024)
#define HEAD ((size_t)512)                             /* enough to know a format by */
#define UNPACKED_MAX (INT64_C(4) * 1024 * 1024 * 1024) /* a bomb ends here */
#define ARENA_CAP ((size_t)128 * 1024 * 1024) /* of a record with all the values it may have */

static const struct {
    const char *name;
    const struct import_reader *reader;
} formats[IMPORT_FORMATS] = {
    [IMPORT_AUTO] = { "auto", NULL },         [IMPORT_GPX] = { "gpx", &import_gpx },
    [IMPORT_JSON] = { "json", &import_json }, [IMPORT_CSV] = { "csv", &import_csv },
    [IMPORT_REC] = { "rec", &import_rec },
};

bool import_format_named(struct str name, enum import_format *out)
{
    for (unsigned i = 0; i < IMPORT_FORMATS; i++)
        if (str_eqz(name, formats[i].name)) {
            *out = (enum import_format)i;
            return true;
        }
    return false;
}

/* ---------------------------------------------------------------- positions */
void import_refuse(struct import *im, int64_t line, const char *why)
{
    im->points++;
    im->sink->refused(im->sink->ctx, line, why);
}

/* For people rather than for phones. */
static const char *what_is_missing(const struct jval *msg)
{
    if (jval_nothing(jval_getz(msg, "lat")) || jval_nothing(jval_getz(msg, "lon")))
        return "a position without latitude and longitude";
    return jval_nothing(jval_getz(msg, "tst")) ? "a position without a time that can be read"
                                               : NULL;
}

void import_point(struct import *im, const struct jval *msg, int64_t line)
{
    struct ot_fix fix;
    const char *why = what_is_missing(msg);

    if (im->stopped)
        return;
    if (why != NULL || !ot_fix_from_mqtt(im->point, msg, im->device_id, &fix, &why)) {
        import_refuse(im, line, why);
    } else {
        if (!fix.created_at.set)
            fix.created_at = (struct opt_usec){ true, fix.tst * USEC_PER_SEC };
        im->points++;
        im->stopped = !im->sink->fix(im->sink->ctx, &fix);
    }
    arena_reset(im->point);
}

/* ---------------------------------------------------------------- which format */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The Recorder's lines begin with a time and a tab. */
static bool is_rec(struct str head)
{
    usec_t t;
    size_t tab = str_find(head, '\t', 0);

    return tab != SIZE_MAX && clock_from_iso(str_sub(head, 0, tab), &t);
}

static enum import_format format_of(struct str head)
{
    size_t i = str_starts(head, STR("\xEF\xBB\xBF")) ? 3 : 0;

    while (i < head.n && is_blank(head.p[i]))
        i++;
    head = str_sub(head, i, SIZE_MAX);
    if (head.n > 0 && head.p[0] == '<')
        return IMPORT_GPX;
    if (head.n > 0 && (head.p[0] == '{' || head.p[0] == '['))
        return IMPORT_JSON;
    return is_rec(head) ? IMPORT_REC : IMPORT_CSV;
}

/* ---------------------------------------------------------------- running */
struct run {
    struct import im;
    enum import_format format;
    const struct import_reader *reader; /* NULL: not known yet, the beginning is held back */
    void *self;
    struct buf head;
    int64_t unpacked;
};

static bool start(struct run *r, const char **why)
{
    struct str head = buf_view(&r->head);
    enum import_format format = r->format == IMPORT_AUTO ? format_of(head) : r->format;

    r->reader = formats[format].reader;
    r->self = r->reader->open(&r->im);
    if (r->self == NULL) {
        *why = "out of memory";
        return false;
    }
    if (format != IMPORT_GPX && str_starts(head, STR("\xEF\xBB\xBF")))
        head = str_sub(head, 3, SIZE_MAX);
    return r->reader->feed(r->self, head, why);
}

static bool feed(struct run *r, struct str part, const char **why)
{
    r->unpacked += (int64_t)part.n;
    if (r->unpacked > UNPACKED_MAX) {
        *why = "the file is too large when unpacked";
        return false;
    }
    if (r->reader != NULL)
        return r->reader->feed(r->self, part, why);
    buf_str(&r->head, part);
    return r->head.n < HEAD || start(r, why);
}

static bool end(struct run *r, const char **why)
{
    if (r->reader == NULL && !start(r, why))
        return false;
    if (!r->im.stopped && !r->reader->end(r->self, why))
        return false;
    if (r->im.points == 0) {
        *why = "there is no position in the file";
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- packed or not */
struct packed {
    z_stream z;
    bool on, ended; /* it is gzip; a member has ended */
};

static bool inflate_part(struct run *r, struct packed *p, struct str part, const char **why)
{
    char out[PART];

    p->z.next_in = (Bytef *)(uintptr_t)part.p;
    p->z.avail_in = (uInt)part.n;
    while (!r->im.stopped) {
        if (p->ended && p->z.avail_in == 0)
            return true;
        if (p->ended && inflateReset(&p->z) == Z_OK) /* another member */
            p->ended = false;
        p->z.next_out = (Bytef *)out;
        p->z.avail_out = PART;
        int rc = inflate(&p->z, Z_NO_FLUSH);
        size_t n = PART - p->z.avail_out;
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
            *why = "the packed file is damaged";
            return false;
        }
        p->ended = rc == Z_STREAM_END;
        if (n > 0 && !feed(r, (struct str){ out, n }, why))
            return false;
        if (!p->ended && p->z.avail_out > 0) /* all of the part is taken */
            return true;
    }
    return true;
}

static bool take(struct run *r, struct packed *p, struct str part, bool first, const char **why)
{
    if (first && str_starts(part, STR("\x1f\x8b")))
        p->on = inflateInit2(&p->z, 15 + 16) == Z_OK;
    return p->on ? inflate_part(r, p, part, why) : feed(r, part, why);
}

/* The first part is long enough to know gzip by, however little the source gives at once. */
static int64_t read_some(const struct import_source *source, char *part, bool first)
{
    int64_t n = source->read(source->ctx, part, PART);

    if (first && n == 1) {
        int64_t more = source->read(source->ctx, part + 1, PART - 1);
        return more < 0 ? more : n + more;
    }
    return n;
}

static bool read_all(struct run *r, const struct import_source *source, const char **why)
{
    struct packed p = { .on = false };
    char *part = malloc(PART);
    bool ok = part != NULL, first = true;
    int64_t n = 0;

    *why = "out of memory";
    while (ok && !r->im.stopped && (n = read_some(source, part, first)) > 0) {
        ok = take(r, &p, (struct str){ part, (size_t)n }, first, why);
        first = false;
    }
    if (ok && n < 0) {
        *why = "the file did not come to its end";
        ok = false;
    } else if (ok && p.on && !p.ended && !r->im.stopped) {
        *why = "the packed file ends too early";
        ok = false;
    }
    if (p.on)
        inflateEnd(&p.z);
    free(part);
    return ok;
}

bool import_run(const struct import_source *source, const struct import_sink *sink,
                const char **why)
{
    struct run r = { .im = { .sink = sink, .device_id = source->device_id },
                     .format = source->format };

    r.im.record = arena_new(ARENA_CAP);
    r.im.point = arena_new(ARENA_CAP);
    buf_init(&r.head, HEAD + PART);
    bool ok = read_all(&r, source, why);
    const char *ignored;
    /* Of a short file that breaks off, what came is still held back. */
    ok = ok ? end(&r, why) : r.reader == NULL && r.head.n > 0 && start(&r, &ignored) && false;
    if (r.reader != NULL && r.self != NULL)
        r.reader->close(r.self);
    buf_free(&r.head);
    arena_free(r.im.point);
    arena_free(r.im.record);
    return ok;
}
