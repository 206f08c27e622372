/* One's own account: /api/account/. */
#include "account.h"
#include "api.h"
#include "db/profile.h"
#include "handlers.h"

#define NAME_MAX_BYTES 4096u /* the reference sets no limit; a row must stay readable */

static int show_account(struct request *r, const struct user *u, const struct profile *p)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_k(j, "username");
    json_str(j, u->username);
    json_k(j, "email");
    json_str(j, u->email);
    json_k(j, "first_name");
    json_str(j, u->first_name);
    json_k(j, "last_name");
    json_str(j, u->last_name);
    json_k(j, "is_staff");
    json_bool(j, u->is_staff);
    api_put_time(j, "created_at", (struct opt_usec){ true, p->created_at });
    api_put_time(j, "updated_at", (struct opt_usec){ true, p->updated_at });
    json_end(j);
    return 0;
}

int account_get(struct request *r)
{
    struct profile p;
    enum db_rc rc = db_profile_need(r->app->db, r->arena, r->who.user.id, r->now, &p);

    return rc == DB_OK ? show_account(r, &r->who.user, &p) : error_of_db(rc);
}

/* Any JSON value becomes its Python text, as in the reference; null and what is too long is
 * refused. */
static void take_name(struct request *r, struct str field, struct str *to, struct ot_errors *errors)
{
    const struct jval *v = r->json == NULL ? NULL : jval_get(r->json, field);
    struct str text;

    if (v == NULL) {
        return;
    }
    text = v->type == J_STR ? v->text : jval_py_str(r->arena, v);
    if (v->type == J_NULL) {
        errors->v[errors->n++] = (struct ot_error){ field, STR("This field may not be null.") };
    } else if (text.n > NAME_MAX_BYTES) {
        errors->v[errors->n++] = (struct ot_error){ field, STR("This is too long.") };
    } else {
        *to = text;
    }
}

int account_patch(struct request *r)
{
    struct user u = r->who.user;
    struct ot_errors errors = { .n = 0 };
    struct profile p;
    enum db_rc rc;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    take_name(r, STR("first_name"), &u.first_name, &errors);
    take_name(r, STR("last_name"), &u.last_name, &errors);
    take_name(r, STR("email"), &u.email, &errors);
    if (errors.n > 0) {
        return api_field_errors(r, &errors);
    }
    rc = account_store_names(r, &u);
    if (rc == DB_OK) {
        rc = db_profile_get(r->app->db, r->arena, u.id, &p);
    }
    return rc == DB_OK ? show_account(r, &u, &p) : rc == DB_NONE ? 404 : error_of_db(rc);
}
