/* The answer to a phone's report (owntracks-protocol.md 3.4): in HTTP mode it is the only way to
   tell the phone anything. Friends first, then commands. */
#include "db/commands.h"
#include "db/peers.h"
#include "lib/codec.h"
#include "lib/command.h"
#include "lib/crypto.h"
#include "lib/friendly.h"
#include "lib/log.h"
#include "lib/owntracks.h"
#include "lib/secretbox.h"
#include "phone.h"

#define COMMANDS_MOST 10u
#define BYTES_MOST ((size_t)256 * 1024) /* what is left over comes with the next answer */

struct answer {
    struct request *r;
    const struct device *phone;
    bool repeated;
    struct str key; /* STR_NULL: plain */
    struct queued_command *commands;
    struct peer *peers;
    size_t commands_n, peers_n;
    struct str item[COMMANDS_MOST + 2 * PEERS_MAX];
    size_t n, bytes;
};

/* Each message is encrypted by itself: the answer stays an array for those who read only arrays. */
static bool add(struct answer *an, struct str json)
{
    if (!str_is_null(an->key)) {
        json = secretbox_message(an->r->arena, an->key, json);
    }
    if (an->bytes + json.n > BYTES_MOST) {
        return false;
    }
    an->item[an->n++] = json;
    an->bytes += json.n + 1;
    return true;
}

/* ---- friends */

/* The tid by which this viewer's apps know the device; made and kept when there is none. */
static enum db_rc name_peer(struct answer *an, struct peer *p)
{
    struct request *r = an->r;
    enum db_rc rc = DB_CONFLICT;

    if (!str_is_null(p->tid)) {
        return DB_OK;
    }
    for (unsigned i = 0; i < TID_TRIES && rc == DB_CONFLICT; i++) {
        p->tid = friend_tid(r->arena, &p->where, i);
        if (!str_is_null(p->tid)) {
            rc = db_peer_name(r->app->db, r->who.user.id, p->device_id, p->tid);
        }
    }
    return rc;
}

static struct str digest(struct arena *a, struct str text)
{
    uint8_t sum[SHA256_LEN];

    crypto_sha256_parts((struct str[]){ text, STR_NULL }, sum);
    return hex_encode(a, (struct str){ (const char *)sum, 8 });
}

/* Two devices of one friend are told apart by their names. */
static struct str shown_name(struct arena *a, const struct peer *p)
{
    struct str owner, device = p->where.device_key;

    if (p->only_one || !str_split(&device, '/', &owner)) {
        return p->name;
    }
    return arena_concat(a, (struct str[]){ p->name, STR(" \xc2\xb7 "), device, STR_NULL });
}

static enum db_rc tell_peer(struct answer *an, struct peer *p)
{
    struct arena *a = an->r->arena;
    enum db_rc rc = name_peer(an, p);
    int64_t told = p->told_location;

    if (rc != DB_OK) {
        return rc;
    }
    struct str card = ot_dump(a, friend_card(a, p->tid, shown_name(a, p), p->face)),
               sum = digest(a, card);
    if ((an->repeated || !str_eq(sum, p->told_card)) && !add(an, card)) {
        sum = p->told_card;
    }
    if ((an->repeated || p->where.id != told) && friend_shows(&p->where) &&
        add(an, ot_dump(a, friend_location(a, &p->where, p->tid)))) {
        told = p->where.id;
    }
    return told == p->told_location && str_eq(sum, p->told_card)
               ? DB_OK
               : db_peer_told(an->r->app->db, an->phone->id, p->device_id, told, sum);
}

static bool peers_have_news(const struct answer *an)
{
    for (size_t i = 0; i < an->peers_n; i++) {
        const struct peer *p = &an->peers[i];
        if (an->repeated || p->where.id != p->told_location || p->told_card.n == 0) {
            return true;
        }
        struct arena *a = an->r->arena;
        if (!str_eq(digest(a, ot_dump(a, friend_card(a, p->tid, shown_name(a, p), p->face))),
                    p->told_card)) {
            return true;
        }
    }
    return false;
}

/* ---- commands */

/* Android throws an answer away that holds anything it does not know; it says its name. */
static bool knows(const struct request *r, const struct queued_command *c)
{
    const struct command_kind *kind = command_kind(c->action);
    struct str android = STR("owntracks-android"), agent = request_env(r, "HTTP_USER_AGENT");

    return kind != NULL && (!kind->ios_only || !str_ieq(str_sub(agent, 0, android.n), android));
}

static enum db_rc tell_command(struct answer *an, const struct queued_command *c)
{
    return add(an, c->payload)
               ? db_command_delivered(an->r->app->db, c->id, STR("http"), an->r->now)
               : DB_OK;
}

/* ---- both */

/* What there may be to tell. False: nothing, or the database does not want to. */
static bool gather(struct answer *an)
{
    struct request *r = an->r;
    struct queued_command *all = NULL;
    size_t n = 0;

    if (db_command_fetch(r->app->db, r->arena, an->phone->id, an->repeated, r->now, &all, &n) !=
            DB_OK ||
        db_peer_list(r->app->db, r->arena, r->who.user.id, an->phone->id, &an->peers,
                     &an->peers_n) != DB_OK) {
        return false;
    }
    an->commands = all;
    for (size_t i = 0; i < n; i++) {
        if (knows(r, &all[i])) {
            all[an->commands_n++] = all[i];
        }
    }
    return an->commands_n > 0 || peers_have_news(an);
}

/* Puts it together and notes what is told, all or nothing. */
static bool compose(struct answer *an)
{
    struct db *db = an->r->app->db;
    enum db_rc rc = db_begin(db);

    for (size_t i = 0; rc == DB_OK && i < an->peers_n; i++) {
        rc = tell_peer(an, &an->peers[i]);
    }
    for (size_t i = 0; rc == DB_OK && i < an->commands_n; i++) {
        rc = tell_command(an, &an->commands[i]);
    }
    rc = db_end(db, rc);
    if (rc != DB_OK) {
        log_info("answer-without-news", LOG_I("device", an->phone->id));
    }
    return rc == DB_OK;
}

int phone_answer(struct request *r, const struct device *d, bool repeated, struct str key)
{
    bool own = d->id != 0 && r->who.known && d->owner_id == r->who.user.id;
    struct answer *an;

    if (!own) {
        return phone_reply(r, 200);
    }
    an = ARENA_NEW(r->arena, struct answer);
    *an = (struct answer){ .r = r, .phone = d, .repeated = repeated, .key = key };
    if (!gather(an) || !compose(an)) {
        return phone_reply(r, 200);
    }
    reply_head(r, 200, "application/json");
    buf_z(&r->reply.body, "[");
    for (size_t i = 0; i < an->n; i++) {
        buf_z(&r->reply.body, i == 0 ? "" : ",");
        buf_str(&r->reply.body, an->item[i]);
    }
    buf_z(&r->reply.body, "]");
    return 0;
}
