/* Arrays, objects and the whole text; jsonlex.c has the rest of the grammar. */
#include "jsonlex.h"
#include "utf8scan.h"

#include <stdlib.h>

static struct jval *parse_value(struct parser *p);

/* ---- repeated keys */

#define FEW_MEMBERS 8 /* up to here comparing each with each costs less than sorting */

struct member {
    struct jval *v;
    size_t place;
};

static int by_key_and_place(const void *x, const void *y)
{
    const struct member *a = x, *b = y;
    int order = str_cmp(a->v->key, b->v->key);

    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

/* first takes the value of a later member with the same key, which becomes one without a key. */
static void take_over(struct jval *first, struct jval *later)
{
    struct jval *next = first->next;
    struct str key = first->key;

    *first = *later;
    first->next = next;
    first->key = key;
    later->key = STR_NULL;
}

static void merge_few(struct jval *object)
{
    for (struct jval *first = object->first; first != NULL; first = first->next)
        for (struct jval *v = first->next; v != NULL && !str_is_null(first->key); v = v->next)
            if (!str_is_null(v->key) && str_eq(v->key, first->key))
                take_over(first, v);
}

/* Sorting bounds the work for any keys; a hash table would invite chosen collisions. */
static void merge_many(struct arena *a, struct jval *object)
{
    struct member *members = ARENA_ARRAY(a, object->count, struct member);
    size_t n = 0, first = 0;

    for (struct jval *v = object->first; v != NULL; v = v->next, n++)
        members[n] = (struct member){ v, n };
    qsort(members, n, sizeof members[0], by_key_and_place);
    for (size_t i = 1; i < n; i++) {
        if (str_eq(members[i].v->key, members[first].v->key))
            take_over(members[first].v, members[i].v);
        else
            first = i;
    }
}

static void merge_repeated_keys(struct arena *a, struct jval *object)
{
    struct jval **link = &object->first;

    if (object->count <= FEW_MEMBERS)
        merge_few(object);
    else
        merge_many(a, object);
    object->last = NULL;
    while (*link != NULL) {
        if (str_is_null((*link)->key)) {
            *link = (*link)->next;
            object->count--;
        } else {
            object->last = *link;
            link = &(*link)->next;
        }
    }
}

/* ---- arrays and objects */

static void append(struct jval *container, struct jval *v)
{
    if (container->last == NULL)
        container->first = v;
    else
        container->last->next = v;
    container->last = v;
    container->count++;
}

/* "key" : value */
static struct jval *parse_member(struct parser *p)
{
    struct str key;
    struct jval *v;

    if (lex_current(p) != '"')
        return lex_fail(p, p->at, "Expecting property name enclosed in double quotes");
    if (!lex_text(p, &key))
        return NULL;
    lex_skip_blanks(p);
    if (lex_current(p) != ':')
        return lex_fail(p, p->at, "Expecting ':' delimiter");
    p->at++;
    lex_skip_blanks(p);
    v = parse_value(p);
    if (v != NULL)
        v->key = key;
    return v;
}

/* The items up to the closing bracket; the opening one and blanks are behind us. */
static bool parse_items(struct parser *p, struct jval *container)
{
    bool object = container->type == J_OBJECT;
    char close = object ? '}' : ']';
    size_t comma;

    if (lex_current(p) == close)
        return true;
    for (;;) {
        struct jval *v = object ? parse_member(p) : parse_value(p);
        if (v == NULL)
            return false;
        append(container, v);
        lex_skip_blanks(p);
        if (lex_current(p) == close)
            return true;
        if (lex_current(p) != ',')
            return lex_fail(p, p->at, "Expecting ',' delimiter");
        comma = p->at++;
        lex_skip_blanks(p);
        if (lex_current(p) == close)
            return lex_fail(p, comma,
                            object ? "Illegal trailing comma before end of object"
                                   : "Illegal trailing comma before end of array");
    }
}

static struct jval *parse_container(struct parser *p, enum jtype type)
{
    struct jval *v = lex_new(p, type);

    if (p->depth == JSONIN_MAX_DEPTH)
        return lex_fail(p, p->at, "Nested too deeply");
    p->depth++;
    p->at++;
    lex_skip_blanks(p);
    if (!parse_items(p, v))
        return NULL;
    p->at++;
    p->depth--;
    if (type == J_OBJECT)
        merge_repeated_keys(p->a, v);
    return v;
}

/* Recursion: JSONIN_MAX_DEPTH levels at most. */
static struct jval *parse_value(struct parser *p)
{
    struct str text;

    switch (lex_current(p)) {
    case '{':
        return parse_container(p, J_OBJECT);
    case '[':
        return parse_container(p, J_ARRAY);
    case '"': {
        if (!lex_text(p, &text))
            return NULL;
        struct jval *v = lex_new(p, J_STR);
        v->text = text;
        return v;
    }
    default:
        return lex_scalar(p);
    }
}

static struct jval *parse_text(struct parser *p)
{
    size_t bad = utf8_first_bad(p->text);
    struct jval *v;

    if (bad < p->text.n)
        return lex_fail_utf8(p, bad);
    if (str_starts(p->text, STR("\xef\xbb\xbf")))
        return lex_fail(p, 0, "Unexpected UTF-8 BOM (decode using utf-8-sig)");
    p->text = arena_dup(p->a, p->text);
    lex_skip_blanks(p);
    v = parse_value(p);
    if (v == NULL)
        return NULL;
    lex_skip_blanks(p);
    if (p->at < p->text.n)
        return lex_fail(p, p->at, "Extra data");
    return v;
}

struct jval *jsonin_parse(struct arena *a, struct str text, char why[JSONIN_WHY])
{
    struct parser p = { .a = a, .text = text, .why = why };

    why[0] = '\0';
    return parse_text(&p);
}

struct jval *jsonin_parse_stored(struct arena *a, struct str text, char why[JSONIN_WHY])
{
    struct parser p = { .a = a, .text = text, .why = why, .allow_nul = true };

    why[0] = '\0';
    return parse_text(&p);
}
