/* Commands that wait for phones (mytracks_command). A command is queued until a phone has it: over
   MQTT when the broker hands it to a session of its owner, over HTTP when it is in the answer to
   the phone's report. */
#ifndef MYTRACKS_DB_COMMANDS_H
#define MYTRACKS_DB_COMMANDS_H

#include "db.h"

#define COMMANDS_WAITING_MAX 50 /* of one device */

enum command_state { COMMAND_QUEUED, COMMAND_DELIVERED, COMMAND_CONFIRMED, COMMAND_EXPIRED };

struct queued_command {
    int64_t id, device_id;
    int64_t created_by; /* user; 0: the command API's key */
    struct str action;
    struct str answer;  /* what confirms it (lib/command.h); "": nothing */
    struct str target;  /* USER of the topic */
    struct str topic;   /* owntracks/USER/DEVICE/cmd */
    struct str payload; /* JSON */
    enum command_state state;
    usec_t created_at, expires_at;
    struct opt_usec delivered_at, confirmed_at;
    struct str delivered_via; /* "mqtt", "http"; "" before */
};

/* A new one; c->id and c->state are set. DB_CONFLICT: COMMANDS_WAITING_MAX wait for the device
 * already. */
enum db_rc db_command_add(struct db *db, struct queued_command *c) DB_USED;
/* Of one device, newest first. created_by 0: everybody's. id 0: all of them. */
typedef bool command_row_fn(void *ctx, const struct queued_command *c);
enum db_rc db_command_list(struct db *db, int64_t device_id, int64_t created_by, int64_t id,
                           int64_t limit, command_row_fn *row, void *ctx) DB_USED;

/* ---- delivery over MQTT, by the agent */
/* The one that is due first, whenever that is, in the arena. DB_NONE: none waits. *due: when. */
enum db_rc db_command_next(struct db *db, struct arena *a, struct queued_command *out,
                           usec_t *due) DB_USED;
/* It is published as the text sent (STR_NULL: as its payload); if nobody takes it, it will be again
   at that time. */
enum db_rc db_command_tried(struct db *db, int64_t id, usec_t due, struct str sent) DB_USED;
/* A session took this text: the oldest command that was published as such is delivered. */
enum db_rc db_command_taken(struct db *db, struct str topic, struct str sent, usec_t now) DB_USED;
/* A phone of that MQTT user listens: all that wait for it are due. DB_NONE: none does. */
enum db_rc db_command_listens(struct db *db, struct str target, usec_t now) DB_USED;
enum db_rc db_command_expire(struct db *db, usec_t now) DB_USED;
/* Forgets what has been over for a month. */
enum db_rc db_command_trim(struct db *db, usec_t now) DB_USED;

/* ---- delivery over HTTP, within the caller's transaction */
/* What waits for the device, oldest first, at most 10; again: also what the answer before held,
 * which got lost. */
enum db_rc db_command_fetch(struct db *db, struct arena *a, int64_t device_id, bool again,
                            usec_t now, struct queued_command **out, size_t *n) DB_USED;
enum db_rc db_command_delivered(struct db *db, int64_t id, struct str via, usec_t now) DB_USED;

/* A user asks where friends are: reportLocation for the devices of accepted friends and for those
   that are shared with the user, once while it waits. Within the caller's transaction. */
enum db_rc db_command_relay(struct db *db, int64_t user_id, usec_t now) DB_USED;
/* A phone's message is the answer to what was asked: within the caller's transaction. */
enum db_rc db_command_confirm(struct db *db, int64_t device_id, struct str answer,
                              usec_t now) DB_USED;

#endif
