/* What rules make of a message, and of time that passes. */
#include "lib/log.h"
#include "lib/mail.h"
#include "rules_parts.h"

#define DUE_AT_ONCE 100 /* timers of one transaction */

/* A rule, the device that it looks at, and what it remembers of it. */
struct watch {
    struct rule rule;
    struct rule_state state;
    struct str place;
    struct mail_point centre;
    double radius;
    int64_t device_id;
    struct str device, device_name;
    bool may; /* it may look at that device, its place is there, and its user is active */
};

/* ---- reading and writing */

static usec_t time_or_none(struct query *q)
{
    struct opt_usec t = sql_col_opt_time(q);

    return t.set ? t.t : 0;
}

static bool read_watch(struct query *q, struct arena *a, struct watch *w)
{
    rules_read(q, a, &w->rule);
    w->state = (struct rule_state){ .where = (enum rule_where)sql_col_int(q) };
    w->state.told = sql_col_bool(q);
    w->state.at = time_or_none(q);
    w->state.region_at = time_or_none(q);
    w->state.since = time_or_none(q);
    w->state.fired_at = sql_col_opt_time(q);
    w->state.due_at = sql_col_opt_time(q);
    w->place = sql_col_text(q, a);
    w->centre.known = rules_read_point(q, &w->centre.lat, &w->centre.lon);
    w->radius = (double)sql_col_int(q);
    w->device_id = sql_col_int(q);
    w->device = sql_col_text(q, a);
    w->device_name = sql_col_text(q, a);
    w->may = sql_col_bool(q);
    return sql_readable(q, w->rule.id);
}

static enum db_rc read_all(struct query *q, struct arena *a, struct watch **out, size_t *n)
{
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    while ((rc = sql_step(q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        if (read_watch(q, a, &(*out)[*n]))
            ++*n;
    }
    return rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc watching(struct db *db, struct arena *a, const struct device *d,
                           struct watch **out, size_t *n)
{
    struct query q = sql_query(db, SQL_RULES_WATCHING);

    sql_bind_int(&q, d->id);
    sql_bind_int(&q, d->owner_id);
    return read_all(&q, a, out, n);
}

static struct opt_usec some_time(usec_t t)
{
    return (struct opt_usec){ t != 0, t };
}

static enum db_rc remember(struct db *db, const struct watch *w)
{
    struct query q = sql_query(db, SQL_RULES_REMEMBER);
    const struct rule_state *s = &w->state;

    sql_bind_int(&q, w->rule.id);
    sql_bind_int(&q, w->device_id);
    sql_bind_int(&q, (int64_t)s->where);
    sql_bind_bool(&q, s->told);
    sql_bind_opt_time(&q, some_time(s->at));
    sql_bind_opt_time(&q, some_time(s->region_at));
    sql_bind_opt_time(&q, some_time(s->since));
    sql_bind_opt_time(&q, s->fired_at);
    sql_bind_opt_time(&q, s->due_at);
    return sql_exec(&q);
}

static enum db_rc tell(struct db *db, struct arena *a, const struct watch *w,
                       const struct rule_news *more, struct rule_limits limits, usec_t now)
{
    struct rule_news n = *more;

    n.event = w->rule.terms.event;
    n.amount = w->rule.terms.amount;
    n.device = w->device;
    n.device_name = w->device_name;
    log_info("rule_fires", LOG_I("rule", w->rule.id), LOG_I("device", w->device_id),
             LOG_S("event", rule_event_name(n.event)));
    return rules_tell(db, a, &w->rule, &n, limits, now);
}

/* ---- a message */

static enum db_rc judge(struct db *db, struct arena *a, struct watch *w,
                        const struct rule_seen *seen, const struct rule_news *news,
                        const struct rule_message *m)
{
    struct rule_state before = w->state;
    bool fires = rule_see(a, &w->rule.terms, &w->state, seen);
    enum db_rc rc = rule_state_eq(&before, &w->state) ? DB_OK : remember(db, w);

    return rc == DB_OK && fires ? tell(db, a, w, news, m->limits, m->received_at) : rc;
}

struct crossing {
    struct str event, place;
    int64_t place_id;
    struct rule_news news;
};

static enum db_rc read_crossing(struct db *db, struct arena *a, int64_t id, struct crossing *c)
{
    struct query q = sql_query(db, SQL_RULES_TRANSITION);

    *c = (struct crossing){ .place_id = 0 };
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        c->event = sql_col_text(&q, a);
        c->place_id = sql_col_id(&q);
        c->place = sql_col_text(&q, a);
        c->news.at = sql_col_time(&q);
        c->news.has_position = rules_read_point(&q, &c->news.lat, &c->news.lon);
        c->news.place = c->place;
        if (!sql_readable(&q, id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

/* Rules that a transition says something to: those of that place, or of any. */
static bool minds(const struct watch *w, const struct crossing *c)
{
    enum rule_event event = w->rule.terms.event;

    return w->may &&
           (event == RULE_SILENCE ||
            (event != RULE_BATTERY && (w->rule.place_id == 0 || w->rule.place_id == c->place_id)));
}

enum db_rc db_rules_saw_transition(struct db *db, struct arena *a, const struct rule_message *m,
                                   int64_t transition_id)
{
    struct watch *w;
    struct crossing c;
    size_t n;
    enum db_rc rc = m->device->owner_id != 0 ? watching(db, a, m->device, &w, &n) : DB_NONE;

    if (rc != DB_OK || n == 0)
        return rc == DB_NONE ? DB_OK : rc;
    rc = read_crossing(db, a, transition_id, &c);
    bool enter = str_eqz(c.event, "enter");
    if (rc != DB_OK || (!enter && !str_eqz(c.event, "leave")))
        return rc == DB_NONE ? DB_OK : rc;
    struct rule_seen seen = { .what = enter ? RULE_SAW_ENTER : RULE_SAW_LEAVE,
                              .at = c.news.at,
                              .received = m->received_at };
    for (size_t i = 0; rc == DB_OK && i < n; i++)
        if (minds(&w[i], &c))
            rc = judge(db, a, &w[i], &seen, &c.news, m);
    return rc;
}

struct position {
    struct rule_news news;
    struct opt_int accuracy, battery;
};

static enum db_rc read_position(struct db *db, int64_t id, struct position *p)
{
    struct query q = sql_query(db, SQL_RULES_LOCATION);

    *p = (struct position){ .news = { .at = 0 } };
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        p->news.at = sql_col_time(&q);
        p->news.has_position = rules_read_point(&q, &p->news.lat, &p->news.lon);
        p->accuracy = sql_col_opt_int(&q);
        p->battery = sql_col_opt_int(&q);
        if (!sql_readable(&q, id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

static double distance(const struct watch *w, const struct position *p)
{
    struct mail_point here = { true, p->news.lat, p->news.lon };

    return w->centre.known && p->news.has_position ? mail_distance(here, w->centre) : -1;
}

enum db_rc db_rules_saw_location(struct db *db, struct arena *a, const struct rule_message *m,
                                 int64_t location_id)
{
    struct watch *w;
    struct position p;
    size_t n;
    enum db_rc rc = m->device->owner_id != 0 ? watching(db, a, m->device, &w, &n) : DB_NONE;

    if (rc != DB_OK || n == 0)
        return rc == DB_NONE ? DB_OK : rc;
    rc = read_position(db, location_id, &p);
    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        struct rule_seen seen = { .what = RULE_SAW_FIX,
                                  .at = p.news.at,
                                  .received = m->received_at,
                                  .metres = distance(&w[i], &p),
                                  .radius = w[i].radius,
                                  .accuracy = p.accuracy,
                                  .battery = p.battery };
        struct rule_news news = p.news;
        news.place = w[i].place;
        if (w[i].rule.terms.event == RULE_BATTERY)
            news.battery = p.battery;
        if (w[i].may)
            rc = judge(db, a, &w[i], &seen, &news, m);
    }
    return rc;
}

/* ---- time */

/* When the device was heard last; 0: never. */
static enum db_rc last_contact(struct db *db, int64_t device_id, usec_t *out)
{
    struct query q = sql_query(db, SQL_RULES_CONTACT);

    *out = 0;
    sql_bind_int(&q, device_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        struct str text = sql_col_view(&q);
        if (!clock_from_db(text, out))
            *out = 0;
    }
    sql_end(&q);
    return rc;
}

static enum db_rc news_of_now(struct db *db, struct arena *a, const struct watch *w, usec_t now,
                              struct rule_news *n)
{
    struct query q = sql_query(db, SQL_RULES_LATEST);

    *n = (struct rule_news){ .place = w->place, .at = now };
    sql_bind_int(&q, w->device_id);
    sql_bind_int(&q, 0);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        (void)sql_col_text(&q, a);
        (void)sql_col_text(&q, a);
        n->has_position = rules_read_point(&q, &n->lat, &n->lon);
        if (!sql_readable(&q, w->device_id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc ring(struct db *db, struct arena *a, struct watch *w, struct rule_limits limits,
                       usec_t since, usec_t now)
{
    usec_t contact = 0;
    struct rule_news news;
    enum db_rc rc = DB_OK;

    if (!w->may || !w->rule.active) { /* the next message begins anew */
        struct query q = sql_query(db, SQL_RULES_UNWATCH);
        sql_bind_int(&q, w->rule.id);
        sql_bind_int(&q, w->device_id);
        return sql_exec(&q);
    }
    if (w->rule.terms.event == RULE_SILENCE)
        rc = last_contact(db, w->device_id, &contact);
    if (rc != DB_OK)
        return rc;
    bool fires = rule_due(a, &w->rule.terms, &w->state, contact, since, now);
    rc = remember(db, w);
    if (rc == DB_OK && fires)
        rc = news_of_now(db, a, w, now, &news);
    return rc == DB_OK && fires ? tell(db, a, w, &news, limits, now) : rc;
}

static enum db_rc read_due(struct db *db, struct arena *a, usec_t now, struct watch **w, size_t *n)
{
    struct query q = sql_query(db, SQL_RULES_DUE);

    sql_bind_time(&q, now);
    sql_bind_int(&q, DUE_AT_ONCE);
    return read_all(&q, a, w, n);
}

enum db_rc db_rules_due(struct db *db, struct arena *a, struct rule_limits limits, usec_t since,
                        usec_t now)
{
    struct watch *w;
    size_t n;
    enum db_rc rc = read_due(db, a, now, &w, &n); /* mostly none: no write lock for that */

    if (rc != DB_OK || n == 0)
        return rc;
    rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = read_due(db, a, now, &w, &n); /* as they are now that nobody else writes */
    for (size_t i = 0; rc == DB_OK && i < n; i++)
        rc = ring(db, a, &w[i], limits, since, now);
    return db_end(db, rc);
}
