/* Mail on the administrators' panel: settings, and their test before they are saved. */
#include "db/outbox.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/fernet.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "web_admin.h"
#include "web_mail.h"

#define PORT_DEFAULT 587
#define TEXT_MAX 254u /* characters of an address; a host and a name have one more */
#define SECRET_MAX 4096u

/* ---- what was typed */

/* The port of a form; empty: the default. False: none. */
static bool take_port(struct str text, int64_t *out)
{
    *out = PORT_DEFAULT;
    text = utf8_strip(text);
    return text.n == 0 || (num_py_int(text, out) == NUM_OK && *out >= 1 && *out <= 65535);
}

static bool usable(struct str s)
{
    return utf8_length(s) <= TEXT_MAX && !str_has_control(s);
}

struct typed {
    struct str host, port, username, password, from;
};

static struct typed read_typed(struct request *r, const char *prefix)
{
    const char *const names[] = { "host", "port", "username", "password", "from_address" };
    struct str v[5];

    for (size_t i = 0; i < 5; i++) {
        v[i] = form_text(r, arena_printf(r->arena, "%s%s", prefix, names[i]));
    }
    return (struct typed){ utf8_strip(v[0]), v[1], utf8_strip(v[2]), v[3], utf8_strip(v[4]) };
}

/* True, or what is wrong with it in *name (of the text) and *why. */
static bool to_settings(const struct typed *t, struct smtp_settings *out, struct str *name,
                        struct str *why)
{
    *out = (struct smtp_settings){ .host = t->host, .username = t->username, .from = t->from };
    if (t->host.n == 0) {
        *name = STR("mailNoHost");
        *why = STR("Name the mail server.");
        return false;
    }
    if (!take_port(t->port, &out->port)) {
        *name = STR("mailBadPort");
        *why = STR("The port is a whole number, 1 to 65535.");
        return false;
    }
    if (!usable(t->host) || !usable(t->username) || !usable(t->from) ||
        t->password.n > SECRET_MAX || str_has_control(t->password)) {
        *name = STR("mailTooLong");
        *why = STR("One of these values is too long or has control characters in it.");
        return false;
    }
    out->tls = smtp_tls_of_port(out->port);
    return true;
}

/* ---- the page and its forms */

int mail_views(struct request *r, struct admin_view *v)
{
    struct smtp_settings s;
    struct mail_view *m = &v->mail;
    enum db_rc rc = db_smtp_get(r->app->db, r->arena, &s, NULL);
    const struct jval *tried =
        r->session.state == SESSION_LIVE ? jval_getz(r->session.data, SMTP_TRIED_KEY) : NULL;

    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    m->stored = rc == DB_OK;
    m->tried = tried != NULL && tried->type == J_STR ? tried->text : STR("");
    if (m->stored && !m->typed) {
        m->host = s.host;
        m->port = arena_printf(r->arena, "%lld", (long long)s.port);
        m->username = s.username;
        m->from_address = s.from;
    } else if (!m->typed) {
        m->port = arena_printf(r->arena, "%d", PORT_DEFAULT);
    }
    return 0;
}

int mail_save(struct request *r, struct admin_view *v)
{
    struct typed t = read_typed(r, "smtp_");
    struct smtp_settings s;
    struct str name, why;

    if (!to_settings(&t, &s, &name, &why)) {
        web_say(&v->notices, false, name, why);
        v->mail = (struct mail_view){ .typed = true,
                                      .host = t.host,
                                      .port = t.port,
                                      .username = t.username,
                                      .from_address = t.from };
        return 0;
    }
    s.sealed_password = t.password.n == 0
                            ? STR_NULL
                            : fernet_seal(r->arena, r->app->secret, t.password, clock_sec(r->now));
    enum db_rc rc = db_smtp_put(r->app->db, &s, r->now);
    if (rc == DB_OK) {
        rc = db_outbox_hurry(r->app->db, OUTBOX_MAIL, r->now);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    app_wake(r->app, true);
    log_warning("smtp-saved", LOG_S("by", r->who.user.username), LOG_S("host", s.host));
    web_say(&v->notices, true, STR("mailSaved"), STR("Mail settings saved."));
    return 0;
}

/* The session's note of the last recipient; STR_NULL: forgotten. */
static void note_tried(struct request *r, struct str to)
{
    if (r->session.state != SESSION_LIVE) {
        return;
    }
    if (str_is_null(to)) {
        r->session.changed |= jval_remove(r->session.data, STR(SMTP_TRIED_KEY));
    } else {
        jval_set(r->arena, r->session.data, STR(SMTP_TRIED_KEY), jval_text(r->arena, to));
        r->session.changed = true;
    }
}

int mail_reset(struct request *r, struct admin_view *v)
{
    enum db_rc rc = db_smtp_reset(r->app->db);

    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    note_tried(r, STR_NULL);
    log_warning("smtp-forgotten", LOG_S("by", r->who.user.username));
    web_say(&v->notices, true, STR("mailForgotten"), STR("Mail settings removed."));
    return 0;
}

/* ---- the test */

/* Names of the certificate in use, "a, b"; "" without one. */
static struct str server_names(struct request *r)
{
    struct certificate c;

    return db_cert_active(r->app->db, r->arena, CERT_SERVER, &c) == DB_OK ? pki_view(r, &c).sans
                                                                          : STR("");
}

/* The settings to be tried: what was typed; with the saved host and no password, or with nothing
   typed, what is saved. *password: STR_NULL for the stored one. STR_NULL, or why there are none. */
static struct str choose(struct request *r, enum db_rc rc, const struct smtp_settings *saved,
                         struct smtp_settings *out, struct str *password)
{
    struct typed t = read_typed(r, "");
    struct str domain = config_str(r->app->config, CFG_PUBLIC_DOMAIN), name, why;

    *password = STR_NULL;
    if (t.host.n == 0 || (t.password.n == 0 && rc == DB_OK && str_eq(t.host, saved->host))) {
        *out = *saved;
        return rc == DB_OK ? STR_NULL : NO_MAIL;
    }
    if (!to_settings(&t, out, &name, &why)) {
        return why;
    }
    if (out->from.n == 0) {
        out->from = arena_concat(
            r->arena,
            (struct str[]){ STR("noreply@"), domain.n > 0 ? domain : STR("my-tracks"), STR_NULL });
    }
    *password = t.password;
    return STR_NULL;
}

int smtp_test(struct request *r)
{
    struct str to = utf8_strip(form_text(r, STR("to"))), password, refused;
    struct smtp_settings saved, settings;
    bool sent;

    if (to.n == 0) {
        return web_unsent(r, STR("Say who the test is for."));
    }
    enum db_rc rc = db_smtp_get(r->app->db, r->arena, &saved, NULL);
    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    refused = choose(r, rc, &saved, &settings, &password);
    if (!str_is_null(refused)) {
        return web_unsent(r, refused);
    }
    struct mail_sender sender = web_sender(r, &settings);
    struct mail_letter letter = mail_smtp_test(r->arena, &sender, server_names(r));
    int status = web_send(r, &settings, password, to, &letter, &sent);
    if (sent) {
        note_tried(r, to);
    }
    return status;
}
