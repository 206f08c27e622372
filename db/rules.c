#include "rules_parts.h"

#define LOG_AGE (INT64_C(30) * 24 * 3600 * USEC_PER_SEC)
#define MINUTE (60 * USEC_PER_SEC)
#define HEARD_LATELY (INT64_C(24) * 60 * MINUTE)

/* ---- reading */

void rules_read(struct query *q, struct arena *a, struct rule *r)
{
    *r = (struct rule){ .id = sql_col_int(q) };
    r->user_id = sql_col_int(q);
    r->name = sql_col_text(q, a);
    r->terms.event = rule_event_of(sql_col_text(q, a));
    r->terms.amount = sql_col_int(q);
    r->terms.window.days = (unsigned)sql_col_int(q) & RULE_ALL_DAYS;
    r->terms.window.from = (int)sql_col_int(q);
    r->terms.window.until = (int)sql_col_int(q);
    r->terms.window.zone = sql_col_text(q, a);
    r->terms.cooldown = sql_col_int(q) * MINUTE;
    r->terms.paused_until = sql_col_opt_time(q);
    r->device_id = sql_col_id(q);
    r->place_id = sql_col_id(q);
    r->channel = rule_channel_of(sql_col_text(q, a));
    r->target = sql_col_text(q, a);
    r->priority = sql_col_int(q);
    r->active = sql_col_bool(q);
    r->created_at = sql_col_time(q);
    r->language = rule_language_of(sql_col_text(q, a));
    r->terms.any_place = r->place_id == 0;
    r->device = r->device_name = r->place = STR("");
    if (r->terms.event == RULE_EVENTS || r->channel == RULE_CHANNELS)
        q->bad = q->column;
}

void rules_read_news(struct query *q, struct arena *a, struct rule_news *n)
{
    *n = (struct rule_news){ .id = sql_col_int(q), .rule = STR("") };
    n->rule_id = sql_col_int(q);
    n->event = rule_event_of(sql_col_text(q, a));
    n->amount = sql_col_int(q);
    n->device = sql_col_text(q, a);
    n->device_name = sql_col_text(q, a);
    n->place = sql_col_text(q, a);
    n->battery = sql_col_opt_int(q);
    n->has_position = rules_read_point(q, &n->lat, &n->lon);
    n->at = sql_col_time(q);
    n->test = sql_col_bool(q);
    if (n->event == RULE_EVENTS)
        q->bad = q->column;
}

bool rules_read_point(struct query *q, double *lat, double *lon)
{
    bool has_lat = sql_col_opt_real(q, lat), has_lon = sql_col_opt_real(q, lon);

    return has_lat && has_lon;
}

static bool read_shown(struct query *q, struct arena *a, struct rule *r)
{
    rules_read(q, a, r);
    r->device = sql_col_text(q, a);
    r->device_name = sql_col_text(q, a);
    r->place = sql_col_text(q, a);
    r->told_at = sql_col_opt_time(q);
    return sql_readable(q, r->id);
}

enum db_rc db_rules_list(struct db *db, struct arena *a, int64_t user_id, struct rule **out,
                         size_t *n)
{
    struct query q = sql_query(db, SQL_RULES_LIST);
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, user_id);
    while ((rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        if (read_shown(&q, a, &(*out)[*n]))
            ++*n;
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_rules_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                        struct rule *out)
{
    struct query q = sql_query(db, SQL_RULES_GET);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_shown(&q, a, out))
        rc = DB_FAIL;
    sql_end(&q);
    return rc;
}

/* ---- writing */

/* Parameters 1 to 17 of SQL_RULES_INSERT and SQL_RULES_UPDATE. */
static void bind_rule(struct query *q, const struct rule *r)
{
    const struct rule_terms *t = &r->terms;

    sql_bind_int(q, r->user_id);
    sql_bind_text(q, r->name);
    sql_bind_text(q, rule_event_name(t->event));
    sql_bind_id(q, r->device_id);
    sql_bind_id(q, r->place_id);
    sql_bind_int(q, t->amount);
    sql_bind_int(q, t->window.days);
    sql_bind_int(q, t->window.from);
    sql_bind_int(q, t->window.until);
    sql_bind_text(q, t->window.zone);
    sql_bind_text(q, rule_channel_name(r->channel));
    sql_bind_text(q, r->target);
    sql_bind_int(q, r->priority);
    sql_bind_int(q, t->cooldown / MINUTE);
    sql_bind_bool(q, r->active);
    sql_bind_opt_time(q, t->paused_until);
    sql_bind_text(q, rule_language_name(r->language));
}

static enum db_rc listen_for_silence(struct db *db, const struct rule *r, usec_t now)
{
    struct query q = sql_query(db, SQL_RULES_LISTEN);
    usec_t within = r->terms.amount * MINUTE;

    sql_bind_int(&q, r->id);
    sql_bind_time(&q, now + r->terms.amount * MINUTE);
    sql_bind_time(&q, now - (within > HEARD_LATELY ? within : HEARD_LATELY));
    return sql_exec(&q);
}

enum db_rc db_rules_add(struct db *db, struct arena *a, struct rule *r, usec_t now)
{
    enum db_rc rc = db_begin(db);

    (void)a;
    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_RULES_INSERT);
    bind_rule(&q, r);
    sql_bind_time(&q, now);
    sql_bind_int(&q, RULES_MOST);
    rc = sql_exec_some(&q);
    r->id = sqlite3_last_insert_rowid(db->h);
    r->created_at = now;
    if (rc == DB_OK)
        rc = listen_for_silence(db, r, now);
    return db_end(db, rc == DB_NONE ? DB_CONFLICT : rc);
}

/* Whether what it remembers still means the same. */
static bool watches_the_same(const struct rule *x, const struct rule *y)
{
    const struct rule_terms *s = &x->terms, *t = &y->terms;

    return s->event == t->event && s->amount == t->amount && x->device_id == y->device_id &&
           x->place_id == y->place_id && x->active == y->active &&
           s->window.days == t->window.days && s->window.from == t->window.from &&
           s->window.until == t->window.until && str_eq(s->window.zone, t->window.zone) &&
           s->paused_until.set == t->paused_until.set && s->paused_until.t == t->paused_until.t;
}

static enum db_rc change(struct db *db, struct arena *a, const struct rule *r, usec_t now)
{
    struct rule before;
    enum db_rc rc = db_rules_get(db, a, r->user_id, r->id, &before);

    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_RULES_UPDATE);
    bind_rule(&q, r);
    sql_bind_int(&q, r->id);
    rc = sql_exec_some(&q);
    if (rc != DB_OK || watches_the_same(&before, r))
        return rc;
    rc = sql_run_with_id(db, SQL_RULES_FORGET, r->id);
    return rc == DB_OK || rc == DB_NONE ? listen_for_silence(db, r, now) : rc;
}

enum db_rc db_rules_change(struct db *db, struct arena *a, const struct rule *r, usec_t now)
{
    enum db_rc rc = db_begin(db);

    return rc == DB_OK ? db_end(db, change(db, a, r, now)) : rc;
}

enum db_rc db_rules_delete(struct db *db, int64_t user_id, int64_t id)
{
    static const enum sql_id rest[] = { SQL_RULES_FORGET, SQL_RULES_LOG_DELETE };
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_RULES_DELETE);
    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    rc = sql_exec_some(&q);
    for (size_t i = 0; rc == DB_OK && i < sizeof rest / sizeof rest[0]; i++) {
        rc = sql_run_with_id(db, rest[i], id);
        rc = rc == DB_NONE ? DB_OK : rc;
    }
    return db_end(db, rc);
}

enum db_rc db_rules_trim(struct db *db, usec_t now)
{
    struct query rules = sql_query(db, SQL_RULES_TRIM);
    enum db_rc rc = sql_exec(&rules);

    if (rc == DB_OK) {
        struct query state = sql_query(db, SQL_RULES_TRIM_STATE);
        rc = sql_exec(&state);
    }
    if (rc == DB_OK) {
        struct query log = sql_query(db, SQL_RULES_TRIM_LOG);
        sql_bind_time(&log, now - LOG_AGE);
        rc = sql_exec(&log);
    }
    return rc;
}

/* ---- the log */

static bool read_told(struct query *q, struct arena *a, struct rule_told *t)
{
    rules_read_news(q, a, &t->news);
    t->created_at = sql_col_time(q);
    t->state = sql_col_int(q);
    t->attempts = sql_col_int(q);
    t->error = sql_col_text(q, a);
    t->finished_at = sql_col_opt_time(q);
    return sql_readable(q, t->news.id);
}

enum db_rc db_rules_log(struct db *db, struct arena *a, const struct rule *r,
                        struct rule_told **out, size_t *n)
{
    struct query q = sql_query(db, SQL_RULES_LOG);
    enum db_rc rc;

    *out = ARENA_ARRAY(a, RULE_LOG_SHOWN, struct rule_told);
    *n = 0;
    sql_bind_int(&q, r->id);
    sql_bind_int(&q, RULE_LOG_SHOWN);
    while ((rc = sql_step(&q)) == DB_OK) {
        if (read_told(&q, a, &(*out)[*n]))
            ++*n;
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_rules_news(struct db *db, struct arena *a, int64_t log_id, struct rule_news *news,
                         struct rule *rule, struct rule_owner *owner)
{
    struct query q = sql_query(db, SQL_RULES_NEWS);

    sql_bind_int(&q, log_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        rules_read_news(&q, a, news);
        rules_read(&q, a, rule);
        owner->username = sql_col_text(&q, a);
        owner->is_staff = sql_col_bool(&q);
        news->rule = rule->name;
        if (!sql_readable(&q, log_id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}
