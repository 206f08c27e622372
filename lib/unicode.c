#include "unicode.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define LOWER_CAPITAL_I_WITH_DOT STR("i\xcc\x87") /* the one letter that grows */

static utf8proc_category_t category(uint32_t cp)
{
    return utf8proc_category((utf8proc_int32_t)cp);
}

struct str unicode_lower(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n * 2 + 1); /* no lower-case form needs more than that */
    size_t n = 0;

    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (cp == 0x130) {
            memcpy(out + n, LOWER_CAPITAL_I_WITH_DOT.p, LOWER_CAPITAL_I_WITH_DOT.n);
            n += LOWER_CAPITAL_I_WITH_DOT.n;
        } else {
            n += utf8_put(out + n, (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp));
        }
    }
    return (struct str){ out, n };
}

struct str unicode_nfkc(struct arena *a, struct str s)
{
    utf8proc_uint8_t *form = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &form,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    struct str out = n < 0 ? s : arena_dup(a, (struct str){ (const char *)form, (size_t)n });

    free(form);
    return out;
}

bool unicode_is_word(uint32_t cp)
{
    utf8proc_category_t c = category(cp);

    return cp == '_' || (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
           (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

bool unicode_is_digit(uint32_t cp)
{
    /* Numeric_Type=Digit of Unicode: not decimal digits, but digits to Python. */
    static const struct {
        uint32_t first, last;
    } digits[] = {
        { 0xb2, 0xb3 },       { 0xb9, 0xb9 },       { 0x1369, 0x1371 },   { 0x19da, 0x19da },
        { 0x2070, 0x2070 },   { 0x2074, 0x2079 },   { 0x2080, 0x2089 },   { 0x2460, 0x2468 },
        { 0x2474, 0x247c },   { 0x2488, 0x2490 },   { 0x24ea, 0x24ea },   { 0x24f5, 0x24fd },
        { 0x24ff, 0x24ff },   { 0x2776, 0x277e },   { 0x2780, 0x2788 },   { 0x278a, 0x2792 },
        { 0x10a40, 0x10a43 }, { 0x10e60, 0x10e68 }, { 0x11052, 0x1105a }, { 0x1f100, 0x1f10a },
    };

    if (category(cp) == UTF8PROC_CATEGORY_ND) {
        return true;
    }
    for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++) {
        if (cp >= digits[i].first && cp <= digits[i].last) {
            return true;
        }
    }
    return false;
}

bool unicode_is_other(uint32_t cp)
{
    utf8proc_category_t c = category(cp);

    return c == UTF8PROC_CATEGORY_CN || (c >= UTF8PROC_CATEGORY_CC && c <= UTF8PROC_CATEGORY_CO);
}
