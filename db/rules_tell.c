#include "rules_parts.h"

#define MINUTE (60 * USEC_PER_SEC)

static enum db_rc add_log(struct db *db, const struct rule *r, struct rule_news *n, usec_t now)
{
    struct query q = sql_query(db, SQL_RULES_LOG_ADD);

    sql_bind_int(&q, r->id);
    sql_bind_text(&q, rule_event_name(n->event));
    sql_bind_int(&q, n->amount);
    sql_bind_text(&q, n->device);
    sql_bind_text(&q, n->device_name);
    sql_bind_text(&q, n->place);
    sql_bind_opt_int(&q, n->battery);
    sql_bind_opt_real(&q, n->has_position, n->lat);
    sql_bind_opt_real(&q, n->has_position, n->lon);
    sql_bind_time(&q, n->at);
    sql_bind_time(&q, now);
    sql_bind_bool(&q, n->test);
    enum db_rc rc = sql_exec(&q);
    n->id = sqlite3_last_insert_rowid(db->h);
    return rc;
}

/* DB_NONE: over the limit, or there is nobody to send it to. */
static enum db_rc put_out(struct db *db, struct arena *a, const struct rule *r, int64_t log_id,
                          struct rule_limits limits, usec_t now)
{
    bool mail = r->channel == RULE_MAIL, push = r->channel == RULE_PUSH;
    int64_t most = !mail ? RULE_NEWS_PER_HOUR : limits.mails > 0 ? limits.mails : INT64_MAX;
    struct query q = sql_query(db, push ? SQL_RULES_SEND_PUSH : SQL_RULES_SEND);

    sql_bind_int(&q, mail ? OUTBOX_MAIL : OUTBOX_NEWS);
    sql_bind_int(&q, r->user_id);
    sql_bind_int(&q, log_id);
    if (!push)
        sql_bind_text(&q, mail ? r->target : arena_printf(a, "rule %lld", (long long)r->id));
    sql_bind_time(&q, now);
    sql_bind_time(&q, now - 60 * MINUTE);
    sql_bind_int(&q, most);
    return sql_exec_some(&q);
}

/* Why nothing goes out. */
static enum db_rc note_unsent(struct db *db, const struct rule *r, int64_t log_id)
{
    struct query count = sql_query(db, SQL_PUSH_COUNT);
    int64_t browsers = 0;

    sql_bind_int(&count, r->user_id);
    enum db_rc rc = sql_one_int(&count, &browsers);
    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_RULES_LOG_UNSENT);
    sql_bind_int(&q, log_id);
    sql_bind_text(&q, r->channel == RULE_PUSH && browsers == 0
                          ? STR("no browser takes notifications")
                          : STR("too many messages in this hour"));
    return sql_exec(&q);
}

enum db_rc rules_tell(struct db *db, struct arena *a, const struct rule *r, struct rule_news *n,
                      struct rule_limits limits, usec_t now)
{
    enum db_rc rc = add_log(db, r, n, now);

    if (rc != DB_OK)
        return rc;
    rc = put_out(db, a, r, n->id, limits, now);
    db->outgoing |= rc == DB_OK;
    return rc == DB_NONE ? note_unsent(db, r, n->id) : rc;
}

static enum db_rc made_up(struct db *db, struct arena *a, const struct rule *r, usec_t now,
                          struct rule_news *n)
{
    struct query q = sql_query(db, SQL_RULES_LATEST);

    *n = (struct rule_news){ .event = r->terms.event,
                             .amount = r->terms.amount,
                             .device = STR(""),
                             .device_name = STR(""),
                             .place = r->place,
                             .at = now,
                             .test = true };
    sql_bind_int(&q, r->device_id);
    sql_bind_int(&q, r->user_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && (r->device_id == 0 || r->device.n > 0)) {
        n->device = sql_col_text(&q, a);
        n->device_name = sql_col_text(&q, a);
        n->has_position = rules_read_point(&q, &n->lat, &n->lon);
        n->battery = sql_col_opt_int(&q);
        if (!sql_readable(&q, r->id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    if (n->event != RULE_BATTERY)
        n->battery.set = false;
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_rules_test(struct db *db, struct arena *a, const struct rule *r,
                         struct rule_limits limits, usec_t now, int64_t *id)
{
    struct rule_news n;
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = made_up(db, a, r, now, &n);
    if (rc == DB_OK)
        rc = rules_tell(db, a, r, &n, limits, now);
    *id = n.id;
    return db_end(db, rc);
}
