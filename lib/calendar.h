/* The proleptic Gregorian calendar, as clock.c and clock_read.c count it: days since 1970-01-01. */
#ifndef MYTRACKS_CALENDAR_H
#define MYTRACKS_CALENDAR_H

#include "clock.h"

#define DAY_SEC INT64_C(86400)
#define DAY_MIN (CLOCK_MIN_SEC / DAY_SEC)           /* 0001-01-01 */
#define DAY_MAX ((CLOCK_MAX_SEC + 1) / DAY_SEC - 1) /* 9999-12-31 */

struct date {
    int year, month, day; /* month and day from 1 */
};

/* d must be a date of the calendar, year 0-9999. */
int64_t calendar_days(struct date d);
struct date calendar_date(int64_t days);
int calendar_month_length(int year, int month);
/* 0 = Monday. */
int calendar_weekday(int64_t days);

#endif
