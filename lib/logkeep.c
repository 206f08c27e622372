#include "logkeep.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "recent.log"
#define PATH_ROOM 300
#define FILE_MAX ((size_t)LOGKEEP_BYTES + 64 * LOGKEEP_LINE) /* writers that meet at the end */

static char kept_path[PATH_ROOM]; /* "": nowhere */

/* False: too long. */
static bool path_of(const char *run_dir, const char *ending, char out[PATH_ROOM])
{
    int n = snprintf(out, PATH_ROOM, "%s/" NAME "%s", run_dir, ending);

    return n > 0 && n < PATH_ROOM;
}

void logkeep_open(const char *run_dir)
{
    if (run_dir[0] == '\0' || !path_of(run_dir, "", kept_path)) {
        kept_path[0] = '\0';
    }
}

/* Another process may have done it since the file was opened: then its name is that of another
 * file. */
static void put_aside(const struct stat *mine)
{
    char older[PATH_ROOM + 2];
    struct stat now;

    if (stat(kept_path, &now) == 0 && now.st_ino == mine->st_ino && now.st_dev == mine->st_dev) {
        (void)snprintf(older, sizeof older, "%s.1", kept_path);
        (void)rename(kept_path, older);
    }
}

void logkeep_write(const char *line, size_t n)
{
    char text[LOGKEEP_LINE + 1];
    int saved = errno;
    struct stat st;

    if (kept_path[0] == '\0') {
        return;
    }
    n -= n > 0 && line[n - 1] == '\n' ? 1 : 0;
    n = n < LOGKEEP_LINE ? n : LOGKEEP_LINE;
    memcpy(text, line, n);
    text[n] = '\n';
    int fd =
        open(kept_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
    if (fd >= 0) {
        ssize_t done = write(fd, text, n + 1); /* one write: lines of several programs do not mix */
        if (done > 0 && fstat(fd, &st) == 0 && st.st_size > LOGKEEP_BYTES) {
            put_aside(&st);
        }
        close(fd);
    }
    errno = saved;
}

/* ---------------------------------------------------------------- reading */
/* STR_NULL: there, but it cannot be read. */
static struct str slurp(struct arena *a, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;

    if (fd < 0) {
        return errno == ENOENT ? STR("") : STR_NULL;
    }
    size_t size = fstat(fd, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
    size = size < FILE_MAX ? size : FILE_MAX;
    char *text = arena_alloc(a, size + 1);
    ssize_t n = read(fd, text, size);
    close(fd);
    return n < 0 ? STR_NULL : (struct str){ text, (size_t)n };
}

/* The text up to the next blank, which it loses with that. */
static struct str word(struct str *rest)
{
    size_t end = str_find(*rest, ' ', 0);
    struct str first = str_sub(*rest, 0, end);

    *rest = end == SIZE_MAX ? STR("") : str_sub(*rest, end + 1, SIZE_MAX);
    return first;
}

static bool read_line(struct str line, struct logkeep_line *out)
{
    enum log_level level;
    usec_t at;

    out->at = word(&line);
    out->level = word(&line);
    out->program = word(&line);
    out->text = line;
    return clock_from_iso(out->at, &at) && log_level_parse(out->level, &level) &&
           out->program.n > 0 && out->text.n > 0;
}

/* From its end. */
static size_t read_lines(struct str file, size_t most, struct logkeep_line *out)
{
    size_t n = 0, end = file.n;

    while (n < most && end > 0) {
        size_t begin = --end; /* at a newline, unless the last line has none */
        while (begin > 0 && file.p[begin - 1] != '\n') {
            begin--;
        }
        size_t length = end - begin + (file.p[end] == '\n' ? 0 : 1);
        if (read_line(str_sub(file, begin, length), &out[n])) {
            n++;
        }
        end = begin;
    }
    return n;
}

bool logkeep_read(struct arena *a, const char *run_dir, size_t most, struct logkeep_line *out,
                  size_t *n)
{
    static const char *const endings[] = { "", ".1" };
    char path[PATH_ROOM];

    *n = 0;
    for (size_t i = 0; i < 2; i++) {
        struct str file = path_of(run_dir, endings[i], path) ? slurp(a, path) : STR_NULL;
        if (str_is_null(file)) {
            return false;
        }
        *n += read_lines(file, most - *n, out + *n);
    }
    return true;
}
