/* .env files as python-decouple reads them: NAME=VALUE lines, blanks around both parts, one pair of
   single or double quotes around the value, '#' lines and lines without '=' skipped. An `export `
   before the name and a comment behind a quoted value are taken too, as the shell does. A '#'
   inside an unquoted value belongs to it. */
#ifndef MYTRACKS_DOTENV_H
#define MYTRACKS_DOTENV_H

#include "arena.h"

#define DOTENV_MAX ((size_t)256 * 1024) /* bytes of one file */

/* One line. False stops the reading. */
typedef bool dotenv_fn(void *ctx, struct str name, struct str value, unsigned line);

/* Calls each for the lines of text in order; false when it said so. The views point into text. */
bool dotenv_parse(struct str text, dotenv_fn *each, void *ctx);
/* The file's bytes from the arena. STR_NULL with errno when it cannot be read; EFBIG past
   DOTENV_MAX. */
struct str dotenv_read(struct arena *a, const char *path);

#endif
