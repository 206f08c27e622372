/* Messages as they come from the spool, and the rows that are alike for all of them. */
#include "commands.h"
#include "ingest_parts.h"
#include "lib/log.h"

/* A payload is parsed up to this; a location with a picture has some hundred kB. */
#define PAYLOAD_MAX ((size_t)4 * 1024 * 1024)
/* Separators in it: bounds the memory that its values take. */
#define VALUES_MAX ((size_t)50000)
/* A message row is read as one text. */
#define MESSAGE_MAX ((size_t)SQL_TEXT_MAX)
/* Kept of a message that cannot be stored. */
#define RAW_MAX ((size_t)8 * 1024 * 1024)
/* An equal message within this may be the same one, sent again. */
#define RESEND_WINDOW (3600 * USEC_PER_SEC)

enum ingest_result ingest_failed(enum db_rc rc)
{
    return rc == DB_BUSY ? INGEST_BUSY : INGEST_FAIL;
}

enum ingest_result ingest_inserted(enum db_rc rc)
{
    return rc == DB_OK ? INGEST_STORED : rc == DB_NONE ? INGEST_REPEATED : ingest_failed(rc);
}

struct str ingest_resent_before(const struct sender *s, char text[CLOCK_TEXT])
{
    if (s->via == OT_HTTP)
        return s->phone ? STR("~") : STR("");
    return (struct str){ text, clock_db(s->connected_at, text) };
}

bool ingest_has_effects(const struct sender *s)
{
    return !s->late && (s->via == OT_MQTT || (s->phone && s->user_id != 0));
}

/* ---------------------------------------------------------------- rows */
/* known: the beginning of the payload by which a message that was sent again is known. */
static enum ingest_result insert_message(struct db *db, const struct sender *s, int64_t device_id,
                                         struct str type, struct str payload, struct str known)
{
    char text[CLOCK_TEXT];
    struct query q = sql_query(db, SQL_INGEST_MESSAGE);

    sql_bind_id(&q, device_id);
    sql_bind_text(&q, type);
    sql_bind_text(&q, payload);
    sql_bind_text(&q, s->address);
    sql_bind_time(&q, s->received_at);
    sql_bind_time(&q, s->received_at - RESEND_WINDOW);
    sql_bind_text(&q, ingest_resent_before(s, text));
    sql_bind_text(&q, known);
    return ingest_inserted(sql_exec_some(&q));
}

enum ingest_result ingest_message(struct db *db, const struct sender *s, int64_t device_id,
                                  struct str type, struct str payload_json)
{
    return insert_message(db, s, device_id, type, payload_json, payload_json);
}

enum ingest_result ingest_quarantine(struct db *db, const struct sender *s, struct str topic,
                                     struct str raw, const char *why)
{
    struct query q = sql_query(db, SQL_INGEST_QUARANTINE);

    sql_bind_time(&q, s->received_at);
    sql_bind_text(&q, s->via == OT_MQTT ? STR("mqtt") : STR("http"));
    sql_bind_text(&q, s->username.p ? s->username : STR(""));
    sql_bind_text(&q, s->address);
    sql_bind_text(&q, topic.p ? topic : STR(""));
    sql_bind_blob(&q, raw.p ? str_sub(raw, 0, RAW_MAX) : STR(""));
    sql_bind_text(&q, str_of(why));
    enum db_rc rc = sql_exec(&q);
    if (rc != DB_OK)
        return ingest_failed(rc);
    log_info("message_quarantined", LOG_S("user", s->username), LOG_S("topic", topic),
             LOG_Z("why", why));
    return INGEST_QUARANTINE;
}

/* ---------------------------------------------------------------- by type */
static enum ingest_result store_location(struct db *db, struct arena *a, const struct sender *s,
                                         const struct topic *t, const struct jval *msg,
                                         const char **why)
{
    struct ot_fix fix;
    struct device d;
    int64_t id;

    if (!ot_fix_from_mqtt(a, msg, t->device, &fix, why))
        return INGEST_QUARANTINE;
    enum ingest_result result = ingest_device(db, a, s, t->user, t->device, true, &d);
    return result == INGEST_STORED ? ingest_location(db, a, s, &d, &fix, &id) : result;
}

/* {"event": "offline", "connected_at": ISO or null, "disconnected_at": ISO}; *known: up to the last
   key. Over MQTT the reference stores this form and no address. */
static struct str lwt_payload(struct arena *a, const struct jval *msg, usec_t now,
                              struct str *known)
{
    char from[CLOCK_TEXT] = "", to[CLOCK_TEXT];
    usec_t connected;

    if (ot_lwt_connected(msg, &connected))
        clock_iso_offset(connected, from);
    clock_iso_offset(now, to);
    const char *quote = *from ? "\"" : "";
    *known = arena_printf(a, "{\"event\": \"offline\", \"connected_at\": %s%s%s, ", quote,
                          *from ? from : "null", quote);
    return arena_printf(a, "%s\"disconnected_at\": \"%s\"}", known->p, to);
}

static enum ingest_result store_lwt(struct db *db, struct arena *a, const struct sender *s,
                                    const struct topic *t, const struct jval *msg, const char **why)
{
    struct sender nowhere = *s;
    struct device d;
    struct str known;

    (void)why;
    enum ingest_result result = ingest_device(db, a, s, t->user, t->device, false, &d);
    if (result != INGEST_STORED)
        return result;
    nowhere.address = STR_NULL;
    struct str payload = lwt_payload(a, msg, s->received_at, &known);
    result = insert_message(db, &nowhere, d.id, STR("lwt"), payload, known);
    /* Sent again on a new connection: the device is there. */
    if (result != INGEST_STORED)
        return result;
    struct query q = sql_query(db, SQL_INGEST_DEVICE_OFFLINE);
    sql_bind_int(&q, d.id);
    sql_bind_time(&q, s->received_at);
    enum db_rc rc = sql_exec(&q);
    return rc == DB_OK ? INGEST_STORED : ingest_failed(rc);
}

enum ingest_result ingest_kept(struct db *db, struct arena *a, const struct sender *s,
                               const struct topic *t, const struct jval *msg, const char **why)
{
    struct device d;
    struct str payload = ot_dump(a, msg);

    if (payload.n > MESSAGE_MAX) {
        *why = "message too long to be kept as a row";
        return INGEST_QUARANTINE;
    }
    enum ingest_result result = ingest_device(db, a, s, t->user, t->device, false, &d);
    if (result != INGEST_STORED)
        return result;
    struct str type = jval_getz(msg, "_type")->text;
    result = ingest_message(db, s, d.id, type, payload);
    if (result != INGEST_STORED)
        return result;
    enum db_rc rc = db_command_confirm(db, d.id, type, s->received_at);
    return rc == DB_OK ? result : ingest_failed(rc);
}

/* Commands are for phones and pass through the broker alone. But OwnTracks for Android up to 2.5.4
   asks for a friend's position on its own command topic. */
static enum ingest_result relay(struct db *db, struct arena *a, const struct sender *s,
                                const struct topic *t, const struct jval *msg, const char **why)
{
    const struct jval *action = jval_getz(msg, "action");

    (void)a, (void)why;
    if (s->user_id == 0 || !str_eq(t->user, s->username) || !str_eqz(t->rest, "cmd") || !action ||
        action->type != J_STR || !str_eqz(action->text, "reportLocation"))
        return INGEST_DROPPED;
    enum db_rc rc = db_command_relay(db, s->user_id, s->received_at);
    return rc == DB_OK ? INGEST_DROPPED : ingest_failed(rc);
}

static enum ingest_result unknown_type(struct db *db, struct arena *a, const struct sender *s,
                                       const struct topic *t, const struct jval *msg,
                                       const char **why)
{
    (void)db, (void)a, (void)s, (void)t, (void)msg;
    *why = "unknown _type";
    return INGEST_QUARANTINE;
}

static ingest_type_fn *const by_type[] = {
    [OT_LOCATION] = store_location,
    [OT_LWT] = store_lwt,
    [OT_TRANSITION] = ingest_transition,
    [OT_WAYPOINT] = ingest_waypoint,
    [OT_WAYPOINTS] = ingest_waypoints,
    [OT_CMD] = relay,
    [OT_STATUS] = ingest_kept,
    [OT_CARD] = ingest_kept,
    [OT_STEPS] = ingest_kept,
    [OT_BEACON] = ingest_kept,
    [OT_DUMP] = ingest_kept,
    [OT_CONFIGURATION] = ingest_kept,
    [OT_REQUEST] = ingest_kept,
    [OT_ENCRYPTED] = ingest_encrypted,
    [OT_UNKNOWN] = unknown_type,
};

/* ---------------------------------------------------------------- a publish */
/* Whether it can be parsed within a message's memory. */
static bool is_too_big(struct str payload)
{
    size_t values = 0;

    if (payload.n > PAYLOAD_MAX)
        return true;
    for (size_t i = 0; i < payload.n; i++)
        values += payload.p[i] == ',' || payload.p[i] == '[' || payload.p[i] == '{';
    return values > VALUES_MAX;
}

enum ingest_result ingest_typed(struct db *db, struct arena *a, const struct sender *s,
                                const struct topic *t, const struct jval *msg, const char **why)
{
    return by_type[ot_type_of(jval_getz(msg, "_type")->text)](db, a, s, t, msg, why);
}

const struct jval *ingest_parse(struct arena *a, struct str payload, char room[JSONIN_WHY],
                                const char **why)
{
    const struct jval *msg, *type;

    if (is_too_big(payload)) {
        *why = "message too big";
        return NULL;
    }
    *why = room;
    msg = jsonin_parse(a, payload, room);
    if (!msg)
        return NULL;
    *why = msg->type != J_OBJECT ? "not a JSON object" : "no _type";
    type = jval_getz(msg, "_type");
    return type && type->type == J_STR ? msg : NULL;
}

enum ingest_result ingest_publish(struct db *db, struct arena *a, const struct sender *s,
                                  struct str topic, struct str payload, const char **why)
{
    char *room = arena_alloc(a, JSONIN_WHY);
    struct topic t;

    /* An empty payload clears a retained message. */
    if (!topic_parse(topic, &t) || str_is_null(t.device) || payload.n == 0)
        return INGEST_DROPPED;
    const struct jval *msg = ingest_parse(a, payload, room, why);
    return msg ? ingest_typed(db, a, s, &t, msg, why) : INGEST_QUARANTINE;
}

enum ingest_result ingest_mqtt(struct db *db, struct arena *a, const struct sender *s,
                               struct str topic, struct str payload)
{
    const char *why = NULL;
    enum ingest_result result = ingest_publish(db, a, s, topic, payload, &why);

    return result == INGEST_QUARANTINE ? ingest_quarantine(db, s, topic, payload, why) : result;
}

/* Messages that are only rows, and phones' answers to commands (lib/command.h). */
static const char *const answers[OT_UNKNOWN + 1] = {
    [OT_STATUS] = "status",
    [OT_DUMP] = "dump",
    [OT_STEPS] = "steps",
};

enum ingest_result ingest_follow(struct db *db, struct arena *a, const struct sender *s,
                                 const struct device *d, enum ot_type type, const struct jval *msg,
                                 const char **why)
{
    struct topic t = { .user = d->owner_username, .device = d->device_id };

    if (!ingest_has_effects(s))
        return INGEST_DROPPED;
    if (answers[type]) {
        enum db_rc rc = db_command_confirm(db, d->id, str_of(answers[type]), s->received_at);
        return rc == DB_OK ? INGEST_DROPPED : ingest_failed(rc);
    }
    if (type != OT_TRANSITION && type != OT_WAYPOINT && type != OT_WAYPOINTS)
        return INGEST_DROPPED;
    return by_type[type](db, a, s, &t, msg, why);
}

/* ---------------------------------------------------------------- the spool */
enum db_rc db_spool_position(struct db *db, struct spool_position *out)
{
    struct query q = sql_query(db, SQL_SPOOL_POSITION);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK) {
        out->segment = (uint64_t)sql_col_int(&q);
        out->offset = (uint64_t)sql_col_int(&q);
        if (!sql_readable(&q, 1))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_spool_advance(struct db *db, struct spool_position p)
{
    struct query q = sql_query(db, SQL_SPOOL_ADVANCE);

    sql_bind_int(&q, (int64_t)p.segment);
    sql_bind_int(&q, (int64_t)p.offset);
    return sql_exec(&q);
}
