#include "weburl.h"

#include "codec.h"
#include "unicode.h"
#include "utf8.h"

#include <string.h>

#define HOST_MAX 255           /* bytes of a Host header (RFC 1035) */
#define URL_MAX ((size_t)2048) /* code points; django.utils.http.MAX_URL_LENGTH */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static char to_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20);
    return c;
}

static struct str lower(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        out[i] = to_lower(s.p[i]);
    return (struct str){ out, s.n };
}

struct str latin1_text(struct arena *a, struct str bytes)
{
    char *out = arena_calloc(a, bytes.n + 1, 2);
    size_t n = 0;

    for (size_t i = 0; i < bytes.n; i++)
        n += utf8_put(out + n, (unsigned char)bytes.p[i]);
    return (struct str){ out, n };
}

/* ---- URLs */

/* As the WHATWG and urlsplit: no blanks and controls in front, no tab, CR, LF anywhere. */
static struct str url_clean(struct arena *a, struct str url)
{
    char *out = arena_alloc(a, url.n + 1);
    size_t n = 0, at = 0;

    while (at < url.n && (unsigned char)url.p[at] <= ' ')
        at++;
    for (; at < url.n; at++) {
        if (!is_one_of(url.p[at], "\t\r\n"))
            out[n++] = url.p[at];
    }
    return (struct str){ out, n };
}

/* Takes "scheme:" off the front when what stands there can be one. */
static struct str take_scheme(struct arena *a, struct str *url)
{
    size_t colon = str_find(*url, ':', 0);
    struct str scheme;

    if (colon == SIZE_MAX)
        return STR("");
    scheme = lower(a, str_sub(*url, 0, colon));
    for (size_t i = 0; i < scheme.n; i++) {
        if (!is_lower(scheme.p[i]) &&
            (i == 0 || !(is_digit(scheme.p[i]) || is_one_of(scheme.p[i], "+-."))))
            return STR("");
    }
    if (scheme.n > 0)
        *url = str_sub(*url, colon + 1, SIZE_MAX);
    return scheme;
}

/* Brackets come in one pair, hold an IPv6 address, and stand where the host does. */
static bool brackets_fit(struct arena *a, struct str netloc)
{
    size_t open = str_find(netloc, '[', 0), close = str_find(netloc, ']', 0);

    if (open == SIZE_MAX && close == SIZE_MAX)
        return true;
    if (open == SIZE_MAX || close == SIZE_MAX || close < open ||
        (open > 0 && netloc.p[open - 1] != '@') ||
        (close + 1 < netloc.n && netloc.p[close + 1] != ':'))
        return false;
    struct str inside = str_sub(netloc, open + 1, close - open - 1);
    return str_find(inside, ':', 0) != SIZE_MAX && !str_is_null(ip_canonical(a, inside));
}

bool url_split(struct arena *a, struct str url, struct url_parts *out)
{
    struct str rest = url_clean(a, url);
    size_t end = 2;

    out->scheme = take_scheme(a, &rest);
    out->netloc = STR("");
    if (str_starts(rest, STR("//"))) {
        while (end < rest.n && !is_one_of(rest.p[end], "/?#")) {
            /* Python refuses those that NFKC turns into a separator; browsers send none. */
            if ((unsigned char)rest.p[end] >= 0x80)
                return false;
            end++;
        }
        out->netloc = str_sub(rest, 2, end - 2);
        rest = str_sub(rest, end, SIZE_MAX);
    }
    out->path = rest;
    return brackets_fit(a, out->netloc);
}

struct str url_iri_to_uri(struct arena *a, struct str iri)
{
    return percent_encode(a, iri, "/#%[]=:;$&()+,!?*@'~");
}

/* The rules for one spelling of the URL. */
static bool is_ours(struct arena *a, struct str url, struct str host, bool require_https)
{
    struct url_parts u;

    /* Browsers take any number of slashes for the start of a host, and drop controls in front. */
    if (str_starts(url, STR("///")) || !url_split(a, url, &u))
        return false;
    if (u.scheme.n > 0 && u.netloc.n == 0)
        return false;
    if (unicode_is_other(utf8_next(url, &(size_t){ 0 })))
        return false;
    if (u.netloc.n == 0)
        return true;
    return str_eq(u.netloc, host) &&
           (str_eqz(u.scheme, "https") ||
            (!require_https && (u.scheme.n == 0 || str_eqz(u.scheme, "http"))));
}

bool url_is_ours(struct arena *a, struct str url, struct str host, bool require_https)
{
    if (str_is_null(url) || url.n > 4 * URL_MAX || !utf8_valid(url))
        return false;
    url = utf8_strip(url);
    if (url.n == 0 || utf8_length(url) > URL_MAX)
        return false;
    /* Browsers read "\" as "/" in a path, but it may also stand in a user name: both must pass. */
    char *slashed = arena_alloc(a, url.n);
    memcpy(slashed, url.p, url.n);
    for (size_t i = 0; i < url.n; i++) {
        if (slashed[i] == '\\')
            slashed[i] = '/';
    }
    return is_ours(a, url, host, require_https) &&
           is_ours(a, (struct str){ slashed, url.n }, host, require_https);
}

/* ---- hosts */

bool url_is_plain(struct str url)
{
    for (size_t i = 0; i < url.n; i++) {
        if (url.p[i] <= ' ' || url.p[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

struct str url_origin(struct arena *a, struct str url)
{
    struct url_parts parts = { .scheme = STR(""), .netloc = STR("") };

    (void)!url_split(a, url, &parts);
    return arena_concat(a, (struct str[]){ parts.scheme, STR("://"), parts.netloc, STR_NULL });
}

bool host_matches(struct str host, struct str pattern)
{
    size_t skip = 0; /* of a pattern with a dot, the dot is not needed for the domain itself */

    if (pattern.n == 0)
        return false;
    if (pattern.p[0] == '.') {
        if (host.n > pattern.n)
            host = str_sub(host, host.n - pattern.n, SIZE_MAX);
        else if (host.n == pattern.n - 1)
            skip = 1;
    }
    pattern = str_sub(pattern, skip, SIZE_MAX);
    if (host.n != pattern.n)
        return false;
    for (size_t i = 0; i < host.n; i++) {
        if (host.p[i] != to_lower(pattern.p[i]))
            return false;
    }
    return true;
}

/* Length of the host part of a lower-case Host header: a name or a bracketed address; 0: neither.
 */
static size_t host_part(struct str host)
{
    size_t n = 0, first_colon;

    if (!str_starts(host, STR("["))) {
        while (n < host.n &&
               (is_lower(host.p[n]) || is_digit(host.p[n]) || is_one_of(host.p[n], ".-")))
            n++;
        return n;
    }
    size_t close = str_find(host, ']', 0);
    if (close == SIZE_MAX)
        return 0;
    for (n = 1; n < close; n++) {
        if (!is_digit(host.p[n]) && !is_one_of(host.p[n], "abcdef:."))
            return 0;
    }
    /* Hexadecimal digits, a colon, and at least one character more. */
    first_colon = str_find(host, ':', 0);
    if (first_colon >= close - 1 || str_find(host, '.', 0) < first_colon)
        return 0;
    return close + 1;
}

struct str host_name(struct arena *a, struct str host)
{
    if (host.n > HOST_MAX)
        return STR_NULL;
    struct str all = lower(a, host);
    struct str name = str_sub(all, 0, host_part(all));
    struct str port = str_sub(all, name.n, SIZE_MAX);

    if (port.n > 0) {
        if (port.n < 2 || port.p[0] != ':')
            return STR_NULL;
        for (size_t i = 1; i < port.n; i++) {
            if (!is_digit(port.p[i]))
                return STR_NULL;
        }
    }
    if (str_ends(name, STR(".")))
        name.n--;
    return name.n > 0 ? name : STR_NULL;
}

bool host_allowed(struct arena *a, struct str host, struct str allowed)
{
    struct str name = host_name(a, host), pattern;

    if (str_is_null(name))
        return false;
    while (str_split(&allowed, ',', &pattern)) {
        pattern = str_trim(pattern);
        if (str_eqz(pattern, "*") || host_matches(name, pattern))
            return true;
    }
    return false;
}
