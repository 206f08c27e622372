/* Python's repr() of texts, as it stands in the reference's messages and stored texts. */
#ifndef MYTRACKS_PYSTR_H
#define MYTRACKS_PYSTR_H

#include "arena.h"

/* repr(str): 'abc', "it's", 'a\n'. Valid UTF-8 only. Characters that no Unicode version has
   assigned yet are shown as they are, where Python escapes those unknown to its own version. */
struct str py_repr(struct arena *a, struct str s);

#endif
