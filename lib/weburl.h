/* Hosts, origins, redirects and credentials in HTTP headers, by Django's rules. */
#ifndef MYTRACKS_WEBURL_H
#define MYTRACKS_WEBURL_H

#include "arena.h"

/* Parts of a URL, by urllib.parse.urlsplit. */
struct url_parts {
    struct str scheme; /* lower case; "" without one */
    struct str netloc; /* as written, e.g. "user@Host:80"; "" without one */
    struct str path;   /* with query and fragment */
};
/* False where urlsplit raises, and for a netloc that is not ASCII. */
bool url_split(struct arena *a, struct str url, struct url_parts *out);
/* "scheme://host:port" of a URL that can be split, else "://". */
struct str url_origin(struct arena *a, struct str url);
/* No blanks or control characters, and letters of ASCII alone, as a request line wants it. */
bool url_is_plain(struct str url);
/* django.utils.http.is_same_domain: equal, or below (or equal to) a pattern ".example.org". Only
   the pattern's case does not matter. */
bool host_matches(struct str host, struct str pattern);
/* The bytes of a header as text, as WSGI reads them: Latin-1. ASCII stays as it is. */
struct str latin1_text(struct arena *a, struct str bytes);

/* Host header → lower-case name without port and trailing dot; STR_NULL when malformed
   (django/http/request.py split_domain_port). */
struct str host_name(struct arena *a, struct str host);
/* Host (as sent) allowed by ALLOWED_HOSTS (comma list; ".example.org" allows subdomains, "*" all).
   A Host longer than 255 bytes never is. */
bool host_allowed(struct arena *a, struct str host, struct str allowed);
/* django.utils.http.url_has_allowed_host_and_scheme(url, {host}, require_https). */
bool url_is_ours(struct arena *a, struct str url, struct str host, bool require_https);
/* django.utils.encoding.iri_to_uri: what a Location header holds. */
struct str url_iri_to_uri(struct arena *a, struct str iri);

/* Authorization: Basic. 0: credentials in *user, *password. 1: another scheme or no header.
   -1: malformed; *why is DRF's message (static). */
int basic_auth_parse(struct arena *a, struct str header, struct str *user, struct str *password,
                     const char **why);
/* Value of the last cookie of that name; STR_NULL without one. Double quotes around are removed as
   Python's http.cookies does. */
struct str cookie_get(struct arena *a, struct str header, struct str name);
/* Canonical text of an IPv4 or IPv6 address (RFC 5952); STR_NULL when it is none. */
struct str ip_canonical(struct arena *a, struct str text);
/* Address inside one of the CIDR blocks of a comma list. */
bool ip_in_list(struct str ip, struct str cidrs);

#endif
