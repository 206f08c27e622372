#include "retained.h"

#include "db/locations.h"
#include "db/peers.h"
#include "lib/friendly.h"
#include "lib/log.h"
#include "lib/owntracks.h"

static void post(struct request *r, struct str topic, const struct jval *message)
{
    struct wire_msg m = {
        .kind = WIRE_PUBLISH,
        .n = 4,
        .field = { topic, message == NULL ? STR("") : ot_dump(r->arena, message), STR("1"),
                   STR("1") },
    };

    if (r->app->agent == NULL || !link_send(r->app->agent, &m)) {
        log_warning("not-retained", LOG_S("topic", topic));
    }
}

static struct str topic_of(struct request *r, struct str target, const char *rest)
{
    return arena_concat(r->arena,
                        (struct str[]){ STR("owntracks/"), target, str_of(rest), STR_NULL });
}

void retained_no_card(struct request *r, struct str target)
{
    post(r, topic_of(r, target, "/info"), NULL);
}

void retained_no_device(struct request *r, const struct device *d)
{
    struct str user = d->mqtt_user.n > 0 ? d->mqtt_user : d->owner_username;

    if (user.n > 0) {
        struct str target =
            arena_concat(r->arena, (struct str[]){ user, STR("/"), d->device_id, STR_NULL });
        post(r, topic_of(r, target, ""), NULL);
        retained_no_card(r, target);
    }
}

static bool retain(void *ctx, const struct location *l)
{
    struct request *r = ctx;
    struct str tid = l->tracker_id.n > 0 ? l->tracker_id : friend_tid(r->arena, l, 1);

    if (friend_shows(l)) {
        post(r, topic_of(r, l->device_key, ""),
             friend_location(r->arena, l, str_is_null(tid) ? STR("00") : tid));
    }
    return true;
}

void retained_position(struct request *r, int64_t location_id)
{
    bool news = false;

    if (db_peer_news(r->app->db, location_id, &news) != DB_OK ||
        (news && db_location_feed(r->app->db, location_id - 1, 1, retain, r) != DB_OK)) {
        log_warning("not-retained", LOG_I("row", location_id));
    }
}
