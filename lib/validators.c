#include "validators.h"

#include "unicode.h"
#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIMILARITY_MAX 0.7

extern const char common_passwords[]; /* one a line, in lower case; lib/common-passwords.txt */

/* ---- similarity */

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* The characters of s in the order of their numbers. */
static uint32_t *sorted(struct arena *a, struct str s, size_t *n)
{
    uint32_t *out = arena_alloc(a, (s.n + 1) * sizeof *out);

    *n = 0;
    for (size_t at = 0; at < s.n;) {
        out[(*n)++] = utf8_next(s, &at);
    }
    qsort(out, *n, sizeof *out, by_value);
    return out;
}

double text_quick_ratio(struct arena *a, struct str x, struct str y)
{
    size_t nx, ny, common = 0;
    const uint32_t *cx = sorted(a, x, &nx), *cy = sorted(a, y, &ny);

    for (size_t i = 0, j = 0; i < nx && j < ny;) {
        int order = by_value(&cx[i], &cy[j]);
        common += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    return nx + ny == 0 ? 1.0 : 2.0 * (double)common / (double)(nx + ny);
}

/* A password that is much longer than the part cannot be a variation of it. */
static bool much_longer(struct str password, struct str part)
{
    size_t n = utf8_length(password), m = utf8_length(part);

    return n >= 10 * m && (double)m < SIMILARITY_MAX / 2 * (double)n;
}

static bool resembles(struct arena *a, struct str password, struct str part)
{
    return !much_longer(password, part) && text_quick_ratio(a, password, part) >= SIMILARITY_MAX;
}

/* The words of a value and the value as a whole; both texts in lower case. */
static bool similar(struct arena *a, struct str password, struct str value)
{
    size_t word = 0, at = 0;

    while (at < value.n) {
        size_t here = at;
        if (unicode_is_word(utf8_next(value, &at))) {
            continue;
        }
        if (resembles(a, password, str_sub(value, word, here - word))) {
            return true;
        }
        word = at;
    }
    return resembles(a, password, str_sub(value, word, SIZE_MAX)) || resembles(a, password, value);
}

/* The texts of u that a password must not resemble: the first that it does; STR_NULL: none. */
static struct str similar_to(struct arena *a, struct str password, const struct user *u)
{
    const struct {
        struct str value, name;
    } texts[] = {
        { u->username, STR("username") },
        { u->first_name, STR("first name") },
        { u->last_name, STR("last name") },
        { u->email, STR("email address") },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].value.n > 0 && similar(a, password, unicode_lower(a, texts[i].value))) {
            return texts[i].name;
        }
    }
    return STR_NULL;
}

/* ---- the other two */

static bool is_common(struct arena *a, struct str lower)
{
    struct str word = utf8_strip(lower);
    const char *line = arena_concat(a, (struct str[]){ STR("\n"), word, STR("\n"), STR_NULL }).p;

    return word.n > 0 && memchr(word.p, '\n', word.n) == NULL &&
           memmem(common_passwords, strlen(common_passwords), line, word.n + 2) != NULL;
}

static bool is_numeric(struct str password)
{
    for (size_t at = 0; at < password.n;) {
        if (!unicode_is_digit(utf8_next(password, &at))) {
            return false;
        }
    }
    return password.n > 0;
}

size_t password_faults(struct arena *a, struct str password, const struct user *u, bool similarity,
                       struct str out[PASSWORD_FAULTS])
{
    struct str lower = unicode_lower(a, password), name;
    size_t n = 0;

    if (similarity && !str_is_null(name = similar_to(a, lower, u))) {
        out[n++] = arena_printf(a, "The password is too similar to the %.*s.", STR_FMT(name));
    }
    if (is_common(a, lower)) {
        out[n++] = STR("This password is too common.");
    }
    if (is_numeric(password)) {
        out[n++] = STR("This password is entirely numeric.");
    }
    return n;
}
