/* New users, by POST /api/admin/users/ and by the form of the panel. As the reference by default:
   hardly anything is checked; with strict rules for users (app.h) names, types and lengths are
   (security.md H-28). */
#include "api.h"
#include "auth.h"
#include "db/account.h"
#include "handlers.h"
#include "lib/password.h"
#include "lib/represent.h"
#include "lib/unicode.h"
#include "lib/username.h"
#include "lib/utf8.h"
#include "lib/validators.h"
#include "users.h"

#define TEXT_MAX 4096u /* bytes; the reference sets no limit; a row must stay readable */

/* Widths of the columns, in characters. */
#define NAME_MAX 150
#define EMAIL_MAX 254

/* What was asked for. */
struct draft {
    struct user u;
    struct str password;
    const char *refused; /* the first thing that is wrong with it; NULL: nothing */
};

static void refuse(struct draft *d, const char *why)
{
    if (d->refused == NULL) {
        d->refused = why;
    }
}

/* Any JSON value as its Python text; "" when it is absent. */
static struct str take_text(struct request *r, const struct jval *wanted, struct draft *d,
                            const char *key)
{
    const struct jval *v = jval_get(wanted, str_of(key));
    struct str text = STR("");

    if (v == NULL) {
        return text;
    }
    text = v->type == J_STR ? v->text : jval_py_str(r->arena, v);
    if (v->type == J_NULL || (r->app->strict_users && v->type != J_STR)) {
        refuse(d, "names must be texts");
    } else if (text.n > TEXT_MAX) {
        refuse(d, "a name has at most 4096 bytes");
    }
    return text;
}

/* BaseUserManager.normalize_email: the domain in lower case. */
static struct str normal_email(struct arena *a, struct str email)
{
    struct str s = utf8_strip(email);
    size_t at = s.n;

    while (at > 0 && s.p[at - 1] != '@') {
        at--;
    }
    if (at == 0) {
        return email;
    }
    return arena_concat(
        a, (struct str[]){ str_sub(s, 0, at), unicode_lower(a, str_sub(s, at, s.n)), STR_NULL });
}

static struct str take_email(struct request *r, const struct jval *wanted, struct draft *d)
{
    const struct jval *v = jval_getz(wanted, "email");

    if (!jval_truthy(v)) {
        return STR("");
    }
    if (v->type != J_STR || v->text.n > TEXT_MAX) {
        refuse(d, "email must be a text of at most 4096 bytes");
    }
    return normal_email(r->arena, v->text);
}

static bool take_staff(struct request *r, const struct jval *wanted, struct draft *d)
{
    const struct jval *v = jval_getz(wanted, "is_staff");

    if (r->app->strict_users && v != NULL && v->type != J_BOOL) {
        refuse(d, "is_staff must be true or false");
    }
    return jval_truthy(v);
}

static void check_strictly(struct draft *d)
{
    const struct user *u = &d->u;

    if (!username_fits(u->username)) {
        refuse(d, USERNAME_RULE);
    }
    if (utf8_length(d->password) < PASSWORD_LENGTH_MIN) {
        refuse(d, "Password must be at least 8 characters");
    }
    if (utf8_length(u->first_name) > NAME_MAX || utf8_length(u->last_name) > NAME_MAX ||
        utf8_length(u->email) > EMAIL_MAX) {
        refuse(d, "names have at most 150 characters, addresses 254");
    }
}

static struct str taken(struct request *r, struct str name)
{
    return arena_concat(r->arena,
                        (struct str[]){ STR("User '"), name, STR("' already exists"), STR_NULL });
}

/* Everything but the name as it was given. */
static struct draft read_draft(struct request *r, const struct jval *wanted, struct str name)
{
    const struct jval *password = jval_getz(wanted, "password");
    struct draft d = { .password = STR("") };

    if (password->type != J_STR || password->text.n > CREDENTIAL_MAX) {
        refuse(&d, "password must be a text of at most 4096 bytes");
    } else {
        d.password = password->text;
    }
    if (name.n > TEXT_MAX) {
        refuse(&d, "a name has at most 4096 bytes");
    }
    d.u.username = unicode_nfkc(r->arena, name);
    d.u.first_name = take_text(r, wanted, &d, "first_name");
    d.u.last_name = take_text(r, wanted, &d, "last_name");
    d.u.email = take_email(r, wanted, &d);
    d.u.is_active = true;
    d.u.is_staff = d.u.is_superuser = take_staff(r, wanted, &d);
    d.u.date_joined = r->now;
    if (r->app->strict_users) {
        check_strictly(&d);
    }
    return d;
}

static int refused(struct user_made *made, int status, struct str why)
{
    made->refused = status;
    made->why = why;
    return 0;
}

static int create(struct request *r, const struct jval *wanted, struct str name,
                  struct user_made *made)
{
    struct draft d = read_draft(r, wanted, name);
    enum db_rc rc;

    if (d.refused != NULL) {
        return refused(made, 400, str_of(d.refused));
    }
    d.u.password = password_hash(r->arena, d.password, r->app->pbkdf2_iterations);
    rc = db_user_create(r->app->db, &d.u);
    if (rc != DB_OK) {
        return rc == DB_CONFLICT ? refused(made, 409, taken(r, name)) : error_of_db(rc);
    }
    api_log_change(r, "user-created", &d.u);
    made->u = d.u;
    return 0;
}

int user_make(struct request *r, const struct jval *wanted, struct user_made *made)
{
    const struct jval *username = jval_getz(wanted, "username");
    const struct jval *password = jval_getz(wanted, "password");
    struct str name;
    struct user other;
    enum db_rc rc;

    *made = (struct user_made){ .refused = 0 };
    if (!jval_truthy(username)) {
        return refused(made, 400, STR("username is required"));
    }
    if (r->app->strict_users && username->type != J_STR) {
        return refused(made, 400, STR("username must be a text"));
    }
    name = username->type == J_STR ? username->text : jval_py_str(r->arena, username);
    rc = db_user_by_name(r->app->db, r->arena, name, &other);
    if (rc != DB_NONE) {
        return rc == DB_OK ? refused(made, 409, taken(r, name)) : error_of_db(rc);
    }
    if (!jval_truthy(password)) {
        return refused(made, 400, STR("password is required"));
    }
    return create(r, wanted, name, made);
}

int user_create(struct request *r)
{
    struct user_made made;
    int status;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    status = user_make(r, r->json, &made);
    if (status != 0) {
        return status;
    }
    if (made.refused != 0) {
        return api_error(r, made.refused, made.why);
    }
    represent_user(api_begin(r, 201), &made.u);
    return 0;
}
