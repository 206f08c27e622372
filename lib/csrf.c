#include "csrf.h"

#include "crypto.h"
#include "utf8.h"
#include "weburl.h"

#include <assert.h>
#include <string.h>

#define CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define CHARS_N (sizeof(CHARS) - 1)

/* ---- tokens */

/* Place in CHARS; CHARS_N for any other byte. */
static size_t index_of(char c)
{
    const char *at = memchr(CHARS, c, CHARS_N);

    return at == NULL ? CHARS_N : (size_t)(at - CHARS);
}

/* Django's reason when the text cannot be a token; NULL when it can. Lengths are in characters. */
static const char *malformed(struct str token)
{
    size_t points = utf8_valid(token) ? utf8_length(token) : token.n;

    if (points != CSRF_SECRET_LEN && points != CSRF_TOKEN_LEN)
        return "has incorrect length";
    for (size_t i = 0; i < token.n; i++) {
        if (index_of(token.p[i]) == CHARS_N)
            return "has invalid characters";
    }
    return NULL;
}

bool csrf_cookie_usable(struct str cookie)
{
    return !str_is_null(cookie) && malformed(cookie) == NULL;
}

struct str csrf_new_secret(struct arena *a)
{
    return crypto_random_text(a, CSRF_SECRET_LEN, STR(CHARS));
}

struct str csrf_secret_of(struct arena *a, struct str cookie)
{
    char *secret = arena_alloc(a, CSRF_SECRET_LEN);

    if (cookie.n != CSRF_TOKEN_LEN)
        return cookie;
    for (size_t i = 0; i < CSRF_SECRET_LEN; i++) {
        size_t mask = index_of(cookie.p[i]), cipher = index_of(cookie.p[CSRF_SECRET_LEN + i]);
        secret[i] = CHARS[(cipher + CHARS_N - mask) % CHARS_N];
    }
    return (struct str){ secret, CSRF_SECRET_LEN };
}

struct str csrf_mask(struct arena *a, struct str secret)
{
    struct str mask = crypto_random_text(a, CSRF_SECRET_LEN, STR(CHARS));
    char cipher[CSRF_SECRET_LEN];

    assert(secret.n == CSRF_SECRET_LEN);
    for (size_t i = 0; i < CSRF_SECRET_LEN; i++)
        cipher[i] = CHARS[(index_of(secret.p[i]) + index_of(mask.p[i])) % CHARS_N];
    return arena_concat(a, (struct str[]){ mask, { cipher, CSRF_SECRET_LEN }, STR_NULL });
}

/* ---- where a request comes from */

/* "scheme://netloc" and nothing else, in the characters that a browser writes for a host. */
static bool split_origin(struct str origin, struct str *scheme, struct str *netloc)
{
    const char *sep = origin.n < 3 ? NULL : memmem(origin.p, origin.n, "://", 3);

    if (sep == NULL)
        return false;
    *scheme = str_sub(origin, 0, (size_t)(sep - origin.p));
    *netloc = str_sub(origin, scheme->n + 3, SIZE_MAX);
    for (size_t i = 0; i < netloc->n; i++) {
        char c = netloc->p[i];
        if (index_of(c) == CHARS_N && (c == '\0' || strchr("-.:[]_*", c) == NULL))
            return false;
    }
    return netloc->n > 0;
}

/* Is the site that of an entry of CSRF_TRUSTED_ORIGINS? A "*" in front makes the entry stand for
   the domain and all below it. scheme: STR_NULL for any. */
static bool entry_covers(struct str entry, struct str scheme, struct str netloc)
{
    struct str entry_scheme, entry_netloc;

    if (!split_origin(entry, &entry_scheme, &entry_netloc) ||
        (!str_is_null(scheme) && !str_eq(scheme, entry_scheme)))
        return false;
    if (str_starts(entry_netloc, STR("*")))
        entry_netloc = str_sub(entry_netloc, 1, SIZE_MAX);
    return host_matches(netloc, entry_netloc);
}

bool csrf_origin_trusted(bool https, struct str host, struct str origin, struct str trusted_origins)
{
    struct str scheme, netloc, entry;

    if (!split_origin(origin, &scheme, &netloc))
        return false;
    if (str_eqz(scheme, https ? "https" : "http") && str_eq(netloc, host))
        return true;
    while (str_split(&trusted_origins, ',', &entry)) {
        entry = str_trim(entry);
        if (str_eq(entry, origin) ||
            (str_find(entry, '*', 0) != SIZE_MAX && entry_covers(entry, scheme, netloc)))
            return true;
    }
    return false;
}

/* "PREFIX - VALUE does not match any trusted origins." The header's bytes may be anything, the
   reason ends up in JSON and pages. */
static const char *no_match(struct arena *a, const char *prefix, struct str header)
{
    struct str value = latin1_text(a, header);

    return arena_printf(a, "%s - %.*s does not match any trusted origins.", prefix, STR_FMT(value))
        .p;
}

/* Only for HTTPS without Origin: a page that came over plain HTTP may have been tampered with. */
static const char *referer_refused(struct arena *a, const struct csrf_request *r)
{
    struct str list = r->trusted_origins, entry;
    struct url_parts u;

    if (str_is_null(r->referer))
        return "Referer checking failed - no Referer.";
    if (!url_split(a, r->referer, &u) || u.scheme.n == 0 || u.netloc.n == 0)
        return "Referer checking failed - Referer is malformed.";
    if (!str_eqz(u.scheme, "https"))
        return "Referer checking failed - Referer is insecure while host is secure.";
    while (str_split(&list, ',', &entry)) {
        if (entry_covers(str_trim(entry), STR_NULL, u.netloc))
            return NULL;
    }
    return host_matches(u.netloc, r->host) ? NULL
                                           : no_match(a, "Referer checking failed", r->referer);
}

/* ---- the check */

static const char *token_refused(struct arena *a, const struct csrf_request *r)
{
    const char *why, *source = "POST";
    struct str token = r->form_token;

    if (str_is_null(r->cookie))
        return "CSRF cookie not set.";
    why = malformed(r->cookie);
    if (why != NULL)
        return arena_printf(a, "CSRF cookie %s.", why).p;
    /* A form field, even a wrong one, is not rescued by the header. */
    if (token.n == 0) {
        token = r->header_token;
        source = "the 'X-Csrftoken' HTTP header";
    }
    if (str_is_null(token))
        return "CSRF token missing.";
    why = malformed(token);
    if (why == NULL && !crypto_equal(csrf_secret_of(a, token), csrf_secret_of(a, r->cookie)))
        why = "incorrect";
    return why == NULL ? NULL : arena_printf(a, "CSRF token from %s %s.", source, why).p;
}

const char *csrf_refused(struct arena *a, const struct csrf_request *r)
{
    const char *why = NULL;

    if (!str_is_null(r->origin)) {
        if (!csrf_origin_trusted(r->https, r->host, r->origin, r->trusted_origins))
            why = no_match(a, "Origin checking failed", r->origin);
    } else if (r->https) {
        why = referer_refused(a, r);
    }
    return why != NULL ? why : token_refused(a, r);
}
