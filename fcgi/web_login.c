/* Signing in and out. */
#include "web_login.h"
#include "auth.h"
#include "db/account.h"
#include "errors.h"
#include "form.h"
#include "guard.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/password.h"
#include "lib/utf8.h"
#include "session.h"
#include "templates.h"
#include "web.h"

#define USERNAME_MAX 150u /* width of the column, in characters */

static int show_login(struct request *r, bool failed, struct str typed_name)
{
    struct str next = web_next(r, STR(""));
    struct login_view view;
    bool any_staff;
    enum db_rc rc = db_any_staff(r->app->db, &any_staff);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    view = (struct login_view){
        .page = web_view(r, STR("Sign in"), true),
        .typed_name = typed_name,
        .failed = failed,
        .first_run = !any_staff,
        .has_next = next.n > 0,
        .next = next,
    };
    web_page(r, 200);
    tmpl_login(&r->reply.body, &view);
    return 0;
}

int login_page(struct request *r)
{
    return show_login(r, false, STR(""));
}

static bool plausible(struct str username, struct str password)
{
    return username.n > 0 && password.n > 0 && utf8_length(username) <= USERNAME_MAX &&
           str_find(username, '\0', 0) == SIZE_MAX && str_find(password, '\0', 0) == SIZE_MAX;
}

/* Password hash (if it is to be renewed), last_login, note and session row together. DB_CONFLICT:
   the password was changed while this one was being checked. */
static enum db_rc store_login(struct request *r, struct user *u, struct str renewed)
{
    struct db *db = r->app->db;
    struct user present;
    enum db_rc rc = db_user_by_id(db, r->arena, u->id, &present);

    if (rc == DB_OK && !str_eq(present.password, u->password)) {
        rc = DB_CONFLICT;
    }
    if (rc == DB_OK && !str_is_null(renewed)) {
        u->password = renewed;
        rc = db_user_set_password(db, u->id, renewed);
    }
    if (rc == DB_OK) {
        rc = db_user_touch_login(db, u->id, r->now);
    }
    if (rc == DB_OK) {
        rc = auth_note(r, STR("form"), u->username, true);
    }
    return rc == DB_OK ? session_login(r, u) : rc;
}

int web_sign_in(struct request *r, struct user *u, struct str password)
{
    struct str renewed = STR_NULL;
    int64_t rounds = r->app->pbkdf2_iterations;
    int status = session_read(r);
    enum db_rc rc;

    if (status != 0) {
        return status;
    }
    if (password_outdated(u->password, rounds)) {
        renewed = password_hash(r->arena, password, rounds);
    }
    rc = db_begin(r->app->db);
    if (rc == DB_OK) {
        rc = store_login(r, u, renewed);
        rc = db_end(r->app->db, rc);
    }
    if (rc == DB_CONFLICT || rc == DB_NONE) {
        return show_login(r, true, u->username);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    csrf_rotate(r);
    log_info("signed-in", LOG_S("user", u->username));
    return web_redirect(r, web_next(r, STR("/")));
}

int login_submit(struct request *r)
{
    struct str username = form_field(r, STR("username"));
    struct str password = form_field(r, STR("password"));
    enum verdict v;
    struct user u;

    username = str_is_null(username) ? STR("") : utf8_strip(username);
    if (!plausible(username, password)) {
        return show_login(r, true, username);
    }
    v = auth_password(r, STR("form"), username, password, &u);
    if (v == VERDICT_OK) {
        return web_sign_in(r, &u, password);
    }
    if (v == VERDICT_NO) {
        auth_note_refused(r, STR("form"), username);
    }
    return v == VERDICT_NO ? show_login(r, true, username) : 503;
}

int logout_submit(struct request *r)
{
    int status = session_read(r);
    enum db_rc rc = DB_OK;

    if (status == 0 && r->session.state == SESSION_LIVE) {
        rc = db_begin(r->app->db);
        if (rc == DB_OK) {
            rc = session_flush(r);
            rc = db_end(r->app->db, rc);
        }
    }
    if (status != 0 || rc != DB_OK) {
        return status != 0 ? status : error_of_db(rc);
    }
    return web_redirect(r, web_next(r, STR("/login/")));
}
