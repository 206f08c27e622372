/* The writing side of the spool. */
#include "crc32c.h"
#include "spool_format.h"
#include "spool_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SYNC_EVERY USEC_PER_SEC
#define NAMES_TRIED 16

struct spool_writer {
    int dirfd; /* locked: one writer a folder */
    enum spool_sync sync;
    struct syncer *syncer; /* SPOOL_SYNC_INTERVAL */
    uint64_t segment;      /* of fd, or the last one */
    int fd;                /* -1: none open; the next record opens one */
    size_t size;           /* what is good of fd; 0: not even its head */
    uint32_t seed;
    bool dirty; /* something was written since the last sync */
    usec_t next_sync;
    unsigned failures; /* of the syncer, seen so far */
};

/* Hands a duplicate of fd to the syncer. False when it could not. */
static bool sync_later(struct spool_writer *w, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy < 0) {
        return false;
    }
    if (!syncer_push(w->syncer, copy)) {
        close(copy);
        return false;
    }
    return true;
}

static void leave_segment(struct spool_writer *w)
{
    if (w->fd < 0) {
        return;
    }
    if (w->dirty && w->sync == SPOOL_SYNC_INTERVAL) {
        (void)sync_later(w, w->fd);
    }
    close(w->fd);
    w->fd = -1;
    w->size = 0;
    w->dirty = false;
}

/* A new file after the last one. Its head comes with write_head. */
static bool create_segment(struct spool_writer *w)
{
    char name[SPOOL_NAME];
    uint64_t now = (uint64_t)clock_now();

    w->segment = now > w->segment ? now : w->segment + 1;
    for (int i = 0; i < NAMES_TRIED; i++, w->segment++) {
        spool_name(name, w->segment);
        /* The agent may run as another user of the folder's group. */
        w->fd = openat(w->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
        if (w->fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    w->size = 0;
    return w->fd >= 0;
}

/* The segment's name must survive a power cut too. */
static bool sync_folder(struct spool_writer *w)
{
    switch (w->sync) {
    case SPOOL_SYNC_ALWAYS:
        return fsync(w->dirfd) == 0;
    case SPOOL_SYNC_INTERVAL:
        (void)sync_later(w, w->dirfd);
        break;
    case SPOOL_SYNC_NEVER:
        break;
    }
    return true;
}

static bool write_head(struct spool_writer *w)
{
    uint8_t salt[SPOOL_SALT], head[SPOOL_HEAD];

    if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt) {
        return false;
    }
    spool_head_write(head, salt);
    ssize_t n = write(w->fd, head, sizeof head);
    if (n != (ssize_t)sizeof head || !sync_folder(w)) {
        int why = n < 0 ? errno : ENOSPC;
        if (ftruncate(w->fd, 0) < 0) {
            leave_segment(w);
        }
        errno = why;
        return false;
    }
    w->seed = spool_seed(salt);
    w->size = sizeof head;
    return true;
}

/* A segment with room for n more bytes. A file that could not get its head is tried again, so that
   a full disk does not leave a file for each attempt. */
static bool ready(struct spool_writer *w, size_t n)
{
    if (w->fd >= 0 && w->size > SPOOL_HEAD && w->size + n > SPOOL_SEGMENT_MAX) {
        leave_segment(w);
    }
    if (w->syncer != NULL && syncer_failures(w->syncer) != w->failures) {
        w->failures = syncer_failures(w->syncer);
        leave_segment(w); /* what the kernel holds of this file is not to be trusted */
    }
    return (w->fd >= 0 || create_segment(w)) && (w->size > 0 || write_head(w));
}

/* Takes back what a failed write left. The file is used again only while it is empty: a reader may
   have seen the bytes that are gone now. */
static void take_back(struct spool_writer *w)
{
    int why = errno;

    if (ftruncate(w->fd, (off_t)w->size) < 0 || w->size > SPOOL_HEAD) {
        leave_segment(w);
    }
    errno = why;
}

/* One record as one writev. */
struct framed {
    uint8_t head[SPOOL_FRAME + SPOOL_FIXED], lengths[SPOOL_TEXTS][4];
    struct iovec v[1 + 2 * SPOOL_TEXTS];
    size_t bytes;
};

/* 0 when the texts are too long. */
static size_t body_size(const struct str texts[SPOOL_TEXTS])
{
    size_t body = SPOOL_BODY_MIN;

    for (int i = 0; i < SPOOL_TEXTS; i++) {
        if (texts[i].n > SPOOL_BODY_MAX - body) {
            return 0;
        }
        body += texts[i].n;
    }
    return body;
}

static void frame(struct framed *f, const struct spool_record *r,
                  const struct str texts[SPOOL_TEXTS], size_t body, uint32_t seed)
{
    spool_fixed_write(f->head + SPOOL_FRAME, r);
    f->v[0] = (struct iovec){ f->head, sizeof f->head };
    uint32_t crc = crc32c(seed, f->head + SPOOL_FRAME, SPOOL_FIXED);
    for (int i = 0; i < SPOOL_TEXTS; i++) {
        union {
            const char *text;
            void *base;
        } p = { texts[i].p }; /* writev does not write to it */
        spool_put32(f->lengths[i], (uint32_t)texts[i].n);
        crc = crc32c(crc, f->lengths[i], 4);
        crc = crc32c(crc, texts[i].p, texts[i].n);
        f->v[1 + 2 * i] = (struct iovec){ f->lengths[i], 4 };
        f->v[2 + 2 * i] = (struct iovec){ p.base, texts[i].n };
    }
    spool_put32(f->head, (uint32_t)body);
    spool_put32(f->head + 4, crc);
    f->bytes = SPOOL_FRAME + body;
}

bool spool_append(struct spool_writer *w, const struct spool_record *r)
{
    struct str texts[SPOOL_TEXTS];
    struct framed f;

    spool_texts(r, texts);
    size_t body = body_size(texts);
    if (body == 0) {
        errno = EMSGSIZE;
        return false;
    }
    if (!ready(w, SPOOL_FRAME + body)) {
        return false;
    }
    frame(&f, r, texts, body, w->seed);
    ssize_t n = writev(w->fd, f.v, sizeof f.v / sizeof f.v[0]);
    if (n != (ssize_t)f.bytes) {
        errno = n < 0 ? errno : ENOSPC;
        take_back(w);
        return false;
    }
    if (w->sync == SPOOL_SYNC_ALWAYS && fdatasync(w->fd) < 0) {
        take_back(w);
        return false;
    }
    w->size += f.bytes;
    w->dirty = true;
    return true;
}

void spool_tick(struct spool_writer *w)
{
    usec_t now = clock_mono();

    if (w->sync == SPOOL_SYNC_INTERVAL && w->dirty && now >= w->next_sync && sync_later(w, w->fd)) {
        w->dirty = false;
        w->next_sync = now + SYNC_EVERY;
    }
}

unsigned spool_sync_failures(const struct spool_writer *w)
{
    return w->syncer != NULL ? syncer_failures(w->syncer) : 0;
}

struct spool_writer *spool_writer_open(const char *dir, enum spool_sync sync)
{
    struct spool_writer *w = calloc(1, sizeof *w);
    uint64_t least;
    int why;

    if (w == NULL) {
        return NULL;
    }
    w->fd = -1;
    w->sync = sync;
    w->dirfd = spool_open_dir(dir);
    if (w->dirfd < 0 || flock(w->dirfd, LOCK_EX | LOCK_NB) < 0 ||
        !spool_segments(w->dirfd, 0, &least, &w->segment)) {
        goto fail;
    }
    if (sync == SPOOL_SYNC_INTERVAL && (w->syncer = syncer_new()) == NULL) {
        errno = EAGAIN;
        goto fail;
    }
    /* A full disk does not keep the broker from starting: it refuses messages until there is room.
     */
    if (ready(w, 0) || errno == ENOSPC || errno == EDQUOT) {
        return w;
    }
fail:
    why = errno;
    spool_writer_close(w);
    errno = why;
    return NULL;
}

void spool_writer_close(struct spool_writer *w)
{
    if (w == NULL) {
        return;
    }
    leave_segment(w);
    syncer_free(w->syncer);
    if (w->dirfd >= 0) {
        close(w->dirfd);
    }
    free(w);
}
