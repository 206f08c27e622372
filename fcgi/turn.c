#include "turn.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int turn_take(struct request *r, const char *what)
{
    struct str dir = config_str(r->app->config, CFG_RUN_DIR);
    struct str path = arena_printf(r->arena, "%.*s/%s.lock", STR_FMT(dir), what);
    int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}
