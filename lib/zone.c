#include "zone.h"

#include "calendar.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/usr/share/zoneinfo/"
#define FILE_MAX ((size_t)64 * 1024) /* the largest has 4 kB */
#define HEADER 44u
#define TYPE 6u /* bytes of a local time type */
#define HOUR 3600
#define OFFSET_MAX (26 * HOUR) /* RFC 8536 3.2 */

/* When clocks change in a year: "M3.5.0/2", the fifth (last) Sunday of March at 2. */
struct change {
    int month, week, weekday; /* weekday 0: Sunday */
    int64_t at;               /* seconds of the day's local time; may be negative */
};

struct zone {
    const unsigned char *times, *indices, *types; /* in the file */
    size_t time_count, type_count;
    /* Behind the last of the times: the text at the file's end. */
    bool ruled, summer;
    int64_t standard, daylight; /* seconds ahead of UTC */
    struct change begin, end;   /* of summer time */
};

/* ---- numbers of the file */

static uint64_t big_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

static int64_t time_at(const struct zone *z, size_t i)
{
    return (int64_t)big_endian(z->times + 8 * i, 8);
}

static int64_t offset_of_type(const struct zone *z, size_t i)
{
    return (int32_t)big_endian(z->types + TYPE * i, 4);
}

/* ---- the text at the end: POSIX TZ, "CET-1CEST,M3.5.0,M10.5.0/3" */

static bool take(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    *s = str_sub(*s, 1, s->n);
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool take_name(struct str *s)
{
    size_t n = 0;

    if (take(s, '<')) {
        size_t end = str_find(*s, '>', 0);
        *s = end == SIZE_MAX ? *s : str_sub(*s, end + 1, s->n);
        return end != SIZE_MAX;
    }
    while (n < s->n && is_letter(s->p[n])) {
        n++;
    }
    *s = str_sub(*s, n, s->n);
    return n >= 3;
}

static bool take_number(struct str *s, int64_t most, int64_t *out)
{
    size_t n = 0;

    *out = 0;
    while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9') {
        *out = *out * 10 + (s->p[n++] - '0');
    }
    *s = str_sub(*s, n, s->n);
    return n > 0 && *out <= most;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool take_time(struct str *s, int64_t *out)
{
    bool minus = take(s, '-');
    int64_t hours, minutes = 0, seconds = 0;

    if (!minus) {
        (void)take(s, '+');
    }
    if (!take_number(s, 167, &hours) || (take(s, ':') && !take_number(s, 59, &minutes)) ||
        (take(s, ':') && !take_number(s, 59, &seconds))) {
        return false;
    }
    *out = (hours * 60 + minutes) * 60 + seconds;
    *out = minus ? -*out : *out;
    return true;
}

static bool take_change(struct str *s, struct change *out)
{
    int64_t month, week, weekday;

    if (!take(s, ',') || !take(s, 'M') || !take_number(s, 12, &month) || !take(s, '.') ||
        !take_number(s, 5, &week) || !take(s, '.') || !take_number(s, 6, &weekday) || month < 1 ||
        week < 1) {
        return false;
    }
    *out = (struct change){ (int)month, (int)week, (int)weekday, 2 * (int64_t)HOUR };
    return !take(s, '/') || take_time(s, &out->at);
}

/* What cannot be read (day numbers instead of weekdays: no zone uses them) leaves the last type. */
static void read_rule(struct zone *z, struct str text)
{
    if (!take_name(&text) || !take_time(&text, &z->standard)) {
        return;
    }
    z->standard = -z->standard; /* POSIX counts westwards */
    if (text.n == 0) {
        z->ruled = true;
        return;
    }
    if (!take_name(&text)) {
        return;
    }
    z->daylight = z->standard + HOUR;
    if (text.n > 0 && text.p[0] != ',') {
        if (!take_time(&text, &z->daylight)) {
            return;
        }
        z->daylight = -z->daylight;
    }
    z->ruled = z->summer = take_change(&text, &z->begin) && take_change(&text, &z->end);
}

/* ---- the file */

/* Bytes of the block behind a header; times are `size` bytes long. */
static size_t block_size(const unsigned char *header, size_t size)
{
    size_t utc = big_endian(header + 20, 4), standard = big_endian(header + 24, 4);
    size_t leap = big_endian(header + 28, 4), times = big_endian(header + 32, 4);
    size_t types = big_endian(header + 36, 4), chars = big_endian(header + 40, 4);

    return times * (size + 1) + types * TYPE + chars + leap * (size + 4) + standard + utc;
}

static bool is_header(struct str s)
{
    return s.n >= HEADER && memcmp(s.p, "TZif", 4) == 0;
}

/* No index beyond the types, no offset beyond a day. */
static bool is_sound(const struct zone *z)
{
    for (size_t i = 0; i < z->time_count; i++) {
        if (z->indices[i] >= z->type_count || (i > 0 && time_at(z, i) <= time_at(z, i - 1))) {
            return false;
        }
    }
    for (size_t i = 0; i < z->type_count; i++) {
        int64_t offset = offset_of_type(z, i);
        if (offset < -OFFSET_MAX || offset > OFFSET_MAX) {
            return false;
        }
    }
    return z->type_count > 0 && z->type_count <= 256;
}

const struct zone *zone_read(struct arena *a, struct str file)
{
    struct zone *z = ARENA_NEW(a, struct zone);
    const unsigned char *p = (const unsigned char *)file.p;

    /* The first block has times of 32 bits; what counts stands in the second. */
    if (!is_header(file) || file.p[4] < '2' || file.n > FILE_MAX) {
        return NULL;
    }
    size_t at = HEADER + block_size(p, 4);
    struct str second = str_sub(file, at, file.n);
    if (at > file.n || !is_header(second)) {
        return NULL;
    }
    p = (const unsigned char *)second.p;
    size_t size = block_size(p, 8);
    if (size > second.n - HEADER) {
        return NULL;
    }
    z->time_count = big_endian(p + 32, 4);
    z->type_count = big_endian(p + 36, 4);
    z->times = p + HEADER;
    z->indices = z->times + 8 * z->time_count;
    z->types = z->indices + z->time_count;
    if (!is_sound(z)) {
        return NULL;
    }
    struct str footer = str_trim(str_sub(second, HEADER + size, second.n));
    read_rule(z, footer);
    return z;
}

static bool is_name(struct str name)
{
    if (name.n == 0 || name.n > ZONE_NAME_MAX || !is_letter(name.p[0])) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && (c == '\0' || !strchr("_+-/", c))) {
            return false;
        }
    }
    return true;
}

const struct zone *zone_load(struct arena *a, struct str name)
{
    char path[sizeof FOLDER + ZONE_NAME_MAX];
    struct stat st;
    size_t n = 0;
    ssize_t got = -1;

    if (!is_name(name)) {
        return NULL;
    }
    (void)snprintf(path, sizeof path, FOLDER "%.*s", STR_FMT(name));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    size_t size = fstat(fd, &st) == 0 && st.st_size <= (off_t)FILE_MAX ? (size_t)st.st_size : 0;
    char *file = arena_alloc(a, size);
    while (n < size && (got = read(fd, file + n, size - n)) > 0) {
        n += (size_t)got;
    }
    close(fd);
    return got < 0 ? NULL : zone_read(a, (struct str){ file, n });
}

/* ---- asking */

/* Local seconds since 1970 at which the change of that year comes. */
static int64_t change_in(const struct change *c, int year)
{
    int64_t first = calendar_days((struct date){ year, c->month, 1 });
    int weekday = (calendar_weekday(first) + 1) % 7; /* 0: Sunday */
    int day = (c->weekday - weekday + 7) % 7 + 7 * (c->week - 1);

    while (day >= calendar_month_length(year, c->month)) {
        day -= 7;
    }
    return (first + day) * DAY_SEC + c->at;
}

static int64_t offset_by_rule(const struct zone *z, int64_t sec)
{
    if (!z->summer) {
        return z->standard;
    }
    int64_t days = (sec + z->standard) / DAY_SEC - ((sec + z->standard) % DAY_SEC < 0);
    int year = calendar_date(days).year;
    int64_t begin = change_in(&z->begin, year) - z->standard;
    int64_t end = change_in(&z->end, year) - z->daylight;
    bool is_summer = begin < end ? sec >= begin && sec < end : sec >= begin || sec < end;

    return is_summer ? z->daylight : z->standard;
}

int64_t zone_offset(const struct zone *z, int64_t sec)
{
    size_t low = 0, high;

    if (z == NULL || sec < CLOCK_MIN_SEC || sec > CLOCK_MAX_SEC) {
        return 0;
    }
    high = z->time_count;
    while (low < high) { /* low: how many are not behind sec */
        size_t middle = low + (high - low) / 2;
        if (time_at(z, middle) <= sec) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == z->time_count && z->ruled) {
        return offset_by_rule(z, sec);
    }
    return offset_of_type(z, low == 0 ? 0 : z->indices[low - 1]);
}
