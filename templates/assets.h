/* Names of built assets. The table behind it is written by static/build.mjs. */
#ifndef MYTRACKS_ASSETS_H
#define MYTRACKS_ASSETS_H

#include "lib/str.h"

/* Logical name ("app.css") → URL with the content's hash ("/static/app.3F9A2BCD.css").
   The empty text for an unknown name; the build has checked the names that templates use. */
struct str asset_url(struct str logical);

#endif
