/* How compiled templates write values. Nothing else may write a value into a page. */
#ifndef MYTRACKS_HTML_H
#define MYTRACKS_HTML_H

#include "lib/buf.h"

#include <string.h>

/* The entity for one byte; NULL when it stands for itself. Both quotes are replaced, so the result
   is safe in element content and in attributes with either kind of quotes. */
static inline const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#x27;";
    default:
        return NULL;
    }
}

static inline void html_text(struct buf *out, struct str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *entity = html_entity(s.p[i]);
        if (entity != NULL) {
            buf_add(out, s.p + from, i - from);
            buf_z(out, entity);
            from = i + 1;
        }
    }
    if (from < s.n) {
        buf_add(out, s.p + from, s.n - from);
    }
}

/* Percent-encoded (RFC 3986): unreserved characters and '/' stay. ':' does not, so the result can
   never be read as a scheme such as javascript. */
static inline void html_url(struct buf *out, struct str s)
{
    static const char keep[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (memchr(keep, c, sizeof keep - 1) != NULL) {
            buf_char(out, s.p[i]);
        } else {
            const char code[3] = { '%', hex[c >> 4], hex[c & 15] };
            buf_add(out, code, sizeof code);
        }
    }
}

#endif
