/* Of GET /api/admin/status/: mails and webhooks, what came of them, and the last lines of the logs.
 */
#include "api.h"
#include "api_status.h"
#include "db/stats.h"
#include "lib/logkeep.h"

#define DAY (24 * 3600 * USEC_PER_SEC)
#define OUTBOX_ROWS 50
#define LOG_LINES 100

static enum db_rc put_way(struct request *r, struct json *j, enum outbox_way way, const char *key)
{
    struct outbox_counts c = { .waiting = 0 };
    int64_t sent = 0;
    enum db_rc rc = db_outbox_counts(r->app->db, r->arena, way, &c);

    if (rc == DB_OK) {
        rc = db_outbox_sent(r->app->db, way, r->now - DAY, &sent);
    }
    if (rc != DB_OK) {
        return rc;
    }
    json_key(j, str_of(key));
    json_object(j);
    json_put_int(j, "waiting", c.waiting);
    json_put_int(j, "retrying", c.retrying);
    json_put_int(j, "given_up", c.given_up);
    json_put_int(j, "sent", sent);
    api_put_time(j, "oldest", c.oldest);
    json_put_str(j, "last_error", c.last_error);
    json_end(j);
    return DB_OK;
}

static bool tell_item(void *ctx, const struct outbox_row *row)
{
    static const char *const kinds[] = { "", "transition", "friend", "test", "position", "rule" };
    static const char *const ways[] = { "", "mail", "webhook", "news" };
    struct json *j = ctx;

    json_object(j);
    json_put_int(j, "id", row->item.id);
    json_put_str(j, "way", row->way <= OUTBOX_NEWS ? str_of(ways[row->way]) : STR(""));
    json_put_str(j, "kind",
                 row->item.kind <= OUTBOX_RULE ? str_of(kinds[row->item.kind]) : STR(""));
    json_put_str(j, "user", row->user);
    json_put_str(j, "recipient", row->way == OUTBOX_MAIL ? row->item.recipient : STR(""));
    api_put_time(j, "created_at", (struct opt_usec){ true, row->item.created_at });
    api_put_time(j, "due_at",
                 (struct opt_usec){ !row->given_up && !row->finished_at.set, row->item.due_at });
    api_put_time(j, "finished_at", row->finished_at);
    json_put_int(j, "attempts", row->item.attempts);
    json_k(j, "given_up");
    json_bool(j, row->given_up);
    json_put_str(j, "error", row->error);
    json_end(j);
    return true;
}

int status_put_outbox(struct request *r, struct json *j)
{
    json_k(j, "outbox");
    json_object(j);
    enum db_rc rc = put_way(r, j, OUTBOX_MAIL, "mail");
    if (rc == DB_OK) {
        rc = put_way(r, j, OUTBOX_WEBHOOK, "webhook");
    }
    if (rc == DB_OK) {
        rc = put_way(r, j, OUTBOX_NEWS, "news");
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    static const char *const lists[] = { "items", "delivered" };
    for (size_t i = 0; i < 2 && rc == DB_OK; i++) {
        json_key(j, str_of(lists[i]));
        json_array(j);
        rc = db_outbox_list(r->app->db, i == 1, OUTBOX_ROWS, tell_item, j);
        json_end(j);
    }
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

/* ---- log */

int status_put_log(struct request *r, struct json *j)
{
    struct logkeep_line *line = ARENA_ARRAY(r->arena, LOG_LINES, struct logkeep_line);
    const char *dir = arena_cstr(r->arena, config_str(r->app->config, CFG_RUN_DIR));
    size_t n;

    json_k(j, "log");
    if (!logkeep_read(r->arena, dir, LOG_LINES, line, &n)) {
        json_null(j);
        return 0;
    }
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        json_object(j);
        json_put_str(j, "at", line[i].at);
        json_put_str(j, "level", line[i].level);
        json_put_str(j, "program", line[i].program);
        json_put_str(j, "text", line[i].text);
        json_end(j);
    }
    json_end(j);
    return 0;
}
