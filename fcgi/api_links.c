/* /api/links/: one's public links. The secret is told once, when a link is made. */
#include "api.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "public_link.h"

#define LABEL_MAX 80             /* characters */
#define LIFE_LEAST INT64_C(3600) /* seconds */
#define LIFE_MOST (INT64_C(30) * 86400)

static void put_link(struct request *r, const struct link_row *l, struct str secret)
{
    struct json *j = &r->reply.json;

    json_object(j);
    json_k(j, "id");
    json_int(j, l->id);
    json_k(j, "device_id");
    json_str(j, l->device_id);
    json_k(j, "name");
    json_str(j, l->device_name);
    json_k(j, "label");
    json_str(j, l->label);
    json_k(j, "precision");
    json_str(j, l->sight.area ? STR("area") : STR("exact"));
    json_k(j, "trail");
    json_bool(j, l->trail);
    api_put_time(j, "created_at", (struct opt_usec){ true, l->created_at });
    api_put_time(j, "expires_at", (struct opt_usec){ true, l->expires_at });
    api_put_time(j, "used_at", l->used_at);
    json_k(j, "over");
    json_bool(j, l->expires_at <= r->now);
    if (!str_is_null(secret)) {
        json_k(j, "url");
        json_str(j, arena_concat(r->arena,
                                 (struct str[]){ api_base(r), STR("/s/#"), secret, STR_NULL }));
    }
    json_end(j);
}

static bool link_row(void *ctx, const struct link_row *l)
{
    struct request *r = ctx;

    put_link(r, l, STR_NULL);
    return buf_ok(&r->reply.body);
}

int link_list(struct request *r)
{
    reply_prepare(r);
    json_array(api_begin(r, 200));
    enum db_rc rc = db_link_list(r->app->db, r->who.user.id, link_row, r);
    json_end(&r->reply.json);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int link_delete(struct request *r)
{
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (api_row_id(r->arg[0], &id)) {
        rc = db_link_remove(r->app->db, r->who.user.id, id);
    }
    if (rc == DB_OK) {
        log_info("link-removed", LOG_S("by", r->who.user.username), LOG_I("link", id));
    }
    return api_deleted(r, rc);
}

/* ---- making one */

static bool good_label(struct str label)
{
    for (size_t i = 0; i < label.n; i++) {
        if ((unsigned char)label.p[i] < ' ' || label.p[i] == 0x7f) {
            return false;
        }
    }
    return utf8_length(label) <= LABEL_MAX;
}

/* NULL when all of it can be stored. */
static const char *read_link(const struct request *r, struct link_row *l)
{
    const struct jval *device = jval_getz(r->json, "device_id"),
                      *label = jval_getz(r->json, "label"), *trail = jval_getz(r->json, "trail"),
                      *precision = jval_getz(r->json, "precision"),
                      *life = jval_getz(r->json, "expires_in");
    int64_t sec = 0;

    *l = (struct link_row){ .label = STR(""), .created_at = r->now };
    if (device == NULL || device->type != J_STR || device->text.n == 0) {
        return "device_id is required";
    }
    l->device_id = l->device_name = device->text;
    if (label != NULL && (label->type != J_STR || !good_label(label->text))) {
        return "label must be a text of at most 80 characters";
    }
    if (label != NULL) {
        l->label = utf8_strip(label->text);
    }
    if (trail != NULL && trail->type != J_BOOL) {
        return "trail must be true or false";
    }
    l->trail = trail != NULL && trail->b;
    l->sight.area =
        precision != NULL && precision->type == J_STR && str_eqz(precision->text, "area");
    if (precision != NULL && !l->sight.area &&
        !(precision->type == J_STR && str_eqz(precision->text, "exact"))) {
        return "precision must be exact or area";
    }
    if (life == NULL || life->type != J_INT || jval_py_int(life, &sec) != NUM_OK ||
        sec < LIFE_LEAST || sec > LIFE_MOST) {
        return "expires_in must be a number of seconds from 3600 to 2592000";
    }
    l->expires_at = r->now + sec * USEC_PER_SEC;
    return NULL;
}

int link_create(struct request *r)
{
    struct link_row l;
    struct str stored;

    if (r->json == NULL || r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const char *wrong = read_link(r, &l);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    struct str secret = public_link_new(r->arena, &stored);
    switch (db_link_add(r->app->db, r->who.user.id, l.device_id, stored, &l)) {
    case DB_OK:
        break;
    case DB_NONE:
        return api_error(r, 403, STR("Device not found or not owned by you"));
    case DB_CONFLICT:
        return api_error(r, 409, STR("There are 50 links already: remove some that are over."));
    default:
        return 503;
    }
    log_info("link-made", LOG_S("by", r->who.user.username), LOG_I("link", l.id),
             LOG_S("device", l.device_id));
    (void)api_begin(r, 201);
    put_link(r, &l, secret);
    return 0;
}
