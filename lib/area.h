/* Positions told as areas: the middle of a cell of a grid about a kilometre wide, the same for
   every position in it, whenever it was reported. */
#ifndef MYTRACKS_AREA_H
#define MYTRACKS_AREA_H

#include "model.h"
#include "track.h"

/* Metres: what lies in a cell is nearer to its middle than this. */
#define AREA_METRES 1200

/* Moves a place (1e-6 degrees, -90..90 and -180..180) to the middle of its cell. Both ends of the
   longitudes are one cell; at a pole a few cells meet. */
void area_snap(int32_t *lat, int32_t *lon);
/* Leaves of a position where it is by the cell, how exact that is at best, when, and the battery;
   nothing of speed, height, course, network, regions or how the position came about. */
void area_location(struct location *l);
void area_point(struct track_point *p);

#endif
