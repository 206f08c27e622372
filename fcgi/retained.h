/* What friends' apps in MQTT mode see of phones that speak HTTP: messages that the broker retains
   and gives to those who may read them. The agent publishes them; nobody waits, and when it is away
   the next report makes up for it. */
#ifndef MYTRACKS_FCGI_RETAINED_H
#define MYTRACKS_FCGI_RETAINED_H

#include "request.h"

/* Takes the card of a device at owntracks/TARGET/info away. */
void retained_no_card(struct request *r, struct str target);
/* What the broker keeps at the device's topics goes: position and card. */
void retained_no_device(struct request *r, const struct device *d);
/* A location that was just stored, at the device's own topic: if it is the latest, and shared with
 * somebody. */
void retained_position(struct request *r, int64_t location_id);

#endif
