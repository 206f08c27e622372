/* What users' rules tell by webhook, ntfy and MQTT. The addresses are users': nothing of an answer
   but its status is kept, and neither address nor answer gets into the log. */
#include "db/rules.h"
#include "lib/httppost.h"
#include "lib/utf8.h"
#include "outbox.h"

#include <string.h>

#define LIMIT_MS 10000
#define TITLE_MAX_CHARS 120u
#define TOPIC_MAX_BYTES 512u

/* What is sent, made from the rows. */
struct message {
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

static enum delivery post(struct outbox *o, struct http_post *what, const struct message *m,
                          struct str *why)
{
    struct http_answer answer;

    what->url = arena_cstr(o->arena, m->rule.target);
    what->limit_ms = LIMIT_MS;
    what->stop = &o->agent->stopping;
    what->allow_private = config_bool(o->agent->config, CFG_WEBHOOK_PRIVATE) &&
                          (m->owner.is_staff || config_bool(o->agent->config, CFG_RULES_PRIVATE));
    db_request_end(o->db); /* nothing of the database is held while the other server is asked */
    http_post(what, &answer);
    return of_answer(o, &answer, why);
}

static enum delivery send_webhook(struct outbox *o, const struct message *m, struct str *why)
{
    struct http_post what = { .body = rule_json(o->arena, &m->news) };

    return post(o, &what, m, why);
}

/* docs.ntfy.sh/publish: the text is the body, all else headers (which may be UTF-8). */
static enum delivery send_ntfy(struct outbox *o, const struct message *m, struct str *why)
{
    struct arena *a = o->arena;
    struct str title = utf8_line(a, rule_sentence(a, &m->news), TITLE_MAX_CHARS);
    struct http_post what = {
        .type = "Content-Type: text/plain; charset=utf-8",
        .headers = { arena_printf(a, "Title: %.*s", STR_FMT(title)).p,
                     arena_printf(a, "Priority: %lld", (long long)m->rule.priority).p,
                     arena_printf(a, "Tags: %s", rule_tag(m->news.event)).p },
        .body = rule_body(a, &m->news, m->rule.terms.window.zone),
    };

    return post(o, &what, m, why);
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
    if (!mqtt_publish(topic, rule_json(o->arena, &m->news), 1, false)) {
        *why = STR("the broker cannot be reached");
        return DELIVERY_LATER;
    }
    return DELIVERY_DONE;
}

enum delivery outbox_send_news(struct outbox *o, const struct outbox_item *item, struct str *why)
{
    static enum delivery (*const send[RULE_CHANNELS])(struct outbox *, const struct message *,
                                                      struct str *) = {
        [RULE_WEBHOOK] = send_webhook,
        [RULE_NTFY] = send_ntfy,
        [RULE_MQTT] = send_mqtt,
    };
    struct message m;
    enum db_rc rc = db_rules_news(o->db, o->arena, item->ref, &m.news, &m.rule, &m.owner);

    if (rc != DB_OK) {
        return rc == DB_NONE ? refuse(why, STR("the rule is gone")) : DELIVERY_UNREAD;
    }
    return send[m.rule.channel] != NULL ? send[m.rule.channel](o, &m, why)
                                        : refuse(why, STR("the rule sends mails now"));
}
