/* Geofences: regions that phones tell of, and entering and leaving them. */
#include "commands.h"
#include "ingest_parts.h"
#include "lib/represent.h"
#include "outbox.h"
#include "rules.h"

#include <assert.h>

/* ---------------------------------------------------------------- transition */
static enum db_rc region_by_rid(struct db *db, int64_t owner, struct str rid, int64_t *id)
{
    struct query q = sql_query(db, SQL_INGEST_REGION_BY_RID);

    sql_bind_text(&q, rid);
    sql_bind_int(&q, owner);
    return sql_one_int(&q, id);
}

/* Phones make up ids of their own for regions that came from us by setWaypoints. An id that we know
   as another user's is not taken for that. */
static enum db_rc region_by_label(struct db *db, int64_t owner, const struct ot_transition *tr,
                                  int64_t *id)
{
    struct query q = sql_query(db, SQL_INGEST_REGION_BY_LABEL);

    sql_bind_int(&q, owner);
    sql_bind_text(&q, tr->desc);
    sql_bind_text(&q, tr->rid);
    return sql_one_int(&q, id);
}

/* The region of the device's owner, 0 when there is none. */
static enum db_rc find_region(struct db *db, const struct device *d, const struct ot_transition *tr,
                              int64_t *id)
{
    enum db_rc rc = DB_NONE;

    *id = 0;
    if (d->owner_id == 0)
        return DB_OK;
    if (tr->rid.n > 0)
        rc = region_by_rid(db, d->owner_id, tr->rid, id);
    if (rc == DB_NONE && tr->desc.n > 0)
        rc = region_by_label(db, d->owner_id, tr, id);
    return rc == DB_NONE ? DB_OK : rc;
}

static enum ingest_result insert_transition(struct db *db, const struct sender *s,
                                            const struct device *d, const struct ot_transition *tr,
                                            int64_t region)
{
    char text[CLOCK_TEXT];
    struct query q = sql_query(db, SQL_INGEST_TRANSITION);

    sql_bind_int(&q, d->id);
    sql_bind_time(&q, tr->tst * USEC_PER_SEC);
    sql_bind_text(&q, tr->event);
    sql_bind_text(&q, tr->rid);
    sql_bind_text(&q, tr->desc);
    sql_bind_text(&q, tr->lat_text);
    sql_bind_text(&q, tr->lon_text);
    sql_bind_opt_int(&q, tr->acc);
    sql_bind_id(&q, region);
    sql_bind_time(&q, s->received_at);
    sql_bind_text(&q, ingest_resent_before(s, text));
    return ingest_inserted(sql_exec_some(&q));
}

enum ingest_result ingest_transition(struct db *db, struct arena *a, const struct sender *s,
                                     const struct topic *t, const struct jval *msg,
                                     const char **why)
{
    struct ot_transition tr;
    struct device d;
    int64_t region;

    if (!ot_transition_from_mqtt(a, msg, &tr, why))
        return INGEST_QUARANTINE;
    enum ingest_result result = ingest_device(db, a, s, t->user, t->device, false, &d);
    if (result != INGEST_STORED)
        return result;
    enum db_rc rc = find_region(db, &d, &tr, &region);
    if (rc != DB_OK)
        return ingest_failed(rc);
    result = insert_transition(db, s, &d, &tr, region);
    if (result != INGEST_STORED || d.owner_id == 0 || !ingest_has_effects(s))
        return result;
    int64_t id = sqlite3_last_insert_rowid(db->h);
    struct rule_message m = { &d, s->received_at, { s->mail_rate } };
    rc = db_outbox_transition(db, d.owner_id, id, region, tr.event, s->mail_rate, s->received_at);
    if (rc == DB_OK)
        rc = db_rules_saw_transition(db, a, &m, id);
    return rc == DB_OK ? result : ingest_failed(rc);
}

/* ---------------------------------------------------------------- waypoints */
/* A known one stays as it is, also when its owner has since changed it here. */
static enum ingest_result insert_region(struct db *db, struct arena *a, const struct sender *s,
                                        int64_t owner, const struct ot_region *region)
{
    struct query q = sql_query(db, SQL_INGEST_WAYPOINT);

    sql_bind_int(&q, owner);
    sql_bind_text(&q, region->desc);
    sql_bind_text(&q, region->lat_text);
    sql_bind_text(&q, region->lon_text);
    sql_bind_int(&q, region->rad);
    sql_bind_text(&q, ot_region_rid(a, owner, region));
    sql_bind_time(&q, s->received_at);
    return ingest_inserted(sql_exec_some(&q));
}

/* The reference gives up at a bad entry and keeps what came before; so do we, and the whole message
   goes to quarantine, from where it can be read again: entries are stored once. *fresh: how many
   were not known. */
static enum ingest_result store_list(struct db *db, struct arena *a, const struct sender *s,
                                     int64_t owner, const struct jval *first, int64_t *fresh,
                                     const char **why)
{
    enum ingest_result all = INGEST_DROPPED;

    for (const struct jval *entry = first; entry; entry = entry->next) {
        struct ot_region region;
        enum ot_region_rc rc = ot_region_from_mqtt(a, entry, &region);
        if (rc == OT_REGION_NONE)
            continue;
        if (rc == OT_REGION_BAD) {
            *why = "a waypoint's position or radius is unusable";
            return INGEST_QUARANTINE;
        }
        enum ingest_result one = insert_region(db, a, s, owner, &region);
        if (one != INGEST_STORED && one != INGEST_REPEATED)
            return one;
        *fresh += one == INGEST_STORED;
        if (all != INGEST_STORED)
            all = one;
    }
    return all;
}

/* For the live feed. */
static enum db_rc add_news(struct db *db, struct arena *a, const struct sender *s,
                           const struct topic *t, int64_t count)
{
    struct query q = sql_query(db, SQL_REGION_NEWS_ADD);

    sql_bind_time(&q, s->received_at);
    sql_bind_text(&q, device_display(a, t->user, t->device));
    sql_bind_int(&q, count);
    return sql_exec(&q);
}

/* Regions belong to the owner of the device, whoever sent them. */
static enum ingest_result store_regions(struct db *db, struct arena *a, const struct sender *s,
                                        const struct topic *t, const struct jval *first,
                                        const char **why)
{
    struct device d;
    int64_t fresh = 0;
    enum ingest_result result = ingest_device(db, a, s, t->user, t->device, false, &d);

    if (result != INGEST_STORED)
        return result;
    if (d.owner_id == 0)
        return INGEST_DROPPED;
    enum db_rc told = db_command_confirm(db, d.id, STR("waypoints"), s->received_at);
    if (told != DB_OK)
        return ingest_failed(told);
    result = store_list(db, a, s, d.owner_id, first, &fresh, why);
    if (result != INGEST_STORED)
        return result;
    enum db_rc rc = add_news(db, a, s, t, fresh);
    return rc == DB_OK ? result : ingest_failed(rc);
}

enum ingest_result ingest_waypoint(struct db *db, struct arena *a, const struct sender *s,
                                   const struct topic *t, const struct jval *msg, const char **why)
{
    assert(!msg->next); /* it is the whole message: a list of one */
    return store_regions(db, a, s, t, msg, why);
}

enum ingest_result ingest_waypoints(struct db *db, struct arena *a, const struct sender *s,
                                    const struct topic *t, const struct jval *msg, const char **why)
{
    const struct jval *list = jval_getz(msg, "waypoints");

    if (!list || list->type != J_ARRAY) {
        *why = "waypoints is not a list";
        return INGEST_QUARANTINE;
    }
    return store_regions(db, a, s, t, list->first, why);
}
