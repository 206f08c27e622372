/* Where the map's background comes from. Browsers ask this server alone: nginx fetches and keeps
   what it does not have (nginx/tiles.conf), or reads one file of the administrator's. */
#ifndef MYTRACKS_FCGI_TILES_H
#define MYTRACKS_FCGI_TILES_H

#include "lib/config.h"

struct tiles {
    struct str source; /* URL template with {z}, {x}, {y}, perhaps {s} */
    struct str file;   /* PMTiles archive; "" for none */
    struct str shown;  /* what a page is told: a path of ours, or the template */
    struct str origin; /* other origin that browsers go to, for the CSP; "" for none */
    bool of_osm;       /* OpenStreetMap's own tiles: to be credited */
};

/* Texts live in keep. */
struct tiles tiles_configure(const struct config *c, struct arena *keep);
/* "https://tiles.example.org" of a template, with a star for {s} in the host's name; "" for a
   template that is a path or that could not stand in a header. */
struct str tiles_origin(struct arena *a, struct str source);
/* The source of one tile. {s} becomes one of "abc", always the same for a tile, so that it is kept
   once. STR_NULL: there is no such tile (zoom 0 to 22, x and y below 2^zoom). */
struct str tiles_source(struct arena *a, struct str source, struct str z, struct str x,
                        struct str y);

#endif
