#include "clock.h"

#include "calendar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static usec_t read_clock(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts); /* cannot fail for the two clocks used */
    return (usec_t)ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000;
}

usec_t clock_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

usec_t clock_mono(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_sec(usec_t t)
{
    return t / USEC_PER_SEC - (t % USEC_PER_SEC < 0);
}

/* ---- calendar: days since 1970-01-01, proleptic Gregorian, in 400-year eras from 1 March 0000 */

int64_t calendar_days(struct date d)
{
    int64_t y = d.year - (d.month <= 2), era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct date calendar_date(int64_t days)
{
    int64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1;

    month += month < 10 ? 3 : -9;
    return (struct date){ (int)(y + era * 400 + (month <= 2)), (int)month, (int)day };
}

int calendar_month_length(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

int calendar_weekday(int64_t days)
{
    return (int)(((days + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

/* ---- writing */

static char *put_digits(char *p, int64_t v, size_t digits)
{
    for (size_t i = digits; i > 0; i--) {
        p[i - 1] = (char)('0' + v % 10);
        v /= 10;
    }
    return p + digits;
}

static char *put_time_of_day(char *p, int64_t sec)
{
    p = put_digits(p, sec / 3600, 2);
    *p++ = ':';
    p = put_digits(p, sec / 60 % 60, 2);
    *p++ = ':';
    return put_digits(p, sec % 60, 2);
}

/* By hand, not with printf: a list can have half a million of them. */
static size_t put_iso(usec_t t, char separator, const char *zone, char out[CLOCK_TEXT])
{
    int64_t sec = clock_sec(t), micro = t - sec * USEC_PER_SEC;

    assert(sec >= CLOCK_MIN_SEC && sec <= CLOCK_MAX_SEC);
    int64_t days = (sec - CLOCK_MIN_SEC) / DAY_SEC + DAY_MIN;
    struct date d = calendar_date(days);
    char *p = put_digits(out, d.year, 4);
    *p++ = '-';
    p = put_digits(p, d.month, 2);
    *p++ = '-';
    p = put_digits(p, d.day, 2);
    *p++ = separator;
    p = put_time_of_day(p, sec - days * DAY_SEC);
    if (micro != 0) {
        *p++ = '.';
        p = put_digits(p, micro, 6);
    }
    size_t n = strlen(zone);
    memcpy(p, zone, n + 1);
    return (size_t)(p - out) + n;
}

size_t clock_db(usec_t t, char out[CLOCK_TEXT])
{
    return put_iso(t, ' ', "", out);
}

size_t clock_iso_z(usec_t t, char out[CLOCK_TEXT])
{
    return put_iso(t, 'T', "Z", out);
}

size_t clock_iso_offset(usec_t t, char out[CLOCK_TEXT])
{
    return put_iso(t, 'T', "+00:00", out);
}

size_t clock_http(usec_t t, char out[CLOCK_TEXT])
{
    static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t sec = clock_sec(t);

    assert(sec >= CLOCK_MIN_SEC && sec <= CLOCK_MAX_SEC);
    int64_t days = (sec - CLOCK_MIN_SEC) / DAY_SEC + DAY_MIN;
    struct date d = calendar_date(days);
    char time_of_day[9];
    *put_time_of_day(time_of_day, sec - days * DAY_SEC) = '\0';
    int n = snprintf(out, CLOCK_TEXT, "%s, %02d %s %04d %s GMT", day_names[calendar_weekday(days)],
                     d.day, month_names[d.month - 1], d.year, time_of_day);
    return (size_t)n;
}
