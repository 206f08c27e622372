/* Follows HTML text far enough to tell where a value would stand, and whether escaping makes it
   safe there. For our own templates at build time, not for foreign HTML. */
#ifndef MYTRACKS_PLACE_H
#define MYTRACKS_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum place { IN_TEXT, IN_TAG, IN_VALUE_START, IN_DOUBLE, IN_SINGLE, IN_BARE, IN_COMMENT, IN_RAW };

#define PLACE_NAME 15 /* bytes kept of a tag's or attribute's name */

struct context {
    enum place place;
    bool in_name;     /* still inside the tag's name */
    bool name_ended;  /* blanks came after the attribute's name */
    bool value_begun; /* the attribute's value is not empty any more */
    char tag[PLACE_NAME + 1], attribute[PLACE_NAME + 1];
};

/* Moves over text[i]; the n bytes around it are looked at too. */
void place_step(struct context *x, const char *text, size_t i, size_t n);
/* NULL when a value may stand here, else why not. plain: an escaped text as it is, whose beginning
   could be a scheme (javascript:). */
const char *place_refuses(const struct context *x, bool plain);

#endif
