/* What users' rules tell by webhook, ntfy, MQTT and notifications. The addresses are users':
   nothing of an answer but its status is kept, and neither address nor answer gets into the log. */
#include "db/push.h"
#include "db/rules.h"
#include "lib/httppost.h"
#include "lib/log.h"
#include "lib/webpush.h"
#include "lib/weburl.h"
#include "outbox.h"

#include <string.h>

#define LIMIT_MS 10000
#define TOPIC_MAX_BYTES 512u
#define PUSH_KEPT "TTL: 43200"                 /* seconds that a browser may be off */
#define PUSH_SIGNED INT64_C(43200)             /* seconds that a signature counts; at most 24 h */
#define NO_DOMAIN STR("mailto:root@localhost") /* who runs this, without PUBLIC_DOMAIN */

/* What is sent, made from the rows. */
struct message {
    const struct outbox_item *item;
    struct rule_news news;
    struct rule rule;
    struct rule_owner owner;
};

static enum delivery refuse(struct str *why, struct str reason)
{
    *why = reason;
    return DELIVERY_REFUSED;
}

static enum delivery of_answer(const struct outbox *o, const struct http_answer *answer,
                               struct str *why)
{
    if (answer->status / 100 == 2) {
        return DELIVERY_DONE;
    }
    if (answer->status == 0) {
        *why = http_answer_text(o->arena, answer); /* our own words: there was no answer */
        return DELIVERY_DOWN;
    }
    *why = arena_printf(o->arena, "the server answered %d", answer->status);
    return answer->status / 100 == 5 || answer->status == 408 || answer->status == 429
               ? DELIVERY_DOWN
               : DELIVERY_REFUSED;
}

/* *status: of the answer. */
static enum delivery post(struct outbox *o, struct str url, struct http_post *what,
                          const struct message *m, int *status, struct str *why)
{
    struct http_answer answer;

    what->url = arena_cstr(o->arena, url);
    what->limit_ms = LIMIT_MS;
    what->stop = &o->agent->stopping;
    what->allow_private = config_bool(o->agent->config, CFG_WEBHOOK_PRIVATE) &&
                          (m->owner.is_staff || config_bool(o->agent->config, CFG_RULES_PRIVATE));
    db_request_end(o->db); /* nothing of the database is held while the other server is asked */
    http_post(what, &answer);
    *status = answer.status;
    return of_answer(o, &answer, why);
}

static enum delivery send_webhook(struct outbox *o, const struct message *m, struct str *why)
{
    struct http_post what = { .body = rule_json(o->arena, &m->news, m->rule.language) };
    int status;

    return post(o, m->rule.target, &what, m, &status, why);
}

/* docs.ntfy.sh/publish: the text is the body, all else headers (which may be UTF-8). */
static enum delivery send_ntfy(struct outbox *o, const struct message *m, struct str *why)
{
    struct arena *a = o->arena;
    struct str title = rule_title(a, &m->news, m->rule.language);
    int status;
    struct http_post what = {
        .type = "Content-Type: text/plain; charset=utf-8",
        .headers = { arena_printf(a, "Title: %.*s", STR_FMT(title)).p,
                     arena_printf(a, "Priority: %lld", (long long)m->rule.priority).p,
                     arena_printf(a, "Tags: %s", rule_tag(m->news.event)).p },
        .body = rule_body(a, &m->news, m->rule.terms.window.zone, m->rule.language),
    };

    return post(o, m->rule.target, &what, m, &status, why);
}

static enum delivery send_mqtt(struct outbox *o, const struct message *m, struct str *why)
{
    struct str name = m->owner.username;

    for (size_t i = 0; i < name.n; i++) {
        if (strchr("/+#", name.p[i]) != NULL) { /* also a NUL */
            return refuse(why, STR("the user's name cannot be part of a topic"));
        }
    }
    struct str topic = arena_printf(o->arena, RULE_TOPIC_ROOT "%.*s/alert", STR_FMT(name));
    if (topic.n > TOPIC_MAX_BYTES) {
        return refuse(why, STR("the user's name cannot be part of a topic"));
    }
    if (!mqtt_publish(topic, rule_json(o->arena, &m->news, m->rule.language), 1, false)) {
        *why = STR("the broker cannot be reached");
        return DELIVERY_LATER;
    }
    return DELIVERY_DONE;
}

/* ---- to a browser */

static struct str authorization(struct outbox *o, struct str endpoint)
{
    struct arena *a = o->arena;
    struct str domain = config_str(o->agent->config, CFG_PUBLIC_DOMAIN);
    struct str contact =
        domain.n > 0 ? arena_printf(a, "https://%.*s", STR_FMT(domain)) : NO_DOMAIN;
    struct str value = webpush_authorization(a, config_str(o->agent->config, CFG_SECRET_KEY),
                                             url_origin(a, endpoint), contact,
                                             clock_sec(clock_now()) + PUSH_SIGNED);
    return arena_printf(a, "Authorization: %.*s", STR_FMT(value));
}

static void note_browser(const struct push_browser *b, enum db_rc rc)
{
    if (rc != DB_OK) {
        log_warning("browser_not_noted", LOG_I("browser", b->id), LOG_I("user", b->user_id));
    }
}

/* What its maker says of it is kept: one that is gone is forgotten (RFC 8030 section 7.3). */
static enum delivery settle_browser(struct outbox *o, const struct push_browser *b,
                                    enum delivery what, int status, struct str *why)
{
    if (status == 404 || status == 410) {
        note_browser(b, db_push_remove(o->db, b->user_id, b->id));
        return refuse(why, STR("the browser does not take notifications any more"));
    }
    if (what == DELIVERY_DONE) {
        note_browser(b, db_push_told(o->db, b->id, clock_now()));
    }
    return what;
}

static enum delivery send_push(struct outbox *o, const struct message *m, struct str *why)
{
    struct arena *a = o->arena;
    struct push_browser b;
    struct webpush_browser keys;
    int64_t id;
    int status;

    if (num_json_int(m->item->recipient, &id) != NUM_OK) {
        return refuse(why, STR("the rule told something else then"));
    }
    enum db_rc rc = db_push_get(o->db, a, m->item->user_id, id, &b);
    if (rc != DB_OK) {
        return rc == DB_NONE ? refuse(why, STR("the browser is gone")) : DELIVERY_UNREAD;
    }
    struct str text =
        rule_notification(a, &m->news, m->rule.terms.window.zone, rule_language_of(b.language));
    if (!webpush_read_browser(a, b.p256dh, b.auth, &keys) || text.n > WEBPUSH_TEXT_MAX) {
        return refuse(why, STR("the browser's keys cannot be used"));
    }
    struct http_post what = {
        .type = "Content-Type: application/octet-stream",
        .headers = { "Content-Encoding: aes128gcm", PUSH_KEPT, "Urgency: high",
                     authorization(o, b.endpoint).p },
        .body = webpush_seal(a, &keys, text),
    };
    enum delivery done = post(o, b.endpoint, &what, m, &status, why);
    return settle_browser(o, &b, done, status, why);
}

enum delivery outbox_send_news(struct outbox *o, const struct outbox_item *item, struct str *why)
{
    static enum delivery (*const send[RULE_CHANNELS])(struct outbox *, const struct message *,
                                                      struct str *) = {
        [RULE_WEBHOOK] = send_webhook,
        [RULE_NTFY] = send_ntfy,
        [RULE_MQTT] = send_mqtt,
        [RULE_PUSH] = send_push,
    };
    struct message m = { .item = item };
    enum db_rc rc = db_rules_news(o->db, o->arena, item->ref, &m.news, &m.rule, &m.owner);

    if (rc != DB_OK) {
        return rc == DB_NONE ? refuse(why, STR("the rule is gone")) : DELIVERY_UNREAD;
    }
    return send[m.rule.channel] != NULL ? send[m.rule.channel](o, &m, why)
                                        : refuse(why, STR("the rule sends mails now"));
}
