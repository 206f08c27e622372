/* /api/account/card/: the name and picture by which friends' OwnTracks apps show a user. */
#include "api.h"
#include "commands.h"
#include "db/devices.h"
#include "db/peers.h"
#include "handlers.h"
#include "lib/friendly.h"
#include "lib/utf8.h"
#include "retained.h"

#define NAME_MAX 50u /* characters */
#define DEVICES_MOST 500

static int show(struct request *r, const struct card *c, bool stored)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_k(j, "name");
    json_str(j, c->name);
    json_k(j, "face");
    if (c->face.n > 0) {
        json_str(j, c->face);
    } else {
        json_null(j);
    }
    api_put_time(j, "updated_at", (struct opt_usec){ stored, c->updated_at });
    json_end(j);
    return 0;
}

int card_get(struct request *r)
{
    struct card c = { .name = STR(""), .face = STR("") };
    enum db_rc rc = db_card_get(r->app->db, r->arena, r->who.user.id, &c);

    return rc == DB_OK || rc == DB_NONE ? show(r, &c, rc == DB_OK) : error_of_db(rc);
}

/* ---- friends' apps in MQTT mode have the card retained at .../info of each device; the agent puts
   it there (broker-agent/cards.c) */

static bool take_away(void *ctx, const struct device *d)
{
    struct request *r = ctx;

    if (d->owner_id == r->who.user.id) {
        retained_no_card(r,
                         command_target(r->arena, d->mqtt_user, d->owner_username, d->device_id));
    }
    return true;
}

/* ---- changing it */

/* False: refused, and replied. */
static bool read_card(struct request *r, struct card *c)
{
    const struct jval *name = r->json == NULL ? NULL : jval_getz(r->json, "name");
    const struct jval *face = r->json == NULL ? NULL : jval_getz(r->json, "face");
    bool has_face = face != NULL && face->type != J_NULL;
    const char *refused = NULL;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        api_not_object(r, r->json);
        return false;
    }
    if (name != NULL && (name->type != J_STR || utf8_length(name->text) > NAME_MAX ||
                         str_has_control(name->text))) {
        refused = "name must be a text of at most 50 characters";
    } else if (has_face && face->type != J_STR) {
        refused = "face must be a text or null";
    } else if (has_face && face->text.n > 0) {
        refused = face_refused(r->arena, face->text);
    }
    if (refused != NULL) {
        api_error(r, 400, str_of(refused));
        return false;
    }
    c->name = name == NULL ? STR("") : utf8_strip(name->text);
    c->face = has_face ? face->text : STR("");
    c->updated_at = r->now;
    return true;
}

int card_put(struct request *r)
{
    struct card c;

    if (!read_card(r, &c)) {
        return 0;
    }
    enum db_rc rc = db_card_put(r->app->db, r->who.user.id, &c);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    app_wake(r->app, true);
    return show(r, &c, true);
}

int card_delete(struct request *r)
{
    struct viewer own = { .user_id = r->who.user.id };
    enum db_rc rc = db_card_delete(r->app->db, r->who.user.id);

    if (rc == DB_OK) {
        /* Best effort: phones in HTTP mode hear of it with their next report in any case. */
        (void)!db_device_list(r->app->db, r->arena, own, DEVICES_MOST, 0, take_away, r);
    }
    return api_deleted(r, rc == DB_NONE ? DB_OK : rc);
}
