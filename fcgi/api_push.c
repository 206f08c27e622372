/* /api/notifications/: browsers of one's own that take what rules tell as notifications. */
#include "api.h"
#include "auth.h"
#include "db/push.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/rule_text.h"
#include "lib/webpush.h"
#include "lib/weburl.h"

static void put_browser(struct json *j, const struct push_browser *b)
{
    json_object(j);
    json_put_int(j, "id", b->id);
    json_put_str(j, "endpoint", b->endpoint);
    json_put_str(j, "agent", b->agent);
    json_put_str(j, "language", b->language);
    api_put_time(j, "created_at", (struct opt_usec){ true, b->created_at });
    api_put_time(j, "told_at", b->told_at);
    json_end(j);
}

int push_list(struct request *r)
{
    struct push_browser *browsers;
    size_t n;
    enum db_rc rc = db_push_list(r->app->db, r->arena, r->who.user.id, &browsers, &n);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_put_str(j, "public_key", webpush_public_key(r->arena, r->app->secret));
    json_k(j, "browsers");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        put_browser(j, &browsers[i]);
    }
    json_end(j);
    json_end(j);
    return 0;
}

static struct str text_of(const struct jval *object, const char *key)
{
    const struct jval *v =
        object != NULL && object->type == J_OBJECT ? jval_get(object, str_of(key)) : NULL;

    return v != NULL && v->type == J_STR ? v->text : STR("");
}

/* Somebody's server: where the agent may not go it does not go (lib/httppost.h). */
static bool good_endpoint(struct arena *a, struct str url)
{
    struct url_parts parts;

    return url.n <= PUSH_ENDPOINT_MAX && url_is_plain(url) && url_split(a, url, &parts) &&
           parts.netloc.n > 0 && (str_eqz(parts.scheme, "https") || str_eqz(parts.scheme, "http"));
}

/* NULL when all of it can be stored. */
static const char *read_browser(struct request *r, struct push_browser *b)
{
    const struct jval *keys = jval_getz(r->json, "keys");
    struct webpush_browser checked;

    *b = (struct push_browser){
        .user_id = r->who.user.id,
        .endpoint = text_of(r->json, "endpoint"),
        .p256dh = text_of(keys, "p256dh"),
        .auth = text_of(keys, "auth"),
        .language = rule_language_name(rule_language_of(text_of(r->json, "language"))),
        .agent = auth_agent(r),
        .created_at = r->now,
    };
    if (!good_endpoint(r->arena, b->endpoint)) {
        return "endpoint must be the URL that the browser has been given";
    }
    if (!webpush_read_browser(r->arena, b->p256dh, b->auth, &checked)) {
        return "keys must be those that the browser has made";
    }
    return NULL;
}

int push_add(struct request *r)
{
    struct push_browser b;

    if (r->json == NULL || r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const char *wrong = read_browser(r, &b);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    enum db_rc rc = db_push_add(r->app->db, &b);
    if (rc == DB_CONFLICT) {
        return api_error(r, 409, STR("You have 20 browsers already: remove some of them."));
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    log_info("browser-added", LOG_S("by", r->who.user.username), LOG_I("browser", b.id));
    put_browser(api_begin(r, 201), &b);
    return 0;
}

int push_remove(struct request *r)
{
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (api_row_id(r->arg[0], &id)) {
        rc = db_push_remove(r->app->db, r->who.user.id, id);
    }
    if (rc == DB_OK) {
        log_info("browser-removed", LOG_S("by", r->who.user.username), LOG_I("browser", id));
    }
    return api_deleted(r, rc);
}
