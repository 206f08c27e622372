/* The page of geofences, shared by its forms. */
#ifndef MYTRACKS_FCGI_WEB_PLACES_H
#define MYTRACKS_FCGI_WEB_PLACES_H

#include "db/places.h"
#include "web.h"

/* The page as a whole reply. notices: what to say at its top. Returns 0, or 500/503. */
int places_show(struct request *r, int status, const struct notices *notices);
/* Views of the user's places and rules, for this page and the profile. 0, or 500/503. */
int places_views(struct request *r, struct place_view **out, size_t *n);
int rules_views(struct request *r, struct rule_view **out, size_t *n);
/* The user's own devices. 0, or 500/503. */
int devices_views(struct request *r, struct device_view **out, size_t *n);

#endif
