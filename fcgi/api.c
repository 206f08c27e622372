#include "api.h"

#include "form.h"
#include "lib/log.h"
#include "lib/utf8scan.h"
#include "router.h"

#include <string.h>

/* ---- replies */

struct json *api_begin(struct request *r, int status)
{
    struct json *j = &r->reply.json;

    reply_head(r, status, "application/json");
    json_init(j, &r->reply.body, r->json_style);
    if (r->json_style == JSON_INDENT4) {
        j->indent = r->json_indent;
    }
    return j;
}

int api_number(struct request *r, const char *key, int64_t n)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_put_int(j, key, n);
    json_end(j);
    return 0;
}

int api_text(struct request *r, int status, struct str key, struct str text)
{
    struct json *j = api_begin(r, status);

    json_object(j);
    json_key(j, key);
    json_str(j, text);
    json_end(j);
    return 0;
}

int api_field_errors(struct request *r, const struct ot_errors *e)
{
    struct json *j = api_begin(r, 400);

    json_object(j);
    for (size_t i = 0; i < e->n; i++) {
        if (i == 0 || !str_eq(e->v[i].field, e->v[i - 1].field)) {
            if (i > 0) {
                json_end(j);
            }
            json_key(j, e->v[i].field);
            json_array(j);
        }
        json_str(j, e->v[i].message);
    }
    if (e->n > 0) {
        json_end(j);
    }
    json_end(j);
    return 0;
}

struct str api_not_object_text(struct arena *a, const struct jval *body)
{
    /* Python's names of JSON's types. */
    static const char *const names[] = {
        [J_NULL] = "NoneType", [J_BOOL] = "bool",  [J_INT] = "int",     [J_FLOAT] = "float",
        [J_STR] = "str",       [J_ARRAY] = "list", [J_OBJECT] = "dict",
    };

    return body == NULL || body->type == J_NULL
               ? STR("No data provided")
               : arena_printf(a, "Invalid data. Expected a dictionary, but got %s.",
                              names[body->type]);
}

int api_not_object(struct request *r, const struct jval *body)
{
    struct ot_errors e = { .n = 1 };

    e.v[0] = (struct ot_error){ STR("non_field_errors"), api_not_object_text(r->arena, body) };
    return api_field_errors(r, &e);
}

struct str api_member_text(struct request *r, const char *key)
{
    const struct jval *v = r->json == NULL ? NULL : jval_get(r->json, str_of(key));

    if (v == NULL || !jval_truthy(v)) {
        return STR("");
    }
    return v->type == J_STR ? v->text : jval_py_str(r->arena, v);
}

int api_empty(struct request *r, int status)
{
    reply_head(r, status, NULL);
    return 0;
}

int api_deleted(struct request *r, enum db_rc rc)
{
    switch (rc) {
    case DB_OK:
        return api_empty(r, 204);
    case DB_NONE:
        return api_error(r, 404, STR("Not found"));
    default:
        return error_of_db(rc);
    }
}

static void describe_actions(struct json *j, struct route_group g)
{
    bool any = false;

    for (size_t i = 0; i < g.n; i++) {
        if ((g.first[i].flags & ROUTE_DESCRIBED) != 0) {
            if (!any) {
                json_k(j, "actions");
                json_object(j);
            }
            any = true;
            json_key(j, (g.first[i].methods & M_POST) != 0 ? STR("POST") : STR("PUT"));
            json_object(j);
            json_end(j);
        }
    }
    if (any) {
        json_end(j);
    }
}

int api_describe(struct request *r, struct route_group g)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_k(j, "name");
    json_str(j, str_of(g.first->name));
    json_k(j, "description");
    json_str(j, STR(""));
    json_k(j, "renders");
    json_array(j);
    json_str(j, STR("application/json"));
    json_end(j);
    json_k(j, "parses");
    json_array(j);
    json_str(j, STR("application/json"));
    json_end(j);
    describe_actions(j, g);
    json_end(j);
    return 0;
}

/* ---- bodies */

bool api_media_ok(struct request *r)
{
    struct str sent = request_env(r, "CONTENT_TYPE"), type;
    struct pair *parts;
    size_t n;

    if (!request_has_body(r)) {
        return true;
    }
    type = request_media_type(r);
    if (str_eqz(type, "application/json") || str_eqz(type, "*/*") ||
        str_eqz(type, "application/*")) {
        return true;
    }
    if (str_eqz(type, "multipart/form-data") && request_body(r, BODY_MAX_DEFAULT) == 0 &&
        !multipart_decode(r->arena, r->body, sent, PAIRS_MAX, &parts, &n)) {
        reply_head(r, 400, NULL); /* not even what it says it is */
        return false;
    }
    api_detail(r, 415,
               arena_printf(r->arena, "Unsupported media type \"%.*s\" in request.",
                            STR_FMT(utf8_repair(r->arena, sent))));
    return false;
}

int api_body(struct request *r, size_t max, bool *replied)
{
    char why[JSONIN_WHY];
    int status;

    if (!api_media_ok(r)) {
        *replied = true;
        return 0;
    }
    status = request_body(r, max);
    if (status != 0) {
        return status;
    }
    if (r->body.n == 0) {
        return 0;
    }
    r->json = ((r->route->flags & ROUTE_NULS) != 0 ? jsonin_parse_stored
                                                   : jsonin_parse)(r->arena, r->body, why);
    if (r->json == NULL) {
        *replied = true;
        return api_detail(r, 400, arena_printf(r->arena, "JSON parse error - %s", why));
    }
    return 0;
}

void api_log_change(struct request *r, const char *event, const struct user *u)
{
    struct str address = request_address(r);

    log_warning(event, LOG_S("by", r->who.user.username),
                LOG_S("address", str_is_null(address) ? STR("unknown") : address),
                LOG_S("user", u->username), LOG_I("id", u->id));
}

/* ---- parameters */

struct viewer api_viewer(const struct request *r)
{
    return (struct viewer){ .user_id = r->who.user.id, .is_staff = r->who.user.is_staff };
}

struct remover api_remover(const struct request *r)
{
    return (struct remover){ .user_id = r->who.user.id, .at = r->now };
}

bool api_int(struct str text, int64_t *out)
{
    switch (num_py_int(text, out)) {
    case NUM_OK:
        return true;
    case NUM_RANGE:
        *out = str_find(text, '-', 0) != SIZE_MAX ? INT64_MIN : INT64_MAX;
        return true;
    case NUM_BAD:
    default:
        return false;
    }
}

bool api_query_int(struct request *r, const char *name, int64_t least, int64_t most, int64_t *out)
{
    struct str text = request_query(r, str_of(name));

    if (text.n == 0) {
        return true;
    }
    if (!api_int(text, out) || *out < least || *out > most) {
        api_error(r, 400,
                  arena_printf(r->arena, "%s must be an integer from %lld to %lld", name,
                               (long long)least, (long long)most));
        return false;
    }
    return true;
}

bool api_row_id(struct str text, int64_t *out)
{
    return num_py_int(text, out) == NUM_OK;
}

struct str api_base(struct request *r)
{
    return arena_concat(r->arena,
                        (struct str[]){ request_scheme(r), STR("://"), r->host, STR_NULL });
}

void api_put_time(struct json *j, const char *key, struct opt_usec t)
{
    char text[CLOCK_TEXT];

    json_key(j, str_of(key));
    if (t.set) {
        json_str(j, (struct str){ text, clock_iso_z(t.t, text) });
    } else {
        json_null(j);
    }
}
