/* Positions for the domesti-bot that is paired. */
#include "db/domesti.h"
#include "lib/fernet.h"
#include "lib/httppost.h"
#include "lib/log.h"
#include "lib/owntracks.h"
#include "outbox.h"

#define LIMIT_MS 10000 /* as the reference */
#define FRESH (60 * USEC_PER_SEC)

static enum delivery refuse(struct str *why, struct str reason)
{
    *why = reason;
    return DELIVERY_REFUSED;
}

/* One line in the log of the last posts, which administrators see. */
static enum db_rc note(struct outbox *o, const struct domesti_position *p, struct str url,
                       struct jval *payload, const struct http_answer *answer)
{
    struct domesti d;
    struct domesti_event e = {
        .at = o->now,
        .success = answer->status / 100 == 2,
        .http_status = answer->status,
        .posted = true,
        .post_url = url,
        .user_id = p->user_id,
        .payload = payload,
        .preview = http_answer_text(o->arena, answer),
        .source = "live",
        .elapsed_ms = answer->ms,
    };
    enum db_rc rc = db_begin(o->db);

    if (rc == DB_OK) {
        rc = db_domesti_get(o->db, o->arena, &d);
    }
    if (rc == DB_OK) {
        d.log = domesti_log_add(o->arena, d.log, &e);
        rc = db_domesti_put(o->db, &d, clock_now());
    }
    if (rc == DB_OK) {
        return db_commit(o->db);
    }
    db_rollback(o->db);
    return rc;
}

/* Whether it need not be sent: after trouble only the newest position of a device is news. */
static enum delivery check_news(struct outbox *o, const struct outbox_item *item, struct str *why)
{
    bool newer = false;

    if (item->attempts == 0 && o->now - item->created_at < FRESH) {
        return DELIVERY_DONE;
    }
    if (db_outbox_superseded(o->db, item, &newer) != DB_OK) {
        return DELIVERY_UNREAD;
    }
    return newer ? refuse(why, STR("there is a newer position")) : DELIVERY_DONE;
}

/* The pairing as it is now, and the key in clear. */
static enum delivery open_pairing(struct outbox *o, struct domesti *d, struct str *key,
                                  struct str *why)
{
    if (db_domesti_get(o->db, o->arena, d) != DB_OK) {
        return DELIVERY_UNREAD;
    }
    if (!d->updates_enabled || d->update_url.n == 0) {
        return refuse(why, STR("no domesti-bot wants positions"));
    }
    *key =
        d->sealed_key.n == 0 ? STR("") : fernet_open(o->arena, o->agent->secret_key, d->sealed_key);
    return str_is_null(*key)
               ? refuse(why, STR("the API key was sealed under another SECRET_KEY; pair again"))
               : DELIVERY_DONE;
}

static enum delivery of_status(const struct outbox *o, const struct http_answer *answer,
                               struct str *why)
{
    if (answer->status / 100 == 2) {
        return DELIVERY_DONE;
    }
    *why = answer->status == 0
               ? http_answer_text(o->arena, answer)
               : arena_printf(o->arena, "the domesti-bot answered %d", answer->status);
    /* A request that it understands and does not want is not sent again. */
    return answer->status / 100 == 4 && answer->status != 408 && answer->status != 429
               ? DELIVERY_REFUSED
               : DELIVERY_DOWN;
}

enum delivery outbox_send_webhook(struct outbox *o, const struct outbox_item *item, struct str *why)
{
    struct domesti d;
    struct domesti_position p;
    struct http_answer answer;
    struct str key;
    enum delivery what = check_news(o, item, why);

    if (what == DELIVERY_DONE) {
        what = open_pairing(o, &d, &key, why);
    }
    if (what != DELIVERY_DONE) {
        return what;
    }
    enum db_rc rc = db_outbox_position_facts(o->db, o->arena, item->ref, &p);
    if (rc != DB_OK) {
        return rc == DB_NONE ? refuse(why, STR("the position is gone")) : DELIVERY_UNREAD;
    }
    struct jval *payload = domesti_payload(o->arena, &p);
    struct http_post post = {
        .url = arena_cstr(o->arena, d.update_url),
        .headers = { arena_printf(o->arena, DOMESTI_KEY_HEADER ": %.*s", STR_FMT(key)).p },
        .body = ot_dump(o->arena, payload),
        .limit_ms = LIMIT_MS,
        .stop = &o->agent->stopping,
        .allow_private = config_bool(o->agent->config, CFG_WEBHOOK_PRIVATE),
    };
    db_request_end(o->db); /* nothing of the database is held while the other server is asked */
    http_post(&post, &answer);
    if (note(o, &p, d.update_url, payload, &answer) != DB_OK) {
        log_event(LOG_LVL_WARNING, "webhook_not_noted",
                  NULL); /* the post itself counts all the same */
    }
    return of_status(o, &answer, why);
}
