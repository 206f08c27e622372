#include "backlog.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 32 /* of a segment */
#define FRAME 8 /* of a record: length of the rest, checksum */
#define DIGITS 16
#define SUFFIX ".spool"

/* The number in a segment's name; 0: it is none. */
static uint64_t number_of(const char *name)
{
    static const char hex[] = "0123456789abcdef";

    return strspn(name, hex) == DIGITS && strcmp(name + DIGITS, SUFFIX) == 0
               ? strtoull(name, NULL, 16)
               : 0;
}

/* Records between two positions; a torn or damaged one ends the count. */
static void count(int fd, int64_t at, int64_t size, int64_t most, struct backlog *out)
{
    while (size - at > FRAME) {
        uint8_t p[4];
        if (out->records == most) {
            out->more = true;
            return;
        }
        if (pread(fd, p, sizeof p, at) != (ssize_t)sizeof p) {
            return;
        }
        int64_t rest =
            (int64_t)p[0] | (int64_t)p[1] << 8 | (int64_t)p[2] << 16 | (int64_t)p[3] << 24;
        at += FRAME + rest;
        if (rest == 0 || at > size) {
            return;
        }
        out->records++;
    }
}

static void add_segment(int dirfd, const char *name, int64_t at, int64_t most, struct backlog *out)
{
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    if (fd < 0) {
        return;
    }
    if (fstat(fd, &st) == 0 && st.st_size > at) {
        out->bytes += st.st_size - at;
        count(fd, at, st.st_size, most, out);
    }
    close(fd);
}

bool backlog_read(const char *dir, uint64_t segment, uint64_t offset, int64_t most,
                  struct backlog *out)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    *out = (struct backlog){ 0, 0, false };
    if (d == NULL) {
        return false;
    }
    while ((e = readdir(d)) != NULL) {
        uint64_t number = number_of(e->d_name);
        if (number != 0 && number >= segment) {
            int64_t at = number == segment && offset > HEAD ? (int64_t)offset : HEAD;
            add_segment(dirfd(d), e->d_name, at, most, out);
        }
    }
    closedir(d);
    return true;
}
