#include "tiles.h"

#include "handlers.h"
#include "lib/num.h"
#include "request.h"

#include <string.h>

#define ZOOM_MAX 22
#define OWN_TEMPLATE "/api/tiles/{z}/{x}/{y}"
#define OWN_FILE "/api/tiles/map.pmtiles"

static bool host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".-:[]", c) != NULL);
}

struct str tiles_origin(struct arena *a, struct str source)
{
    struct str scheme = str_starts(source, STR("https://"))  ? STR("https://")
                        : str_starts(source, STR("http://")) ? STR("http://")
                                                             : STR_NULL;
    struct str rest, host;
    struct str star = STR("");

    if (str_is_null(scheme)) {
        return STR("");
    }
    rest = str_sub(source, scheme.n, source.n);
    if (!str_split(&rest, '/', &host)) {
        return STR("");
    }
    if (str_starts(host, STR("{s}."))) {
        star = STR("*.");
        host = str_sub(host, 4, host.n);
    }
    for (size_t i = 0; i < host.n; i++) {
        if (!host_char(host.p[i])) {
            return STR("");
        }
    }
    return arena_concat(a, (struct str[]){ scheme, star, host, STR_NULL });
}

struct tiles tiles_configure(const struct config *c, struct arena *keep)
{
    struct tiles t = {
        .source = arena_dup(keep, config_str(c, CFG_TILE_URL)),
        .file = arena_dup(keep, config_str(c, CFG_PMTILES)),
        .origin = STR(""),
    };
    struct str origin = tiles_origin(keep, t.source);

    t.of_osm = memmem(origin.p, origin.n, "openstreetmap.org", 17) != NULL && t.file.n == 0;
    if (t.file.n > 0) {
        t.shown = STR(OWN_FILE);
    } else if (origin.n > 0 && config_int(c, CFG_TILE_CACHE) > 0) {
        t.shown = STR(OWN_TEMPLATE);
    } else {
        t.shown = t.source;
        t.origin = origin;
    }
    return t;
}

struct str tiles_source(struct arena *a, struct str source, struct str z, struct str x,
                        struct str y)
{
    int64_t zoom, column, row;

    if (num_json_int(z, &zoom) != NUM_OK || num_json_int(x, &column) != NUM_OK ||
        num_json_int(y, &row) != NUM_OK || zoom > ZOOM_MAX || column >> zoom != 0 ||
        row >> zoom != 0) {
        return STR_NULL;
    }
    const struct {
        struct str mark, value;
    } marks[] = {
        { STR("{z}"), z },
        { STR("{x}"), x },
        { STR("{y}"), y },
        { STR("{s}"), str_sub(STR("abc"), (size_t)((column + row) % 3), 1) },
        { STR("{r}"), STR("") }, /* "@2x" for fine screens elsewhere */
    };
    struct str url = STR("");
    while (source.n > 0) {
        struct str piece = str_sub(source, 0, 1);
        size_t taken = 1;
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            if (str_starts(source, marks[i].mark)) {
                piece = marks[i].value;
                taken = marks[i].mark.n;
            }
        }
        url = arena_concat(a, (struct str[]){ url, piece, STR_NULL });
        source = str_sub(source, taken, source.n);
    }
    return url;
}

/* nginx fetches it, or has it. */
int tile_get(struct request *r)
{
    const struct tiles *t = &r->app->tiles;
    struct str url = tiles_source(r->arena, t->source, r->arg[0], r->arg[1], r->arg[2]);

    if (str_is_null(url) || !str_eqz(t->shown, OWN_TEMPLATE)) {
        return 404;
    }
    reply_head(r, 200, "image/png");
    reply_cache(r, STR("private, max-age=86400"));
    reply_header(r, "X-Mytracks-Tile", url);
    reply_header(r, "X-Accel-Redirect", STR("/internal/tile"));
    return 0;
}

int tile_file(struct request *r)
{
    if (r->app->tiles.file.n == 0) {
        return 404;
    }
    reply_head(r, 200, "application/octet-stream");
    reply_cache(r, STR("private, max-age=3600"));
    reply_header(r, "X-Mytracks-Tile", r->app->tiles.file);
    reply_header(r, "X-Accel-Redirect", STR("/internal/pmtiles"));
    return 0;
}
