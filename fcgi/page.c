/* Pages of a list: limit and offset, and the links between them. */
#include "api.h"
#include "lib/utf8.h"

#include <stdlib.h>
#include <string.h>

#define OFFSET_DIGITS 38 /* the most that certainly fit */
#define OFFSET_TEXT 40

/* Value of a text that num_py_int found to be an integer beyond 64 bits, and positive. */
static page_offset big_value(struct str text)
{
    page_offset value = 0;
    size_t digits = 0, at = 0;

    while (at < text.n && digits < OFFSET_DIGITS) {
        int digit = utf8_digit(utf8_next(text, &at));
        if (digit >= 0) {
            value = value * 10u + (unsigned)digit;
            digits += value > 0 ? 1 : 0;
        }
    }
    return value;
}

static page_offset read_offset(struct str text)
{
    int64_t n;

    switch (num_py_int(text, &n)) {
    case NUM_OK:
        return n > 0 ? (page_offset)n : 0;
    case NUM_RANGE:
        return str_find(text, '-', 0) == SIZE_MAX ? big_value(text) : 0;
    case NUM_BAD:
    default:
        return 0;
    }
}

void page_read(struct request *r, struct page *out)
{
    struct str limit = request_query(r, STR("limit")), offset = request_query(r, STR("offset"));
    int64_t most = r->app->max_rows;

    if (str_is_null(limit) || !api_int(limit, &out->limit) || out->limit <= 0) {
        out->limit = PAGE_LIMIT_DEFAULT;
    }
    if (out->limit > most) {
        out->limit = most;
    }
    out->offset = str_is_null(offset) ? 0 : read_offset(offset);
}

int64_t page_skip(const struct page *p)
{
    return p->offset > INT64_MAX ? INT64_MAX : (int64_t)p->offset;
}

static struct str offset_text(struct arena *a, page_offset v)
{
    char *p = arena_alloc(a, OFFSET_TEXT);
    size_t n = OFFSET_TEXT;

    do {
        p[--n] = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v > 0);
    return (struct str){ p + n, OFFSET_TEXT - n };
}

/* Order of names, and of equal names the order in which they came. */
struct numbered {
    struct pair pair;
    size_t number;
};

static int by_name(const void *x, const void *y)
{
    const struct numbered *a = x, *b = y;
    int order = str_cmp(a->pair.name, b->pair.name);

    return order != 0 ? order : a->number < b->number ? -1 : 1;
}

static bool is_page_key(struct str name)
{
    return str_eqz(name, "limit") || str_eqz(name, "offset");
}

/* The query with another limit and offset (STR_NULL: none), sorted by name as DRF's links are. */
static struct str link_query(struct request *r, struct str limit, struct str offset)
{
    const struct pair *pairs;
    size_t count = request_query_pairs(r, &pairs), n = 0;
    struct numbered *all = ARENA_ARRAY(r->arena, count + 2, struct numbered);
    struct str *parts = ARENA_ARRAY(r->arena, (count + 2) * 4 + 1, struct str), *part = parts;

    for (size_t i = 0; i < count; i++) {
        if (!is_page_key(pairs[i].name)) {
            all[n] = (struct numbered){ pairs[i], n };
            n++;
        }
    }
    all[n] = (struct numbered){ { STR("limit"), limit }, n };
    n++;
    if (!str_is_null(offset)) {
        all[n] = (struct numbered){ { STR("offset"), offset }, n };
        n++;
    }
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        *part++ = i == 0 ? STR("?") : STR("&");
        *part++ = form_encode(r->arena, all[i].pair.name);
        *part++ = STR("=");
        *part++ = form_encode(r->arena, all[i].pair.value);
    }
    *part = STR_NULL;
    return arena_concat(r->arena, parts);
}

static void write_link(struct request *r, struct json *j, const struct page *p, struct str offset)
{
    struct str limit = arena_printf(r->arena, "%lld", (long long)p->limit);

    json_str(j, arena_concat(r->arena, (struct str[]){ api_base(r), request_escaped_path(r),
                                                       link_query(r, limit, offset), STR_NULL }));
}

void page_head(struct request *r, struct json *j, const struct page *p, int64_t count)
{
    page_offset step = (page_offset)p->limit;

    json_object(j);
    json_k(j, "count");
    json_int(j, count);
    json_k(j, "next");
    if (p->offset + step < (page_offset)count) {
        write_link(r, j, p, offset_text(r->arena, p->offset + step));
    } else {
        json_null(j);
    }
    json_k(j, "previous");
    if (p->offset == 0) {
        json_null(j);
    } else {
        write_link(r, j, p, p->offset > step ? offset_text(r->arena, p->offset - step) : STR_NULL);
    }
    json_k(j, "results");
    json_array(j);
}
