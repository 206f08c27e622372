#include "data_filter.h"

#include "api.h"
#include "db/account.h"

bool data_table(struct request *r, enum browse_table *out)
{
    if (browse_table_named(r->arg[0], out)) {
        return true;
    }
    api_error(r, 404, STR("There is no such table."));
    return false;
}

static struct str query_text(struct request *r, const char *name)
{
    struct str text = request_query(r, str_of(name));

    return text.p != NULL ? text : STR("");
}

static bool take_device(struct request *r, struct browse_filter *f, int *status)
{
    struct str key = query_text(r, "device");
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
    struct str name = query_text(r, "owner");
    struct user u;

    f->owner_id = str_eqz(query_text(r, "unowned"), "true") ? BROWSE_NO_OWNER : 0;
    if (name.n == 0) {
        return true;
    }
    enum db_rc rc = db_user_by_name(r->app->db, r->arena, name, &u);
    if (rc != DB_OK) {
        *status =
            rc == DB_NONE ? api_error(r, 404, STR("There is no such user.")) : error_of_db(rc);
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
    out->set = query_text(r, name).n > 0;
    out->t = seconds * USEC_PER_SEC + end;
    return true;
}

/* What narrows a table. A name that is none of these is refused: what is to be removed must not be
   more than somebody meant. */
static const char *const narrows[BROWSE_TABLES][5] = {
    [BROWSE_DEVICES] = { "owner", "unowned", "online", "q" },
    [BROWSE_LOCATIONS] = { "device", "start_time", "end_time" },
    [BROWSE_MESSAGES] = { "device", "type", "start_time", "end_time" },
    [BROWSE_TRANSITIONS] = { "device", "type", "start_time", "end_time" },
    [BROWSE_GEOFENCES] = { "owner", "q" },
    [BROWSE_QUARANTINE] = { "q", "start_time", "end_time" },
    [BROWSE_RULES] = { "owner", "q" },
    [BROWSE_PROFILES] = { "owner", "q" },
    [BROWSE_REQUESTS] = { "type", "q" },
    [BROWSE_SHARES] = { "q" },
    [BROWSE_LIMITS] = { "owner", "q" },
    [BROWSE_LINKS] = { "owner", "q" },
};

static bool is_known(enum browse_table table, struct str name)
{
    bool known = str_eqz(name, "after") || str_eqz(name, "limit");

    for (size_t i = 0; !known && i < 5 && narrows[table][i] != NULL; i++) {
        known = str_eqz(name, narrows[table][i]);
    }
    return known;
}

static bool names_known(struct request *r, enum browse_table table)
{
    const struct pair *pairs;
    size_t n = request_query_pairs(r, &pairs);

    if (n == 0 && r->query.n > 0) {
        api_error(r, 400, STR("The query cannot be read."));
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_known(table, pairs[i].name)) {
            api_error(r, 400,
                      arena_concat(r->arena, (struct str[]){ STR("This table is not narrowed by "),
                                                             pairs[i].name, STR_NULL }));
            return false;
        }
    }
    return true;
}

bool data_filter(struct request *r, enum browse_table table, struct browse_filter *f, int *status)
{
    struct str online = query_text(r, "online");

    *status = 0;
    if (!names_known(r, table)) {
        return false;
    }
    *f = (struct browse_filter){
        .type = query_text(r, "type"),
        .search = query_text(r, "q"),
        .online = str_eqz(online, "true")    ? 1
                  : str_eqz(online, "false") ? -1
                                             : 0,
    };
    return take_device(r, f, status) && take_owner(r, f, status) &&
           take_time(r, "start_time", 0, &f->from) &&
           take_time(r, "end_time", USEC_PER_SEC - 1, &f->to);
}
