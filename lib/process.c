#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Fields of /proc/PID/stat behind the name, which may hold anything (proc(5)); 0: state. */
#define STAT_START 19
#define STAT_RSS 21

/* The file's beginning with a NUL behind it; 0 when it cannot be read. */
static size_t slurp(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

    if (fd >= 0) {
        close(fd);
    }
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

/* What follows the given number of blanks. */
static const char *field(const char *text, int n)
{
    for (; text != NULL && n > 0; n--) {
        text = strchr(text, ' ');
        text = text != NULL ? text + 1 : NULL;
    }
    return text;
}

bool process_facts(pid_t pid, struct process_facts *out)
{
    char path[64], text[1024];
    struct timespec now;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (pid <= 0 || slurp(path, text, sizeof text) == 0) {
        return false;
    }
    const char *rest = strrchr(text, ')');
    const char *start = rest != NULL ? field(rest + 1, STAT_START + 1) : NULL;
    const char *rss = rest != NULL ? field(rest + 1, STAT_RSS + 1) : NULL;
    long ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
    if (start == NULL || rss == NULL || ticks <= 0 || page <= 0 ||
        clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
        return false;
    }
    out->rss = strtoll(rss, NULL, 10) * page;
    out->uptime = now.tv_sec - strtoll(start, NULL, 10) / ticks;
    return true;
}

size_t process_children(pid_t pid, pid_t *out, size_t max)
{
    char path[80], text[4096];
    size_t n = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    if (pid <= 0 || slurp(path, text, sizeof text) == 0) {
        return 0;
    }
    for (char *at = text, *end; n < max; at = end) {
        long child = strtol(at, &end, 10);
        if (end == at || child <= 0) {
            break;
        }
        out[n++] = (pid_t)child;
    }
    return n;
}

#define LISTENS 0x0A     /* TCP_LISTEN */
#define LINES_MAX 100000 /* those that listen come first */

/* "  0: 0100007F:1F90 00000000:0000 0A ...": number, own address and port, the other's, state. */
static bool is_listener(const char *line, int64_t port)
{
    const char *address = strchr(line, ':');
    const char *own = address != NULL ? strchr(address + 1, ':') : NULL;
    const char *other = own != NULL ? strchr(own, ' ') : NULL;
    const char *state = other != NULL ? strchr(other + 1, ' ') : NULL;

    return state != NULL && strtol(own + 1, NULL, 16) == port && strtol(state, NULL, 16) == LISTENS;
}

static bool table_has(const char *path, int64_t port)
{
    FILE *f = fopen(path, "re");
    char line[256];
    bool found = false;

    for (int i = 0; f != NULL && !found && i < LINES_MAX && fgets(line, sizeof line, f) != NULL;
         i++) {
        found = is_listener(line, port);
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return found;
}

bool process_listens(int64_t port)
{
    return table_has("/proc/self/net/tcp", port) || table_has("/proc/self/net/tcp6", port);
}
