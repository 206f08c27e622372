/* Reading times: Python's datetime.fromisoformat and Django's parse_datetime. */
#include "calendar.h"
#include "clock.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_char(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    s->p++;
    s->n--;
    return true;
}

/* least to most digits (at most 9) from the front of *s. */
static bool take_digits(struct str *s, size_t least, size_t most, int *out)
{
    size_t n = 0;
    int v = 0;

    while (n < most && n < s->n && is_digit(s->p[n])) {
        v = v * 10 + (s->p[n++] - '0');
    }
    s->p += n;
    s->n -= n;
    *out = v;
    return n >= least;
}

static bool date_valid(struct date d)
{
    return d.year >= 1 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
           d.day <= calendar_month_length(d.year, d.month);
}

/* ISO week and day (1 = Monday). Weeks belong to the year of their Thursday. */
static bool week_days(int year, int week, int day, int64_t *days)
{
    if (year < 1 || day < 1 || day > 7) {
        return false;
    }
    int64_t fourth = calendar_days((struct date){ year, 1, 4 });
    int64_t monday = fourth - calendar_weekday(fourth) + (int64_t)(week - 1) * 7;
    *days = monday + day - 1;
    return calendar_date(monday + 3).year == year && *days >= DAY_MIN && *days <= DAY_MAX;
}

/* YYYY-MM-DD, YYYYMMDD, YYYY-Www, YYYYWww, YYYY-Www-D, YYYYWwwD; the whole of s. */
static bool parse_day(struct str s, int64_t *days)
{
    struct date d;
    int week, day = 1;

    if (!take_digits(&s, 4, 4, &d.year)) {
        return false;
    }
    bool dashes = take_char(&s, '-');
    if (take_char(&s, 'W')) {
        if (!take_digits(&s, 2, 2, &week)) {
            return false;
        }
        if (s.n > 0 && ((dashes && !take_char(&s, '-')) || !take_digits(&s, 1, 1, &day))) {
            return false;
        }
        return s.n == 0 && week_days(d.year, week, day, days);
    }
    if (!take_digits(&s, 2, 2, &d.month) || (dashes && !take_char(&s, '-')) ||
        !take_digits(&s, 2, 2, &d.day) || s.n != 0 || !date_valid(d)) {
        return false;
    }
    *days = calendar_days(d);
    return true;
}

struct time_of_day {
    int part[3]; /* hour, minute, second */
    int micro;
};

/* ".123456789" or with a comma; digits after the sixth are dropped. */
static bool take_fraction(struct str *s, struct time_of_day *t)
{
    int ignored;

    if (!take_char(s, '.') && !take_char(s, ',')) {
        return true;
    }
    size_t before = s->n;
    if (!take_digits(s, 1, 6, &t->micro)) {
        return false;
    }
    for (size_t digits = before - s->n; digits < 6; digits++) {
        t->micro *= 10;
    }
    while (take_digits(s, 1, 9, &ignored)) {
        continue;
    }
    return true;
}

/* HH[:MM[:SS[.f]]] or HH[MM[SS[.f]]]; what is left of *s is for the caller to judge. */
static bool take_time(struct str *s, struct time_of_day *t)
{
    bool colons = false;
    size_t i = 0;

    *t = (struct time_of_day){ 0 };
    for (; i < 3; i++) {
        if (i == 1) {
            colons = s->n > 0 && s->p[0] == ':';
        }
        if (i > 0 && (colons ? !take_char(s, ':') : s->n == 0 || !is_digit(s->p[0]))) {
            break;
        }
        if (!take_digits(s, 2, 2, &t->part[i])) {
            return false;
        }
    }
    return (i < 3 || take_fraction(s, t)) && t->part[1] <= 59 && t->part[2] <= 59;
}

static usec_t time_usec(const struct time_of_day *t)
{
    return (t->part[0] * INT64_C(3600) + t->part[1] * INT64_C(60) + t->part[2]) * USEC_PER_SEC +
           t->micro;
}

/* "Z", "+HH[:MM[:SS[.f]]]" or without colons; the whole of s. */
static bool parse_zone(struct str s, usec_t *offset)
{
    struct time_of_day t;

    if (take_char(&s, 'Z')) {
        *offset = 0;
        return s.n == 0;
    }
    bool west = take_char(&s, '-');
    if ((!west && !take_char(&s, '+')) || !take_time(&s, &t) || s.n != 0 || t.part[0] > 23) {
        return false;
    }
    *offset = west ? -time_usec(&t) : time_usec(&t);
    return true;
}

static size_t zone_start(struct str s)
{
    size_t i = 0;

    while (i < s.n && s.p[i] != 'Z' && s.p[i] != '+' && s.p[i] != '-') {
        i++;
    }
    return i;
}

static bool in_calendar(usec_t t)
{
    return t >= CLOCK_MIN_SEC * USEC_PER_SEC && t < (CLOCK_MAX_SEC + 1) * USEC_PER_SEC;
}

/* Local time minus offset; both must be within the calendar, as in Python. */
static bool to_utc(int64_t days, usec_t of_day, usec_t offset, usec_t *out)
{
    usec_t local = days * DAY_SEC * USEC_PER_SEC + of_day;

    *out = local - offset;
    return in_calendar(local) && in_calendar(*out);
}

/* Where the date ends, by the rules of CPython's fromisoformat, which allows any separator. A '-'
   after YYYY-Www belongs to the date unless two digits (an hour) follow it; digits after YYYYWww
   begin with a week day when their number is odd. */
static size_t date_length(struct str s)
{
    if (s.p[4] == '-') {
        if (s.p[5] != 'W') {
            return 10;
        }
        bool week_only = s.n < 9 || s.p[8] != '-' || (s.n > 10 && is_digit(s.p[10]));
        return week_only ? 8 : 10;
    }
    if (s.p[4] != 'W') {
        return 8;
    }
    size_t end = 7;
    while (end < s.n && is_digit(s.p[end])) {
        end++;
    }
    return end < 9 ? end : end % 2 == 0 ? 7 : 8;
}

bool clock_from_iso(struct str s, usec_t *out)
{
    struct time_of_day t;
    usec_t offset = 0;
    int64_t days;

    if (s.n < 7) {
        return false;
    }
    size_t n = date_length(s);
    if (n > s.n || !parse_day(str_sub(s, 0, n), &days)) {
        return false;
    }
    if (n == s.n) {
        return to_utc(days, 0, 0, out);
    }
    do { /* the separator: one character of UTF-8 */
        n++;
    } while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80);
    s = str_sub(s, n, s.n);
    size_t zone = zone_start(s);
    struct str left = str_sub(s, 0, zone);
    if (!take_time(&left, &t)) {
        return false;
    }
    if (zone < s.n) {
        take_char(&left, ' ');
        if (!parse_zone(str_sub(s, zone, s.n), &offset)) {
            return false;
        }
    }
    usec_t of_day = time_usec(&t);
    return left.n == 0 && of_day <= DAY_SEC * USEC_PER_SEC && to_utc(days, of_day, offset, out);
}

/* The second form of django.utils.dateparse: parts of one or two digits, and no second needed. */
static bool from_django(struct str s, usec_t *out)
{
    struct time_of_day t = { 0 };
    struct date d;
    usec_t offset = 0;

    if (!take_digits(&s, 4, 4, &d.year) || !take_char(&s, '-') ||
        !take_digits(&s, 1, 2, &d.month) || !take_char(&s, '-') || !take_digits(&s, 1, 2, &d.day) ||
        !(take_char(&s, 'T') || take_char(&s, ' ')) || !take_digits(&s, 1, 2, &t.part[0]) ||
        !take_char(&s, ':') || !take_digits(&s, 1, 2, &t.part[1])) {
        return false;
    }
    if (take_char(&s, ':') && (!take_digits(&s, 1, 2, &t.part[2]) || !take_fraction(&s, &t))) {
        return false;
    }
    s = str_trim(s);
    return (s.n == 0 || parse_zone(s, &offset)) && date_valid(d) && t.part[0] <= 23 &&
           t.part[1] <= 59 && t.part[2] <= 59 &&
           to_utc(calendar_days(d), time_usec(&t), offset, out);
}

bool clock_from_db(struct str s, usec_t *out)
{
    return clock_from_iso(s, out) || from_django(s, out);
}
