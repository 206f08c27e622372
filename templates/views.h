/* What a page shows: plain structs that handlers fill and templates read. Never database rows. */
#ifndef MYTRACKS_VIEWS_H
#define MYTRACKS_VIEWS_H

#include "lib/buf.h"

/* Common to all pages. */
struct page_view {
    struct str title;
    struct str username; /* "" when nobody is signed in */
    bool is_staff;
    struct str csrf_token; /* masked; "" on pages without a form */
};

struct login_view {
    struct page_view page;
    struct str typed_name; /* what was typed, after an error */
    bool failed;
    bool first_run; /* no administrator yet */
    bool has_next;
    struct str next;
};

struct home_view {
    struct page_view page;
    struct str tile_url; /* raster tile template */
    bool accuracy_filter;
    int64_t accuracy_metres;
    int64_t mqtt_port, mqtt_tls_port; /* told to people without a device; 0 or below: off */
};

struct about_view {
    struct page_view page;
    struct str base_url; /* http://HOST of this request */
    struct str host;     /* without the port */
    struct str public_domain;
    int64_t mqtt_port, mqtt_tls_port;                                    /* 0 or below: off */
    struct str ca_name, ca_fingerprint, server_name, server_fingerprint; /* "" without */
    struct str version;
};

/* What became of a form. name: of the text in static/texts/; "" when it has none. */
struct message_view {
    bool good;
    struct str name, text;
};

#define PROFILE_MESSAGES 8
struct profile_view {
    struct page_view page;
    struct message_view message[PROFILE_MESSAGES];
    size_t messages;
    struct str first_name, last_name, email;
    bool home_typed; /* the texts below were typed and refused */
    struct str home_latitude, home_longitude, home_label;
};

/* 400, 403, 404, 405, 500, 503 for people. */
struct error_view {
    struct page_view page;
    int64_t status;
    struct str heading;
    struct str text; /* what to do now */
};

#endif
