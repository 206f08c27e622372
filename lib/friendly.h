/* What OwnTracks apps are told of friends: locations and cards as the apps read them
   (owntracks-protocol.md 3.4: iOS wants numbers as numbers and drops 0,0; Android drops the whole
   answer for a location without tst, lat or lon). */
#ifndef MYTRACKS_FRIENDLY_H
#define MYTRACKS_FRIENDLY_H

#include "jsonin.h"
#include "model.h"

#define TID_TRIES 1500u

/* Two characters for a friend's device, the try-th idea (0..TID_TRIES - 1): its own, then initials,
   then counting. Letters and digits alone: Android takes no others. STR_NULL: no idea. */
struct str friend_tid(struct arena *a, const struct location *where, unsigned try);

/* False for what iOS would drop. */
bool friend_shows(const struct location *where);
struct jval *friend_location(struct arena *a, const struct location *where, struct str tid);
/* face: "" without a picture. */
struct jval *friend_card(struct arena *a, struct str tid, struct str name, struct str face);

#define FACE_MAX ((size_t)64 * 1024) /* bytes of base64 */
/* NULL when it is base64 of a PNG or JPEG that fits; else the reason. */
const char *face_refused(struct arena *a, struct str face);

#endif
