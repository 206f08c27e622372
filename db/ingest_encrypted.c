/* Messages that the app encrypted before it sent them (lib/secretbox.h). */
#include "device_key.h"
#include "ingest_parts.h"
#include "lib/fernet.h"
#include "lib/log.h"
#include "lib/secretbox.h"

/* STR_NULL: it does not open. */
static struct str plain_of(struct arena *a, struct str key, const struct jval *msg)
{
    const struct jval *data = jval_getz(msg, "data");

    return !data || data->type != J_STR ? STR_NULL : secretbox_open(a, key, data->text);
}

static const struct jval *usable(struct arena *a, struct str plain, const char **why)
{
    const struct jval *inner = ingest_parse(a, plain, arena_alloc(a, JSONIN_WHY), why);

    if (!inner || ot_type_of(jval_getz(inner, "_type")->text) != OT_ENCRYPTED)
        return inner;
    *why = "encrypted twice";
    return NULL;
}

enum ingest_result ingest_open(struct db *db, struct arena *a, const struct sender *s,
                               struct str topic_user, struct str device_id, const struct jval *msg,
                               const struct jval **inner, struct str *key, const char **why)
{
    struct device_key k;
    struct device d;

    *inner = NULL;
    enum ingest_result result = ingest_device(db, a, s, topic_user, device_id, false, &d);
    if (result != INGEST_STORED)
        return result;
    enum db_rc rc = db_device_key_get(db, a, d.id, &k);
    if (rc != DB_OK)
        return rc == DB_NONE ? INGEST_STORED : ingest_failed(rc);
    *key = fernet_open(a, s->secret_key, k.sealed);
    struct str plain = str_is_null(*key) ? STR_NULL : plain_of(a, *key, msg);
    if (str_is_null(plain)) {
        log_info("message_not_opened", LOG_S("user", d.owner_username),
                 LOG_S("device", d.device_id));
        rc = db_device_key_failed(db, d.id, s->received_at);
        return rc == DB_OK ? INGEST_STORED : ingest_failed(rc);
    }
    *inner = usable(a, plain, why);
    return *inner ? INGEST_STORED : INGEST_QUARANTINE;
}

enum ingest_result ingest_encrypted(struct db *db, struct arena *a, const struct sender *s,
                                    const struct topic *t, const struct jval *msg, const char **why)
{
    const struct jval *inner;
    struct str key;
    enum ingest_result result = ingest_open(db, a, s, t->user, t->device, msg, &inner, &key, why);

    if (result != INGEST_STORED)
        return result;
    return inner ? ingest_typed(db, a, s, t, inner, why) : ingest_kept(db, a, s, t, msg, why);
}

/* ---------------------------------------------------------------- once more, with another key */
/* DB_NONE: the message stays as it is. */
static enum db_rc reopen(struct db *db, struct arena *a, const struct sender *s,
                         const struct device *d, struct str key, const struct encrypted_message *m)
{
    struct topic t = { .user = s->via == OT_MQTT ? d->mqtt_user : d->owner_username,
                       .device = d->device_id,
                       .rest = STR("") };
    struct sender then = *s;
    char room[JSONIN_WHY];
    const char *why = "";
    const struct jval *msg = ingest_parse(a, m->payload, room, &why);
    struct str plain = msg ? plain_of(a, key, msg) : STR_NULL;
    const struct jval *inner = str_is_null(plain) ? NULL : usable(a, plain, &why);

    if (!inner)
        return DB_NONE;
    then.received_at = m->received_at;
    then.address = m->address;
    enum ingest_result result = ingest_typed(db, a, &then, &t, inner, &why);
    if (result == INGEST_FAIL || result == INGEST_BUSY)
        return result == INGEST_BUSY ? DB_BUSY : DB_FAIL;
    return result == INGEST_QUARANTINE ? DB_NONE : db_encrypted_remove(db, m->id);
}

enum db_rc ingest_reopen(struct db *db, struct arena *a, const struct sender *s,
                         const struct device *d, struct str key, int most, int64_t *after,
                         int64_t *opened)
{
    for (int i = 0; i < most; i++) {
        struct encrypted_message m;
        enum db_rc rc = db_encrypted_next(db, a, d->id, *after, &m);

        if (rc == DB_NONE)
            *after = 0;
        if (rc != DB_OK)
            return rc == DB_NONE ? DB_OK : rc;
        rc = reopen(db, a, s, d, key, &m);
        if (rc != DB_OK && rc != DB_NONE)
            return rc;
        *opened += rc == DB_OK;
        *after = m.id;
    }
    return DB_OK;
}
