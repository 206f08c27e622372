#include "day_stats.h"

#include "sql.h"

#define DAYS_KEPT 50000 /* some 25 MB */

enum db_rc db_day_stamp(struct db *db, int64_t device_id, int64_t from, int64_t to,
                        struct day_stamp *out)
{
    struct query q = sql_query(db, SQL_DAY_STAMP);

    *out = (struct day_stamp){ 0 };
    sql_bind_int(&q, device_id);
    sql_bind_time(&q, from * USEC_PER_SEC);
    sql_bind_time(&q, to * USEC_PER_SEC);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->count = sql_col_int(&q);
        out->newest = sql_col_id(&q);
    }
    sql_end(&q);
    return rc;
}

static enum db_rc end_of(struct db *db, enum sql_id statement, int64_t device_id, int64_t *out)
{
    struct query q = sql_query(db, statement);

    sql_bind_int(&q, device_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        *out = clock_sec(sql_col_time(&q));
        rc = q.bad == 0 ? DB_OK : DB_NONE;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_track_ends(struct db *db, int64_t device_id, int64_t *first, int64_t *last)
{
    enum db_rc rc = end_of(db, SQL_TRACK_FIRST, device_id, first);

    return rc == DB_OK ? end_of(db, SQL_TRACK_LAST, device_id, last) : rc;
}

static void bind_day(struct query *q, const struct day_kept *day)
{
    sql_bind_int(q, day->device_id);
    sql_bind_int(q, day->from);
    sql_bind_int(q, day->to);
    sql_bind_int(q, day->accuracy);
    sql_bind_text(q, day->stamp);
}

enum db_rc db_day_stat_get(struct db *db, struct arena *a, struct day_kept *day)
{
    struct query q = sql_query(db, SQL_DAY_STAT_GET);

    bind_day(&q, day);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        day->numbers = sql_col_text(&q, a);
        rc = q.bad == 0 ? DB_OK : DB_NONE;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_day_stat_put(struct db *db, const struct day_kept *day, usec_t now)
{
    struct query q = sql_query(db, SQL_DAY_STAT_PUT);

    bind_day(&q, day);
    sql_bind_text(&q, day->numbers);
    sql_bind_int(&q, clock_sec(now));
    return sql_exec(&q);
}

enum db_rc db_day_stat_trim(struct db *db)
{
    struct query q = sql_query(db, SQL_DAY_STAT_TRIM);

    sql_bind_int(&q, DAYS_KEPT);
    return sql_exec(&q);
}
