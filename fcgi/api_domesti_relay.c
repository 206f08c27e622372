/* A domesti-bot asks phones to report where they are. The phones are told over MQTT, by the agent.
 */
#include "api_domesti.h"
#include "commands.h"

#include "db/account.h"
#include "handlers.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/owntracks.h"
#include "lib/utf8.h"

int relay_permit(struct request *r, bool *replied)
{
    struct str sent = request_env(r, "HTTP_X_DOMESTI_API_KEY"), key;
    struct domesti d;
    int status = domesti_paired(r, &d, replied);

    if (status != 0 || *replied) {
        return status;
    }
    *replied = true;
    if (!d.requests_enabled) {
        return api_detail(r, 403, STR("Remote request-location via API key is disabled"));
    }
    key = domesti_key(r, &d);
    if (str_is_null(sent) || key.n == 0 || !crypto_equal(str_trim(sent), key)) {
        return api_detail(r, 403, STR("Invalid or missing domesti-bot API key"));
    }
    *replied = false;
    return 0;
}

/* A request that is being answered. */
struct ask {
    struct str username, reason;
    struct domesti_device *devices;
    bool all; /* all of the user's devices were meant */
    int64_t cooldown;
    usec_t until; /* when the next request may come */
};

/* {"detail": "TEXT: NAME"} */
static int unknown(struct request *r, const char *text, struct str name)
{
    return api_detail(r, 404,
                      arena_concat(r->arena, (struct str[]){ str_of(text), name, STR_NULL }));
}

/* Reason, user and devices. 0 and nothing replied: go on. */
static int read_ask(struct request *r, struct str device_id, struct ask *ask, bool *replied)
{
    const char *refused;
    struct user u;
    enum db_rc rc;

    *replied = true;
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    ask->username = utf8_strip(r->arg[0]);
    ask->reason = domesti_text(r, "reason");
    refused = domesti_reason_refused(r->arena, ask->reason);
    if (refused != NULL) {
        return api_detail(r, 400, str_of(refused));
    }
    rc = db_user_by_name(r->app->db, r->arena, ask->username, &u);
    if (rc == DB_NONE || (rc == DB_OK && !u.is_active)) {
        return unknown(r, "Unknown or inactive user_id: ", ask->username);
    }
    if (rc == DB_OK) {
        rc = db_domesti_devices(r->app->db, r->arena, u.id, device_id, &ask->devices);
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    *replied = ask->devices == NULL;
    return *replied ? unknown(r,
                              ask->all ? "No owned devices for user_id: "
                                       : "Unknown device for user_id: ",
                              ask->username)
                    : 0;
}

/* "user/device" of its topics. */
static struct str topic_name(struct request *r, const struct ask *ask,
                             const struct domesti_device *d)
{
    return command_target(r->arena, d->mqtt_user, ask->username, d->device_id);
}

/* Notes the request, unless the last one was too short ago: *waits then. */
static enum db_rc note_request(struct request *r, struct ask *ask, struct domesti *d, bool *waits)
{
    enum db_rc rc = domesti_begin(r, d);
    struct jval *users, *devices;

    if (rc != DB_OK) {
        return rc;
    }
    users = domesti_times(r->arena, d->user_times);
    devices = domesti_times(r->arena, d->device_times);
    ask->cooldown =
        ask->all ? domesti_user_cooldown(d->user_cooldown, ask->reason) : d->device_cooldown;
    *waits = ask->all ? domesti_waits(users, ask->username, ask->cooldown, r->now, &ask->until)
                      : domesti_waits(devices, topic_name(r, ask, ask->devices), ask->cooldown,
                                      r->now, &ask->until);
    if (*waits) {
        db_rollback(r->app->db);
        return DB_OK;
    }
    if (ask->all) {
        domesti_time_set(r->arena, users, ask->username, r->now);
    }
    for (const struct domesti_device *x = ask->devices; x != NULL; x = x->next) {
        domesti_time_set(r->arena, devices, topic_name(r, ask, x), r->now);
    }
    d->user_times = ot_dump(r->arena, users);
    d->device_times = ot_dump(r->arena, devices);
    ask->until = domesti_after(r->now, ask->cooldown);
    return domesti_end(r, d);
}

static void tell_phones(struct request *r, const struct ask *ask)
{
    const struct jval *command = command_new(r->arena, "reportLocation");

    for (const struct domesti_device *d = ask->devices; d != NULL; d = d->next) {
        command_post(r, topic_name(r, ask, d), command);
    }
}

/* 409: too early. */
static int show_wait(struct request *r, const struct ask *ask, const struct domesti *d)
{
    struct json *j = api_begin(r, 409);

    json_object(j);
    json_k(j, "detail");
    json_str(j, ask->all ? STR("Location request cooldown active")
                         : STR("Device location request cooldown active"));
    api_put_time(j, "cooldown_until", (struct opt_usec){ true, ask->until });
    if (ask->all) {
        domesti_limits(j, d);
    }
    json_end(j);
    return 0;
}

static void put_devices(struct request *r, struct json *j, const struct ask *ask)
{
    if (!ask->all) {
        json_k(j, "device_id");
        json_str(j, topic_name(r, ask, ask->devices));
        return;
    }
    json_k(j, "device_ids");
    json_array(j);
    for (const struct domesti_device *d = ask->devices; d != NULL; d = d->next) {
        json_str(j, topic_name(r, ask, d));
    }
    json_end(j);
}

static int show_asked(struct request *r, const struct ask *ask, const struct domesti *d)
{
    struct json *j = api_begin(r, 202);

    json_object(j);
    json_k(j, "user_id");
    json_str(j, ask->username);
    put_devices(r, j, ask);
    api_put_time(j, "requested_at", (struct opt_usec){ true, r->now });
    api_put_time(j, "cooldown_until", (struct opt_usec){ true, ask->until });
    json_k(j, "reason");
    json_str(j, ask->reason);
    domesti_limits(j, d);
    json_end(j);
    return 0;
}

static int answer(struct request *r, struct str device_id)
{
    struct ask ask = { .all = str_is_null(device_id) };
    struct domesti d;
    bool replied, waits = false;
    enum db_rc rc;
    int status = read_ask(r, device_id, &ask, &replied);

    if (status != 0 || replied) {
        return status;
    }
    rc = note_request(r, &ask, &d, &waits);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (waits) {
        return show_wait(r, &ask, &d);
    }
    tell_phones(r, &ask);
    return show_asked(r, &ask, &d);
}

int relay_user(struct request *r)
{
    return answer(r, STR_NULL);
}

int relay_device(struct request *r)
{
    return answer(r, utf8_strip(r->arg[1]));
}
