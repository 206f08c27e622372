/* Names of new users. Existing ones may be anything that Django stored. */
#ifndef MYTRACKS_USERNAME_H
#define MYTRACKS_USERNAME_H

#include "str.h"

#define USERNAME_MAX 150 /* width of the column, in characters */

/* Django's form rule, ^[\w.@+-]+\Z and at most USERNAME_MAX characters. The name is also a level of
   MQTT topics, so it is not "+" alone (security.md H-28). name is in NFKC already, any bytes. */
bool username_fits(struct str name);
/* The rule as a sentence without its full stop. */
#define USERNAME_RULE "a user name has 1 to 150 letters, digits and @ . + - _"

#endif
