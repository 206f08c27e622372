/* The reading side of the spool: tails the segments, survives torn tails and damage. */
#include "crc32c.h"
#include "spool_format.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW ((size_t)64 * 1024) /* read at a time while looking for a record */
#define POLL_MS 200                /* without inotify */
#define STUCK_AFTER USEC_PER_SEC   /* a write in progress is over long before */
/* Bytes checked while looking for records in one segment. Crafted payloads make each check long;
   past this the rest of the segment is given up (and kept in damaged/). */
#define EFFORT_MAX ((uint64_t)4 * 1024 * 1024 * 1024)

struct spool_reader {
    int dirfd, inotify; /* inotify -1: not available */
    uint64_t segment, offset;
    int fd; /* of the segment; -1: not open */
    bool headed;
    uint32_t seed;
    uint8_t *buffer; /* grows to the largest record */
    size_t size;
    uint64_t damaged, effort;
    usec_t stuck_since; /* an incomplete record at offset; 0: none */
    uint64_t searched;  /* size of the file when the last search behind it found nothing */
};

struct spool_reader *spool_reader_open(const char *dir, uint64_t segment, uint64_t offset)
{
    struct spool_reader *r = calloc(1, sizeof *r);
    uint64_t next, greatest;
    char name[SPOOL_NAME];

    if (r == NULL) {
        return NULL;
    }
    r->fd = -1;
    r->inotify = -1;
    r->dirfd = spool_open_dir(dir);
    if (r->dirfd < 0 || !spool_segments(r->dirfd, segment, &next, &greatest)) {
        int why = errno;
        spool_reader_close(r);
        errno = why;
        return NULL;
    }
    r->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (r->inotify >= 0 && inotify_add_watch(r->inotify, dir, IN_MODIFY | IN_CREATE) < 0) {
        close(r->inotify);
        r->inotify = -1;
    }
    spool_name(name, segment);
    if (faccessat(r->dirfd, name, F_OK, 0) == 0) {
        r->segment = segment;
        r->offset = offset;
    } else if (next == 0) {
        (void)spool_segments(r->dirfd, 0, &next, &greatest);
        r->segment = next;
    } else {
        r->segment = next;
    }
    return r;
}

void spool_reader_close(struct spool_reader *r)
{
    if (r == NULL) {
        return;
    }
    if (r->fd >= 0) {
        close(r->fd);
    }
    if (r->inotify >= 0) {
        close(r->inotify);
    }
    if (r->dirfd >= 0) {
        close(r->dirfd);
    }
    free(r->buffer);
    free(r);
}

/* ---------------------------------------------------------------- one record */

enum loaded {
    LOADED,
    LOAD_SHORT, /* ends behind the end of the file */
    LOAD_BAD,
    LOAD_ERROR, /* errno */
};

/* n bytes at an offset. LOAD_SHORT when the file ends before. */
static enum loaded fetch(const struct spool_reader *r, void *to, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(r->fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? LOAD_ERROR : LOAD_SHORT;
        }
        done += (size_t)got;
    }
    return LOADED;
}

static bool make_room(struct spool_reader *r, size_t n)
{
    if (n > r->size) {
        uint8_t *larger = realloc(r->buffer, n);
        if (larger == NULL) {
            return false;
        }
        r->buffer = larger;
        r->size = n;
    }
    return true;
}

/* The record at an offset; *end is the offset behind it. */
static enum loaded load(struct spool_reader *r, uint64_t at, uint64_t size,
                        struct spool_record *out, uint64_t *end)
{
    uint8_t frame[SPOOL_FRAME + 2];

    if (at > size || size - at < sizeof frame) {
        return LOAD_SHORT;
    }
    enum loaded rc = fetch(r, frame, sizeof frame, at);
    if (rc != LOADED) {
        return rc;
    }
    if (!spool_plausible(frame)) {
        return LOAD_BAD;
    }
    size_t n = spool_get32(frame);
    if (n > size - at - SPOOL_FRAME) {
        return LOAD_SHORT;
    }
    if (!make_room(r, n)) {
        return LOAD_ERROR;
    }
    rc = fetch(r, r->buffer, n, at + SPOOL_FRAME);
    if (rc != LOADED) {
        return rc;
    }
    *end = at + SPOOL_FRAME + n;
    return crc32c(r->seed, r->buffer, n) == spool_get32(frame + 4) &&
                   spool_decode(r->buffer, n, out)
               ? LOADED
               : LOAD_BAD;
}

/* ---------------------------------------------------------------- damage */

/* The first offset from `from` on where a record begins; size when there is none. */
static uint64_t find_record(struct spool_reader *r, uint64_t from, uint64_t size)
{
    uint8_t window[WINDOW];
    struct spool_record ignored;
    uint64_t end;

    while (from + SPOOL_FRAME + SPOOL_BODY_MIN <= size) {
        size_t n = size - from < WINDOW ? (size_t)(size - from) : WINDOW;
        if (fetch(r, window, n, from) != LOADED) {
            break;
        }
        size_t usable = n - SPOOL_FRAME - 1;
        for (size_t i = 0; i < usable; i++) {
            if (!spool_plausible(window + i)) {
                continue;
            }
            if (load(r, from + i, size, &ignored, &end) == LOADED) {
                return from + i;
            }
            r->effort += spool_get32(window + i);
            if (r->effort > EFFORT_MAX) {
                return size;
            }
        }
        from += usable;
    }
    return size;
}

/* Keeps a copy of what is skipped; there is nothing to be done when that fails. */
static void keep_damaged(const struct spool_reader *r, uint64_t from, uint64_t to)
{
    char name[64];
    uint8_t window[WINDOW];

    (void)snprintf(name, sizeof name, "damaged/%016" PRIx64 "-%" PRIx64, r->segment, from);
    if (mkdirat(r->dirfd, "damaged", 0700) < 0 && errno != EEXIST) {
        return;
    }
    int fd = openat(r->dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (fd >= 0 && from < to) {
        size_t n = to - from < WINDOW ? (size_t)(to - from) : WINDOW;
        if (fetch(r, window, n, from) != LOADED || write(fd, window, n) != (ssize_t)n) {
            break;
        }
        from += n;
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void skip_damaged(struct spool_reader *r, uint64_t to)
{
    keep_damaged(r, r->offset, to);
    r->damaged++;
    r->offset = to;
    r->stuck_since = 0;
    r->searched = 0;
}

/* ---------------------------------------------------------------- segments */

static bool file_size(const struct spool_reader *r, uint64_t *size)
{
    struct stat st;

    if (fstat(r->fd, &st) < 0) {
        return false;
    }
    *size = (uint64_t)st.st_size;
    return true;
}

static void enter(struct spool_reader *r, uint64_t segment)
{
    if (r->fd >= 0) {
        close(r->fd);
        r->fd = -1;
    }
    r->segment = segment;
    r->offset = 0;
    r->headed = false;
    r->effort = 0;
    r->stuck_since = 0;
    r->searched = 0;
}

/* SPOOL_RECORD: the segment is open. SPOOL_END: there is none yet. */
static enum spool_rc open_segment(struct spool_reader *r)
{
    char name[SPOOL_NAME];
    uint64_t greatest;

    if (r->fd >= 0) {
        return SPOOL_RECORD;
    }
    if (r->segment == 0 && !spool_segments(r->dirfd, 0, &r->segment, &greatest)) {
        return SPOOL_IO_ERROR;
    }
    if (r->segment == 0) {
        return SPOOL_END;
    }
    spool_name(name, r->segment);
    r->fd = openat(r->dirfd, name, O_RDONLY | O_CLOEXEC);
    return r->fd >= 0 ? SPOOL_RECORD : SPOOL_IO_ERROR;
}

/* The segment's salt. LOAD_SHORT: not written yet. */
static enum loaded read_head(struct spool_reader *r)
{
    uint8_t head[SPOOL_HEAD], salt[SPOOL_SALT];

    if (r->headed) {
        return LOADED;
    }
    enum loaded rc = fetch(r, head, sizeof head, 0);
    if (rc != LOADED) {
        return rc;
    }
    if (!spool_head_read(head, salt)) {
        return LOAD_BAD;
    }
    r->seed = spool_seed(salt);
    r->headed = true;
    if (r->offset < SPOOL_HEAD) {
        r->offset = SPOOL_HEAD;
    }
    return LOADED;
}

/* Nothing (more) can be read at offset, with the file at this size: decides what that means.
   SPOOL_RECORD: look again, further on. */
static enum spool_rc past_trouble(struct spool_reader *r, enum loaded why, uint64_t size)
{
    uint64_t next, greatest, now_size, end;
    struct spool_record ignored;
    bool rest = r->offset < size;

    if (!spool_segments(r->dirfd, r->segment, &next, &greatest) || !file_size(r, &now_size)) {
        return SPOOL_IO_ERROR;
    }
    if (now_size != size) {
        return SPOOL_RECORD; /* written meanwhile */
    }
    if (rest && why == LOAD_SHORT && next == 0) {
        /* Most likely a write in progress. If it stays like that, its length is damaged. */
        usec_t now = clock_mono();
        r->stuck_since = r->stuck_since != 0 ? r->stuck_since : now;
        if (now - r->stuck_since < STUCK_AFTER) {
            return SPOOL_END;
        }
    }
    if (rest && r->headed && load(r, r->offset, size, &ignored, &end) == LOADED) {
        return SPOOL_RECORD; /* was taken back and written anew while we read it */
    }
    if (rest && size != r->searched) {
        uint64_t found = r->headed ? find_record(r, r->offset + 1, size) : size;
        if (found < size) {
            skip_damaged(r, found);
            return SPOOL_RECORD;
        }
        r->searched = size;
    }
    if (next == 0) {
        return SPOOL_END;
    }
    if (rest && why == LOAD_BAD) {
        skip_damaged(r, size);
    }
    enter(r, next); /* an incomplete rest was never acknowledged */
    return SPOOL_RECORD;
}

enum spool_rc spool_next(struct spool_reader *r, struct spool_record *out, uint64_t *segment,
                         uint64_t *offset)
{
    for (;;) {
        uint64_t size, end;
        enum spool_rc rc = open_segment(r);
        if (rc != SPOOL_RECORD) {
            return rc;
        }
        if (!file_size(r, &size)) {
            return SPOOL_IO_ERROR;
        }
        enum loaded got = read_head(r);
        if (got == LOADED) {
            got = load(r, r->offset, size, out, &end);
        }
        if (got == LOADED) {
            r->offset = end;
            r->stuck_since = 0;
            *segment = r->segment;
            *offset = end;
            return SPOOL_RECORD;
        }
        rc = got == LOAD_ERROR ? SPOOL_IO_ERROR : past_trouble(r, got, size);
        if (rc != SPOOL_RECORD) {
            return rc;
        }
    }
}

uint64_t spool_reader_damaged(const struct spool_reader *r)
{
    return r->damaged;
}

/* ---------------------------------------------------------------- folder */

struct sweep {
    int dirfd;
    uint64_t before;
};

static void sweep_one(void *ctx, uint64_t segment)
{
    const struct sweep *s = ctx;
    char name[SPOOL_NAME];

    if (segment < s->before) {
        spool_name(name, segment);
        (void)unlinkat(s->dirfd, name, 0);
    }
}

void spool_delete_before(struct spool_reader *r, uint64_t segment)
{
    struct sweep s = { r->dirfd, segment };

    (void)spool_each_segment(r->dirfd, sweep_one, &s);
}

void spool_wait(struct spool_reader *r, int wake_fd, int timeout_ms)
{
    struct pollfd p[2] = { { .fd = r->inotify, .events = POLLIN },
                           { .fd = wake_fd, .events = POLLIN } };
    char events[4096];

    if (r->inotify < 0 && (timeout_ms < 0 || timeout_ms > POLL_MS)) {
        timeout_ms = POLL_MS;
    }
    if (poll(p, 2, timeout_ms) > 0 && p[0].revents != 0) {
        while (read(r->inotify, events, sizeof events) > 0) {
        }
    }
}
