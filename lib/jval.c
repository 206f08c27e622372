/* Parsed JSON values: access, building, writing. */
#include "jsonin.h"

#include <assert.h>
#include <inttypes.h>

/* ---- access */

const struct jval *jval_get(const struct jval *v, struct str key)
{
    if (v == NULL || v->type != J_OBJECT)
        return NULL;
    for (const struct jval *m = v->first; m != NULL; m = m->next)
        if (str_eq(m->key, key))
            return m;
    return NULL;
}

bool jval_nothing(const struct jval *v)
{
    return v == NULL || v->type == J_NULL;
}

bool jval_truthy(const struct jval *v)
{
    double number = 0.0;

    if (jval_nothing(v))
        return false;
    switch (v->type) {
    case J_BOOL:
        return v->b;
    case J_INT:
    case J_FLOAT: /* beyond a double's range is not zero */
        return num_json_float(v->text, &number) != NUM_OK || number != 0.0;
    case J_STR:
        return v->text.n > 0;
    default:
        return v->count > 0;
    }
}

enum num_rc jval_py_int(const struct jval *v, int64_t *out)
{
    double d;

    if (jval_nothing(v))
        return NUM_BAD;
    switch (v->type) {
    case J_BOOL:
        *out = v->b ? 1 : 0;
        return NUM_OK;
    case J_INT:
        return num_json_int(v->text, out);
    case J_STR:
        return num_py_int(v->text, out);
    case J_FLOAT:
        return num_json_float(v->text, &d) == NUM_OK ? num_cut(d, out) : NUM_RANGE;
    default:
        return NUM_BAD;
    }
}

enum num_rc jval_py_float(const struct jval *v, double *out)
{
    if (jval_nothing(v))
        return NUM_BAD;
    switch (v->type) {
    case J_BOOL:
        *out = v->b ? 1.0 : 0.0;
        return NUM_OK;
    case J_INT:
    case J_FLOAT:
        return num_json_float(v->text, out);
    case J_STR:
        return num_py_float(v->text, out);
    default:
        return NUM_BAD;
    }
}

/* ---- building */

static struct jval *new_value(struct arena *a, enum jtype type)
{
    struct jval *v = ARENA_NEW(a, struct jval);

    v->type = type;
    return v;
}

struct jval *jval_object(struct arena *a)
{
    return new_value(a, J_OBJECT);
}

struct jval *jval_text(struct arena *a, struct str s)
{
    struct jval *v = new_value(a, J_STR);

    v->text = arena_dup(a, s);
    return v;
}

struct jval *jval_int(struct arena *a, int64_t i)
{
    struct jval *v = new_value(a, J_INT);

    v->text = arena_printf(a, "%" PRId64, i);
    return v;
}

struct jval *jval_float(struct arena *a, double v)
{
    struct jval *f = new_value(a, J_FLOAT);
    char text[32];

    f->text = arena_dup(a, (struct str){ text, num_py_repr(v, text) });
    return f;
}

struct jval *jval_bool(struct arena *a, bool b)
{
    struct jval *v = new_value(a, J_BOOL);

    v->b = b;
    return v;
}

struct jval *jval_null(struct arena *a)
{
    return new_value(a, J_NULL);
}

struct jval *jval_array(struct arena *a)
{
    return new_value(a, J_ARRAY);
}

void jval_push(struct jval *array, struct jval *v)
{
    assert(array->type == J_ARRAY);
    v->next = NULL;
    if (array->last == NULL)
        array->first = v;
    else
        array->last->next = v;
    array->last = v;
    array->count++;
}

/* The pointer to the member with that key, or to the end of the list; *before: the member in front
   of it. */
static struct jval **find_link(struct jval *object, struct str key, struct jval **before)
{
    struct jval **link = &object->first;

    assert(object->type == J_OBJECT);
    *before = NULL;
    while (*link != NULL && !str_eq((*link)->key, key)) {
        *before = *link;
        link = &(*link)->next;
    }
    return link;
}

void jval_set(struct arena *a, struct jval *object, struct str key, struct jval *v)
{
    struct jval *before;
    struct jval **link = find_link(object, key, &before);

    v->key = arena_dup(a, key);
    v->next = *link == NULL ? NULL : (*link)->next;
    if (*link == NULL)
        object->count++;
    if (v->next == NULL)
        object->last = v;
    *link = v;
}

bool jval_remove(struct jval *object, struct str key)
{
    struct jval *before;
    struct jval **link = find_link(object, key, &before);

    if (*link == NULL)
        return false;
    *link = (*link)->next;
    if (*link == NULL)
        object->last = before;
    object->count--;
    return true;
}

/* ---- writing */

static void write_float(struct json *j, struct str token)
{
    double value;
    enum num_rc rc = num_json_float(token, &value);

    assert(rc == NUM_OK); /* the reader took it */
    if (rc == NUM_OK)
        json_float(j, value);
}

static void write_items(struct json *j, const struct jval *v)
{
    for (const struct jval *item = v->first; item != NULL; item = item->next) {
        if (v->type == J_OBJECT)
            json_key(j, item->key);
        jval_write(j, item);
    }
    json_end(j);
}

void jval_write(struct json *j, const struct jval *v)
{
    switch (v->type) {
    case J_NULL:
        json_null(j);
        break;
    case J_BOOL:
        json_bool(j, v->b);
        break;
    case J_INT: /* Python's integers have no -0 */
        json_token(j, str_eqz(v->text, "-0") ? STR("0") : v->text);
        break;
    case J_FLOAT:
        write_float(j, v->text);
        break;
    case J_STR:
        json_str(j, v->text);
        break;
    case J_ARRAY:
        json_array(j);
        write_items(j, v);
        break;
    case J_OBJECT:
        json_object(j);
        write_items(j, v);
        break;
    }
}
