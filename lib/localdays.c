#include "localdays.h"

#include "num.h"

static bool read_offset(struct str text, int64_t *out)
{
    return num_json_int(text, out) == NUM_OK && *out >= -LOCAL_OFFSET_MOST &&
           *out <= LOCAL_OFFSET_MOST;
}

bool local_zone_read(struct str text, struct local_zone *out)
{
    struct str part, from;

    out->n = 1;
    out->from[0] = CLOCK_MIN_SEC;
    out->offset[0] = 0;
    if (text.n == 0) {
        return true;
    }
    if (!str_split(&text, ',', &part) || !read_offset(part, &out->offset[0])) {
        return false;
    }
    while (str_split(&text, ',', &part)) {
        size_t i = out->n;
        if (i == LOCAL_CHANGES_MAX || !str_split(&part, ':', &from) || str_is_null(part) ||
            num_json_int(from, &out->from[i]) != NUM_OK || out->from[i] <= out->from[i - 1] ||
            out->from[i] > CLOCK_MAX_SEC || !read_offset(part, &out->offset[i])) {
            return false;
        }
        out->n++;
    }
    return true;
}

int64_t local_offset(const struct local_zone *z, int64_t t)
{
    size_t low = 0, high = z->n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (z->from[middle] <= t) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return z->offset[low];
}

int64_t local_day(const struct local_zone *z, int64_t t)
{
    int64_t local = t + local_offset(z, t);

    return (local - (local % DAY_SEC + DAY_SEC) % DAY_SEC) / DAY_SEC;
}

/* Midnight may be there twice, or not at all: then the day begins with the change. */
int64_t local_day_start(const struct local_zone *z, int64_t day)
{
    int64_t start = CLOCK_MAX_SEC;

    for (size_t i = 0; i < z->n; i++) {
        int64_t end = i + 1 < z->n ? z->from[i + 1] : CLOCK_MAX_SEC;
        int64_t at = day * DAY_SEC - z->offset[i];
        at = at < z->from[i] ? z->from[i] : at;
        if (at < end && at < start) {
            start = at;
        }
    }
    return start;
}
