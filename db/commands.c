#include "commands.h"

#include "sql.h"

#define FETCH_MAX 10
#define RELAY_LIFE (300 * USEC_PER_SEC)
#define LOST_ANSWER (3600 * USEC_PER_SEC)
#define MONTH (30 * 24 * 3600 * USEC_PER_SEC)

enum db_rc db_command_add(struct db *db, struct queued_command *c)
{
    struct query q = sql_query(db, SQL_COMMAND_ADD);

    sql_bind_int(&q, c->device_id);
    sql_bind_int(&q, c->created_by);
    sql_bind_text(&q, c->action);
    sql_bind_text(&q, c->answer);
    sql_bind_text(&q, c->topic);
    sql_bind_text(&q, c->target);
    sql_bind_text(&q, c->payload);
    sql_bind_time(&q, c->created_at);
    sql_bind_time(&q, c->expires_at);
    sql_bind_int(&q, COMMANDS_WAITING_MAX);
    enum db_rc rc = sql_exec_some(&q);
    if (rc != DB_OK)
        return rc == DB_NONE ? DB_CONFLICT : rc;
    c->id = sqlite3_last_insert_rowid(db->h);
    c->state = COMMAND_QUEUED;
    return DB_OK;
}

static bool read_row(struct query *q, struct arena *a, struct queued_command *c)
{
    c->id = sql_col_int(q);
    c->device_id = sql_col_int(q);
    c->created_by = sql_col_int(q);
    c->action = sql_col_text(q, a);
    c->answer = sql_col_text(q, a);
    c->topic = sql_col_text(q, a);
    c->target = sql_col_text(q, a);
    c->payload = sql_col_text(q, a);
    c->state = (enum command_state)sql_col_int(q);
    c->created_at = sql_col_time(q);
    c->expires_at = sql_col_time(q);
    c->delivered_at = sql_col_opt_time(q);
    c->delivered_via = sql_col_text(q, a);
    c->confirmed_at = sql_col_opt_time(q);
    return sql_readable(q, c->id);
}

enum db_rc db_command_list(struct db *db, int64_t device_id, int64_t created_by, int64_t id,
                           int64_t limit, command_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_COMMAND_LIST);
    struct queued_command c;
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, device_id);
    sql_bind_id(&q, created_by);
    sql_bind_id(&q, id);
    sql_bind_int(&q, limit);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        if (read_row(&q, db->scratch, &c))
            more = row(ctx, &c);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_command_next(struct db *db, struct arena *a, struct queued_command *out, usec_t *due)
{
    struct query q = sql_query(db, SQL_COMMAND_NEXT);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK) {
        *due = sql_col_time(&q);
        if (!read_row(&q, a, out))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_command_tried(struct db *db, int64_t id, usec_t due, struct str sent)
{
    struct query q = sql_query(db, SQL_COMMAND_TRIED);

    sql_bind_int(&q, id);
    sql_bind_time(&q, due);
    sql_bind_text(&q, sent);
    return sql_exec(&q);
}

enum db_rc db_command_taken(struct db *db, struct str topic, struct str sent, usec_t now)
{
    struct query q = sql_query(db, SQL_COMMAND_TAKEN);

    sql_bind_text(&q, topic);
    sql_bind_text(&q, sent);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_command_listens(struct db *db, struct str target, usec_t now)
{
    struct query any = sql_query(db, SQL_COMMAND_WAITS);
    int64_t n = 0;

    sql_bind_text(&any, target);
    enum db_rc rc = sql_one_int(&any, &n);
    if (rc != DB_OK || n == 0)
        return rc == DB_OK ? DB_NONE : rc;
    struct query q = sql_query(db, SQL_COMMAND_LISTENS);
    sql_bind_text(&q, target);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_command_expire(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_COMMAND_EXPIRE);

    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_command_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_COMMAND_TRIM);

    sql_bind_time(&q, now - MONTH);
    return sql_exec(&q);
}

enum db_rc db_command_fetch(struct db *db, struct arena *a, int64_t device_id, bool again,
                            usec_t now, struct queued_command **out, size_t *n)
{
    struct query q = sql_query(db, SQL_COMMAND_FETCH);
    enum db_rc rc;

    *out = ARENA_ARRAY(a, FETCH_MAX, struct queued_command);
    *n = 0;
    sql_bind_int(&q, device_id);
    sql_bind_time(&q, now);
    sql_bind_bool(&q, again);
    sql_bind_time(&q, now - LOST_ANSWER);
    sql_bind_int(&q, FETCH_MAX);
    while ((rc = sql_step(&q)) == DB_OK)
        *n += read_row(&q, a, *out + *n) ? 1 : 0;
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_command_delivered(struct db *db, int64_t id, struct str via, usec_t now)
{
    struct query q = sql_query(db, SQL_COMMAND_DELIVERED);

    sql_bind_int(&q, id);
    sql_bind_text(&q, via);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_command_confirm(struct db *db, int64_t device_id, struct str answer, usec_t now)
{
    struct query q = sql_query(db, SQL_COMMAND_CONFIRM);

    sql_bind_int(&q, device_id);
    sql_bind_text(&q, answer);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_command_relay(struct db *db, int64_t user_id, usec_t now)
{
    struct query q = sql_query(db, SQL_COMMAND_RELAY);

    sql_bind_int(&q, user_id);
    sql_bind_time(&q, now);
    sql_bind_time(&q, now + RELAY_LIFE);
    enum db_rc rc = sql_exec_some(&q);
    db->outgoing |= rc == DB_OK;
    return rc == DB_NONE ? DB_OK : rc;
}
