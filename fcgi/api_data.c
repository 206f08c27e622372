/* GET /api/admin/data/TABLE/: the tables as an administrator looks through them. What the reference
 * leaves to Django's admin. */
#include "api.h"
#include "data_filter.h"
#include "handlers.h"
#include "lib/utf8scan.h"

#define ROWS_DEFAULT 50
#define ROWS_MOST 500
#define CURSOR_SEPARATOR '@'

/* "ID" or "ID@TIME", as "next" of the page before. */
static bool take_cursor(struct request *r, int64_t *id, struct str *at)
{
    struct str text = request_query(r, STR("after")), head = text;

    *id = 0;
    *at = STR("");
    if (text.n == 0) {
        return true;
    }
    if (str_split(&text, CURSOR_SEPARATOR, &head) && !str_is_null(text)) {
        *at = text;
    }
    if (api_row_id(head, id) && *id > 0) {
        return true;
    }
    api_error(r, 400, STR("after must be \"next\" of the page before"));
    return false;
}

/* ---- rows */

static void put_cell(struct request *r, const struct cell *c)
{
    struct json *j = &r->reply.json;

    json_key(j, str_of(c->name));
    if (c->null) {
        json_null(j);
        return;
    }
    switch (c->kind) {
    case CELL_INT:
        json_int(j, c->n);
        break;
    case CELL_BOOL:
        json_bool(j, c->n != 0);
        break;
    case CELL_REAL:
        json_float(j, c->real);
        break;
    case CELL_TIME: {
        char text[CLOCK_TEXT];
        json_str(j, (struct str){ text, clock_iso_z(c->time, text) });
        break;
    }
    case CELL_TEXT:
        json_str(j, c->text);
        break;
    case CELL_BYTES:
        json_str(j, utf8_repair(r->arena, c->text));
        break;
    }
}

static bool put_row(void *ctx, const struct browse_row *row)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;

    json_object(j);
    json_k(j, "id");
    json_int(j, row->id);
    for (size_t i = 0; i < row->n; i++) {
        put_cell(r, &row->cell[i]);
    }
    json_end(j);
    return buf_ok(&r->reply.body);
}

struct listing {
    struct request *r;
    int64_t left;
    struct str next; /* behind the last row that was given */
    bool more;
};

static bool list_row(void *ctx, const struct browse_row *row)
{
    struct listing *list = ctx;

    if (list->left == 0) {
        list->more = true;
        return false;
    }
    if (--list->left == 0) {
        list->next = row->at.n == 0 ? arena_printf(list->r->arena, "%lld", (long long)row->id)
                                    : arena_printf(list->r->arena, "%lld%c%.*s", (long long)row->id,
                                                   CURSOR_SEPARATOR,
                                                   STR_FMT(utf8_repair(list->r->arena, row->at)));
    }
    return put_row(list->r, row);
}

int data_list(struct request *r)
{
    enum browse_table table;
    struct browse_filter f;
    struct listing list = { .r = r, .left = ROWS_DEFAULT };
    struct str at;
    int64_t id, limit;
    int status;

    if (!data_table(r, &table)) {
        return 0;
    }
    if (!data_filter(r, table, &f, &status)) {
        return status;
    }
    if (!take_cursor(r, &id, &at) || !api_query_int(r, "limit", 1, ROWS_MOST, &list.left)) {
        return 0;
    }
    limit = list.left + 1;
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "rows");
    json_array(j);
    enum db_rc rc = db_browse(r->app->db, table, &f, id, at, limit, list_row, &list);
    json_end(j);
    json_k(j, "next");
    if (list.more) {
        json_str(j, list.next);
    } else {
        json_null(j);
    }
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int no_row(struct request *r, enum db_rc rc)
{
    return rc == DB_NONE ? api_error(r, 404, STR("Not found")) : error_of_db(rc);
}

int data_get(struct request *r)
{
    enum browse_table table;
    int64_t id;

    if (!data_table(r, &table)) {
        return 0;
    }
    if (!api_row_id(r->arg[1], &id)) {
        return no_row(r, DB_NONE);
    }
    reply_prepare(r);
    (void)api_begin(r, 200);
    enum db_rc rc = db_browse_one(r->app->db, table, id, put_row, r);
    if (rc == DB_OK) {
        return 0;
    }
    reply_reset(r);
    return no_row(r, rc);
}
