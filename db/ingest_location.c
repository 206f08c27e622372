/* Location rows. */
#include "commands.h"
#include "ingest_parts.h"
#include "outbox.h"
#include "rules.h"

void ingest_bind_fix(struct query *q, const struct device *d, const struct ot_fix *fix)
{
    sql_bind_int(q, d->id);
    sql_bind_text(q, fix->lat_text);
    sql_bind_text(q, fix->lon_text);
    sql_bind_time(q, fix->tst * USEC_PER_SEC);
    sql_bind_opt_int(q, fix->acc);
    sql_bind_opt_int(q, fix->alt);
    sql_bind_opt_int(q, fix->vel);
    sql_bind_opt_int(q, fix->batt);
    sql_bind_text(q, fix->conn);
    sql_bind_text(q, fix->tid);
    sql_bind_text(q, fix->message_id);
    sql_bind_opt_time(q, fix->created_at);
    sql_bind_text(q, fix->trigger);
    sql_bind_opt_int(q, fix->bs);
    sql_bind_text(q, fix->source);
    sql_bind_opt_int(q, fix->vac);
    sql_bind_opt_int(q, fix->cog);
    sql_bind_opt_int(q, fix->m);
    sql_bind_text(q, fix->bssid);
    sql_bind_text(q, fix->ssid);
    sql_bind_text(q, fix->in_regions);
}

/* Parameters 1 to 4 of the statements that may move latest_location_id. */
static void bind_report(struct query *q, const struct sender *s, const struct device *d,
                        const struct ot_fix *fix, int64_t location_id)
{
    sql_bind_int(q, d->id);
    sql_bind_time(q, fix->created_at.set ? fix->created_at.t : s->received_at);
    sql_bind_time(q, fix->tst * USEC_PER_SEC);
    sql_bind_id(q, location_id);
}

enum db_rc ingest_latest(struct db *db, const struct sender *s, const struct device *d,
                         const struct ot_fix *fix, int64_t location_id)
{
    struct query q = sql_query(db, SQL_INGEST_LATEST);

    bind_report(&q, s, d, fix, location_id);
    return sql_exec(&q);
}

/* Over MQTT a message also says that the device is there; one that was sent again does so too. */
static enum db_rc update_device(struct db *db, const struct sender *s, const struct device *d,
                                const struct ot_fix *fix, int64_t location_id)
{
    if (s->via == OT_HTTP || s->late)
        return location_id == 0 ? DB_OK : ingest_latest(db, s, d, fix, location_id);
    struct query q = sql_query(db, SQL_INGEST_DEVICE_ONLINE);
    bind_report(&q, s, d, fix, location_id);
    sql_bind_time(&q, s->received_at);
    sql_bind_text(&q, d->mqtt_user);
    return sql_exec(&q);
}

/* What a new position of somebody's device leads to. Rules also believe programs that sign in. */
static enum db_rc follow_up(struct db *db, struct arena *a, const struct sender *s,
                            const struct device *d, int64_t location_id)
{
    struct rule_message m = { d, s->received_at, { s->mail_rate } };
    enum db_rc rc = DB_OK;

    if (ingest_has_effects(s))
        rc = db_outbox_position(db, d->owner_id, d->id, location_id, s->received_at);
    if (rc == DB_OK && !s->late && (s->via == OT_MQTT || s->user_id != 0))
        rc = db_rules_saw_location(db, a, &m, location_id);
    return rc;
}

enum ingest_result ingest_location(struct db *db, struct arena *a, const struct sender *s,
                                   const struct device *d, const struct ot_fix *fix, int64_t *id)
{
    char text[CLOCK_TEXT];
    struct query q = sql_query(db, SQL_INGEST_LOCATION);

    ingest_bind_fix(&q, d, fix);
    sql_bind_text(&q, s->address);
    sql_bind_time(&q, s->received_at);
    sql_bind_text(&q, s->via == OT_MQTT ? STR("mqtt") : STR("http"));
    sql_bind_text(&q, ingest_resent_before(s, text));
    enum ingest_result result = ingest_inserted(sql_exec_some(&q));
    if (result != INGEST_STORED && result != INGEST_REPEATED)
        return result;
    *id = result == INGEST_STORED ? sqlite3_last_insert_rowid(db->h) : 0;
    enum db_rc rc = update_device(db, s, d, fix, *id);
    if (rc == DB_OK && *id != 0 && str_eqz(fix->trigger, "r") && ingest_has_effects(s))
        rc = db_command_confirm(db, d->id, STR("location"), s->received_at);
    if (rc == DB_OK && *id != 0 && d->owner_id != 0)
        rc = follow_up(db, a, s, d, *id);
    return rc == DB_OK ? result : ingest_failed(rc);
}

enum db_rc ingest_rewrite(struct db *db, struct arena *a, int64_t location_id,
                          const struct sender *s, const struct device *d, const struct ot_fix *fix)
{
    struct query q = sql_query(db, SQL_INGEST_REWRITE);

    (void)a;
    (void)s;
    ingest_bind_fix(&q, d, fix);
    sql_bind_int(&q, location_id);
    return sql_exec_some(&q);
}
