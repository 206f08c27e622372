/* The first steps: /setup/ makes the first administrator for who has the server's link, then
 * /admin-panel/start/ tells what else there is to do. */
#include "auth.h"
#include "db/account.h"
#include "db/devices.h"
#include "db/pki.h"
#include "db/smtp.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/invitation.h"
#include "lib/password.h"
#include "lib/unicode.h"
#include "lib/username.h"
#include "lib/utf8.h"
#include "lib/validators.h"
#include "lib/weburl.h"
#include "templates.h"
#include "users.h"
#include "web.h"
#include "web_login.h"

/* What somebody without a session may do here. 0: *good says whether the link is; else a status, or
   replied. */
static int admit(struct request *r, struct str token, bool *good, bool *replied)
{
    int64_t accounts = 0;
    bool any;
    enum db_rc rc = db_any_staff(r->app->db, &any);

    *replied = rc == DB_OK && any;
    if (*replied) {
        return web_redirect(r, STR("/login/?next=/admin-panel/start/"));
    }
    if (rc == DB_OK) {
        rc = db_users_made(r->app->db, &accounts);
    }
    *good = rc == DB_OK && token.n > 0 &&
            invitation_good(r->arena, r->app->secret, accounts, r->now, token);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int show(struct request *r, struct setup_view *v)
{
    v->page = web_view(r, STR("Setup"), true);
    web_page(r, v->invited ? 200 : 403);
    tmpl_setup(&r->reply.body, v);
    return 0;
}

int setup_page(struct request *r)
{
    struct str token = request_query(r, STR("token"));
    struct setup_view v = { .token = token.p != NULL ? token : STR(""),
                            .username = STR(""),
                            .email = STR("") };
    bool replied;
    int status = admit(r, v.token, &v.invited, &replied);

    return status != 0 || replied ? status : show(r, &v);
}

/* Strict here, whatever the policy: nobody depends on what is not there yet. */
static void check(struct request *r, struct setup_view *v, struct str password, struct str again)
{
    const struct user u = {
        .username = v->username, .first_name = STR(""), .last_name = STR(""), .email = v->email
    };
    struct str faults[PASSWORD_FAULTS];

    if (!username_fits(v->username)) {
        web_say(&v->notices, false, STR("usernameRefused"),
                STR("The name has 1 to 150 letters, digits and @ . + - _."));
    }
    if (!str_eq(password, again)) {
        web_say(&v->notices, false, STR("passwordsDiffer"), STR("The two new passwords differ."));
    } else if (utf8_length(password) < PASSWORD_LENGTH_MIN) {
        web_say(&v->notices, false, STR("passwordShort"),
                STR("The password needs at least 8 characters."));
    } else if (password.n > CREDENTIAL_MAX) {
        web_say(&v->notices, false, STR("passwordUnusable"), STR("That password cannot be used."));
    } else {
        size_t n = password_faults(r->arena, password, &u, true, faults);
        for (size_t i = 0; i < n; i++) {
            web_say(&v->notices, false, STR(""), faults[i]);
        }
    }
}

static int make(struct request *r, struct setup_view *v, struct str password)
{
    struct jval *wanted = jval_object(r->arena);
    struct user_made made;

    jval_set(r->arena, wanted, STR("username"), jval_text(r->arena, v->username));
    jval_set(r->arena, wanted, STR("password"), jval_text(r->arena, password));
    jval_set(r->arena, wanted, STR("email"), jval_text(r->arena, v->email));
    jval_set(r->arena, wanted, STR("is_staff"), jval_bool(r->arena, true));
    int status = user_make(r, wanted, &made);
    if (status != 0) {
        return status;
    }
    if (made.refused != 0) {
        web_say(&v->notices, false, STR(""), made.why);
        return show(r, v);
    }
    return web_sign_in(r, &made.u, password);
}

int setup_submit(struct request *r)
{
    struct str password = form_text(r, STR("password")), again = form_text(r, STR("again"));
    struct setup_view v = {
        .token = form_text(r, STR("token")),
        .username = unicode_nfkc(r->arena, utf8_strip(form_text(r, STR("username")))),
        .email = utf8_strip(form_text(r, STR("email"))),
    };
    bool replied;
    int status = admit(r, v.token, &v.invited, &replied);

    if (status != 0 || replied || !v.invited) {
        return status != 0 || replied ? status : show(r, &v);
    }
    check(r, &v, password, again);
    return v.notices.n > 0 ? show(r, &v) : make(r, &v, password);
}

/* ---- what else there is to do */

static enum db_rc look_at_certificates(struct request *r, struct start_view *v)
{
    struct certificate c;
    enum db_rc rc = db_cert_active(r->app->db, r->arena, CERT_CA, &c);

    v->authority = rc == DB_OK;
    if (rc == DB_OK || rc == DB_NONE) {
        rc = db_cert_of_user(r->app->db, r->arena, r->who.user.id, &c);
        v->mine = rc == DB_OK;
    }
    if (rc == DB_OK || rc == DB_NONE) {
        rc = db_cert_active(r->app->db, r->arena, CERT_SERVER, &c);
    }
    if (rc == DB_OK) {
        v->certificate = true;
        v->made_for = c.common_name;
        v->made_until = web_time(r, c.not_after);
    }
    return rc == DB_NONE ? DB_OK : rc;
}

int start_page(struct request *r)
{
    struct str domain = config_str(r->app->config, CFG_PUBLIC_DOMAIN);
    struct start_view v = {
        .page = web_view(r, STR("First steps"), true),
        .user_id = r->who.user.id,
        .tls_port = config_int(r->app->config, CFG_MQTT_TLS_PORT),
        .name = domain.n > 0 ? domain : host_name(r->arena, r->host),
    };
    struct smtp_settings mail;
    int64_t devices = 0;
    enum db_rc rc = look_at_certificates(r, &v);

    if (rc == DB_OK) {
        rc = db_device_count(r->app->db, (struct viewer){ .is_staff = true }, &devices);
        v.phone = devices > 0;
    }
    if (rc == DB_OK) {
        rc = db_smtp_get(r->app->db, r->arena, &mail, NULL);
        v.mail = rc == DB_OK;
    }
    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    web_page(r, 200);
    tmpl_start(&r->reply.body, &v);
    return 0;
}
