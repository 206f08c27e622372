/* POST /api/admin/data/TABLE/remove/: rows by their ids, or all that a filter lets through. */
#include "api.h"
#include "data_filter.h"
#include "handlers.h"
#include "lib/log.h"

#define IDS_MOST 1000

void data_removed_log(struct request *r, struct str table, int64_t n)
{
    if (n > 0) {
        log_info("data-removed", LOG_S("by", r->who.user.username), LOG_S("table", table),
                 LOG_I("n", n));
    }
}

int data_removed(struct request *r, struct str table, enum db_rc rc, int64_t n)
{
    data_removed_log(r, table, n);
    return rc == DB_OK ? api_number(r, "removed", n) : error_of_db(rc);
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
    return data_removed(r, r->arg[0], rc, count);
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
    const struct remover by = api_remover(r);
    enum db_rc rc = db_browse_remove(r->app->db, table, &by, ids, n, &count);
    return data_removed(r, r->arg[0], rc, count);
}

static int remove_all(struct request *r, enum browse_table table)
{
    struct browse_filter f;
    int64_t n;
    int status;

    if (!browse_is_removable(table)) {
        return api_error(r, 400, STR("In this table rows go by their ids alone."));
    }
    if (!data_filter(r, table, &f, &status)) {
        return status;
    }
    if (jval_truthy(jval_getz(r->json, "dry_run"))) {
        enum db_rc rc = db_browse_count(r->app->db, table, &f, &n);
        return rc == DB_OK ? api_number(r, "count", n) : error_of_db(rc);
    }
    const struct remover by = api_remover(r);
    enum db_rc rc = db_browse_remove_all(r->app->db, table, &by, &f, &n);
    return data_removed(r, r->arg[0], rc, n);
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
