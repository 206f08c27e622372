#include "schema.h"
#include "internal.h"

#include "lib/log.h"

#include <stdlib.h>

/* Step n brings our tables from version n to n + 1. */
static const char *const upgrades[] = { db_upgrade_0001, db_upgrade_0002, db_upgrade_0003,
                                        db_upgrade_0004, db_upgrade_0005, db_upgrade_0006,
                                        db_upgrade_0007, db_upgrade_0008, db_upgrade_0009,
                                        db_upgrade_0010, db_upgrade_0011, db_upgrade_0012,
                                        db_upgrade_0013, db_upgrade_0014, db_upgrade_0015,
                                        db_upgrade_0016, db_upgrade_0017 };
#define VERSION ((int64_t)(sizeof upgrades / sizeof upgrades[0]))
/* A migration that builds a table of Django's anew drops its triggers. */
static const char *const triggers[] = { db_upgrade_counters, db_upgrade_revoked, db_upgrade_rights,
                                        db_upgrade_day_stat };
#define SCRIPTS (sizeof triggers / sizeof triggers[0])
#define TRIGGERS 18 /* in these scripts */

#define MIGRATE "run the reference's `manage.py migrate` first"

static enum db_rc meta_get(struct db *db, struct str key, int64_t *out)
{
    struct query q = sql_query(db, SQL_META_GET);
    sql_bind_text(&q, key);
    return sql_one_int(&q, out);
}

static enum db_rc meta_put(struct db *db, struct str key, int64_t value)
{
    struct query q = sql_query(db, SQL_META_PUT);
    sql_bind_text(&q, key);
    sql_bind_int(&q, value);
    return sql_exec(&q);
}

struct state {
    bool adopted;    /* our tables are there */
    int64_t version; /* of our tables */
    int64_t triggers;
};

static enum db_rc look(struct db *db, struct state *s)
{
    int64_t meta = 0;
    *s = (struct state){ 0 };
    struct query q = sql_query(db, SQL_SCHEMA_META);
    enum db_rc rc = sql_one_int(&q, &meta);
    if (rc == DB_OK) {
        q = sql_query(db, SQL_SCHEMA_TRIGGERS);
        rc = sql_one_int(&q, &s->triggers);
    }
    s->adopted = meta > 0;
    if (rc == DB_OK && s->adopted)
        rc = meta_get(db, STR("schema"), &s->version);
    return rc == DB_NONE ? DB_OK : rc;
}

/* Goes through the reference's columns, which a database in memory tells, and looks for each. */
static enum db_rc compare_columns(struct db *db, struct db *model, char **why)
{
    struct query want = sql_query(model, SQL_SCHEMA_COLUMNS);
    enum db_rc rc;
    while ((rc = sql_step(&want)) == DB_OK) {
        struct str table = sql_col_text(&want, model->scratch);
        struct str column = sql_col_text(&want, model->scratch);
        int64_t n = 0;
        struct query have = sql_query(db, SQL_SCHEMA_COLUMN);
        sql_bind_text(&have, table);
        sql_bind_text(&have, column);
        rc = sql_one_int(&have, &n);
        if (rc != DB_OK)
            break;
        if (n == 0) {
            *why = db_why(
                "This is not the database of an up-to-date my-tracks (no %.*s.%.*s): " MIGRATE ".",
                STR_FMT(table), STR_FMT(column));
            rc = DB_FAIL;
            break;
        }
        arena_reset(model->scratch);
    }
    sql_end(&want);
    return rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc check_columns(struct db *db, char **why)
{
    struct db *model = db_handle(":memory:", DB_WORKER, 0, why);
    if (!model)
        return DB_FAIL;
    enum db_rc rc = sql_script(model, db_schema_sql, "schema.sql");
    if (rc == DB_OK)
        rc = compare_columns(db, model, why);
    db_close(model);
    return rc;
}

/* Before the first change to a file that somebody else wrote. */
static enum db_rc check_pages(struct db *db, char **why)
{
    struct query q = sql_query(db, SQL_SCHEMA_PAGES);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        struct str text = sql_col_text(&q, db->scratch);
        if (!str_eqz(text, "ok")) {
            *why = db_why("The database is damaged (%.*s): restore a backup, or rescue it with "
                          "`sqlite3 FILE .recover`.",
                          STR_FMT(text));
            rc = DB_FAIL;
        }
    }
    sql_end(&q);
    arena_reset(db->scratch);
    return rc;
}

static enum db_rc check_migration(struct db *db, char **why)
{
    int64_t n = 0;
    struct query q = sql_query(db, SQL_SCHEMA_MIGRATION);
    sql_bind_text(&q, STR(SCHEMA_APP));
    sql_bind_text(&q, STR(SCHEMA_MIGRATION));
    enum db_rc rc = sql_one_int(&q, &n);
    if (rc == DB_OK && n == 0) {
        *why = db_why("The database lacks the migration " SCHEMA_APP "." SCHEMA_MIGRATION
                      ": " MIGRATE ".");
        rc = DB_FAIL;
    }
    return rc;
}

/* Inside a transaction. */
static enum db_rc bring_up_to_date(struct db *db, const struct state *s)
{
    enum db_rc rc = DB_OK;
    for (int64_t v = s->version; rc == DB_OK && v < VERSION; v++)
        rc = sql_script(db, upgrades[v], "upgrade");
    if (rc == DB_OK && s->version < VERSION)
        rc = meta_put(db, STR("schema"), VERSION);
    for (size_t i = 0; rc == DB_OK && s->triggers < TRIGGERS && i < SCRIPTS; i++)
        rc = sql_script(db, triggers[i], "triggers");
    return rc;
}

static enum db_rc adopt(struct db *db, char **why)
{
    struct state s;
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = look(db, &s); /* another process may have done it meanwhile */
    if (rc == DB_OK && !s.adopted)
        rc = check_columns(db, why);
    if (rc == DB_OK)
        rc = check_migration(db, why);
    if (rc == DB_OK)
        rc = bring_up_to_date(db, &s);
    rc = db_end(db, rc);
    if (rc == DB_OK && s.version < VERSION)
        log_info("db_upgraded", LOG_I("from", s.version), LOG_I("to", VERSION));
    else if (rc == DB_OK && s.triggers < TRIGGERS)
        log_warning("db_triggers_rebuilt", LOG_I("triggers_found", s.triggers));
    return rc;
}

enum db_rc schema_ready(struct db *db, char **why)
{
    struct state s;
    *why = NULL;
    enum db_rc rc = look(db, &s);
    if (rc == DB_OK && s.version > VERSION) {
        *why = db_why("The database was used by a newer mytracks (tables of version %lld, this "
                      "program knows %lld): install that one again.",
                      (long long)s.version, (long long)VERSION);
        return DB_FAIL;
    }
    if (rc == DB_OK && !s.adopted)
        rc = check_pages(db, why);
    if (rc == DB_OK && (s.version < VERSION || s.triggers < TRIGGERS))
        rc = adopt(db, why);
    if (rc == DB_OK) {
        int64_t fresh = 0;
        rc = meta_get(db, STR("fresh_install"), &fresh);
        db->fresh_install = fresh != 0;
        rc = rc == DB_NONE ? DB_OK : rc;
    }
    if (rc != DB_OK && !*why)
        *why = db_why(rc == DB_BUSY ? "The database is locked by another program or the disk is "
                                      "full: %s."
                                    : "Cannot use the database: %s.",
                      sqlite3_errmsg(db->h));
    return rc;
}

enum db_rc schema_create(struct db *db)
{
    struct state none = { 0 };
    enum db_rc rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    rc = sql_script(db, db_schema_sql, "schema.sql");
    if (rc == DB_OK)
        rc = bring_up_to_date(db, &none);
    if (rc == DB_OK)
        rc = meta_put(db, STR("fresh_install"), 1);
    return db_end(db, rc);
}
