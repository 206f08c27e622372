/* A growing buffer with a named maximum, optionally drained through a sink while it fills. */
#ifndef MYTRACKS_BUF_H
#define MYTRACKS_BUF_H

#include "str.h"

#include <stdint.h>

/* Takes n bytes out of a full buffer. False: the receiver is gone; the buffer fails for good. */
typedef bool buf_sink_fn(void *ctx, const char *p, size_t n);

struct buf {
    char *p;
    size_t n;          /* bytes held now */
    size_t size;       /* bytes allocated */
    size_t max;        /* most bytes held at once */
    bool failed;       /* sticky: past max without a sink, or the sink refused */
    uint64_t drained;  /* bytes given to the sink so far */
    buf_sink_fn *sink; /* NULL: grow up to max, then fail */
    void *ctx;
};

/* Starts empty, allocates on first use from the heap. */
void buf_init(struct buf *b, size_t max);
/* With a sink, bytes leave whenever max of them are there, and at buf_drain. */
void buf_sink(struct buf *b, buf_sink_fn *sink, void *ctx);
void buf_free(struct buf *b);
/* Empty again, memory kept, failed cleared. */
void buf_clear(struct buf *b);
bool buf_drain(struct buf *b) __attribute__((warn_unused_result));

/* Appenders do nothing once failed: check b->failed (or buf_ok) once at the end. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_z(struct buf *b, const char *z);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buf_ok(const struct buf *b);
struct str buf_view(const struct buf *b);

#endif
