#include "spool_format.h"

#include "crc32c.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 1
#define FLAGS_KNOWN 0x0f
#define HEAD_COPY (SPOOL_HEAD / 2)

static const char magic[4] = { 'M', 'T', 'S', 'P' };

void spool_put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

uint32_t spool_get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put64(uint8_t *p, int64_t v)
{
    for (int i = 0; i < 8; i++) {
        p[i] = (uint8_t)((uint64_t)v >> 8 * i);
    }
}

static int64_t get64(const uint8_t *p)
{
    return (int64_t)((uint64_t)spool_get32(p) | (uint64_t)spool_get32(p + 4) << 32);
}

/* ---------------------------------------------------------------- segment head */

void spool_head_write(uint8_t out[SPOOL_HEAD], const uint8_t salt[SPOOL_SALT])
{
    for (uint8_t *copy = out; copy < out + SPOOL_HEAD; copy += HEAD_COPY) {
        memcpy(copy, magic, sizeof magic);
        memcpy(copy + 4, salt, SPOOL_SALT);
        spool_put32(copy + 4 + SPOOL_SALT, crc32c(0, salt, SPOOL_SALT));
    }
}

bool spool_head_read(const uint8_t head[SPOOL_HEAD], uint8_t salt[SPOOL_SALT])
{
    for (const uint8_t *copy = head; copy < head + SPOOL_HEAD; copy += HEAD_COPY) {
        if (memcmp(copy, magic, sizeof magic) == 0 &&
            spool_get32(copy + 4 + SPOOL_SALT) == crc32c(0, copy + 4, SPOOL_SALT)) {
            memcpy(salt, copy + 4, SPOOL_SALT);
            return true;
        }
    }
    return false;
}

uint32_t spool_seed(const uint8_t salt[SPOOL_SALT])
{
    return crc32c(0, salt, SPOOL_SALT);
}

/* ---------------------------------------------------------------- record */

void spool_fixed_write(uint8_t out[SPOOL_FIXED], const struct spool_record *r)
{
    out[0] = VERSION;
    out[1] = (uint8_t)((r->retain ? 1 : 0) | (r->qos & 3) << 1 | (r->will ? 8 : 0));
    put64(out + 2, r->received_at);
    put64(out + 10, r->connected_at);
}

void spool_texts(const struct spool_record *r, struct str out[SPOOL_TEXTS])
{
    const struct str texts[SPOOL_TEXTS] = { r->username, r->client_id, r->address,
                                            r->tls_cn,   r->topic,     r->payload };

    memcpy(out, texts, sizeof texts);
}

bool spool_plausible(const uint8_t *p)
{
    uint32_t n = spool_get32(p);

    return n >= SPOOL_BODY_MIN && n <= SPOOL_BODY_MAX && p[SPOOL_FRAME] == VERSION &&
           (p[SPOOL_FRAME + 1] & ~FLAGS_KNOWN) == 0 && (p[SPOOL_FRAME + 1] >> 1 & 3) != 3;
}

bool spool_decode(const uint8_t *body, size_t n, struct spool_record *out)
{
    struct str *const texts[SPOOL_TEXTS] = { &out->username, &out->client_id, &out->address,
                                             &out->tls_cn,   &out->topic,     &out->payload };
    size_t at = SPOOL_FIXED;

    if (n < SPOOL_BODY_MIN || body[0] != VERSION) {
        return false;
    }
    out->retain = (body[1] & 1) != 0;
    out->qos = body[1] >> 1 & 3;
    out->will = (body[1] & 8) != 0;
    out->received_at = get64(body + 2);
    out->connected_at = get64(body + 10);
    for (int i = 0; i < SPOOL_TEXTS; i++) {
        if (n - at < 4) {
            return false;
        }
        size_t length = spool_get32(body + at);
        if (length > n - at - 4) {
            return false;
        }
        *texts[i] = (struct str){ (const char *)body + at + 4, length };
        at += 4 + length;
    }
    return at == n;
}

/* ---------------------------------------------------------------- folder */

void spool_name(char out[SPOOL_NAME], uint64_t segment)
{
    (void)snprintf(out, SPOOL_NAME, "%016" PRIx64 ".spool", segment);
}

/* 0: not the name of a segment. */
static uint64_t number_of(const char *name)
{
    char again[SPOOL_NAME];
    uint64_t v;

    errno = 0;
    v = strtoull(name, NULL, 16);
    if (errno != 0) {
        return 0;
    }
    spool_name(again, v);
    return strcmp(name, again) == 0 ? v : 0;
}

int spool_open_dir(const char *dir)
{
    if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
        return -1;
    }
    return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool spool_each_segment(int dirfd, void (*f)(void *ctx, uint64_t segment), void *ctx)
{
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;

    if (d == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    while ((e = readdir(d)) != NULL) {
        uint64_t segment = number_of(e->d_name);
        if (segment != 0) {
            f(ctx, segment);
        }
    }
    closedir(d);
    return true;
}

struct range {
    uint64_t above, least, greatest;
};

static void widen(void *ctx, uint64_t segment)
{
    struct range *r = ctx;

    if (segment > r->above && (r->least == 0 || segment < r->least)) {
        r->least = segment;
    }
    if (segment > r->greatest) {
        r->greatest = segment;
    }
}

bool spool_segments(int dirfd, uint64_t above, uint64_t *least, uint64_t *greatest)
{
    struct range r = { above, 0, 0 };
    bool ok = spool_each_segment(dirfd, widen, &r);

    *least = r.least;
    *greatest = r.greatest;
    return ok;
}
