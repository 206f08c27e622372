/* Strict JSON reader (RFC 8259), as Python's json.loads with the differences that
   reference/security.md 3.9 asks for: depth <= 64, no NaN/Infinity, no NUL in texts, valid UTF-8,
   no lone surrogates, at most 400 digits in an integer. Keeps key order and the text of numbers. */
#ifndef MYTRACKS_JSONIN_H
#define MYTRACKS_JSONIN_H

#include "arena.h"
#include "json.h"

enum jtype { J_NULL, J_BOOL, J_INT, J_FLOAT, J_STR, J_ARRAY, J_OBJECT };

struct jval {
    enum jtype type;
    bool b;             /* J_BOOL */
    struct str text;    /* J_STR: decoded; J_INT, J_FLOAT: the token */
    struct str key;     /* as a member of an object */
    struct jval *first; /* items or members in order */
    struct jval *last;
    struct jval *next;
    size_t count; /* items or members, repeated keys counted once */
};

#define JSONIN_MAX_DEPTH 64
#define JSONIN_MAX_DIGITS 400 /* of an integer; other numbers: NUM_TEXT_MAX characters */
#define JSONIN_WHY 160

/* NULL when the text is not accepted; then why holds Python's message where Python fails too
   ("Expecting value: line 1 column 1 (char 0)"), else a sentence of ours. A repeated key keeps its
   first place and takes the last value, as a Python dict. The result does not point into text.
   Lines, columns and chars count code points; in a message about UTF-8, positions are bytes. */
struct jval *jsonin_parse(struct arena *a, struct str text, char why[JSONIN_WHY]);
/* The same for text that Django's json.dumps wrote (a session, a JSON column): \u0000 is accepted,
   so texts may hold NUL. */
struct jval *jsonin_parse_stored(struct arena *a, struct str text, char why[JSONIN_WHY]);

/* Member by exact name; NULL when v is no object or has none. */
const struct jval *jval_get(const struct jval *v, struct str key);
#define jval_getz(v, lit) jval_get((v), STR(lit))
/* True when v is NULL or JSON null. */
bool jval_nothing(const struct jval *v);
/* Python's bool(v): false for null, false, zero, "", [] and {}; also for NULL. */
bool jval_truthy(const struct jval *v);
/* Python's int(v): numbers are cut towards zero, text must be an integer, true is 1. NULL, null,
   lists and objects are NUM_BAD; beyond int64_t NUM_RANGE. */
enum num_rc jval_py_int(const struct jval *v, int64_t *out) __attribute__((warn_unused_result));
/* Python's float(v), finite. */
enum num_rc jval_py_float(const struct jval *v, double *out) __attribute__((warn_unused_result));

/* Building, all from the arena. */
struct jval *jval_object(struct arena *a);
struct jval *jval_text(struct arena *a, struct str s);
struct jval *jval_int(struct arena *a, int64_t i);
struct jval *jval_float(struct arena *a, double v); /* finite */
struct jval *jval_bool(struct arena *a, bool b);
struct jval *jval_null(struct arena *a);
struct jval *jval_array(struct arena *a);
/* Appends an item; v is linked in, as below. */
void jval_push(struct jval *array, struct jval *v);
/* Sets or replaces a member; v is linked in, not copied: it must not be part of another value. */
void jval_set(struct arena *a, struct jval *object, struct str key, struct jval *v);
/* Removes a member; false when there was none. */
bool jval_remove(struct jval *object, struct str key);

/* Writes v as Python would: integers exact, floats by repr(). */
void jval_write(struct json *j, const struct jval *v);
/* Python str(v) of a parsed value, as Django makes text of it: True, None, 1.0, {'a': 1}. */
struct str jval_py_str(struct arena *a, const struct jval *v);

#endif
