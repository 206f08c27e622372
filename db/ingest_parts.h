/* Shared by db/ingest*.c alone. */
#ifndef MYTRACKS_DB_INGEST_PARTS_H
#define MYTRACKS_DB_INGEST_PARTS_H

#include "ingest.h"
#include "lib/topic.h"
#include "sql.h"

/* What a failed statement means for the message: INGEST_BUSY or INGEST_FAIL. */
enum ingest_result ingest_failed(enum db_rc rc);
/* Of an INSERT that leaves out what is there already (sql_exec_some). */
enum ingest_result ingest_inserted(enum db_rc rc);
/* An equal row received before this text is the message sent again; text is the room for it. */
struct str ingest_resent_before(const struct sender *s, char text[CLOCK_TEXT]);

/* Parameters 1 to 21 of SQL_INGEST_LOCATION and others: what the message says. */
void ingest_bind_fix(struct query *q, const struct device *d, const struct ot_fix *fix);
/* This location becomes the device's latest unless that is a newer report. */
enum db_rc ingest_latest(struct db *db, const struct sender *s, const struct device *d,
                         const struct ot_fix *fix, int64_t location_id);

/* Does more follow than a row: mail, a webhook? Not from what anybody could have posted. */
bool ingest_has_effects(const struct sender *s);

/* Over MQTT, by type. INGEST_QUARANTINE: *why (static) says what is wrong with the message. */
typedef enum ingest_result ingest_type_fn(struct db *db, struct arena *a, const struct sender *s,
                                          const struct topic *t, const struct jval *msg,
                                          const char **why);
ingest_type_fn ingest_transition, ingest_waypoint, ingest_waypoints, ingest_encrypted;
/* Every type, by its _type; the message is an object that has one. */
ingest_type_fn ingest_typed;
/* A message row, of whatever type. */
ingest_type_fn ingest_kept;
/* An object with a _type. NULL: *why is the reason, perhaps in room. */
const struct jval *ingest_parse(struct arena *a, struct str payload, char room[JSONIN_WHY],
                                const char **why);

#endif
