/* Administrators: the list of users, and what is done to one of them. Making one is in
   api_user_create.c. */
#include "db/users.h"

#include "api.h"
#include "auth.h"
#include "db/account.h"
#include "handlers.h"
#include "lib/password.h"
#include "lib/represent.h"
#include "lib/utf8.h"
#include "lib/validators.h"

static bool user_row(void *ctx, const struct user *u)
{
    struct request *r = ctx;

    represent_user(&r->reply.json, u);
    return buf_ok(&r->reply.body);
}

int user_list(struct request *r)
{
    enum db_rc rc;

    reply_prepare(r);
    json_array(api_begin(r, 200));
    rc = db_user_list(r->app->db, user_row, r);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

/* ---- one user */

static int unknown_user(struct request *r)
{
    return api_error(
        r, 404,
        arena_concat(r->arena, (struct str[]){ STR("Expected valid user ID, got '"), r->arg[0],
                                               STR("' which does not exist"), STR_NULL }));
}

/* The user of the path. not_oneself: what to say to those who mean themselves; NULL: they may. */
static int find(struct request *r, const char *not_oneself, struct user *u, bool *replied)
{
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (api_row_id(r->arg[0], &id)) {
        rc = db_user_by_id(r->app->db, r->arena, id, u);
    }
    *replied = rc == DB_NONE || (rc == DB_OK && not_oneself != NULL && u->id == r->who.user.id);
    if (!*replied) {
        return rc == DB_OK ? 0 : error_of_db(rc);
    }
    return rc == DB_NONE ? unknown_user(r) : api_error(r, 400, str_of(not_oneself));
}

/* What came of a change: the user may have gone in between. */
static int outcome(struct request *r, enum db_rc rc, bool *replied)
{
    *replied = rc == DB_NONE;
    return rc == DB_NONE ? unknown_user(r) : rc == DB_OK ? 0 : error_of_db(rc);
}

/* "BEFORE NAME AFTER" */
static struct str about(struct request *r, const char *before, const struct user *u,
                        const char *after)
{
    return arena_concat(r->arena,
                        (struct str[]){ str_of(before), u->username, str_of(after), STR_NULL });
}

static int set_active(struct request *r, bool active, const char *not_oneself, const char *event,
                      const char *after)
{
    struct user u;
    bool replied;
    int status = find(r, not_oneself, &u, &replied);

    if (status == 0 && !replied) {
        status = outcome(r, db_user_set_active(r->app->db, u.id, active), &replied);
    }
    if (status != 0 || replied) {
        return status;
    }
    api_log_change(r, event, &u);
    return api_detail(r, 200, about(r, "User '", &u, after));
}

int user_deactivate(struct request *r)
{
    return set_active(r, false, "Cannot deactivate your own account", "user-deactivated",
                      "' has been deactivated.");
}

int user_reactivate(struct request *r)
{
    return set_active(r, true, NULL, "user-reactivated", "' has been reactivated.");
}

int user_toggle_admin(struct request *r)
{
    struct user u;
    bool replied;
    struct json *j;
    int status = find(r, "Cannot change your own admin status", &u, &replied);

    if (status == 0 && !replied) {
        status = outcome(r, db_user_toggle_staff(r->app->db, u.id, &u.is_staff), &replied);
    }
    if (status != 0 || replied) {
        return status;
    }
    api_log_change(r, u.is_staff ? "user-made-admin" : "user-unmade-admin", &u);
    j = api_begin(r, 200);
    json_object(j);
    json_k(j, "detail");
    json_str(j, about(r, "User '", &u, u.is_staff ? "' is now admin." : "' is now user."));
    json_k(j, "is_staff");
    json_bool(j, u.is_staff);
    json_end(j);
    return 0;
}

int user_hard_delete(struct request *r)
{
    struct user u;
    bool replied;
    int status = find(r, "Cannot delete your own account", &u, &replied);

    if (status == 0 && !replied) {
        status = outcome(r, db_user_delete(r->app->db, u.id), &replied);
    }
    if (status != 0 || replied) {
        return status;
    }
    api_log_change(r, "user-deleted", &u);
    return api_detail(r, 200, about(r, "User '", &u, "' has been permanently deleted."));
}

/* ---- password */

/* NULL: it may be stored. Nothing but its length is looked at, as in the reference. */
static const char *password_refused(const struct jval *password)
{
    if (!jval_truthy(password)) {
        return "password is required";
    }
    if (password->type != J_STR || password->text.n > CREDENTIAL_MAX) {
        return "password must be a text of at most 4096 bytes";
    }
    return utf8_length(password->text) < PASSWORD_LENGTH_MIN
               ? "Password must be at least 8 characters"
               : NULL;
}

int user_set_password(struct request *r)
{
    const struct jval *password;
    const char *why;
    struct user u;
    bool replied;
    int status = find(r, NULL, &u, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    password = jval_getz(r->json, "password");
    why = password_refused(password);
    if (why != NULL) {
        return api_error(r, 400, str_of(why));
    }
    u.password = password_hash(r->arena, password->text, r->app->pbkdf2_iterations);
    status = outcome(r, db_user_set_password(r->app->db, u.id, u.password), &replied);
    if (status != 0 || replied) {
        return status;
    }
    api_log_change(r, "user-password-set", &u);
    return api_detail(r, 200, about(r, "Password for '", &u, "' has been updated."));
}
