#include "browse.h"

#include "lib/utf8.h"
#include "sql.h"

#include <assert.h>

struct column {
    const char *name;
    enum cell_kind kind;
};

/* In the order of the statements' columns, behind the id and before the cursor's time. */
static const struct column device_columns[] = {
    { "device_id", CELL_TEXT }, { "name", CELL_TEXT },
    { "owner", CELL_TEXT },     { "mqtt_user", CELL_TEXT },
    { "is_online", CELL_BOOL }, { "created_at", CELL_TIME },
    { "last_seen", CELL_TIME }, { "last_location_at", CELL_TIME },
    { "positions", CELL_INT },
};
static const struct column location_columns[] = {
    { "device", CELL_TEXT },   { "timestamp", CELL_TIME },  { "received_at", CELL_TIME },
    { "latitude", CELL_REAL }, { "longitude", CELL_REAL },  { "accuracy", CELL_INT },
    { "altitude", CELL_INT },  { "velocity", CELL_INT },    { "course", CELL_INT },
    { "battery", CELL_INT },   { "connection", CELL_TEXT }, { "trigger", CELL_TEXT },
    { "via", CELL_TEXT },      { "address", CELL_TEXT },
};
static const struct column message_columns[] = {
    { "device", CELL_TEXT },  { "type", CELL_TEXT },     { "received_at", CELL_TIME },
    { "address", CELL_TEXT }, { "payload", CELL_BYTES }, { "size", CELL_INT },
};
static const struct column transition_columns[] = {
    { "device", CELL_TEXT },    { "event", CELL_TEXT },     { "place", CELL_TEXT },
    { "region_id", CELL_TEXT }, { "timestamp", CELL_TIME }, { "received_at", CELL_TIME },
    { "latitude", CELL_REAL },  { "longitude", CELL_REAL }, { "accuracy", CELL_INT },
};
static const struct column geofence_columns[] = {
    { "label", CELL_TEXT },      { "owner", CELL_TEXT },      { "latitude", CELL_REAL },
    { "longitude", CELL_REAL },  { "radius", CELL_INT },      { "is_active", CELL_BOOL },
    { "created_at", CELL_TIME }, { "updated_at", CELL_TIME }, { "rid", CELL_TEXT },
};
static const struct column quarantine_columns[] = {
    { "received_at", CELL_TIME }, { "via", CELL_TEXT },   { "username", CELL_TEXT },
    { "address", CELL_TEXT },     { "topic", CELL_TEXT }, { "reason", CELL_TEXT },
    { "size", CELL_INT },         { "raw", CELL_BYTES },
};
static const struct column rule_columns[] = {
    { "owner", CELL_TEXT },       { "place", CELL_TEXT }, { "event", CELL_TEXT },
    { "action_type", CELL_TEXT }, { "email", CELL_TEXT }, { "is_active", CELL_BOOL },
    { "created_at", CELL_TIME },
};
static const struct column profile_columns[] = {
    { "owner", CELL_TEXT },     { "label", CELL_TEXT },      { "latitude", CELL_REAL },
    { "longitude", CELL_REAL }, { "created_at", CELL_TIME }, { "updated_at", CELL_TIME },
};
static const struct column request_columns[] = {
    { "from_user", CELL_TEXT }, { "to_user", CELL_TEXT },    { "status", CELL_TEXT },
    { "eager", CELL_BOOL },     { "created_at", CELL_TIME }, { "updated_at", CELL_TIME },
};
static const struct column share_columns[] = {
    { "device", CELL_TEXT },
    { "shared_with", CELL_TEXT },
    { "created_at", CELL_TIME },
};

static const struct column limit_columns[] = {
    { "device", CELL_TEXT },    { "shared_with", CELL_TEXT }, { "precision", CELL_TEXT },
    { "history", CELL_TEXT },   { "since", CELL_TIME },       { "expires_at", CELL_TIME },
    { "paused_at", CELL_TIME }, { "created_at", CELL_TIME },  { "active", CELL_BOOL },
};
static const struct column link_columns[] = {
    { "device", CELL_TEXT },    { "owner", CELL_TEXT },      { "label", CELL_TEXT },
    { "precision", CELL_TEXT }, { "trail", CELL_BOOL },      { "created_at", CELL_TIME },
    { "used_at", CELL_TIME },   { "expires_at", CELL_TIME }, { "active", CELL_BOOL },
};

/* What each of a statement's parameters is, in their order: a letter of bind(). */
struct listing {
    enum sql_id id;
    const char *parameters;
};
/* By what the filter has: nothing, a device, a type, both. */
enum narrowing { ALL, BY_DEVICE = 1, BY_TYPE = 2 };

#define COLUMNS(of) of##_columns, sizeof of##_columns / sizeof of##_columns[0]

static const struct table {
    const char *name;
    const struct column *columns;
    size_t column_count;
    struct listing listing[BY_DEVICE + BY_TYPE + 1];
    enum narrowing narrows;
    enum sql_id one; /* SQL_STATEMENTS: none */
} tables[BROWSE_TABLES] = {
    [BROWSE_DEVICES] = {
        "devices",
        COLUMNS(device),
        .listing = { { SQL_BROWSE_DEVICES, "iolqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_LOCATIONS] = {
        "locations",
        COLUMNS(location),
        .listing = { { SQL_BROWSE_LOCATIONS, "aiftn" }, { SQL_BROWSE_LOCATIONS_DEVICE, "aiftnd" } },
        .narrows = BY_DEVICE,
        .one = SQL_STATEMENTS,
    },
    [BROWSE_MESSAGES] = {
        "messages",
        COLUMNS(message),
        .listing = { { SQL_BROWSE_MESSAGES, "aiftn" },
                     { SQL_BROWSE_MESSAGES_DEVICE, "aiftnd" },
                     { SQL_BROWSE_MESSAGES_TYPE, "aiftnk" },
                     { SQL_BROWSE_MESSAGES_BOTH, "aiftndk" } },
        .narrows = BY_DEVICE | BY_TYPE,
        .one = SQL_BROWSE_MESSAGE,
    },
    [BROWSE_TRANSITIONS] = {
        "transitions",
        COLUMNS(transition),
        .listing = { { SQL_BROWSE_TRANSITIONS, "iftkn" },
                     { SQL_BROWSE_TRANSITIONS_DEVICE, "iftknd" } },
        .narrows = BY_DEVICE,
        .one = SQL_STATEMENTS,
    },
    [BROWSE_GEOFENCES] = {
        "geofences",
        COLUMNS(geofence),
        .listing = { { SQL_BROWSE_GEOFENCES, "ioqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_QUARANTINE] = {
        "quarantine",
        COLUMNS(quarantine),
        .listing = { { SQL_BROWSE_QUARANTINE, "iftqn" } },
        .one = SQL_BROWSE_QUARANTINED,
    },
    [BROWSE_RULES] = {
        "rules",
        COLUMNS(rule),
        .listing = { { SQL_BROWSE_RULES, "ioqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_PROFILES] = {
        "profiles",
        COLUMNS(profile),
        .listing = { { SQL_BROWSE_PROFILES, "ioqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_REQUESTS] = {
        "requests",
        COLUMNS(request),
        .listing = { { SQL_BROWSE_REQUESTS, "ikqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_SHARES] = {
        "shares",
        COLUMNS(share),
        .listing = { { SQL_BROWSE_SHARES, "iqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_LIMITS] = {
        "limits",
        COLUMNS(limit),
        .listing = { { SQL_BROWSE_LIMITS, "ioqn" } },
        .one = SQL_STATEMENTS,
    },
    [BROWSE_LINKS] = {
        "links",
        COLUMNS(link),
        .listing = { { SQL_BROWSE_LINKS, "ioqn" } },
        .one = SQL_STATEMENTS,
    },
};

bool browse_table_named(struct str name, enum browse_table *out)
{
    for (size_t i = 0; i < BROWSE_TABLES; i++) {
        if (str_eqz(name, tables[i].name)) {
            *out = (enum browse_table)i;
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- cells */
/* Reading beyond the kind of a column makes the cell null, not the row unreadable. */
static void read_cell(struct query *q, const struct column *c, struct cell *out)
{
    struct opt_usec t;
    struct str view;

    *out = (struct cell){ .name = c->name, .kind = c->kind };
    q->bad = 0;
    out->null = sqlite3_column_type(q->s, q->column) == SQLITE_NULL;
    switch (c->kind) {
    case CELL_INT:
    case CELL_BOOL:
        out->n = sql_col_id(q);
        break;
    case CELL_REAL:
        (void)sql_col_opt_real(q, &out->real);
        break;
    case CELL_TIME:
        t = sql_col_opt_time(q);
        out->time = t.t;
        break;
    case CELL_TEXT:
    case CELL_BYTES:
        view = sql_col_view(q);
        out->text = view;
        out->null = out->null || (c->kind == CELL_TEXT && !utf8_valid(view));
        break;
    }
    out->null = out->null || q->bad != 0;
    q->bad = 0;
}

static void read_row(struct query *q, const struct table *t, struct browse_row *row)
{
    row->id = sql_col_int(q);
    for (row->n = 0; row->n < t->column_count; row->n++)
        read_cell(q, &t->columns[row->n], &row->cell[row->n]);
    row->at = sql_col_view(q);
}

/* DB_OK also when row stopped it. */
static enum db_rc each_row(struct query *q, const struct table *t, browse_row_fn *row, void *ctx)
{
    struct browse_row one;
    enum db_rc rc = DB_OK;
    bool more = true;

    while (more && (rc = sql_step(q)) == DB_OK) {
        read_row(q, t, &one);
        more = row(ctx, &one);
    }
    sql_end(q);
    return rc;
}

/* ---------------------------------------------------------------- lists */
struct cursor {
    int64_t id;
    struct str at;
    int64_t limit;
};

static void bind(struct query *q, char parameter, const struct browse_filter *f,
                 const struct cursor *c)
{
    switch (parameter) {
    case 'a':
        sql_bind_text(q, c->at);
        break;
    case 'i':
        sql_bind_int(q, c->id);
        break;
    case 'n':
        sql_bind_int(q, c->limit);
        break;
    case 'f':
        sql_bind_from(q, f->from);
        break;
    case 't':
        sql_bind_to(q, f->to);
        break;
    case 'd':
        sql_bind_int(q, f->device_id);
        break;
    case 'o':
        sql_bind_int(q, f->owner_id);
        break;
    case 'l':
        sql_bind_int(q, f->online);
        break;
    case 'k':
        sql_bind_text(q, f->type);
        break;
    case 'q':
        sql_bind_text(q, f->search);
        break;
    default:
        assert(false);
    }
}

enum db_rc db_browse(struct db *db, enum browse_table table, const struct browse_filter *f,
                     int64_t id, struct str at, int64_t limit, browse_row_fn *row, void *ctx)
{
    const struct table *t = &tables[table];
    unsigned narrowing = ((f->device_id != 0 ? BY_DEVICE : 0u) | (f->type.n > 0 ? BY_TYPE : 0u)) &
                         (unsigned)t->narrows;
    const struct listing *l = &t->listing[narrowing];
    struct cursor c = { id != 0 ? id : INT64_MAX, id != 0 ? at : STR("~"), limit };
    struct query q = sql_query(db, l->id);

    for (const char *p = l->parameters; *p; p++)
        bind(&q, *p, f, &c);
    enum db_rc rc = each_row(&q, t, row, ctx);
    return rc == DB_NONE ? DB_OK : rc;
}

struct telling {
    browse_row_fn *row;
    void *ctx;
    bool told;
};

static bool tell(void *ctx, const struct browse_row *row)
{
    struct telling *t = ctx;

    t->told = true;
    return t->row(t->ctx, row);
}

enum db_rc db_browse_one(struct db *db, enum browse_table table, int64_t id, browse_row_fn *row,
                         void *ctx)
{
    struct telling t = { row, ctx, false };

    if (tables[table].one == SQL_STATEMENTS)
        return DB_NONE;
    struct query q = sql_query(db, tables[table].one);
    sql_bind_int(&q, id);
    enum db_rc rc = each_row(&q, &tables[table], tell, &t);
    return rc == DB_NONE && t.told ? DB_OK : rc;
}

enum db_rc db_quarantine_of(struct db *db, struct str username, usec_t since, int64_t most,
                            quarantine_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_QUARANTINE_OF);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_text(&q, username);
    sql_bind_time(&q, since);
    sql_bind_int(&q, most);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        usec_t at = sql_col_time(&q);
        struct str topic = sql_col_text(&q, db->scratch), reason = sql_col_text(&q, db->scratch);
        more = row(ctx, at, topic, reason);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}
