/* /api/devices/DEVICE/key/: the passphrase of a device whose OwnTracks app encrypts. It is never
 * shown again. */
#include "api.h"
#include "db/device_key.h"
#include "handlers.h"
#include "lib/fernet.h"
#include "lib/log.h"
#include "lib/secretbox.h"

#define BATCH 100 /* messages that are opened in one transaction */
/* What is left over is opened when the same key is set once more. */
#define BATCHES_MOST 100
#define MEMORY_MOST ((size_t)8 * 1024 * 1024)

/* Whoever has the passphrase reads all that the device sends: nobody's but the owner's. */
static int find(struct request *r, struct device *d, bool *replied)
{
    int status = api_device_of_path(r, d, replied);

    if (status == 0 && !*replied && d->owner_id != r->who.user.id) {
        *replied = true;
        return api_not_owner(r);
    }
    return status;
}

/* opened: messages that the key has just opened; negative: it was not set now. */
static int show(struct request *r, const struct device *d, int64_t opened)
{
    struct device_key k = { .sealed = STR("") };
    int64_t waiting = 0;
    enum db_rc rc = db_device_key_get(r->app->db, r->arena, d->id, &k),
               counted = db_encrypted_count(r->app->db, d->id, &waiting);
    bool is_set = rc == DB_OK;

    if ((rc != DB_OK && rc != DB_NONE) || counted != DB_OK) {
        return error_of_db(counted != DB_OK ? counted : rc);
    }
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "set");
    json_bool(j, is_set);
    api_put_time(j, "set_at", (struct opt_usec){ is_set, k.set_at });
    json_k(j, "failed");
    json_int(j, k.failed);
    api_put_time(j, "failed_at", k.failed_at);
    json_k(j, "waiting");
    json_int(j, waiting);
    if (opened >= 0) {
        json_k(j, "opened");
        json_int(j, opened);
    }
    json_end(j);
    return 0;
}

int device_key_get(struct request *r)
{
    struct device d;
    bool replied;
    int status = find(r, &d, &replied);

    return status != 0 || replied ? status : show(r, &d, -1);
}

/* ---- setting */

/* As its owner sent them, and long ago. */
static struct sender sender_of(struct request *r, const struct device *d)
{
    return (struct sender){ .via = d->mqtt_user.n > 0 ? OT_MQTT : OT_HTTP,
                            .user_id = d->owner_id,
                            .username = d->owner_username,
                            .received_at = r->now,
                            .connected_at = r->now,
                            .phone = true,
                            .secret_key = r->app->secret,
                            .late = true };
}

static enum db_rc open_batch(struct request *r, const struct device *d, struct str key,
                             int64_t *after, int64_t *opened)
{
    struct sender s = sender_of(r, d);
    enum db_rc rc = db_begin(r->app->db);

    if (rc != DB_OK) {
        return rc;
    }
    rc = ingest_reopen(r->app->db, r->arena, &s, d, key, BATCH, after, opened);
    return db_end(r->app->db, rc);
}

/* What came before the key. Best effort: what fails stays for the next time. */
static int64_t open_kept(struct request *r, const struct device *d, struct str key)
{
    int64_t after = 0, opened = 0;

    for (int i = 0; i < BATCHES_MOST && arena_used(r->arena) < MEMORY_MOST; i++) {
        int64_t before = opened;
        if (open_batch(r, d, key, &after, &opened) != DB_OK) {
            log_warning("encrypted-messages-stay", LOG_I("device", d->id));
            opened = before;
            break;
        }
        if (after == 0) {
            break;
        }
    }
    if (opened > 0) {
        app_wake(r->app, false);
    }
    return opened;
}

int device_key_put(struct request *r)
{
    struct device d;
    bool replied;
    int status = find(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const struct jval *key = r->json == NULL ? NULL : jval_getz(r->json, "key");
    if (key == NULL || key->type != J_STR || !secretbox_passphrase_ok(key->text)) {
        return api_error(r, 400, STR("key must be a text of 1 to 32 visible ASCII characters"));
    }
    struct str sealed = fernet_seal(r->arena, r->app->secret, key->text, clock_sec(r->now));
    enum db_rc rc = db_device_key_set(r->app->db, d.id, sealed, r->now);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    log_info("device-key-set", LOG_S("by", r->who.user.username), LOG_I("device", d.id));
    return show(r, &d, open_kept(r, &d, key->text));
}

int device_key_delete(struct request *r)
{
    struct device d;
    bool replied;
    int status = find(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    enum db_rc rc = db_device_key_remove(r->app->db, d.id);
    if (rc == DB_OK) {
        log_info("device-key-removed", LOG_S("by", r->who.user.username), LOG_I("device", d.id));
    }
    return api_deleted(r, rc);
}
