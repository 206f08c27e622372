#include "phone.h"

#include "db/commands.h"
#include "lib/command.h"
#include "lib/log.h"
#include "lib/utf8scan.h"

#include <string.h>

static bool has(const struct request *r, const char *name)
{
    return !str_is_null(request_env(r, name));
}

bool phone_asks(const struct request *r)
{
    struct str agent = request_env(r, "HTTP_USER_AGENT");

    return has(r, "HTTP_X_LIMIT_U") || has(r, "HTTP_X_LIMIT_D") ||
           str_ieq(str_sub(agent, 0, strlen("owntracks")), STR("owntracks"));
}

/* The header unless it holds the word for "not set", else the query's value. */
static struct str named(struct request *r, const char *header, struct str unset, struct str query)
{
    struct str name = request_env(r, header);

    if (name.n == 0 || str_eq(name, unset)) {
        name = request_query(r, query);
    }
    return name.n == 0 ? STR_NULL : utf8_repair(r->arena, name);
}

struct str phone_device(struct request *r)
{
    return named(r, "HTTP_X_LIMIT_D", STR("device"), STR("d"));
}

struct str phone_user(struct request *r)
{
    return named(r, "HTTP_X_LIMIT_U", STR("user"), STR("u"));
}

int phone_reply(struct request *r, int status)
{
    reply_head(r, status, "application/json");
    if (status == 401) {
        reply_header(r, "WWW-Authenticate", STR("Basic realm=\"mytracks\", charset=\"UTF-8\""));
    } else if (status == 503) {
        reply_header(r, "Retry-After", STR("10"));
    }
    buf_z(&r->reply.body, "[]");
    return 0;
}

/* Android throws an answer away that holds anything it does not know; it says its name. */
static bool knows(const struct request *r, const struct queued_command *c)
{
    const struct command_kind *kind = command_kind(c->action);
    struct str android = STR("owntracks-android"), agent = request_env(r, "HTTP_USER_AGENT");

    return kind != NULL && (!kind->ios_only || !str_ieq(str_sub(agent, 0, android.n), android));
}

/* Commands that wait for the device, marked as delivered. None, when the database does not want to:
 * they wait on. */
static size_t take_commands(struct request *r, const struct device *d, bool repeated,
                            struct queued_command **out)
{
    struct queued_command *all;
    size_t n, kept = 0;
    enum db_rc rc = db_command_fetch(r->app->db, r->arena, d->id, repeated, r->now, &all, &n);

    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        if (knows(r, &all[i])) {
            all[kept++] = all[i];
        }
    }
    *out = all;
    if (rc != DB_OK || kept == 0 || db_begin(r->app->db) != DB_OK) {
        return 0;
    }
    for (size_t i = 0; rc == DB_OK && i < kept; i++) {
        rc = db_command_delivered(r->app->db, all[i].id, STR("http"), r->now);
    }
    if (rc == DB_OK && db_commit(r->app->db) == DB_OK) {
        return kept;
    }
    db_rollback(r->app->db);
    return 0;
}

int phone_answer(struct request *r, const struct device *d, bool repeated)
{
    struct queued_command *commands;
    size_t n = d->id != 0 && r->who.known && d->owner_id == r->who.user.id
                   ? take_commands(r, d, repeated, &commands)
                   : 0;

    if (n == 0) {
        return phone_reply(r, 200);
    }
    reply_head(r, 200, "application/json");
    for (size_t i = 0; i < n; i++) {
        buf_z(&r->reply.body, i == 0 ? "[" : ",");
        buf_str(&r->reply.body, commands[i].payload);
    }
    buf_z(&r->reply.body, "]");
    return 0;
}

/* A phone deletes its report at any other 4xx (iOS) or comes back with it for ever (Android). */
int phone_error(struct request *r, int status)
{
    reply_reset(r);
    switch (status) {
    case 401:
    case 403:
        return phone_reply(r, 401);
    case 405:
        r->allow = STR("POST");
        return phone_reply(r, 405);
    case 413:
        log_warning("report-too-large", LOG_S("path", r->path));
        return phone_reply(r, 200);
    default:
        return phone_reply(r, 503);
    }
}
