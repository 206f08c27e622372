#include "config.h"

#include "dotenv.h"
#include "log.h"
#include "setting.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWN_PREFIX STR("MYTRACKS_")
#define TEST_PREFIX STR("MYTRACKS_TEST_") /* read by the test programs only */
#define ARENA_CAP (8 * DOTENV_MAX)
#define SHOWN_MAX 100 /* bytes of a wrong value in a message */

enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT };

static const char *const origin_names[] = { "default", ".env", "environment" };

struct config {
    struct arena *arena;
    struct {
        struct str text;
        int64_t number;
        enum origin origin;
    } value[CFG_COUNT];
    struct str db_path, spool_dir;
};

/* What the loading carries along. */
struct loading {
    struct config *config;
    char *why;
};

/* Always false, so that a caller can return it. */
__attribute__((format(printf, 2, 3))) static bool fail(struct loading *l, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&l->why, fmt, ap) < 0) {
        log_out_of_memory(0);
    }
    va_end(ap);
    return false;
}

/* ---- unknown names */

#define NAME_MAX_LENGTH ((size_t)64)

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's, for names up to NAME_MAX_LENGTH; longer ones are cut. */
static size_t edit_distance(struct str a, struct str b)
{
    size_t row[NAME_MAX_LENGTH + 1];

    a.n = least_of(a.n, NAME_MAX_LENGTH);
    b.n = least_of(b.n, NAME_MAX_LENGTH);
    for (size_t j = 0; j <= b.n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = diagonal + (a.p[i - 1] != b.p[j - 1]);

            diagonal = row[j];
            row[j] = least_of(change, least_of(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.n];
}

static const char *nearest_name(struct str name)
{
    size_t best = SIZE_MAX, at = 0;

    for (size_t i = 0; i < CFG_COUNT; i++) {
        size_t distance = edit_distance(name, str_of(config_table[i].name));

        if (distance < best) {
            best = distance;
            at = i;
        }
    }
    return config_table[at].name;
}

/* ---- loading */

/* The setting of that name; CFG_COUNT when there is none. */
static size_t find(struct str name)
{
    size_t i = 0;

    while (i < CFG_COUNT && !str_eqz(name, config_table[i].name)) {
        i++;
    }
    return i;
}

/* False after fail() for a name that can only be a slip. */
static bool known(struct loading *l, struct str name, const char *where)
{
    if (find(name) < CFG_COUNT || !str_starts(name, OWN_PREFIX) || str_starts(name, TEST_PREFIX)) {
        return true;
    }
    return fail(l, "%.*s (%s) is no setting; the nearest one is %s.",
                (int)least_of(name.n, NAME_MAX_LENGTH), name.p, where, nearest_name(name));
}

static void set(struct config *c, size_t i, struct str text, enum origin origin)
{
    text = str_trim(text);
    if (text.n > 0 || !setting_blank_is_default(config_table[i].kind)) {
        c->value[i].text = text;
        c->value[i].origin = origin;
    }
}

static bool take_line(void *ctx, struct str name, struct str value, unsigned line)
{
    struct loading *l = ctx;
    size_t i = find(name);
    char where[64];

    (void)snprintf(where, sizeof where, ".env line %u", line);
    if (i < CFG_COUNT) {
        set(l->config, i, value, ORIGIN_FILE);
    }
    return known(l, name, where);
}

static bool read_file(struct loading *l, const char *path)
{
    struct str text = dotenv_read(l->config->arena, path != NULL ? path : ".env");

    if (str_is_null(text)) {
        /* Nobody asked for the file in the current folder. */
        return (path == NULL && errno == ENOENT) ||
               fail(l, "%s cannot be read: %s.", path != NULL ? path : ".env",
                    strerrordesc_np(errno));
    }
    return dotenv_parse(text, take_line, l);
}

static bool read_environment(struct loading *l)
{
    for (char **entry = environ; *entry != NULL; entry++) {
        struct str value = str_of(*entry), name;

        str_split(&value, '=', &name);
        size_t i = find(name);
        if (i < CFG_COUNT && !str_is_null(value)) {
            value = str_sub(value, 0, SETTING_MAX + 1); /* enough to see that it is too long */
            set(l->config, i, arena_dup(l->config->arena, value), ORIGIN_ENVIRONMENT);
        }
        if (!known(l, name, "environment")) {
            return false;
        }
    }
    return true;
}

/* A wrong value, fit to be shown: not too long, control characters replaced. */
static const char *shown(struct arena *a, struct str value)
{
    struct str text = arena_dup(a, str_sub(value, 0, SHOWN_MAX));
    char *p = arena_alloc(a, text.n + 1);

    for (size_t i = 0; i < text.n; i++) {
        p[i] = text.p[i];
        if ((unsigned char)p[i] < ' ' || p[i] == 0x7F) {
            p[i] = '?';
        }
    }
    return p;
}

static bool check(struct loading *l, size_t i)
{
    const struct setting *s = &config_table[i];
    struct config *c = l->config;
    const char *origin = origin_names[c->value[i].origin];

    if (setting_check(s, c->value[i].text, &c->value[i].number)) {
        return true;
    }
    if (setting_hidden(s)) {
        return fail(l, "%s (%s) has a value that is not allowed; it must be %s.", s->name, origin,
                    s->must);
    }
    return fail(l, "%s (%s) is \"%s\", but must be %s.", s->name, origin,
                shown(c->arena, c->value[i].text), s->must);
}

static bool load(struct loading *l, const char *env_file)
{
    struct config *c = l->config;

    for (size_t i = 0; i < CFG_COUNT; i++) {
        c->value[i].text = str_of(config_table[i].fallback);
    }
    if (!read_file(l, env_file) || !read_environment(l)) {
        return false;
    }
    for (size_t i = 0; i < CFG_COUNT; i++) {
        if (!check(l, i)) {
            return false;
        }
    }
    c->db_path = setting_database_path(c->value[CFG_DATABASE_URL].text);
    c->spool_dir = c->value[CFG_SPOOL_DIR].text;
    if (c->spool_dir.n == 0) {
        c->spool_dir =
            arena_concat(c->arena, (struct str[]){ c->db_path, STR("-spool"), STR_NULL });
    }
    return true;
}

struct config *config_load(const char *env_file, char **why)
{
    struct config *c = calloc(1, sizeof *c);

    if (c == NULL) {
        log_out_of_memory(sizeof *c);
    }
    c->arena = arena_new(ARENA_CAP);
    struct loading l = { .config = c };
    if (!load(&l, env_file)) {
        config_free(c);
        c = NULL;
    }
    *why = l.why;
    return c;
}

void config_free(struct config *c)
{
    if (c != NULL) {
        arena_free(c->arena);
        free(c);
    }
}

/* ---- reading */

struct str config_str(const struct config *c, enum config_id id)
{
    return c->value[id].text;
}

int64_t config_int(const struct config *c, enum config_id id)
{
    assert(config_table[id].kind == SETTING_INT);
    return c->value[id].number;
}

bool config_bool(const struct config *c, enum config_id id)
{
    assert(config_table[id].kind == SETTING_BOOL);
    return c->value[id].number != 0;
}

bool config_is_set(const struct config *c, enum config_id id)
{
    return c->value[id].origin != ORIGIN_DEFAULT;
}

struct str config_db_path(const struct config *c)
{
    return c->db_path;
}

struct str config_spool_dir(const struct config *c)
{
    return c->spool_dir;
}

bool config_key_refused(const struct config *c)
{
    return str_eqz(config_str(c, CFG_SECRET_KEY), config_table[CFG_SECRET_KEY].fallback) &&
           !config_bool(c, CFG_ALLOW_INSECURE_KEY);
}

bool config_strict(const struct config *c)
{
    return str_eq(c->value[CFG_POLICY].text, STR("strict"));
}

bool config_strict_users(const struct config *c)
{
    struct str rules = c->value[CFG_USER_RULES].text;

    return rules.n > 0 ? str_eqz(rules, "strict") : config_strict(c);
}

void config_print(const struct config *c, FILE *out, bool help)
{
    for (size_t i = 0; i < CFG_COUNT; i++) {
        const struct setting *s = &config_table[i];
        struct str text = c->value[i].text;

        if (s->secret && text.n > 0) {
            text = STR("********");
        }
        (void)fprintf(out, "%s = %.*s  (%s)\n", s->name, STR_FMT(text),
                      origin_names[c->value[i].origin]);
        if (help) {
            (void)fprintf(out, "    %s\n", s->help);
        }
    }
}
