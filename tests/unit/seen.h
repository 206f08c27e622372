/* Rows that a listing function has handed out, noted as text. */
#ifndef MYTRACKS_TEST_SEEN_H
#define MYTRACKS_TEST_SEEN_H

#include "lib/str.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct seen {
    char text[4096];   /* "a b c " */
    int n, stop_after; /* 0: never */
};

/* What the row function returns: false at stop_after. */
static inline bool note(struct seen *s, struct str text)
{
    size_t at = strlen(s->text);
    snprintf(s->text + at, sizeof s->text - at, "%.*s ", STR_FMT(text));
    return ++s->n != s->stop_after;
}

#endif
