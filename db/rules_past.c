/* A dry run: the same judgement (lib/rule.h) over what is stored. */
#include "lib/mail.h"
#include "lib/zone.h"
#include "rules_parts.h"

struct past {
    struct rule *rule;
    struct arena *a;
    struct mail_point centre;
    double radius;
    struct rule_state state;
    struct rule_hit hit; /* of this device */
    usec_t contact;
    rule_hit_fn *tell;
    void *ctx;
    bool enough;
};

enum { PAST_ENTER, PAST_LEAVE, PAST_FIX, PAST_OTHER };

struct past_row {
    int64_t kind;
    struct rule_seen seen;
    double lat, lon;
    int64_t place_id;
    struct str label;
};

static bool read_row(struct query *q, struct arena *a, const struct past *p, struct past_row *r)
{
    *r = (struct past_row){ .kind = sql_col_int(q) };
    r->seen.at = sql_col_time(q);
    r->seen.received = sql_col_time(q);
    bool there = rules_read_point(q, &r->lat, &r->lon);
    r->seen.accuracy = sql_col_opt_int(q);
    r->seen.battery = sql_col_opt_int(q);
    r->place_id = sql_col_id(q);
    r->label = sql_col_text(q, a);
    r->seen.what = r->kind == PAST_ENTER   ? RULE_SAW_ENTER
                   : r->kind == PAST_LEAVE ? RULE_SAW_LEAVE
                                           : RULE_SAW_FIX;
    struct mail_point here = { true, r->lat, r->lon };
    r->seen.radius = p->radius;
    r->seen.metres = there && p->centre.known ? mail_distance(here, p->centre) : -1;
    return sql_readable(q, p->rule->id);
}

static void report(struct past *p, usec_t at, int because, struct str place, struct opt_int battery)
{
    p->hit.at = at;
    p->hit.because = because;
    p->hit.place = place;
    p->hit.battery = battery;
    p->enough = p->enough || !p->tell(p->ctx, &p->hit);
}

/* Timers up to that time. */
static void pass_time(struct past *p, usec_t to)
{
    static const struct opt_int none = { false, 0 };

    while (!p->enough && p->state.due_at.set && p->state.due_at.t <= to) {
        usec_t at = p->state.due_at.t;
        if (rule_due(p->a, &p->rule->terms, &p->state, p->contact, 0, at))
            report(p, at, RULE_BY_TIME, p->rule->place, none);
    }
}

static void replay(struct past *p, const struct past_row *r)
{
    enum rule_event event = p->rule->terms.event;
    bool fix = r->kind == PAST_FIX;

    pass_time(p, r->seen.received);
    if (r->seen.received > p->contact)
        p->contact = r->seen.received;
    bool other = !fix && p->rule->place_id != 0 && p->rule->place_id != r->place_id;
    if (r->kind == PAST_OTHER || (other && event != RULE_SILENCE))
        return;
    if (rule_see(p->a, &p->rule->terms, &p->state, &r->seen))
        report(p, r->seen.at, fix ? RULE_BY_FIX : RULE_BY_REGION, fix ? p->rule->place : r->label,
               event == RULE_BATTERY ? r->seen.battery : (struct opt_int){ false, 0 });
}

/* Whether the phone ever told of this place counts from before the time that is looked at. */
static enum db_rc replay_device(struct db *db, struct past *p, int64_t device_id, usec_t from,
                                usec_t to, bool *partial)
{
    struct query q = sql_query(db, SQL_RULES_PAST);
    struct past_row r;
    int64_t n = 0;
    enum db_rc rc;

    p->state = (struct rule_state){ .where = RULE_SOMEWHERE };
    p->contact = 0;
    sql_bind_int(&q, device_id);
    sql_bind_time(&q, from);
    sql_bind_time(&q, to);
    sql_bind_int(&q, RULE_PAST_ROWS);
    while ((rc = sql_step(&q)) == DB_OK && !p->enough) {
        n++;
        if (read_row(&q, db->scratch, p, &r))
            replay(p, &r);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    *partial = *partial || n == RULE_PAST_ROWS;
    if (n < RULE_PAST_ROWS)
        pass_time(p, to);
    return rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc find_centre(struct db *db, struct arena *a, struct past *p)
{
    struct query q = sql_query(db, SQL_PLACE_GET);

    if (p->rule->place_id == 0) {
        sql_end(&q);
        return DB_OK;
    }
    sql_bind_int(&q, p->rule->user_id);
    sql_bind_int(&q, p->rule->place_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        (void)sql_col_int(&q);
        (void)sql_col_text(&q, a);
        p->centre.known = rules_read_point(&q, &p->centre.lat, &p->centre.lon);
        p->radius = (double)sql_col_int(&q);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

struct watched {
    int64_t id;
    struct str device, name;
};

static enum db_rc devices_of(struct db *db, struct arena *a, const struct rule *r,
                             struct watched **out, size_t *n)
{
    struct query q = sql_query(db, SQL_RULES_DEVICES);
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, r->device_id);
    sql_bind_int(&q, r->user_id);
    while ((rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        struct watched *w = &(*out)[(*n)++];
        w->id = sql_col_int(&q);
        w->device = sql_col_text(&q, a);
        w->name = sql_col_text(&q, a);
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_rules_past(struct db *db, struct arena *a, const struct rule *r, usec_t from,
                         usec_t to, rule_hit_fn *hit, void *ctx, bool *partial)
{
    struct rule rule = *r;
    struct past p = { .rule = &rule, .a = a, .tell = hit, .ctx = ctx };
    struct watched *w;
    size_t n;
    enum db_rc rc = find_centre(db, a, &p);

    *partial = false;
    rule.terms.window.loaded = zone_load(a, r->terms.window.zone);
    if (rc == DB_OK)
        rc = devices_of(db, a, r, &w, &n);
    for (size_t i = 0; rc == DB_OK && i < n && !p.enough; i++) {
        p.hit.device = w[i].device;
        p.hit.device_name = w[i].name;
        rc = replay_device(db, &p, w[i].id, from, to, partial);
    }
    return rc;
}
