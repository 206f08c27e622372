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
    struct str tile_url; /* raster tile template, or the path of a PMTiles archive */
    bool tiles_of_osm;   /* to be credited */
    bool accuracy_filter;
    int64_t accuracy_metres;
    int64_t mqtt_port, mqtt_tls_port; /* told to people without a device; 0 or below: off */
    struct str colours;               /* chosen ones: "12:#2451d6,", by row of the device */
    bool geocoder;                    /* addresses can be asked for */
    int64_t asking;                   /* people who ask to be friends and wait for an answer */
    struct str asking_name;           /* the one who asked last; "" for none */
    struct str seen; /* by how many friends and links own devices are seen: "12:2:1,13:0:1," */
};

/* What a visitor with a public link gets. */
struct public_view {
    struct page_view page;
    struct str tile_url;
    bool tiles_of_osm;
};

struct statistics_view {
    struct page_view page;
    int64_t accuracy; /* metres; less accurate positions are left out; 0: none */
};

/* The administrators' status page. */
struct status_view {
    struct page_view page;
    struct str geocoder; /* whom addresses are asked of; "" for nobody */
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

#define NOTICES_MAX 8
struct notices {
    struct message_view row[NOTICES_MAX];
    size_t n;
};

struct setup_view {
    struct page_view page;
    struct notices notices;
    bool invited; /* the link is good */
    struct str token, username, email;
};
/* What is done of the first steps. */
struct start_view {
    struct page_view page;
    bool authority, certificate, mail, phone;
    bool mine;             /* who asks has a certificate for their own phone */
    int64_t user_id;       /* of who asks */
    int64_t tls_port;      /* below 0: MQTT over TLS is switched off */
    struct str name;       /* what the server's certificate may be made for */
    struct str made_for;   /* the name of the one that is in use; "" without */
    struct str made_until; /* ISO 8601 with Z */
};

/* A geofence. Degrees with ten places. */
struct place_view {
    int64_t id;
    struct str label, latitude, longitude;
    int64_t radius; /* metres */
};
/* An e-mail rule. */
struct rule_view {
    int64_t id;
    bool any_place;
    struct str place; /* its label; "" for any */
    struct str event; /* "enter", "leave", "any" */
    struct str email;
    bool is_active;
};
struct device_view {
    int64_t id;
    struct str device_id, name;
    struct str last_seen; /* ISO 8601 with Z */
};
struct places_view {
    struct page_view page;
    struct notices notices;
    struct str tile_url;
    bool tiles_of_osm;
    struct place_view *places;
    struct rule_view *rules;
    struct device_view *devices;
    size_t place_count, rule_count, device_count;
    struct str home_latitude, home_longitude, home_label; /* "" without */
};

/* Times: ISO 8601 with Z, "" for none. */
struct user_view {
    int64_t id;
    struct str username, full_name, email, last_login;
    bool is_staff, is_active, is_self;
    /* Of the certificate that their phone should have; 0: none. */
    int64_t cert_id;
    struct str cert_until;
    int64_t cert_days; /* below 0: expired */
};
struct cert_view {
    int64_t id;
    struct str name, fingerprint, issuer, sans, not_after;
    int64_t days_left; /* below 0: expired */
    int64_t key_size;
    bool is_active, revoked;
    /* Of an authority: what it has issued, and which of that the broker uses ("": none of it). */
    int64_t servers, clients;
    struct str server_in_use;
};
struct cert_list {
    struct cert_view *row;
    size_t n;
};
struct mail_view {
    bool stored;
    bool typed; /* the texts below were typed and refused */
    struct str host, port, username, from_address;
    struct str tried; /* last recipient of a test in this session; "" without */
};
/* Forms of the panel. typed: the values were typed and refused. */
struct user_form_view {
    bool typed;
    struct str username, first_name, last_name, email;
    bool is_admin;
};
struct cert_form_view {
    bool typed;
    struct str name, sans, days, key_size; /* key_size "": the strongest */
    int64_t user_id;
};
struct admin_view {
    struct page_view page;
    struct notices notices;
    struct user_view *users;
    size_t user_count;
    struct cert_list authorities, servers, clients;
    bool has_ca;
    struct user_form_view new_user;
    struct cert_form_view new_ca, new_server, new_client;
    bool filter_enabled;
    struct str filter_metres;
    struct mail_view mail;
    bool bot_paired;
    struct str bot_url;
};

/* A device was seen to enter or leave a place. */
struct event_view {
    struct str at, device, event, place;
};
struct profile_view {
    struct page_view page;
    int64_t mqtt_port, mqtt_tls_port; /* 0 or below: off */
    struct notices notices;
    struct str first_name, last_name, email;
    bool home_typed; /* the texts below were typed and refused */
    struct place_view *places;
    struct rule_view *rules;
    struct device_view *devices;
    struct event_view *events; /* newest first */
    size_t place_count, rule_count, device_count, event_count;
    struct cert_view certificate, authority; /* id 0: none */
    struct str home_latitude, home_longitude, home_label;
    struct str tile_url; /* as in struct home_view */
    bool tiles_of_osm;
};

/* 400, 403, 404, 405, 500, 503 for people. */
struct error_view {
    struct page_view page;
    int64_t status;
    struct str heading;
    struct str text; /* what to do now */
};

#endif
