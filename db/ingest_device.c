/* Which device a message belongs to. */
#include "ingest_parts.h"

static void read_device(struct query *q, struct arena *a, struct device *d)
{
    *d = (struct device){ 0 };
    d->id = sql_col_int(q);
    d->device_id = sql_col_text(q, a);
    d->name = sql_col_text(q, a);
    d->mqtt_user = sql_col_text(q, a);
    d->owner_id = sql_col_id(q);
    d->owner_username = sql_col_text(q, a);
    d->created_at = sql_col_time(q);
    d->last_seen = sql_col_time(q);
    d->last_location_at = sql_col_opt_time(q);
    d->is_online = sql_col_bool(q);
    d->latest_location_id = sql_col_id(q);
}

static enum db_rc first_device(struct query *q, struct arena *a, struct device *out)
{
    enum db_rc rc = sql_step(q);

    if (rc == DB_OK)
        read_device(q, a, out);
    sql_end(q);
    return rc;
}

static enum db_rc owned(struct db *db, struct arena *a, struct str owner, struct str id,
                        struct device *out)
{
    struct query q = sql_query(db, SQL_INGEST_DEVICE_OWNED);

    sql_bind_text(&q, owner);
    sql_bind_text(&q, id);
    return first_device(&q, a, out);
}

/* One that belongs to nobody and that no other MQTT user has reported for (H-04). */
static enum db_rc unowned(struct db *db, struct arena *a, struct str mqtt_user, struct str id,
                          struct device *out)
{
    struct query q = sql_query(db, SQL_INGEST_DEVICE_UNOWNED);

    sql_bind_text(&q, id);
    sql_bind_text(&q, mqtt_user);
    return first_device(&q, a, out);
}

/* 0 when no user of ours has the name. */
static enum db_rc user_id(struct db *db, struct str name, int64_t *id)
{
    struct query q = sql_query(db, SQL_INGEST_USER);

    *id = 0;
    sql_bind_text(&q, name);
    enum db_rc rc = sql_one_int(&q, id);
    return rc == DB_NONE ? DB_OK : rc;
}

/* d->owner_id and d->mqtt_user are the new ones. */
static enum db_rc claim(struct db *db, const struct device *d)
{
    struct query q = sql_query(db, SQL_INGEST_DEVICE_CLAIM);

    sql_bind_id(&q, d->owner_id);
    sql_bind_text(&q, d->mqtt_user);
    sql_bind_int(&q, d->id);
    return sql_exec(&q);
}

/* A new row; the names follow the reference: "Device ID" over HTTP, the id over MQTT. */
static enum db_rc make_device(struct db *db, struct arena *a, const struct sender *s,
                              struct str device_id, struct device *d)
{
    struct query q = sql_query(db, SQL_INGEST_DEVICE_INSERT);

    d->device_id = device_id;
    d->name = s->via == OT_MQTT
                  ? device_id
                  : arena_concat(a, (const struct str[]){ STR("Device "), device_id, STR_NULL });
    d->created_at = d->last_seen = s->received_at;
    sql_bind_text(&q, d->device_id);
    sql_bind_text(&q, d->name);
    sql_bind_time(&q, d->created_at);
    sql_bind_text(&q, d->mqtt_user);
    sql_bind_id(&q, d->owner_id);
    enum db_rc rc = sql_exec(&q);
    d->id = sqlite3_last_insert_rowid(db->h);
    db->outgoing |= rc == DB_OK; /* its owner's card, for friends' apps */
    return rc;
}

/* user has no device of this id yet: one of nobody's is claimed, or a new one made. A name that is
   no user's of ours has devices without owner, told apart by mqtt_user. */
static enum db_rc take_device(struct db *db, struct arena *a, const struct sender *s,
                              struct str user, struct str device_id, bool make, struct device *out)
{
    int64_t owner;
    enum db_rc rc = user_id(db, user, &owner);

    if (rc == DB_OK)
        rc = unowned(db, a, user, device_id, out);
    if (!make || (rc != DB_OK && rc != DB_NONE))
        return rc;
    if (rc == DB_NONE)
        *out = (struct device){ .mqtt_user = STR("") };
    out->owner_id = owner;
    out->owner_username = owner ? user : STR("");
    /* The user of the command topic: HTTP knows nothing of that. */
    if (s->via == OT_MQTT)
        out->mqtt_user = user;
    return rc == DB_OK ? claim(db, out) : make_device(db, a, s, device_id, out);
}

static enum ingest_result device_of(struct db *db, struct arena *a, const struct sender *s,
                                    struct str user, struct str device_id, bool make,
                                    struct device *out)
{
    enum db_rc rc = owned(db, a, user, device_id, out);

    if (rc == DB_NONE)
        rc = take_device(db, a, s, user, device_id, make, out);
    if (rc == DB_NONE)
        return INGEST_DROPPED;
    if (rc != DB_OK)
        return ingest_failed(rc);
    /* Written with the location that follows. */
    if (s->via == OT_MQTT)
        out->mqtt_user = user;
    return INGEST_STORED;
}

/* By the id alone; if several have it, the one whose owner the topic names, which comes first. */
static enum ingest_result find_anybodys(struct db *db, struct arena *a, const struct sender *s,
                                        struct str topic_user, struct str device_id,
                                        struct device *out)
{
    struct query q = sql_query(db, SQL_INGEST_DEVICE_ANY);

    sql_bind_text(&q, device_id);
    sql_bind_bool(&q, s->mode == INGEST_MODE_OPEN);
    sql_bind_text(&q, topic_user);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_NONE)
        return INGEST_DROPPED;
    if (rc != DB_OK)
        return ingest_failed(rc);
    read_device(&q, a, out);
    rc = sql_step(&q);
    sql_end(&q);
    if (rc == DB_OK && (out->owner_id == 0 || !str_eq(out->owner_username, topic_user)))
        return INGEST_AMBIGUOUS;
    return rc == DB_OK || rc == DB_NONE ? INGEST_STORED : ingest_failed(rc);
}

static enum ingest_result device_for_anybody(struct db *db, struct arena *a, const struct sender *s,
                                             struct str topic_user, struct str device_id, bool make,
                                             struct device *out)
{
    if (s->mode == INGEST_MODE_AUTH)
        return INGEST_FORBIDDEN;
    enum ingest_result result = find_anybodys(db, a, s, topic_user, device_id, out);
    if (result != INGEST_DROPPED)
        return result;
    if (s->mode == INGEST_MODE_KNOWN)
        return INGEST_FORBIDDEN;
    if (!make)
        return INGEST_DROPPED;
    *out = (struct device){ .owner_username = STR(""), .mqtt_user = STR("") };
    enum db_rc rc = make_device(db, a, s, device_id, out);
    return rc == DB_OK ? INGEST_STORED : ingest_failed(rc);
}

enum ingest_result ingest_device(struct db *db, struct arena *a, const struct sender *s,
                                 struct str topic_user, struct str device_id, bool make,
                                 struct device *out)
{
    bool by_topic = s->via == OT_MQTT || (s->is_superuser && topic_user.n > 0);

    if (s->via == OT_HTTP && s->user_id == 0)
        return device_for_anybody(db, a, s, topic_user, device_id, make, out);
    return device_of(db, a, s, by_topic ? topic_user : s->username, device_id, make, out);
}
