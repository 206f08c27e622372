/* For tests of JSON: an arena emptied before each test, reading that must succeed, json.dumps. */
#ifndef MYTRACKS_TEST_JSON_UTIL_H
#define MYTRACKS_TEST_JSON_UTIL_H

#include "vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define S(lit)                  \
    {                           \
        "" lit, sizeof(lit) - 1 \
    }
/* A test that begins with an empty arena. */
#define TEST(f) cmocka_unit_test_setup(f, empty_arena)

static struct arena *arena;

static inline int set_up(void **state)
{
    arena = arena_new((size_t)64 << 20);
    return vectors_open(state);
}

static inline int tear_down(void **state)
{
    arena_free(arena);
    return vectors_close(state);
}

static inline int empty_arena(void **state)
{
    (void)state;
    arena_reset(arena);
    return 0;
}

static inline struct jval *parse(struct str text)
{
    char why[JSONIN_WHY];
    struct jval *v = jsonin_parse(arena, text, why);

    if (v == NULL)
        fail_msg("%.*s: %s", STR_FMT(text), why);
    assert_string_equal(why, "");
    return v;
}

static inline struct str dumps(const struct jval *v)
{
    struct buf out;
    struct json j;
    struct str text;

    buf_init(&out, 1 << 20);
    json_init(&j, &out, JSON_PYTHON);
    jval_write(&j, v);
    assert_true(json_done(&j));
    text = arena_dup(arena, buf_view(&out));
    buf_free(&out);
    return text;
}

#endif
