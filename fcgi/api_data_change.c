/* /api/admin/data/: what an administrator changes there: whose a device is, and messages that were
 * set aside and are to be read again. */
#include "api.h"
#include "db/account.h"
#include "db/browse.h"
#include "db/device_look.h"
#include "handlers.h"
#include "ingest_http.h"
#include "lib/log.h"
#include "retained.h"

static int not_found(struct request *r)
{
    return api_error(r, 404, STR("Not found"));
}

/* ---- whose a device is */

/* {"owner": NAME or null}. NULL: *owner is filled, id 0 for nobody; else what is wrong. */
static const char *take_owner(struct request *r, struct user *owner, enum db_rc *rc)
{
    const struct jval *name = jval_getz(r->json, "owner");

    *rc = DB_OK;
    *owner = (struct user){ .username = STR("") };
    if (name == NULL || (name->type != J_NULL && name->type != J_STR)) {
        return "owner must be a user name, or null";
    }
    if (name->type == J_STR) {
        *rc = db_user_by_name(r->app->db, r->arena, name->text, owner);
    }
    return *rc == DB_NONE ? "There is no such user." : NULL;
}

static int give(struct request *r, const struct device *d, const struct user *owner)
{
    enum db_rc rc = db_device_give(r->app->db, d->id, owner->id, owner->username);

    if (rc == DB_CONFLICT) {
        return api_error(r, 409, STR("That user has a device of this id already."));
    }
    if (rc != DB_OK) {
        return rc == DB_NONE ? not_found(r) : error_of_db(rc);
    }
    log_info("device-given", LOG_S("by", r->who.user.username), LOG_I("device", d->id),
             LOG_S("to", owner->username));
    retained_no_device(r, d); /* at the old owner's topic */
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "owner");
    json_str(j, owner->id != 0 ? owner->username : STR_NULL);
    json_end(j);
    return 0;
}

int data_change(struct request *r)
{
    struct device d;
    struct user owner;
    enum db_rc rc;
    int64_t id;

    if (!str_eqz(r->arg[0], "devices") || !api_row_id(r->arg[1], &id)) {
        return not_found(r);
    }
    rc = db_device_by_id(r->app->db, r->arena, id, &d);
    if (rc != DB_OK) {
        return rc == DB_NONE ? not_found(r) : error_of_db(rc);
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const char *wrong = take_owner(r, &owner, &rc);
    if (wrong != NULL) {
        return api_error(r, 400, str_of(wrong));
    }
    return rc == DB_OK ? give(r, &d, &owner) : error_of_db(rc);
}

/* ---- quarantine: read again */

struct kept {
    struct arena *arena;
    struct sender sender;
    struct str topic, raw;
};

static struct str text_cell(const struct kept *k, const struct browse_row *row, const char *name)
{
    for (size_t i = 0; i < row->n; i++) {
        const struct cell *c = &row->cell[i];
        if (str_eqz(str_of(c->name), name) && !c->null) {
            return arena_dup(k->arena, c->text);
        }
    }
    return STR("");
}

static bool keep(void *ctx, const struct browse_row *row)
{
    struct kept *k = ctx;
    struct str address = text_cell(k, row, "address");

    k->topic = text_cell(k, row, "topic");
    k->raw = text_cell(k, row, "raw");
    k->sender.username = text_cell(k, row, "username");
    k->sender.address = address.n > 0 ? address : STR_NULL;
    k->sender.via = str_eqz(text_cell(k, row, "via"), "mqtt") ? OT_MQTT : OT_HTTP;
    for (size_t i = 0; i < row->n; i++) {
        if (row->cell[i].kind == CELL_TIME && !row->cell[i].null) {
            k->sender.received_at = row->cell[i].time;
        }
    }
    return true;
}

/* As who sent it would be now. DB_NONE: that user is gone. */
static enum db_rc take_sender(struct request *r, struct sender *s)
{
    struct user u;

    if (s->username.n == 0) {
        return DB_OK;
    }
    enum db_rc rc = db_user_by_name(r->app->db, r->arena, s->username, &u);
    if (rc == DB_OK) {
        s->user_id = u.id;
        s->is_superuser = u.is_superuser;
    }
    return rc;
}

static enum ingest_result publish_again(struct request *r, const struct kept *k, const char **why)
{
    struct db *db = r->app->db;
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK) {
        return rc == DB_BUSY ? INGEST_BUSY : INGEST_FAIL;
    }
    enum ingest_result result = ingest_publish(db, r->arena, &k->sender, k->topic, k->raw, why);
    if (result != INGEST_STORED && result != INGEST_REPEATED && result != INGEST_DROPPED) {
        db_rollback(db);
        return result;
    }
    rc = db_commit(db);
    if (rc != DB_OK) {
        return rc == DB_BUSY ? INGEST_BUSY : INGEST_FAIL;
    }
    app_wake(r->app, db_outgoing(db));
    return result;
}

static int answer(struct request *r, int64_t id, enum ingest_result result, const char *why)
{
    static const char *const names[INGEST_RESULTS] = {
        [INGEST_STORED] = "stored",
        [INGEST_REPEATED] = "repeated",
        [INGEST_DROPPED] = "dropped",
    };
    int64_t n;

    if (names[result] != NULL) {
        /* Were the row to stay for a crash here, it would be "repeated" the next time. */
        const struct remover by = api_remover(r);
        enum db_rc rc = db_browse_remove(r->app->db, BROWSE_QUARANTINE, &by, &id, 1, &n);
        log_info("quarantine-again", LOG_S("by", r->who.user.username), LOG_I("id", id),
                 LOG_Z("result", names[result]));
        return rc == DB_OK ? api_text(r, 200, STR("result"), str_of(names[result]))
                           : error_of_db(rc);
    }
    switch (result) {
    case INGEST_QUARANTINE:
        return api_error(r, 409, str_of(why));
    case INGEST_AMBIGUOUS:
        return api_error(r, 409, STR("device id fits several devices"));
    case INGEST_FORBIDDEN:
        return api_error(r, 409, STR("who sent it may not write to this device"));
    case INGEST_BUSY:
        return 503;
    default:
        return 500;
    }
}

int data_again(struct request *r)
{
    const char *why = "";
    struct kept k = { .arena = r->arena };
    int64_t id;

    if (!api_row_id(r->arg[0], &id)) {
        return not_found(r);
    }
    enum db_rc rc = db_browse_one(r->app->db, BROWSE_QUARANTINE, id, keep, &k);
    if (rc != DB_OK) {
        return rc == DB_NONE ? not_found(r) : error_of_db(rc);
    }
    rc = take_sender(r, &k.sender);
    if (rc != DB_OK) {
        return rc == DB_NONE ? api_error(r, 409, STR("the user who sent it is gone"))
                             : error_of_db(rc);
    }
    k.sender.connected_at = r->now; /* all that was stored before may be the same message */
    k.sender.phone = true;
    k.sender.late = true;
    k.sender.mode = r->app->ingest;
    k.sender.secret_key = r->app->secret;
    enum ingest_result result = k.sender.via == OT_MQTT ? publish_again(r, &k, &why)
                                                        : report_again(r, &k.sender, k.raw, &why);
    return answer(r, id, result, why);
}
