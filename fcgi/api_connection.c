/* GET /api/account/connection/: how far one's phones have come, for who waits for the first report:
 * what is connected, and what was refused on the way. Of others nothing is told, but for names that
 * nobody has and that came from the asker's own address: a typing mistake. */
#include "api.h"
#include "db/account.h"
#include "db/browse.h"
#include "db/signins.h"
#include "handlers.h"

#define ROWS 10
#define SIGNINS 50                 /* looked at */
#define SPAN (3600 * USEC_PER_SEC) /* how far back, unless the query says */

struct telling {
    struct request *r;
    struct json *j;
    usec_t since;
};

/* Members of the agent's JSON, as they are. */
static void copy_members(struct json *j, const struct jval *row, const char *const *names)
{
    json_object(j);
    for (; *names != NULL; names++) {
        const struct jval *v = jval_get(row, str_of(*names));
        json_key(j, str_of(*names));
        if (v != NULL) {
            jval_write(j, v);
        } else {
            json_null(j);
        }
    }
    json_end(j);
}

static struct str member(const struct jval *row, const char *name)
{
    const struct jval *v = jval_get(row, str_of(name));

    return v != NULL && v->type == J_STR ? v->text : STR("");
}

static bool is_recent(const struct telling *t, const struct jval *row)
{
    usec_t at;

    return clock_from_iso(member(row, "at"), &at) && at >= t->since;
}

static bool is_nobody(struct request *r, struct str username)
{
    struct user u;

    return username.n > 0 && db_user_by_name(r->app->db, r->arena, username, &u) == DB_NONE;
}

static bool concerns(const struct telling *t, struct str user, struct str from)
{
    struct str address = request_address(t->r);

    return str_eq(user, t->r->who.user.username) ||
           (!str_is_null(address) && str_eq(from, address) && is_nobody(t->r, user));
}

static void put_clients(const struct telling *t, const struct jval *broker)
{
    static const char *const names[] = { "client_id",    "device",    "address",
                                         "certificate",  "websocket", "since",
                                         "last_message", "messages",  NULL };
    const struct jval *clients = jval_getz(broker, "clients");

    json_k(t->j, "connected");
    json_array(t->j);
    for (const struct jval *c = clients != NULL ? clients->first : NULL; c != NULL; c = c->next) {
        if (str_eq(member(c, "user"), t->r->who.user.username)) {
            copy_members(t->j, c, names);
        }
    }
    json_end(t->j);
}

static bool put_http(void *ctx, const struct signin *s)
{
    const struct telling *t = ctx;

    if (s->ok || s->at < t->since || !str_eqz(s->way, "http") ||
        !concerns(t, s->username, s->address)) {
        return true;
    }
    json_object(t->j);
    api_put_time(t->j, "at", (struct opt_usec){ true, s->at });
    json_k(t->j, "kind");
    json_str(t->j, STR("http"));
    json_k(t->j, "why");
    json_str(t->j, STR("user name or password is wrong"));
    json_k(t->j, "user");
    json_str(t->j, s->username);
    json_k(t->j, "address");
    json_str(t->j, s->address);
    json_k(t->j, "topic");
    json_str(t->j, STR(""));
    json_end(t->j);
    return true;
}

static enum db_rc put_refused(struct telling *t, const struct jval *broker)
{
    static const char *const names[] = { "at", "kind", "why", "user", "address", "topic", NULL };
    const struct jval *list = jval_getz(broker, "troubles");

    json_k(t->j, "refused");
    json_array(t->j);
    for (const struct jval *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
        if (is_recent(t, v) && concerns(t, member(v, "user"), member(v, "address"))) {
            copy_members(t->j, v, names);
        }
    }
    enum db_rc rc = db_signin_list(t->r->app->db, STR(""), SIGNINS, put_http, t);
    json_end(t->j);
    return rc;
}

static bool put_unusable(void *ctx, usec_t at, struct str topic, struct str reason)
{
    const struct telling *t = ctx;

    json_object(t->j);
    api_put_time(t->j, "at", (struct opt_usec){ true, at });
    json_k(t->j, "topic");
    json_str(t->j, topic);
    json_k(t->j, "why");
    json_str(t->j, reason);
    json_end(t->j);
    return true;
}

/* Of a handshake it is not known whose it was; what went wrong is no secret. */
static void put_tls(const struct telling *t, const struct jval *agent)
{
    const struct jval *v = jval_getz(agent, "tls_error");

    json_k(t->j, "tls_error");
    if (v != NULL && v->type == J_OBJECT && is_recent(t, v)) {
        copy_members(t->j, v, (const char *const[]){ "at", "text", NULL });
    } else {
        json_null(t->j);
    }
}

int connection_get(struct request *r)
{
    int64_t since = clock_sec(r->now - SPAN);
    const struct jval *told[2];
    char why[JSONIN_WHY];
    struct str texts[2];

    if (!api_query_int(r, "since", CLOCK_MIN_SEC, CLOCK_MAX_SEC, &since)) {
        return 0;
    }
    api_agent_status(r, texts);
    for (size_t i = 0; i < 2; i++) {
        told[i] = texts[i].n > 0 ? jsonin_parse(r->arena, texts[i], why) : NULL;
    }
    struct telling t = { r, api_begin(r, 200), since * USEC_PER_SEC };
    json_object(t.j);
    json_k(t.j, "broker");
    json_bool(t.j, told[1] != NULL);
    put_tls(&t, told[0]);
    put_clients(&t, told[1]);
    enum db_rc rc = put_refused(&t, told[1]);
    if (rc == DB_OK) {
        json_k(t.j, "unusable");
        json_array(t.j);
        rc = db_quarantine_of(r->app->db, r->who.user.username, t.since, ROWS, put_unusable, &t);
        json_end(t.j);
    }
    json_end(t.j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}
