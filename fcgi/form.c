#include "form.h"

#include "lib/utf8scan.h"

#include <string.h>

#define BOUNDARY_MAX 200u /* Django's limit; RFC 2046 says 70 */

int form_status(struct request *r)
{
    struct str type;
    bool ok = true;

    if (r->form_read || r->method != M_POST) {
        return r->form_status;
    }
    r->form_read = true;
    type = request_media_type(r);
    bool urlencoded = str_eqz(type, "application/x-www-form-urlencoded");
    if (!urlencoded && !str_eqz(type, "multipart/form-data")) {
        return 0;
    }
    r->form_status = request_body(r, BODY_MAX_DEFAULT);
    if (r->form_status != 0) {
        return r->form_status;
    }
    if (urlencoded) {
        ok = form_decode(r->arena, r->body, PAIRS_MAX, &r->form_pairs, &r->form_count);
    } else if (r->body.n > 0) {
        ok = multipart_decode(r->arena, r->body, request_env(r, "CONTENT_TYPE"), PAIRS_MAX,
                              &r->form_pairs, &r->form_count);
    }
    if (!ok) {
        r->form_count = 0;
        r->form_status = 400;
    }
    return r->form_status;
}

struct str form_field(struct request *r, struct str name)
{
    if (form_status(r) != 0 || r->form_count == 0) {
        return STR_NULL;
    }
    return pair_last(r->form_pairs, r->form_count, name);
}

struct str form_text(struct request *r, struct str name)
{
    struct str s = form_field(r, name);

    return str_is_null(s) ? STR("") : s;
}

const struct jval *form_value(struct request *r, struct str name)
{
    struct str text = form_field(r, name);

    return str_is_null(text) ? NULL : jval_text(r->arena, text);
}

/* ---- multipart */

static size_t find(struct str in, struct str what, size_t from)
{
    const char *p;

    if (from > in.n) {
        return SIZE_MAX;
    }
    p = memmem(in.p + from, in.n - from, what.p, what.n);
    return p == NULL ? SIZE_MAX : (size_t)(p - in.p);
}

/* Value of ;NAME=VALUE or ;NAME="VALUE" in a header; STR_NULL without. Browsers write a quote
   inside as %22, so that a backslash needs no meaning. */
static struct str parameter(struct str header, struct str name)
{
    struct str part, key;

    while (str_split(&header, ';', &part)) {
        struct str value = str_trim(part);
        if (!str_split(&value, '=', &key) || str_is_null(value) || !str_ieq(str_trim(key), name)) {
            continue;
        }
        value = str_trim(value);
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') {
            value = str_sub(value, 1, value.n - 2);
        }
        return value;
    }
    return STR_NULL;
}

/* The Content-Disposition among a part's header lines; "" without. */
static struct str disposition(struct str head)
{
    struct str line, value, name;

    while (str_split(&head, '\n', &line)) {
        value = line;
        if (str_split(&value, ':', &name) && !str_is_null(value) &&
            str_ieq(str_trim(name), STR("content-disposition"))) {
            return str_trim(value);
        }
    }
    return STR("");
}

static void take_part(struct arena *a, struct str part, struct pair *out, size_t *n)
{
    size_t blank = find(part, STR("\r\n\r\n"), 0);
    struct str head, name;

    if (blank == SIZE_MAX) {
        return;
    }
    head = disposition(str_sub(part, 0, blank));
    name = parameter(head, STR("name"));
    if (!str_is_null(name) && str_is_null(parameter(head, STR("filename")))) {
        out[*n].name = utf8_repair(a, name);
        out[(*n)++].value = utf8_repair(a, str_sub(part, blank + 4, part.n));
    }
}

static size_t count_marks(struct str body, struct str mark)
{
    size_t n = 0;

    for (size_t at = find(body, mark, 0); at != SIZE_MAX; at = find(body, mark, at + mark.n)) {
        n++;
    }
    return n;
}

bool multipart_decode(struct arena *a, struct str body, struct str content_type, size_t max,
                      struct pair **out, size_t *n)
{
    struct str boundary = parameter(content_type, STR("boundary")), mark;
    size_t at, next;

    *n = 0;
    if (boundary.n == 0 || boundary.n > BOUNDARY_MAX) {
        return false;
    }
    /* A line break in front makes the first delimiter like all others. */
    body = arena_concat(a, (struct str[]){ STR("\r\n"), body, STR_NULL });
    mark = arena_concat(a, (struct str[]){ STR("\r\n--"), boundary, STR_NULL });
    size_t parts = count_marks(body, mark);
    if (parts < 2 || parts - 1 > max) {
        return false;
    }
    *out = ARENA_ARRAY(a, parts, struct pair);
    for (at = find(body, mark, 0); at != SIZE_MAX; at = next) {
        struct str rest = str_sub(body, at + mark.n, body.n);
        if (str_starts(rest, STR("--"))) {
            return true;
        }
        next = find(body, mark, at + mark.n);
        if (next != SIZE_MAX) {
            take_part(a, str_sub(body, at + mark.n, next - at - mark.n), *out, n);
        }
    }
    return false; /* cut off */
}
