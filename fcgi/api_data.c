/* /api/admin/data/TABLE/: the tables as an administrator looks through them, and rows that go. What
 * the reference leaves to Django's admin. */
#include "api.h"
#include "db/browse.h"
#include "db/account.h"
#include "handlers.h"
#include "lib/log.h"
#include "lib/utf8scan.h"

#define ROWS_DEFAULT 50
#define ROWS_MOST 500
#define IDS_MOST 1000
#define CURSOR_SEPARATOR '@'

/* ---- what is asked for */

static bool data_table(struct request *r, enum browse_table *out)
{
    if (browse_table_named(r->arg[0], out)) {
        return true;
    }
    api_error(r, 404, STR("There is no such table."));
    return false;
}

static struct str text_of_query(struct request *r, const char *name)
{
    struct str text = request_query(r, str_of(name));

    return text.p != NULL ? text : STR("");
}

static bool take_device(struct request *r, struct browse_filter *f, int *status)
{
    struct str key = text_of_query(r, "device");
    struct device d;

    if (key.n == 0) {
        return true;
    }
    enum db_rc rc = db_device_find(r->app->db, r->arena, api_viewer(r), key, &d);
    if (rc != DB_OK) {
        *status = api_device_error(r, key, rc);
        return false;
    }
    f->device_id = d.id;
    return true;
}

static bool take_owner(struct request *r, struct browse_filter *f, int *status)
{
    struct str name = text_of_query(r, "owner");
    struct user u;

    f->owner_id = str_eqz(text_of_query(r, "unowned"), "true") ? BROWSE_NO_OWNER : 0;
    if (name.n == 0) {
        return true;
    }
    enum db_rc rc = db_user_by_name(r->app->db, r->arena, name, &u);
    if (rc != DB_OK) {
        *status = rc == DB_NONE ? api_error(r, 404, STR("There is no such user."))
                                : error_of_db(rc);
        return false;
    }
    f->owner_id = u.id;
    return true;
}

static bool take_time(struct request *r, const char *name, int64_t end, struct opt_usec *out)
{
    int64_t seconds = 0;

    if (!api_query_int(r, name, CLOCK_MIN_SEC, CLOCK_MAX_SEC, &seconds)) {
        return false;
    }
    out->set = text_of_query(r, name).n > 0;
    out->t = seconds * USEC_PER_SEC + end;
    return true;
}

/* False: *status, or 0 when it is replied. */
static bool take_filter(struct request *r, struct browse_filter *f, int *status)
{
    struct str online = text_of_query(r, "online");

    *status = 0;
    *f = (struct browse_filter){
        .type = text_of_query(r, "type"),
        .search = text_of_query(r, "q"),
        .online = str_eqz(online, "true") ? 1 : str_eqz(online, "false") ? -1 : 0,
    };
    return take_device(r, f, status) && take_owner(r, f, status) &&
           take_time(r, "start_time", 0, &f->from) &&
           take_time(r, "end_time", USEC_PER_SEC - 1, &f->to);
}

/* "ID" or "ID@TIME", as "next" of the page before. */
static bool take_cursor(struct request *r, int64_t *id, struct str *at)
{
    struct str text = text_of_query(r, "after"), head = text;

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
        list->next =
            row->at.n == 0
                ? arena_printf(list->r->arena, "%lld", (long long)row->id)
                : arena_printf(list->r->arena, "%lld%c%.*s", (long long)row->id, CURSOR_SEPARATOR,
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
    if (!take_filter(r, &f, &status)) {
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
    api_begin(r, 200);
    enum db_rc rc = db_browse_one(r->app->db, table, id, put_row, r);
    if (rc == DB_OK) {
        return 0;
    }
    reply_reset(r);
    return no_row(r, rc);
}

/* ---- removal */

static int say_number(struct request *r, const char *key, int64_t n)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_key(j, str_of(key));
    json_int(j, n);
    json_end(j);
    return 0;
}

static int removed(struct request *r, enum db_rc rc, int64_t n)
{
    if (n > 0) {
        log_info("data-removed", LOG_S("by", r->who.user.username), LOG_S("table", r->arg[0]),
                 LOG_I("n", n));
    }
    return rc == DB_OK ? say_number(r, "removed", n) : error_of_db(rc);
}

/* NULL: these are no ids. */
static const int64_t *take_ids(struct request *r, const struct jval *list, size_t *n)
{
    int64_t *ids;

    if (list == NULL || list->type != J_ARRAY || list->count == 0 || list->count > IDS_MOST) {
        return NULL;
    }
    ids = ARENA_ARRAY(r->arena, list->count, int64_t);
    *n = 0;
    for (const struct jval *v = list->first; v != NULL; v = v->next) {
        if (v->type != J_INT || num_json_int(v->text, &ids[(*n)++]) != NUM_OK) {
            return NULL;
        }
    }
    return ids;
}

/* With what the broker keeps of them. */
static int remove_devices(struct request *r, const int64_t *ids, size_t n)
{
    int64_t count = 0;
    enum db_rc rc = DB_OK;

    for (size_t i = 0; rc == DB_OK && i < n; i++) {
        struct device d;
        rc = db_device_by_id(r->app->db, r->arena, ids[i], &d);
        if (rc == DB_OK) {
            rc = api_device_remove(r, &d);
        }
        count += rc == DB_OK;
        rc = rc == DB_NONE ? DB_OK : rc;
    }
    return removed(r, rc, count);
}

static int remove_ids(struct request *r, enum browse_table table)
{
    size_t n;
    int64_t count;
    const int64_t *ids = take_ids(r, jval_getz(r->json, "ids"), &n);

    if (ids == NULL) {
        return api_error(r, 400, STR("ids must be a list of 1 to 1000 row ids, or all be true"));
    }
    if (table == BROWSE_DEVICES) {
        return remove_devices(r, ids, n);
    }
    enum db_rc rc = db_browse_remove(r->app->db, table, ids, n, &count);
    return removed(r, rc, count);
}

static int remove_all(struct request *r, enum browse_table table)
{
    struct browse_filter f;
    int64_t n;
    int status;

    if (!browse_is_removable(table)) {
        return api_error(r, 400, STR("In this table rows go by their ids alone."));
    }
    if (!take_filter(r, &f, &status)) {
        return status;
    }
    if (jval_truthy(jval_getz(r->json, "dry_run"))) {
        enum db_rc rc = db_browse_count(r->app->db, table, &f, &n);
        return rc == DB_OK ? say_number(r, "count", n) : error_of_db(rc);
    }
    enum db_rc rc = db_browse_remove_all(r->app->db, table, &f, &n);
    return removed(r, rc, n);
}

int data_remove(struct request *r)
{
    enum browse_table table;

    if (!data_table(r, &table)) {
        return 0;
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    const struct jval *all = jval_getz(r->json, "all");
    return all != NULL && all->type == J_BOOL && all->b ? remove_all(r, table)
                                                        : remove_ids(r, table);
}
