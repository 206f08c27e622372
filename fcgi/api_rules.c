/* /api/rules/: rules of one's own, beside the mail rules of the reference's page. */
#include "api.h"
#include "handlers.h"
#include "lib/log.h"
#include "rules.h"

#define MINUTE (60 * USEC_PER_SEC)

/* ---- showing */

static void put_clock(struct request *r, const char *key, const struct rule_window *w, int minutes)
{
    struct json *j = &r->reply.json;

    json_key(j, str_of(key));
    if (w->from == w->until) {
        json_null(j);
    } else {
        json_str(j, arena_printf(r->arena, "%02d:%02d", minutes / 60, minutes % 60));
    }
}

static void put_window(struct request *r, const struct rule_window *w)
{
    struct json *j = &r->reply.json;

    json_k(j, "days");
    json_array(j);
    for (int day = 0; day < 7; day++) {
        if ((w->days >> day & 1) != 0) {
            json_int(j, day + 1);
        }
    }
    json_end(j);
    put_clock(r, "from", w, w->from);
    put_clock(r, "until", w, w->until);
    json_k(j, "zone");
    json_str(j, w->zone);
}

static void put_optional(struct json *j, const char *key, bool there, int64_t v)
{
    json_key(j, str_of(key));
    if (there) {
        json_int(j, v);
    } else {
        json_null(j);
    }
}

/* device null and any_device false: it is not shared with one any more. */
static void put_watched(struct json *j, const struct rule *rule)
{
    json_k(j, "any_device");
    json_bool(j, rule->device_id == 0);
    json_put_str(j, "device", rule->device.n > 0 ? rule->device : STR_NULL);
    json_put_str(j, "device_name", rule->device_name);
    put_optional(j, "place", rule->place_id != 0, rule->place_id);
    json_put_str(j, "place_label", rule->place);
    put_optional(j, "amount", rule->terms.amount != 0, rule->terms.amount);
}

static void put_rule(struct request *r, const struct rule *rule)
{
    struct json *j = &r->reply.json;

    json_object(j);
    json_k(j, "id");
    json_int(j, rule->id);
    json_put_str(j, "name", rule->name);
    json_put_str(j, "event", rule_event_name(rule->terms.event));
    put_watched(j, rule);
    put_window(r, &rule->terms.window);
    json_put_str(j, "channel", rule_channel_name(rule->channel));
    json_put_str(j, "target", rule->target);
    json_put_str(j, "language", rule_language_name(rule->language));
    json_k(j, "priority");
    json_int(j, rule->priority);
    json_k(j, "cooldown");
    json_int(j, rule->terms.cooldown / MINUTE);
    json_k(j, "active");
    json_bool(j, rule->active);
    api_put_time(j, "paused_until", rule->terms.paused_until);
    api_put_time(j, "created_at", (struct opt_usec){ true, rule->created_at });
    api_put_time(j, "told_at", rule->told_at);
    json_end(j);
}

int rule_list(struct request *r)
{
    struct rule *rules;
    size_t n;
    enum db_rc rc = db_rules_list(r->app->db, r->arena, r->who.user.id, &rules, &n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    struct json *j = api_begin(r, 200);
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        put_rule(r, &rules[i]);
    }
    json_end(j);
    return 0;
}

/* ---- changing */

static int no_rule(struct request *r)
{
    return api_error(r, 404, STR("Not found"));
}

/* The rule of the path; else replied. A status, or 0. */
static int find(struct request *r, struct rule *rule, bool *replied)
{
    int64_t id;
    enum db_rc rc = api_row_id(r->arg[0], &id)
                        ? db_rules_get(r->app->db, r->arena, r->who.user.id, id, rule)
                        : DB_NONE;

    *replied = rc == DB_NONE;
    return rc == DB_NONE ? no_rule(r) : rc == DB_OK ? 0 : error_of_db(rc);
}

/* As it is stored now. */
static int show(struct request *r, int status, int64_t id, const char *event)
{
    struct rule rule;
    enum db_rc rc = db_rules_get(r->app->db, r->arena, r->who.user.id, id, &rule);

    if (rc != DB_OK) {
        return rc == DB_NONE ? no_rule(r) : error_of_db(rc);
    }
    log_info(event, LOG_S("by", r->who.user.username), LOG_I("rule", id));
    (void)api_begin(r, status);
    put_rule(r, &rule);
    return 0;
}

/* False: replied. */
static bool has_object(struct request *r)
{
    if (r->json == NULL) {
        (void)api_error(r, 400, STR("a rule is missing"));
    } else if (r->json->type != J_OBJECT) {
        (void)api_not_object(r, r->json);
    }
    return r->json != NULL && r->json->type == J_OBJECT;
}

int rule_add(struct request *r)
{
    struct rule rule = rule_blank(r);
    struct ot_errors errors;

    if (!has_object(r)) {
        return 0;
    }
    rule_take(r, &rule, &errors);
    if (errors.n > 0) {
        return api_field_errors(r, &errors);
    }
    enum db_rc rc = db_rules_add(r->app->db, r->arena, &rule, r->now);
    if (rc == DB_CONFLICT) {
        return api_error(r, 409, STR("You have 100 rules already."));
    }
    return rc == DB_OK ? show(r, 201, rule.id, "rule-added") : error_of_db(rc);
}

int rule_change(struct request *r)
{
    struct rule rule;
    struct ot_errors errors;
    bool replied;
    int status = find(r, &rule, &replied);

    if (status != 0 || replied || !has_object(r)) {
        return status;
    }
    rule_take(r, &rule, &errors);
    if (errors.n > 0) {
        return api_field_errors(r, &errors);
    }
    enum db_rc rc = db_rules_change(r->app->db, r->arena, &rule, r->now);
    if (rc != DB_OK) {
        return rc == DB_NONE ? no_rule(r) : error_of_db(rc);
    }
    return show(r, 200, rule.id, "rule-changed");
}

int rule_delete(struct request *r)
{
    int64_t id;

    if (!api_row_id(r->arg[0], &id)) {
        return no_rule(r);
    }
    enum db_rc rc = db_rules_delete(r->app->db, r->who.user.id, id);
    if (rc == DB_OK) {
        log_info("rule-deleted", LOG_S("by", r->who.user.username), LOG_I("rule", id));
    }
    return api_deleted(r, rc);
}

/* ---- what it tells, told, would have told */

int rule_test(struct request *r)
{
    struct rule_limits limits = { config_int(r->app->config, CFG_MAIL_RATE) };
    struct rule rule;
    int64_t id = 0;
    bool replied;
    int status = find(r, &rule, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = db_rules_test(r->app->db, r->arena, &rule, limits, r->now, &id);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    app_wake(r->app, db_outgoing(r->app->db));
    log_info("rule-test", LOG_S("by", r->who.user.username), LOG_I("rule", rule.id));
    struct json *j = api_begin(r, 202);
    json_object(j);
    json_k(j, "id");
    json_int(j, id);
    json_end(j);
    return 0;
}

/* What happened, in the object that is open: also as a sentence, in English. */
static void put_news(struct request *r, const struct rule_news *n)
{
    struct json *j = &r->reply.json;

    json_put_str(j, "event", rule_event_name(n->event));
    json_put_str(j, "device", n->device);
    json_put_str(j, "device_name", n->device_name);
    json_put_str(j, "place", n->place);
    put_optional(j, "amount", n->amount != 0, n->amount);
    put_optional(j, "battery", n->battery.set, n->battery.v);
    json_put_str(j, "text", rule_sentence(r->arena, n, RULE_ENGLISH));
}

static void put_told(struct request *r, const struct rule_told *t)
{
    static const char *const states[] = { "waiting", "sent", "failed" };
    struct json *j = &r->reply.json;

    json_object(j);
    json_k(j, "id");
    json_int(j, t->news.id);
    api_put_time(j, "happened_at", (struct opt_usec){ true, t->news.at });
    api_put_time(j, "created_at", (struct opt_usec){ true, t->created_at });
    put_news(r, &t->news);
    json_k(j, "test");
    json_bool(j, t->news.test);
    json_put_str(j, "state", str_of(states[t->state >= 0 && t->state <= 2 ? t->state : 2]));
    json_k(j, "attempts");
    json_int(j, t->attempts);
    json_put_str(j, "error", t->error);
    api_put_time(j, "finished_at", t->finished_at);
    json_end(j);
}

int rule_log(struct request *r)
{
    struct rule rule;
    struct rule_told *told;
    size_t n;
    bool replied;
    int status = find(r, &rule, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = db_rules_log(r->app->db, r->arena, &rule, &told, &n);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        put_told(r, &told[i]);
    }
    json_end(j);
    json_end(j);
    return 0;
}

struct hits {
    struct request *r;
    const struct rule *rule;
    int n;
    bool more;
};
#define HITS_MOST 200
#define DRY_DAYS 7
#define DAY (INT64_C(86400) * USEC_PER_SEC)

static bool put_hit(void *ctx, const struct rule_hit *hit)
{
    static const char *const because[] = { "transition", "position", "time" };
    struct hits *h = ctx;
    struct json *j = &h->r->reply.json;
    struct rule_news news = { .event = h->rule->terms.event,
                              .amount = h->rule->terms.amount,
                              .device = hit->device,
                              .device_name = hit->device_name,
                              .place = hit->place,
                              .battery = hit->battery };

    if (h->n == HITS_MOST) {
        h->more = true;
        return false;
    }
    h->n++;
    json_object(j);
    api_put_time(j, "at", (struct opt_usec){ true, hit->at });
    put_news(h->r, &news);
    json_put_str(j, "because", str_of(because[hit->because]));
    json_end(j);
    return buf_ok(&h->r->reply.body);
}

int rule_dry_run(struct request *r)
{
    struct rule rule;
    struct hits h = { .r = r, .rule = &rule };
    bool replied, partial = false;
    int status = find(r, &rule, &replied);

    if (status != 0 || replied) {
        return status;
    }
    usec_t from = r->now - DRY_DAYS * DAY;
    rule.terms.paused_until.set = false; /* it is asked what the rule would do */
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    api_put_time(j, "start", (struct opt_usec){ true, from });
    api_put_time(j, "end", (struct opt_usec){ true, r->now });
    json_k(j, "results");
    json_array(j);
    enum db_rc rc = db_rules_past(r->app->db, r->arena, &rule, from, r->now, put_hit, &h, &partial);
    json_end(j);
    json_k(j, "more");
    json_bool(j, h.more || partial);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}
