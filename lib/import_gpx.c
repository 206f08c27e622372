/* GPX 1.0 and 1.1: the points of tracks. Names count without their prefix, for programs put speed
   and course into extensions of many kinds. libexpat reads the XML; a document type is refused, so
   that no entity can be declared, let alone grow. */
#include "import_parts.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64u
#define TEXT_MAX ((size_t)128)
#define FIELDS_MAX 64u /* of one point that count: bounds its memory */
#define TOKEN_MAX \
    ((int64_t)1024 * 1024) /* a tag longer than this is no tag: expat would keep it all */

struct gpx {
    struct import *im;
    XML_Parser xml;
    const char *why;       /* stopped by us */
    unsigned depth, point; /* depth of the trkpt that is open; 0: none */
    struct jval *msg;
    int64_t line, fed;
    const char *key; /* what the text is for, a name that import_field knows; NULL: nothing */
    char text[TEXT_MAX];
    size_t n;
    unsigned fields; /* of this point */
};

/* GPX's name and ours. */
static const struct {
    const char *element, *name;
} elements[] = {
    { "time", "time" },     { "ele", "ele" },         { "speed", "speed" },
    { "course", "course" }, { "bearing", "bearing" }, { "accuracy", "accuracy" },
    { "acc", "acc" },       { "battery", "battery" },
};

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon != NULL ? colon + 1 : name;
}

static void give_up(struct gpx *g, const char *why)
{
    g->why = why;
    XML_StopParser(g->xml, XML_FALSE);
}

static void begin_point(struct gpx *g, const char **attributes)
{
    struct arena *a = g->im->point;
    struct jval *lat = NULL, *lon = NULL;

    g->point = g->depth;
    g->line = (int64_t)XML_GetCurrentLineNumber(g->xml);
    g->msg = jval_object(a);
    g->fields = 0;
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        struct str value = str_sub(str_of(attributes[i + 1]), 0, TEXT_MAX);
        if (strcmp(attributes[i], "lat") == 0)
            lat = jval_text(a, value);
        else if (strcmp(attributes[i], "lon") == 0)
            lon = jval_text(a, value);
    }
    if (lat != NULL)
        import_field(g->im, g->msg, STR("lat"), lat);
    if (lon != NULL)
        import_field(g->im, g->msg, STR("lon"), lon);
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
    struct gpx *g = ctx;

    name = local(name);
    if (++g->depth > DEPTH_MAX) {
        give_up(g, "the XML is nested too deep");
        return;
    }
    g->key = NULL;
    if (g->point == 0 && strcmp(name, "trkpt") == 0) {
        begin_point(g, attributes);
        return;
    }
    for (size_t i = 0; g->point != 0 && i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(name, elements[i].element) == 0) {
            g->key = elements[i].name;
            g->n = 0;
        }
}

static void XMLCALL on_text(void *ctx, const char *text, int n)
{
    struct gpx *g = ctx;

    for (int i = 0; g->key != NULL && i < n && g->n < TEXT_MAX; i++)
        g->text[g->n++] = text[i];
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct gpx *g = ctx;

    (void)name;
    if (g->key != NULL && g->n < TEXT_MAX && g->fields++ < FIELDS_MAX)
        import_field(g->im, g->msg, str_of(g->key),
                     jval_text(g->im->point, (struct str){ g->text, g->n }));
    g->key = NULL;
    if (g->point == g->depth && g->point != 0) {
        g->point = 0;
        import_point(g->im, g->msg, g->line);
        if (g->im->stopped)
            XML_StopParser(g->xml, XML_FALSE);
    }
    g->depth--;
}

static void XMLCALL on_doctype(void *ctx, const char *name, const char *sysid, const char *pubid,
                               int has_subset)
{
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    give_up(ctx, "the XML declares a document type, which GPX has not");
}

static void gpx_close(void *self)
{
    struct gpx *g = self;

    if (g->xml != NULL)
        XML_ParserFree(g->xml);
    free(g);
}

static void *gpx_open(struct import *im)
{
    struct gpx *g = calloc(1, sizeof *g);

    if (g == NULL)
        return NULL;
    g->im = im;
    g->xml = XML_ParserCreate(NULL);
    if (g->xml == NULL) {
        free(g);
        return NULL;
    }
    XML_SetUserData(g->xml, g);
    XML_SetElementHandler(g->xml, on_start, on_end);
    XML_SetCharacterDataHandler(g->xml, on_text);
    XML_SetStartDoctypeDeclHandler(g->xml, on_doctype);
    return g;
}

/* In words of ours, which are translated; expat knows forty faults, of which people make few. */
static const char *fault_of(XML_Parser xml)
{
    static const struct {
        enum XML_Error code;
        const char *why;
    } faults[] = {
        { XML_ERROR_TAG_MISMATCH, "a tag of the XML is closed by another" },
        { XML_ERROR_UNKNOWN_ENCODING, "the XML is in an encoding that cannot be read" },
        { XML_ERROR_UNDEFINED_ENTITY, "the XML uses an entity that nobody declares" },
        { XML_ERROR_NO_MEMORY, "out of memory" },
    };
    enum XML_Error code = XML_GetErrorCode(xml);

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (faults[i].code == code)
            return faults[i].why;
    return "the XML breaks the rules of XML";
}

static bool parse(struct gpx *g, struct str part, bool last, const char **why)
{
    if (XML_Parse(g->xml, part.p, (int)part.n, last) != XML_STATUS_OK && !g->im->stopped) {
        *why = g->why != NULL ? g->why : last ? "the XML ends in the middle" : fault_of(g->xml);
        return false;
    }
    return true;
}

static bool gpx_feed(void *self, struct str part, const char **why)
{
    struct gpx *g = self;

    g->fed += (int64_t)part.n;
    if (!parse(g, part, false, why))
        return false;
    *why = "a tag of the XML is too long";
    return g->im->stopped || g->fed - (int64_t)XML_GetCurrentByteIndex(g->xml) < TOKEN_MAX;
}

static bool gpx_end(void *self, const char **why)
{
    return parse(self, STR(""), true, why);
}

const struct import_reader import_gpx = { gpx_open, gpx_feed, gpx_end, gpx_close };
