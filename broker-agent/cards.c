/* Cards for friends' apps in MQTT mode: retained at owntracks/USER/DEVICE/info of each of the
   user's devices, whenever the card changes or a device is new. */
#include "agent.h"
#include "db/peers.h"
#include "lib/command.h"
#include "lib/friendly.h"
#include "lib/owntracks.h"

bool cards_tell(struct db *db, struct arena *a)
{
    struct card_due c;

    if (!mqtt_connected() || db_card_due(db, a, &c) != DB_OK) {
        return false;
    }
    struct str key = arena_concat(a, (struct str[]){ c.owner, STR("/"), c.device, STR_NULL });
    struct location where = { .device_key = key, .tracker_id = STR("") };
    struct str tid = friend_tid(a, &where, 1),
               target = command_target(a, c.mqtt_user, c.owner, c.device);
    struct str topic =
        arena_concat(a, (struct str[]){ STR("owntracks/"), target, STR("/info"), STR_NULL });
    struct jval *card = friend_card(a, str_is_null(tid) ? STR("00") : tid, c.name, c.face);

    return mqtt_publish(topic, ot_dump(a, card), 1, true) &&
           db_card_told(db, c.user_id, c.device_id) == DB_OK;
}
