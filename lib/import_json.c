/* JSON of any size: what it holds one by one is cut out and read by itself (import_shapes.c). A
   record is an object in the outermost array, or in an array that is a member of the outermost
   object, or else the outermost object itself; texts may follow each other. */
#include "import_parts.h"

#include "buf.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 256u /* deeper is refused by the reader of a record anyhow */

struct cutter {
    struct import *im;
    struct buf record;
    char open[3];         /* the kinds of the outermost brackets */
    unsigned depth, from; /* now; of the brackets around the record that is being read */
    bool in_text, escaped;
    bool cutting;
    int64_t line, begun;
};

static void *cut_open(struct import *im)
{
    struct cutter *c = calloc(1, sizeof *c);

    if (c != NULL) {
        c->im = im;
        c->line = 1;
        buf_init(&c->record, IMPORT_RECORD_MAX);
    }
    return c;
}

static void cut_close(void *self)
{
    struct cutter *c = self;

    buf_free(&c->record);
    free(c);
}

static void begin_record(struct cutter *c)
{
    buf_clear(&c->record);
    c->cutting = true;
    c->from = c->depth;
    c->begun = c->line;
}

static void end_record(struct cutter *c)
{
    c->cutting = false;
    if (!buf_ok(&c->record))
        import_refuse(c->im, c->begun, "one entry is larger than 4 MB");
    else
        import_record(c->im, buf_view(&c->record), c->begun);
    buf_clear(&c->record);
}

/* p is the bracket, not taken into the record yet. */
static void opens(struct cutter *c, char bracket)
{
    bool in_list = (c->depth == 1 && c->open[0] == '[') ||
                   (c->depth == 2 && c->open[0] == '{' && c->open[1] == '[');

    /* An outermost object that holds a list is no record itself: what was cut of it is dropped. */
    if (bracket == '{' && (c->depth == 0 || (in_list && (!c->cutting || c->from == 0))))
        begin_record(c);
    if (c->depth < sizeof c->open)
        c->open[c->depth] = bracket;
    c->depth++;
}

/* The bracket is in the record. */
static void closes(struct cutter *c)
{
    if (c->depth > 0)
        c->depth--;
    if (c->cutting && c->depth == c->from)
        end_record(c);
}

/* Where the text that began goes to: behind its end, or all. */
static size_t skip_text(struct cutter *c, struct str part, size_t i)
{
    for (; i < part.n; i++) {
        c->line += part.p[i] == '\n';
        if (c->escaped) {
            c->escaped = false;
        } else if (part.p[i] == '\\') {
            c->escaped = true;
        } else if (part.p[i] == '"') {
            c->in_text = false;
            return i + 1;
        }
    }
    return i;
}

static void keep(struct cutter *c, struct str part, size_t from, size_t to)
{
    if (c->cutting && to > from)
        buf_add(&c->record, part.p + from, to - from);
}

static bool cut_feed(void *self, struct str part, const char **why)
{
    struct cutter *c = self;
    size_t i = 0, kept = 0;

    while (i < part.n && !c->im->stopped) {
        char b = part.p[i];
        if (c->in_text) {
            i = skip_text(c, part, i);
            continue;
        }
        if (b == '{' || b == '[') {
            bool was = c->cutting;
            unsigned from = c->from;
            opens(c, b);
            if (c->cutting && (!was || from != c->from))
                kept = i;
        } else if (b == '}' || b == ']') {
            keep(c, part, kept, i + 1);
            kept = i + 1;
            closes(c);
        }
        c->in_text = b == '"';
        c->line += b == '\n';
        i++;
        if (c->depth > DEPTH_MAX) {
            *why = "the JSON is nested too deep";
            return false;
        }
    }
    keep(c, part, kept, part.n);
    return true;
}

static bool cut_end(void *self, const char **why)
{
    const struct cutter *c = self;

    *why = "the JSON ends in the middle";
    return c->depth == 0 && !c->in_text;
}

const struct import_reader import_json = { cut_open, cut_feed, cut_end, cut_close };
