#include "buf.h"

#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE ((size_t)1024)

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .max = max };
}

void buf_sink(struct buf *b, buf_sink_fn *sink, void *ctx)
{
    b->sink = sink;
    b->ctx = ctx;
}

void buf_free(struct buf *b)
{
    free(b->p);
    b->p = NULL;
    b->n = b->size = 0;
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

bool buf_drain(struct buf *b)
{
    if (b->failed || b->sink == NULL || b->n == 0) {
        return !b->failed;
    }
    if (!b->sink(b->ctx, b->p, b->n)) {
        b->failed = true;
        return false;
    }
    b->drained += b->n;
    b->n = 0;
    return true;
}

/* Room for `more` bytes behind the held ones; n + more <= max is known. */
static void reserve(struct buf *b, size_t more)
{
    size_t need = b->n + more, size = b->size > 0 ? b->size : FIRST_SIZE;

    if (need <= b->size) {
        return;
    }
    while (size < need) {
        size = size > b->max / 2 ? b->max : size * 2;
    }
    if (size > b->max) {
        size = b->max;
    }
    char *p = realloc(b->p, size);
    if (p == NULL) {
        log_out_of_memory(size);
    }
    b->p = p;
    b->size = size;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    const char *from = p;

    if (!b->failed && b->sink == NULL && n > b->max - b->n) {
        b->failed = true;
    }
    while (n > 0 && !b->failed) {
        size_t part = n < b->max - b->n ? n : b->max - b->n;

        reserve(b, part);
        memcpy(b->p + b->n, from, part);
        b->n += part;
        from += part;
        n -= part;
        if (b->n == b->max && b->sink != NULL && !buf_drain(b)) {
            return;
        }
    }
}

void buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_z(struct buf *b, const char *z)
{
    buf_add(b, z, strlen(z));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_int(struct buf *b, int64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (v < 0) {
        *--p = '-';
    }
    buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char small[256];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if ((size_t)n < sizeof small) {
        buf_add(b, small, (size_t)n);
        return;
    }
    char *large = malloc((size_t)n + 1);
    if (large == NULL) {
        log_out_of_memory((size_t)n + 1);
    }
    va_start(ap, fmt);
    (void)vsnprintf(large, (size_t)n + 1, fmt, ap);
    va_end(ap);
    buf_add(b, large, (size_t)n);
    free(large);
}

bool buf_ok(const struct buf *b)
{
    return !b->failed;
}

struct str buf_view(const struct buf *b)
{
    return b->p == NULL ? STR("") : (struct str){ b->p, b->n };
}
