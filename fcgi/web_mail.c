#include "web_mail.h"

#include "db/outbox.h"
#include "db/pki.h"
#include "db/places.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "turn.h"
#include "web_admin.h"

#include <unistd.h>

#define BUSY STR("Another test is under way. Try again in a moment.")

struct mail_sender web_sender(struct request *r, const struct smtp_settings *settings)
{
    return (struct mail_sender){
        .from = settings->from,
        .domain = config_str(r->app->config, CFG_PUBLIC_DOMAIN),
        .host = settings->host,
        .now = r->now,
    };
}

static int answer(struct request *r, bool ok, struct str why)
{
    struct json *j = web_json(r);

    json_object(j);
    json_k(j, "ok");
    json_bool(j, ok);
    if (!ok) {
        json_k(j, "error");
        json_str(j, why);
    }
    json_end(j);
    return 0;
}

int web_unsent(struct request *r, struct str why)
{
    return answer(r, false, why);
}

/* The server with its password. STR_NULL, or why there is none. */
static struct str open_server(struct request *r, const struct smtp_settings *settings,
                              struct str password, struct smtp_server *out)
{
    const char *why = "";

    if (!str_is_null(password)) {
        *out = (struct smtp_server){ settings->host, settings->port, settings->username,
                                     password,       settings->tls,  "" };
    } else if (!smtp_server_open(r->arena, r->app->secret, settings, out, &why)) {
        return str_of(why);
    }
    out->ca_file = config_str(r->app->config, CFG_SMTP_CA).p;
    return STR_NULL;
}

/* Counts the mail. "", or why it must not be sent. */
static struct str within_limits(struct request *r, struct str to)
{
    struct outbox_limits limits = { config_int(r->app->config, CFG_MAIL_RATE),
                                    config_int(r->app->config, CFG_MAIL_RATE_TO) };

    switch (db_outbox_test(r->app->db, r->who.user.id, to, limits, r->now)) {
    case DB_OK:
        return STR("");
    case DB_CONFLICT:
        return STR("That are too many mails. Try again later.");
    default:
        return STR("The database is busy. Try again in a moment.");
    }
}

/* "", or why it was not sent. */
static struct str deliver(struct request *r, const struct smtp_server *server, struct str from,
                          struct str to, struct str message)
{
    struct str why;
    int turn = turn_take(r, "outgoing");

    if (turn < 0) {
        return BUSY;
    }
    enum smtp_rc rc = smtp_send(r->arena, server, from, to, message, NULL, &why);
    close(turn);
    return rc == SMTP_SENT ? STR("") : why.n > 0 ? why : STR("The mail could not be sent.");
}

int web_send(struct request *r, const struct smtp_settings *settings, struct str password,
             struct str to, const struct mail_letter *letter, bool *sent)
{
    struct mail_sender sender = web_sender(r, settings);
    struct smtp_server server;
    const char *why;
    struct str refused = open_server(r, settings, password, &server);

    *sent = false;
    if (!str_is_null(refused)) {
        return web_unsent(r, refused);
    }
    struct str from = mail_address(r->arena, settings->from, &why);
    if (str_is_null(from)) {
        return web_unsent(r, arena_printf(r->arena, "The sender's address: %s", why));
    }
    to = mail_address(r->arena, to, &why);
    if (str_is_null(to)) {
        return web_unsent(r, arena_printf(r->arena, "The recipient's address: %s", why));
    }
    struct str message = mail_message(r->arena, &sender, to, letter, crypto_uuid4(r->arena), &why);
    if (str_is_null(message)) {
        return web_unsent(r, str_of(why));
    }
    refused = within_limits(r, to);
    if (refused.n == 0) {
        refused = deliver(r, &server, from, to, message);
    }
    *sent = refused.n == 0;
    log_info("test-mail", LOG_S("by", r->who.user.username), LOG_Z("sent", *sent ? "yes" : "no"));
    return answer(r, *sent, refused);
}

/* ---- the test of a rule */

int place_rule_test(struct request *r)
{
    struct smtp_settings settings;
    struct place_rule rule;
    struct str text = form_text(r, STR("action_id"));
    int64_t id;
    bool sent;

    if (text.n == 0) {
        return 404;
    }
    if (num_py_int(text, &id) != NUM_OK) {
        return 400;
    }
    enum db_rc rc = db_rule_get(r->app->db, r->arena, r->who.user.id, id, &rule);
    if (rc != DB_OK) {
        return rc == DB_NONE ? 404 : error_of_db(rc);
    }
    rc = db_smtp_get(r->app->db, r->arena, &settings, NULL);
    if (rc != DB_OK) {
        return rc == DB_NONE ? web_unsent(r, NO_MAIL) : error_of_db(rc);
    }
    struct mail_sender sender = web_sender(r, &settings);
    struct str label = rule.place_id == 0 ? STR_NULL : rule.place_label;
    struct mail_letter letter = mail_rule_test(r->arena, &sender, label, rule.event, rule.email);
    return web_send(r, &settings, STR_NULL, rule.email, &letter, &sent);
}
