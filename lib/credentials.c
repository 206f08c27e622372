/* What a request says about who sends it: Basic credentials and cookies. */
#include "codec.h"
#include "utf8.h"
#include "weburl.h"

#include <string.h>

#define BASIC_MAX ((size_t)16 * 1024) /* bytes of an Authorization header that we read */
#define COOKIE_VALUE_MAX 4096 /* bytes; browsers keep no longer one (RFC 6265 section 6.1) */

/* ---- Basic (RFC 7617), as DRF's BasicAuthentication reads it */

/* Takes the next word; false when only blanks are left. */
static bool take_word(struct str *rest, struct str *word)
{
    struct str s = str_trim(*rest);
    size_t n = 0;

    while (n < s.n && s.p[n] != ' ' && !(s.p[n] >= '\t' && s.p[n] <= '\r'))
        n++;
    *word = str_sub(s, 0, n);
    *rest = str_sub(s, n, SIZE_MAX);
    return n > 0;
}

int basic_auth_parse(struct arena *a, struct str header, struct str *user, struct str *password,
                     const char **why)
{
    struct str scheme, token, more, text;

    if (!take_word(&header, &scheme) || !str_ieq(scheme, STR("basic")))
        return 1;
    if (!take_word(&header, &token)) {
        *why = "Invalid basic header. No credentials provided.";
        return -1;
    }
    if (take_word(&header, &more)) {
        *why = "Invalid basic header. Credentials string should not contain spaces.";
        return -1;
    }
    *why = "Invalid basic header. Credentials not correctly base64 encoded.";
    if (token.n > BASIC_MAX)
        return -1;
    text = base64_decode(a, token);
    if (str_is_null(text))
        return -1;
    if (!utf8_valid(text))
        text = latin1_text(a, text);
    if (str_find(text, ':', 0) == SIZE_MAX)
        return -1;
    str_split(&text, ':', user);
    *password = text;
    return 0;
}

/* ---- cookies */

static bool is_octal(struct str s, size_t at)
{
    return at + 2 < s.n && s.p[at] >= '0' && s.p[at] <= '3' && s.p[at + 1] >= '0' &&
           s.p[at + 1] <= '7' && s.p[at + 2] >= '0' && s.p[at + 2] <= '7';
}

/* Python's http.cookies: within double quotes, \ooo is a code point and \x the character x. */
static struct str unquote(struct arena *a, struct str s)
{
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
        return s;
    s = str_sub(s, 1, s.n - 2);
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t at = 0; at < s.n; at++) {
        bool escape = s.p[at] == '\\' && at + 1 < s.n;
        if (escape && is_octal(s, at + 1)) {
            n += utf8_put(out + n, (uint32_t)((s.p[at + 1] - '0') * 64 + (s.p[at + 2] - '0') * 8 +
                                              (s.p[at + 3] - '0')));
            at += 3;
        } else {
            at += escape ? 1 : 0;
            out[n++] = s.p[at];
        }
    }
    return (struct str){ out, n };
}

struct str cookie_get(struct arena *a, struct str header, struct str name)
{
    struct str chunk, key, value = STR_NULL;

    while (str_split(&header, ';', &chunk)) {
        struct str rest = chunk;
        str_split(&rest, '=', &key);
        if (!str_is_null(rest) && str_eq(str_trim(key), name))
            value = str_trim(rest);
    }
    return str_is_null(value) || value.n > COOKIE_VALUE_MAX ? STR_NULL : unquote(a, value);
}
