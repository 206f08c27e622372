/* The parts of JSON below arrays and objects, for jsonin.c alone. */
#ifndef MYTRACKS_JSONLEX_H
#define MYTRACKS_JSONLEX_H

#include "jsonin.h"

struct parser {
    struct arena *a;
    struct str text; /* in the arena: values without escapes are views of it */
    size_t at;
    unsigned depth;
    bool allow_nul;
    char *why;
};

/* NULL (false, too), with "MESSAGE: line 1 column 7 (char 6)" for the byte offset pos in p->why. */
void *lex_fail(struct parser *p, size_t pos, const char *message);
/* NULL, with what str(UnicodeDecodeError) says about the sequence at pos. */
void *lex_fail_utf8(struct parser *p, size_t pos);

/* The current byte; '\0' behind the end, which no grammar rule takes. */
char lex_current(const struct parser *p);
void lex_skip_blanks(struct parser *p);
struct jval *lex_new(struct parser *p, enum jtype type);

/* The decoded text whose opening quote is the current byte, p->at moved behind it. */
bool lex_text(struct parser *p, struct str *out);
/* Constant or number, p->at moved behind it; NULL: there is none, or it is refused. */
struct jval *lex_scalar(struct parser *p);

#endif
