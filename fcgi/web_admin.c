/* The administrators' panel. Every POST answers with the page, as in the reference. */
#include "web_admin.h"

#include "api_domesti.h"
#include "db/account.h"
#include "db/users.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "lib/validators.h"
#include "pki.h"
#include "templates.h"
#include "users.h"

#include <stdlib.h>

#define FILTER_DEFAULT STR("100") /* metres */
#define FILTER_MAX 1000000

/* ---- the page */

struct user_gathering {
    struct request *r;
    struct user_view *rows;
    size_t n, room;
};

/* As the database sorts them. */
static int by_name(const void *a, const void *b)
{
    const struct user_view *x = a, *y = b;

    return str_cmp(x->username, y->username);
}

/* Each user has at most one that is active. */
static bool gather_certificate(void *ctx, const struct certificate *c)
{
    struct user_gathering *g = ctx;
    const struct user_view key = { .username = c->username };
    struct user_view *u = !c->is_active || c->revoked || g->n == 0
                              ? NULL
                              : bsearch(&key, g->rows, g->n, sizeof *g->rows, by_name);

    if (u != NULL && c->sealed_key.n > 0) {
        u->cert_id = c->id;
        u->cert_until = web_time(g->r, c->not_after);
        u->cert_days = pki_days_left(c->not_after, g->r->now);
    }
    return true;
}

static bool gather_user(void *ctx, const struct user *u)
{
    struct user_gathering *g = ctx;
    struct arena *a = g->r->arena;
    struct str parts[] = { u->first_name, STR(" "), u->last_name, STR_NULL };

    g->rows = arena_room(a, g->rows, g->n, &g->room, sizeof *g->rows);
    g->rows[g->n++] = (struct user_view){
        .id = u->id,
        .username = arena_dup(a, u->username),
        .full_name = utf8_strip(arena_concat(a, parts)),
        .email = arena_dup(a, u->email),
        .last_login = u->last_login.set ? web_time(g->r, u->last_login.t) : STR(""),
        .is_staff = u->is_staff,
        .is_active = u->is_active,
        .is_self = u->id == g->r->who.user.id,
    };
    return true;
}

static int user_views(struct request *r, struct admin_view *v)
{
    struct user_gathering g = { .r = r };
    enum db_rc rc = db_user_list(r->app->db, gather_user, &g);

    if (rc == DB_OK) {
        rc = db_cert_list(r->app->db, CERT_CLIENT, gather_certificate, &g);
    }
    v->users = g.rows;
    v->user_count = g.n;
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int filter_views(struct request *r, struct admin_view *v)
{
    struct quality q;
    enum db_rc rc = db_quality(r->app->db, &q);

    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    v->filter_enabled = q.enabled;
    v->filter_metres = arena_printf(r->arena, "%lld", (long long)q.metres);
    return 0;
}

static int bot_views(struct request *r, struct admin_view *v)
{
    struct domesti d;
    enum db_rc rc = db_domesti_get(r->app->db, r->arena, &d);

    if (rc == DB_OK) {
        v->bot_paired = domesti_is_paired(&d);
        v->bot_url = d.base_url;
    }
    return rc == DB_OK || rc == DB_NONE ? 0 : error_of_db(rc);
}

static bool ends_soon(const struct cert_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct cert_view *c = &list->row[i];
        if (c->is_active && !c->revoked && c->days_left < PKI_SOON_DAYS) {
            return true;
        }
    }
    return false;
}

static void warn_of_certificates(struct admin_view *v)
{
    if (ends_soon(&v->authorities) || ends_soon(&v->servers) || ends_soon(&v->clients)) {
        web_say(&v->notices, false, STR("alertCertificates"),
                STR("A certificate that is in use has expired, or will within 30 days."));
    }
}

static int show(struct request *r, struct admin_view *v)
{
    static int (*const parts[])(struct request * r, struct admin_view * v) = {
        user_views, pki_views, mail_views, filter_views, bot_views,
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int status = parts[i](r, v);
        if (status != 0) {
            return status;
        }
    }
    warn_of_certificates(v);
    v->page = web_view(r, STR("Administration"), true);
    web_page(r, 200);
    tmpl_admin(&r->reply.body, v);
    return 0;
}

int admin_page(struct request *r)
{
    struct admin_view v = { .has_ca = false };

    return show(r, &v);
}

/* ---- forms */

/* What the API takes, of the form's fields. */
static const struct jval *wanted_user(struct request *r)
{
    static const char *const names[] = { "username", "email", "first_name", "last_name" };
    struct arena *a = r->arena;
    struct jval *wanted = jval_object(a);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str name = str_of(names[i]);
        jval_set(a, wanted, name, jval_text(a, utf8_strip(form_text(r, name))));
    }
    jval_set(a, wanted, STR("password"), jval_text(a, form_text(r, STR("password"))));
    jval_set(a, wanted, STR("is_staff"),
             jval_bool(a, str_eqz(form_text(r, STR("is_admin")), "on")));
    return wanted;
}

static struct user_form_view typed_user(struct request *r)
{
    return (struct user_form_view){
        .typed = true,
        .username = form_text(r, STR("username")),
        .first_name = form_text(r, STR("first_name")),
        .last_name = form_text(r, STR("last_name")),
        .email = form_text(r, STR("email")),
        .is_admin = str_eqz(form_text(r, STR("is_admin")), "on"),
    };
}

static int create_user(struct request *r, struct admin_view *v)
{
    struct str password = form_text(r, STR("password"));
    struct user_made made;

    v->new_user = typed_user(r);
    if (password.n > 0 && utf8_length(password) < PASSWORD_LENGTH_MIN) {
        web_say(&v->notices, false, STR("passwordShort"),
                STR("The password needs at least 8 characters."));
        return 0;
    }
    int status = user_make(r, wanted_user(r), &made);
    if (status != 0) {
        return status;
    }
    if (made.refused != 0) {
        web_say(&v->notices, false, STR(""), made.why);
    } else {
        v->new_user = (struct user_form_view){ .typed = false };
        web_say(&v->notices, true, STR("userCreated"), STR("The account is there."));
    }
    return 0;
}

static int save_filter(struct request *r, struct admin_view *v)
{
    struct str metres = utf8_strip(form_text(r, STR("location_accuracy_minimum_m")));
    struct quality q = {
        .enabled = str_eqz(form_text(r, STR("location_accuracy_filter_enabled")), "on"),
    };

    if (num_py_int(metres.n > 0 ? metres : FILTER_DEFAULT, &q.metres) != NUM_OK || q.metres < 1 ||
        q.metres > FILTER_MAX) {
        web_say(&v->notices, false, STR("filterRefused"),
                STR("The accuracy is a whole number of metres, 1 to 1000000."));
        return 0;
    }
    enum db_rc rc = db_quality_set(r->app->db, &q);
    if (rc == DB_OK) {
        web_say(&v->notices, true, STR("profileSaved"), STR("Saved."));
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int admin_submit(struct request *r)
{
    static const struct {
        const char *type;
        int (*run)(struct request *r, struct admin_view *v);
    } forms[] = {
        { "create_user", create_user },
        { "save_location_quality", save_filter },
        { "generate_ca", pki_form_ca },
        { "expunge_ca", pki_form_ca_delete },
        { "generate_server_cert", pki_form_server },
        { "expunge_server_cert", pki_form_server_delete },
        { "issue_client_cert", pki_form_client },
        { "revoke_client_cert", pki_form_client_revoke },
        { "expunge_client_cert", pki_form_client_delete },
        { "save_smtp", mail_save },
        { "reset_smtp", mail_reset },
    };
    struct str type = form_text(r, STR("form_type"));
    struct admin_view v = { .has_ca = false };
    int status = 0;

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (str_eqz(type, forms[i].type)) {
            status = forms[i].run(r, &v);
        }
    }
    return status != 0 ? status : show(r, &v);
}
