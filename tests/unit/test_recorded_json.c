/* Recorded requests and replies of the reference (scenarios beside CONFORMANCE_DIR), as far as
   reading JSON and single fields decides them. */
#include "json_util.h"
#include "lib/codec.h"
#include "lib/jsonin.h"

/* The steps of a scenario. */
static const struct jval *first_step(const char *name)
{
    (void)vectors(STR("meta")); /* skips, or fails in CI, without the shared files */
    struct str path =
        arena_printf(arena, "%s/scenarios/api/%s.json", getenv("CONFORMANCE_DIR"), name);
    char *text = arena_alloc(arena, 1 << 20);
    FILE *f = fopen(path.p, "rb");
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, 1 << 20, f);
    assert_int_equal(fclose(f), 0);
    return jval_getz(parse((struct str){ text, n }), "steps")->first;
}

/* The bodies that the reference was sent, and the reasons it gave. */
static void recorded_replies(void **state)
{
    static const char *const files[] = { "json-malformed-locations", "json-malformed-admin-users",
                                         "json-malformed-change-password" };
    struct str prefix = STR("JSON parse error - ");
    struct tally t = { .name = "json-malformed scenarios" };

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        for (const struct jval *s = first_step(files[i]); s != NULL; s = s->next) {
            const struct jval *http = jval_getz(s, "http");
            struct str body = case_text(http, STR("body")),
                       coded = case_text(http, STR("body_b64"));
            struct str want = case_text(jval_getz(jval_getz(s, "expect"), "json"), STR("detail"));
            char why[JSONIN_WHY];
            if (!str_starts(want, prefix))
                continue;
            if (str_is_null(body))
                body = base64_decode(arena, coded);
            bool accepted = jsonin_parse(arena, body, why) != NULL;
            want = str_sub(want, prefix.n, want.n);
            tally_check(&t, !accepted && str_eqz(want, why), body);
        }
    }
    tally_end(&t);
}

/* DRF's verdict on one field: NULL when it was taken. */
static const char *field_error(const struct jval *v, bool decimal)
{
    struct str text = jval_py_str(arena, v);
    const char *why;
    int64_t i;
    dec10 d;

    if (decimal)
        return dec10_drf(text, &d, &why) ? NULL : why;
    return num_drf_int(text, &i, &why) ? NULL : why;
}

static void check_fields(struct tally *t, const struct jval *sent, const struct jval *reply)
{
    static const struct {
        const char *name;
        bool decimal;
    } fields[] = { { "lat", true },  { "lon", true },  { "tst", false }, { "acc", false },
                   { "alt", false }, { "vel", false }, { "batt", false } };

    for (size_t i = 0; i < COUNT(fields); i++) {
        const struct jval *v = jval_get(sent, str_of(fields[i].name));
        const struct jval *errors = jval_get(reply, str_of(fields[i].name));
        if (v == NULL || v->type == J_NULL)
            continue;
        const char *why = field_error(v, fields[i].decimal);
        bool same = errors == NULL ? why == NULL : why != NULL && str_eqz(errors->first->text, why);
        tally_check(t, same, jval_py_str(arena, v));
    }
}

/* Only steps whose reply has a body: the others are about what the fields mean together. */
static void recorded_fields(void **state)
{
    static const char *const files[] = { "post-coordinate-types", "post-int-types",
                                         "post-int-range", "post-tst-types" };
    struct tally t = { .name = "post-*-types and -range scenarios" };

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        for (const struct jval *s = first_step(files[i]); s != NULL; s = s->next) {
            const struct jval *sent = jval_getz(jval_getz(s, "http"), "json");
            const struct jval *reply = jval_getz(jval_getz(s, "expect"), "json");
            if (sent != NULL && reply != NULL)
                check_fields(&t, sent, reply);
        }
    }
    tally_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(recorded_replies),
        TEST(recorded_fields),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
