#include "outbox.h"

#include "lib/log.h"
#include "sql.h"

#define HOUR (3600 * USEC_PER_SEC)
#define MINUTE (60 * USEC_PER_SEC)
#define DAY (24 * HOUR)
#define NO_LIMIT INT64_C(1000000000)

enum state { WAITS, DONE, GIVEN_UP };

static int64_t limit_of(int64_t setting)
{
    return setting > 0 ? setting : NO_LIMIT;
}

/* ---- what is added */

/* Of an INSERT that may add nothing. */
static enum db_rc added(struct db *db, struct query *q)
{
    enum db_rc rc = sql_exec_some(q);

    db->outgoing |= rc == DB_OK;
    return rc == DB_NONE ? DB_OK : rc;
}

static void bind_rules(struct query *q, int64_t owner_id, int64_t region_id, struct str event)
{
    sql_bind_int(q, owner_id);
    sql_bind_id(q, region_id);
    sql_bind_text(q, event);
}

/* Rules that were left out are told: a mail that somebody waits for does not come. */
static enum db_rc tell_limit(struct db *db, int64_t owner_id, int64_t region_id, struct str event,
                             int64_t before)
{
    struct query q = sql_query(db, SQL_OUTBOX_RULES);
    int64_t rules = 0, written = sqlite3_total_changes64(db->h) - before;

    bind_rules(&q, owner_id, region_id, event);
    enum db_rc rc = sql_one_int(&q, &rules);
    if (rc == DB_OK && rules > written)
        log_warning("mail_limit", LOG_I("user", owner_id), LOG_I("left_out", rules - written));
    return rc;
}

enum db_rc db_outbox_transition(struct db *db, int64_t owner_id, int64_t transition_id,
                                int64_t region_id, struct str event, int64_t of_user, usec_t now)
{
    int64_t before = sqlite3_total_changes64(db->h);
    struct query q = sql_query(db, SQL_OUTBOX_TRANSITION);

    bind_rules(&q, owner_id, region_id, event);
    sql_bind_int(&q, transition_id);
    sql_bind_time(&q, now);
    sql_bind_time(&q, now - HOUR);
    sql_bind_int(&q, limit_of(of_user));
    enum db_rc rc = added(db, &q);
    return rc == DB_OK && of_user > 0 ? tell_limit(db, owner_id, region_id, event, before) : rc;
}

enum db_rc db_outbox_friend(struct db *db, int64_t from_id, int64_t to_id, int64_t of_user,
                            usec_t now)
{
    struct query q = sql_query(db, SQL_OUTBOX_FRIEND);

    sql_bind_int(&q, from_id);
    sql_bind_int(&q, to_id);
    sql_bind_time(&q, now);
    sql_bind_time(&q, now - HOUR);
    sql_bind_int(&q, limit_of(of_user));
    return added(db, &q);
}

enum db_rc db_outbox_position(struct db *db, int64_t owner_id, int64_t device_id,
                              int64_t location_id, usec_t now)
{
    struct query q = sql_query(db, SQL_OUTBOX_POSITION);

    sql_bind_int(&q, owner_id);
    sql_bind_int(&q, device_id);
    sql_bind_int(&q, location_id);
    sql_bind_time(&q, now);
    return added(db, &q);
}

enum db_rc db_outbox_test(struct db *db, int64_t user_id, struct str address,
                          struct outbox_limits limits, usec_t now)
{
    struct query q = sql_query(db, SQL_OUTBOX_TEST);

    sql_bind_int(&q, user_id);
    sql_bind_text(&q, address);
    sql_bind_time(&q, now);
    sql_bind_time(&q, now - HOUR);
    sql_bind_int(&q, limit_of(limits.of_user));
    sql_bind_time(&q, now - MINUTE);
    sql_bind_int(&q, limit_of(limits.to_address));
    enum db_rc rc = sql_exec_some(&q);
    return rc == DB_NONE ? DB_CONFLICT : rc;
}

/* ---- what is sent */

enum db_rc db_outbox_hurry(struct db *db, enum outbox_way way, usec_t now)
{
    struct query q = sql_query(db, SQL_OUTBOX_HURRY);

    sql_bind_int(&q, way);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_outbox_next(struct db *db, struct arena *a, enum outbox_way way,
                          struct outbox_item *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_NEXT);

    sql_bind_int(&q, way);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->id = sql_col_int(&q);
        out->kind = (enum outbox_kind)sql_col_int(&q);
        out->user_id = sql_col_int(&q);
        out->ref = sql_col_int(&q);
        out->recipient = sql_col_text(&q, a);
        out->created_at = sql_col_time(&q);
        out->due_at = sql_col_time(&q);
        out->attempts = sql_col_int(&q);
        if (!sql_readable(&q, out->id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_outbox_superseded(struct db *db, const struct outbox_item *item, bool *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_NEWER);
    int64_t n = 0;

    sql_bind_text(&q, item->recipient);
    sql_bind_int(&q, item->id);
    sql_bind_time(&q, item->created_at);
    enum db_rc rc = sql_one_int(&q, &n);
    *out = n > 0;
    return rc;
}

enum db_rc db_outbox_sent_to(struct db *db, struct str address, usec_t since, int64_t most,
                             int64_t *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_SENT_TO);

    sql_bind_text(&q, address);
    sql_bind_time(&q, since);
    sql_bind_int(&q, most);
    return sql_one_int(&q, out);
}

static enum db_rc finish(struct db *db, int64_t id, enum state state, struct str why, usec_t now)
{
    struct query q = sql_query(db, SQL_OUTBOX_FINISH);

    sql_bind_int(&q, id);
    sql_bind_int(&q, state);
    sql_bind_text(&q, why);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_outbox_done(struct db *db, int64_t id, usec_t now)
{
    return finish(db, id, DONE, STR(""), now);
}

enum db_rc db_outbox_give_up(struct db *db, int64_t id, struct str why, usec_t now)
{
    return finish(db, id, GIVEN_UP, why, now);
}

enum db_rc db_outbox_retry(struct db *db, int64_t id, struct str why, bool counted, usec_t due)
{
    struct query q = sql_query(db, SQL_OUTBOX_RETRY);

    sql_bind_int(&q, id);
    sql_bind_text(&q, why);
    sql_bind_int(&q, counted ? 1 : 0);
    sql_bind_time(&q, due);
    return sql_exec(&q);
}

enum db_rc db_outbox_postpone(struct db *db, enum outbox_way way, struct str to, usec_t due)
{
    struct query q = sql_query(db, SQL_OUTBOX_POSTPONE);

    sql_bind_int(&q, way);
    sql_bind_time(&q, due);
    sql_bind_text(&q, to);
    return sql_exec(&q);
}

/* ---- what it says */

static struct mail_point point(struct query *q)
{
    struct mail_point p = { .known = sql_col_opt_real(q, &p.lat) };

    return sql_col_opt_real(q, &p.lon) && p.known ? p : (struct mail_point){ .known = false };
}

enum db_rc db_outbox_transition_facts(struct db *db, struct arena *a, int64_t id,
                                      struct mail_transition *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_TRANSITION_FACTS);

    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->who = sql_col_text(&q, a);
        out->event = sql_col_text(&q, a);
        out->label = sql_col_text(&q, a);
        out->device = sql_col_text(&q, a);
        out->at = sql_col_time(&q);
        out->where = point(&q);
        out->centre = point(&q);
        if (!sql_readable(&q, id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_outbox_position_facts(struct db *db, struct arena *a, int64_t id,
                                    struct domesti_position *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_POSITION_FACTS);
    struct domesti_device *d = ARENA_NEW(a, struct domesti_device);

    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        d->device_id = sql_col_text(&q, a);
        d->mqtt_user = sql_col_text(&q, a);
        out->user_id = sql_col_text(&q, a);
        if (!sql_col_opt_real(&q, &out->lat) || !sql_col_opt_real(&q, &out->lon))
            q.bad = q.column;
        out->at = sql_col_time(&q);
        out->device = d;
        if (!sql_readable(&q, id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

/* ---- the whole */

enum db_rc db_outbox_counts(struct db *db, struct arena *a, enum outbox_way way,
                            struct outbox_counts *out)
{
    struct query q = sql_query(db, SQL_OUTBOX_COUNTS);

    sql_bind_int(&q, way);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->waiting = sql_col_int(&q);
        out->retrying = sql_col_int(&q);
        out->given_up = sql_col_int(&q);
        out->oldest = sql_col_opt_time(&q);
        out->last_error = sql_col_text(&q, a);
        if (!sql_readable(&q, way))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_outbox_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_OUTBOX_TRIM);

    sql_bind_time(&q, now - DAY);
    sql_bind_time(&q, now - 7 * DAY);
    return sql_exec(&q);
}
