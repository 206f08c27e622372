#include "log.h"

#include "logkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096 /* one write(2) with O_APPEND; longer lines are cut */
#define CUT_MARK " [cut]\n"
#define LINE_ROOM (LINE_MAX_BYTES - (sizeof CUT_MARK - 1))

static struct {
    char program[32];
    int fd;
    enum log_level least;
    log_sink_fn *sink;
} log_state = { "mytracks", STDERR_FILENO, LOG_LVL_INFO, NULL };

static struct {
    pthread_mutex_t lock;
    char text[256]; /* "": none */
    int64_t at;
} last_error = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *const level_names[] = { "DEBUG", "INFO", "WARNING", "ERROR" };

struct line {
    char p[LINE_MAX_BYTES];
    size_t n;
    bool cut; /* something did not fit; nothing more is added */
};

bool log_open(const char *program, const char *file, enum log_level least)
{
    int fd = STDERR_FILENO;

    (void)snprintf(log_state.program, sizeof log_state.program, "%s", program);
    log_state.least = least;
    if (file != NULL && *file != '\0') {
        fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
        if (fd < 0) {
            log_error("log_file_failed", LOG_Z("file", file),
                      LOG_Z("error", strerrordesc_np(errno)));
            return false;
        }
    }
    if (log_state.fd != STDERR_FILENO) {
        close(log_state.fd);
    }
    log_state.fd = fd;
    return true;
}

void log_to(log_sink_fn *sink)
{
    log_state.sink = sink;
}

bool log_level_parse(struct str name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (str_ieq(name, str_of(level_names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    }
    if (str_ieq(name, STR("CRITICAL"))) {
        *out = LOG_LVL_ERROR;
        return true;
    }
    return false;
}

bool log_enabled(enum log_level level)
{
    return level >= log_state.least;
}

/* As much as fits. */
static void add(struct line *l, const char *p, size_t n)
{
    if (n > LINE_ROOM - l->n) {
        l->cut = true;
        n = LINE_ROOM - l->n;
    }
    memcpy(l->p + l->n, p, n);
    l->n += n;
}

static void add_z(struct line *l, const char *z)
{
    add(l, z, strlen(z));
}

static bool is_plain(char c)
{
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
}

static bool needs_quotes(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_plain(s.p[i])) {
            return true;
        }
    }
    return s.n == 0;
}

/* What stands behind the backslash; 0: \xNN is needed. */
static char escape_letter(char c)
{
    switch (c) {
    case '"':
    case '\\':
        return c;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void add_quoted(struct line *l, struct str s)
{
    add_z(l, "\"");
    for (size_t i = 0; i < s.n && !l->cut; i++) {
        char c = s.p[i], escape[5] = { '\\', escape_letter(c) };

        if (is_plain(c) || c == ' ' || c == '=') {
            add(l, &c, 1);
        } else if (escape[1] != 0) {
            add(l, escape, 2);
        } else {
            (void)snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)c);
            add(l, escape, 4);
        }
    }
    add_z(l, "\"");
}

/* A key that names a secret, as security.md H-24 lists them. */
static bool is_secret(const char *key)
{
    static const char *const words[] = {
        "password", "token", "key", "secret", "signature", "cookie"
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasestr(key, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void add_field(struct line *l, const struct log_field *f)
{
    char number[24];

    add_z(l, " ");
    add_z(l, f->key);
    add_z(l, "=");
    if (is_secret(f->key)) {
        add_z(l, "***");
    } else if (f->kind == LOG_F_INT) {
        (void)snprintf(number, sizeof number, "%lld", (long long)f->i);
        add_z(l, number);
    } else if (needs_quotes(f->s)) {
        add_quoted(l, f->s);
    } else {
        add(l, f->s.p, f->s.n);
    }
}

static void add_time(struct line *l)
{
    struct timespec now;
    struct tm tm;
    char text[64];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text + n, sizeof text - n, ".%06ldZ", now.tv_nsec / 1000);
    add_z(l, text);
}

/* A log that cannot be written (full disk) must not stop the program. */
static void write_line(int fd, const char *p, size_t n)
{
    ssize_t done;

    do {
        done = write(fd, p, n);
    } while (done < 0 && errno == EINTR);
}

static void add_origin(struct line *l, enum log_level level, const char *program)
{
    add_time(l);
    add_z(l, " ");
    add_z(l, level_names[level]);
    add_z(l, " ");
    add_z(l, program);
    add_z(l, " ");
}

/* Ends the line; returns where its newline is. */
static size_t finish(struct line *l)
{
    const char *end = l->cut ? CUT_MARK : "\n";

    memcpy(l->p + l->n, end, strlen(end));
    l->n += strlen(end);
    return l->n - 1;
}

static void keep_error(const char *text, size_t n)
{
    n = n < sizeof last_error.text ? n : sizeof last_error.text - 1;
    pthread_mutex_lock(&last_error.lock);
    memcpy(last_error.text, text, n);
    last_error.text[n] = '\0';
    last_error.at = time(NULL);
    pthread_mutex_unlock(&last_error.lock);
}

bool log_last_error(char *out, size_t size, int64_t *at)
{
    pthread_mutex_lock(&last_error.lock);
    (void)snprintf(out, size, "%s", last_error.text);
    *at = last_error.at;
    pthread_mutex_unlock(&last_error.lock);
    return *out != '\0';
}

static void add_event(struct line *l, const char *event, const struct log_field *fields)
{
    add_z(l, event);
    for (const struct log_field *f = fields; f != NULL && f->kind != LOG_F_END; f++) {
        add_field(l, f);
    }
}

void log_keep(const char *program, enum log_level level, const char *event,
              const struct log_field *fields)
{
    struct line l = { .n = 0, .cut = false };

    add_origin(&l, level, program);
    add_event(&l, event, fields);
    (void)finish(&l);
    logkeep_write(l.p, l.n);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields)
{
    int saved = errno;
    struct line l;

    if (!log_enabled(level)) {
        return;
    }
    l.n = 0;
    l.cut = false;
    if (log_state.sink == NULL) {
        add_origin(&l, level, log_state.program);
    }
    size_t begin = l.n;
    add_event(&l, event, fields);
    size_t newline = finish(&l);
    if (level == LOG_LVL_ERROR) {
        keep_error(l.p + begin, newline - begin);
    }
    if (log_state.sink == NULL) {
        write_line(log_state.fd, l.p, l.n);
        if (level >= LOG_LVL_WARNING) {
            logkeep_write(l.p, l.n);
        }
    } else {
        l.p[newline] = '\0';
        log_state.sink(level, l.p);
    }
    errno = saved;
}

void log_out_of_memory(size_t bytes)
{
    log_error("out_of_memory", LOG_I("bytes", bytes));
    _exit(EX_OSERR);
}
