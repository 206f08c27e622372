/* Mails: what each says is made when it is sent, from the rows that it tells of. */
#include "db/account.h"
#include "db/rules.h"
#include "db/smtp.h"
#include "outbox.h"

#define MINUTE (60 * USEC_PER_SEC)

static enum db_rc letter_of_rule(struct outbox *o, const struct outbox_item *item,
                                 const struct mail_sender *sender, struct mail_letter *out)
{
    struct rule_news news;
    struct rule rule;
    struct rule_owner owner;
    enum db_rc rc = db_rules_news(o->db, o->arena, item->ref, &news, &rule, &owner);

    if (rc == DB_OK) {
        *out = mail_alert(o->arena, sender, rule_sentence(o->arena, &news, rule.language),
                          rule_body(o->arena, &news, rule.terms.window.zone, rule.language));
    }
    return rc;
}

static enum db_rc letter_of(struct outbox *o, const struct outbox_item *item,
                            const struct mail_sender *sender, struct mail_letter *out)
{
    struct mail_transition t;
    struct user u;
    enum db_rc rc;

    if (item->kind == OUTBOX_TRANSITION) {
        rc = db_outbox_transition_facts(o->db, o->arena, item->ref, &t);
        if (rc == DB_OK) {
            *out = mail_transition(o->arena, sender, &t);
        }
        return rc;
    }
    if (item->kind == OUTBOX_RULE) {
        return letter_of_rule(o, item, sender, out);
    }
    rc = db_user_by_id(o->db, o->arena, item->ref, &u);
    if (rc == DB_OK) {
        struct str name =
            arena_concat(o->arena, (struct str[]){ u.first_name, STR(" "), u.last_name, STR_NULL });
        *out = mail_friend_request(o->arena, sender, u.username, str_trim(name));
    }
    return rc;
}

/* As few as may be in a minute have gone to that address. */
static enum delivery check_crowd(struct outbox *o, const struct outbox_item *item)
{
    int64_t most = config_int(o->agent->config, CFG_MAIL_RATE_TO), n = 0;

    if (most == 0) {
        return DELIVERY_DONE;
    }
    if (db_outbox_sent_to(o->db, item->recipient, o->now - MINUTE, most, &n) != DB_OK) {
        return DELIVERY_UNREAD;
    }
    return n < most ? DELIVERY_DONE : DELIVERY_CROWDED;
}

static enum delivery refuse(struct str *why, struct str reason)
{
    *why = reason;
    return DELIVERY_REFUSED;
}

/* Settings as they are now. */
static enum delivery open_settings(struct outbox *o, struct smtp_settings *settings,
                                   struct smtp_server *server, struct str *why)
{
    const char *reason = "";
    enum db_rc rc = db_smtp_get(o->db, o->arena, settings, NULL);

    if (rc != DB_OK) {
        return rc == DB_NONE ? refuse(why, STR("mail is not set up")) : DELIVERY_UNREAD;
    }
    if (!smtp_server_open(o->arena, o->agent->secret_key, settings, server, &reason)) {
        *why = str_of(reason);
        return DELIVERY_DOWN; /* until an administrator saves the password again */
    }
    server->ca_file = config_str(o->agent->config, CFG_SMTP_CA).p;
    return DELIVERY_DONE;
}

static enum delivery of_smtp(enum smtp_rc rc)
{
    static const enum delivery of[] = {
        [SMTP_SENT] = DELIVERY_DONE,
        [SMTP_REFUSED] = DELIVERY_REFUSED,
        [SMTP_LATER] = DELIVERY_LATER,
        [SMTP_DOWN] = DELIVERY_DOWN,
    };
    return of[rc];
}

/* The same for every attempt. */
static struct str message_id(struct outbox *o, const struct outbox_item *item)
{
    return arena_printf(o->arena, "mytracks.%lld.%lld", (long long)item->id,
                        (long long)item->created_at);
}

enum delivery outbox_send_mail(struct outbox *o, const struct outbox_item *item, struct str *why)
{
    struct smtp_settings settings;
    struct smtp_server server;
    struct mail_letter letter;
    const char *reason = "";
    enum delivery what = check_crowd(o, item);

    if (what == DELIVERY_DONE) {
        what = open_settings(o, &settings, &server, why);
    }
    if (what != DELIVERY_DONE) {
        return what;
    }
    struct mail_sender sender = { .from = settings.from,
                                  .domain = config_str(o->agent->config, CFG_PUBLIC_DOMAIN),
                                  .host = settings.host,
                                  .now = o->now };
    enum db_rc rc = letter_of(o, item, &sender, &letter);
    if (rc != DB_OK) {
        return rc == DB_NONE ? refuse(why, STR("what it was about is gone")) : DELIVERY_UNREAD;
    }
    struct str from = mail_address(o->arena, settings.from, &reason);
    if (str_is_null(from)) {
        *why = arena_printf(o->arena, "the sender's address: %s", reason);
        return DELIVERY_DOWN;
    }
    struct str to = mail_address(o->arena, item->recipient, &reason);
    if (str_is_null(to)) {
        return refuse(why, arena_printf(o->arena, "the recipient's address: %s", reason));
    }
    struct str message = mail_message(o->arena, &sender, to, &letter, message_id(o, item), &reason);
    if (str_is_null(message)) {
        return refuse(why, str_of(reason));
    }
    db_request_end(o->db); /* nothing of the database is held while the server is asked */
    return of_smtp(smtp_send(o->arena, &server, from, to, message, &o->agent->stopping, why));
}
