/* POST /api/account/change-password/. */
#include "account.h"
#include "api.h"
#include "auth.h"
#include "handlers.h"
#include "lib/utf8.h"
#include "lib/validators.h"

static void fault(struct ot_errors *e, const char *field, const char *text)
{
    e->v[e->n++] = (struct ot_error){ str_of(field), str_of(text) };
}

/* DRF's CharField: numbers become text, blanks at both ends go. STR_NULL: refused. */
static struct str read_text(struct request *r, const char *name, struct ot_errors *e)
{
    const struct jval *v = jval_get(r->json, str_of(name));
    struct str text = STR_NULL;

    if (v == NULL) {
        fault(e, name, "This field is required.");
    } else if (v->type == J_NULL) {
        fault(e, name, "This field may not be null.");
    } else if (v->type != J_STR && v->type != J_INT && v->type != J_FLOAT) {
        fault(e, name, "Not a valid string.");
    } else {
        text = utf8_strip(v->type == J_STR ? v->text : jval_py_str(r->arena, v));
    }
    if (!str_is_null(text) && text.n == 0) {
        fault(e, name, "This field may not be blank.");
        return STR_NULL;
    }
    if (!str_is_null(text) && str_find(text, '\0', 0) != SIZE_MAX) {
        fault(e, name, "Null characters are not allowed.");
        return STR_NULL;
    }
    return text;
}

/* DRF's BooleanField, false when it is absent. */
static bool read_bool(struct request *r, const char *name, struct ot_errors *e)
{
    static const char *const words[2][7] = {
        { "f", "n", "no", "false", "off", "0", "0.0" },
        { "t", "y", "yes", "true", "on", "1", "1.0" },
    };
    const struct jval *v = jval_get(r->json, str_of(name));

    if (v == NULL) {
        return false;
    }
    if (v->type == J_BOOL) {
        return v->b;
    }
    for (int value = 0; value <= 1 && v->type != J_NULL && v->type < J_ARRAY; value++) {
        /* The last word is a number's alone. */
        for (size_t i = 0; i < (v->type == J_FLOAT ? 7u : 6u); i++) {
            if (str_ieq(v->text, str_of(words[value][i]))) {
                return value != 0;
            }
        }
    }
    fault(e, name, v->type == J_NULL ? "This field may not be null." : "Must be a valid boolean.");
    return false;
}

/* {"new_password": [every fault]}. */
static int show_faults(struct request *r, const struct str *texts, size_t n)
{
    struct json *j = api_begin(r, 400);

    json_object(j);
    json_k(j, "new_password");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        json_str(j, texts[i]);
    }
    json_end(j);
    json_end(j);
    return 0;
}

/* The password that is held now. 0, or a status. */
static int check_current(struct request *r, struct str current, struct user *u, struct ot_errors *e)
{
    enum verdict v = VERDICT_NO;

    if (current.n <= CREDENTIAL_MAX) {
        v = auth_password(r, STR("form"), r->who.user.username, current, u);
    }
    if (v == VERDICT_NO || (v == VERDICT_OK && u->id != r->who.user.id)) {
        fault(e, "current_password", "Current password is incorrect");
        return 0;
    }
    return v == VERDICT_OK ? 0 : 503;
}

int account_change_password(struct request *r)
{
    struct ot_errors e = { .n = 0 };
    struct str faults[PASSWORD_FAULTS], current, wanted;
    struct user u = r->who.user;
    int status = 0;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    current = read_text(r, "current_password", &e);
    if (!str_is_null(current)) {
        status = check_current(r, current, &u, &e);
    }
    wanted = read_text(r, "new_password", &e);
    if (!str_is_null(wanted) && utf8_length(wanted) < PASSWORD_LENGTH_MIN) {
        fault(&e, "new_password", "Ensure this field has at least 8 characters.");
    } else if (wanted.n > CREDENTIAL_MAX) {
        fault(&e, "new_password", "This password is too long.");
    }
    bool bypass = read_bool(r, "bypass_similarity_check", &e);
    if (status != 0 || e.n > 0) {
        return status != 0 ? status : api_field_errors(r, &e);
    }
    size_t n = password_faults(r->arena, wanted, &u, !bypass, faults);
    if (n > 0) {
        return show_faults(r, faults, n);
    }
    enum db_rc rc = account_store_password(r, &u, wanted, false);
    if (rc == DB_CONFLICT || rc == DB_NONE) {
        fault(&e, "current_password", "Current password is incorrect");
        return api_field_errors(r, &e);
    }
    return rc == DB_OK ? api_detail(r, 200, STR("Password updated successfully."))
                       : error_of_db(rc);
}
