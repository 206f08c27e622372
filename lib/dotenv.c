#include "dotenv.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct str unquote(struct str v)
{
    if (v.n < 2 || (v.p[0] != '"' && v.p[0] != '\'')) {
        return v;
    }
    if (v.p[v.n - 1] == v.p[0]) {
        return str_sub(v, 1, v.n - 2);
    }
    size_t end = str_find(v, v.p[0], 1);
    struct str after = end < v.n ? str_trim(str_sub(v, end + 1, v.n)) : STR("");
    return str_starts(after, STR("#")) ? str_sub(v, 1, end - 1) : v;
}

static struct str without_export(struct str name)
{
    static const char word[] = "export";
    size_t n = sizeof word - 1;

    if (str_starts(name, STR("export")) && name.n > n && (name.p[n] == ' ' || name.p[n] == '\t')) {
        return str_trim(str_sub(name, n, name.n));
    }
    return name;
}

bool dotenv_parse(struct str text, dotenv_fn *each, void *ctx)
{
    struct str rest = text, line;

    if (str_starts(rest, STR("\xEF\xBB\xBF"))) { /* a byte order mark, as Windows editors write */
        rest = str_sub(rest, 3, rest.n);
    }
    for (unsigned number = 1; str_split(&rest, '\n', &line); number++) {
        line = str_trim(line);
        size_t equals = str_find(line, '=', 0);
        if (line.n == 0 || line.p[0] == '#' || equals > line.n) {
            continue;
        }
        struct str name = without_export(str_trim(str_sub(line, 0, equals)));
        struct str value = unquote(str_trim(str_sub(line, equals + 1, line.n)));
        if (!each(ctx, name, value, number)) {
            return false;
        }
    }
    return true;
}

struct str dotenv_read(struct arena *a, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    ssize_t got = 1;

    if (fd < 0) {
        return STR_NULL;
    }
    char *p = arena_alloc(a, DOTENV_MAX + 1);
    while (got > 0 && n <= DOTENV_MAX) {
        got = read(fd, p + n, DOTENV_MAX + 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    int error = got < 0 ? errno : EFBIG;
    close(fd);
    errno = error;
    return got != 0 ? STR_NULL : (struct str){ p, n };
}
