#include "device_look.h"

#include "sql.h"

#define BATCH 5000 /* positions of one transaction */

enum db_rc db_device_rename(struct db *db, int64_t device_id, struct str name)
{
    struct query q = sql_query(db, SQL_DEVICE_RENAME);

    sql_bind_int(&q, device_id);
    sql_bind_text(&q, name);
    return sql_exec_some(&q);
}

enum db_rc db_device_colour_set(struct db *db, int64_t device_id, struct str colour)
{
    struct query q = sql_query(db, colour.n > 0 ? SQL_DEVICE_COLOUR_SET : SQL_DEVICE_COLOUR_REMOVE);

    sql_bind_int(&q, device_id);
    if (colour.n > 0)
        sql_bind_text(&q, colour);
    return sql_exec(&q);
}

enum db_rc db_device_colour(struct db *db, struct arena *a, int64_t device_id, struct str *out)
{
    struct query q = sql_query(db, SQL_DEVICE_COLOUR);

    *out = STR("");
    sql_bind_int(&q, device_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK)
        *out = sql_col_text(&q, a);
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_device_colours(struct db *db, struct viewer v, colour_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, SQL_DEVICE_COLOURS);
    enum db_rc rc = DB_OK;
    bool more = true;

    sql_bind_int(&q, v.is_staff);
    sql_bind_int(&q, v.user_id);
    while (more && (rc = sql_step(&q)) == DB_OK) {
        int64_t id = sql_col_int(&q);
        more = row(ctx, id, sql_col_text(&q, db->scratch));
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_device_colour_trim(struct db *db)
{
    struct query q = sql_query(db, SQL_DEVICE_COLOUR_TRIM);

    return sql_exec(&q);
}

/* One statement about the device. */
static enum db_rc of_device(struct db *db, enum sql_id id, int64_t device_id)
{
    struct query q = sql_query(db, id);

    sql_bind_int(&q, device_id);
    return sql_exec(&q);
}

/* DB_NONE: no position is left. */
static enum db_rc remove_positions(struct db *db, int64_t device_id)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = of_device(db, SQL_DEVICE_FORGET_LATEST, device_id);
    if (rc == DB_OK) {
        struct query q = sql_query(db, SQL_DEVICE_LOCATIONS_REMOVE);
        sql_bind_int(&q, device_id);
        sql_bind_int(&q, BATCH);
        rc = sql_exec_some(&q);
    }
    return db_end(db, rc);
}

enum db_rc db_device_remove(struct db *db, int64_t device_id)
{
    static const enum sql_id parts[] = {
        SQL_DEVICE_FORGET_LATEST,   SQL_DEVICE_REST_REMOVE,     SQL_DEVICE_TRANSITIONS_REMOVE,
        SQL_DEVICE_MESSAGES_REMOVE, SQL_DEVICE_SHARES_REMOVE,   SQL_DEVICE_KEY_REMOVE,
        SQL_DEVICE_COLOUR_REMOVE,   SQL_DEVICE_COMMANDS_REMOVE, SQL_DEVICE_LIMITED_REMOVE,
        SQL_DEVICE_LINKS_REMOVE,    SQL_DEVICE_REMOVED_FORGET,  SQL_DEVICE_REMOVALS_FORGET,
        SQL_DEVICE_IMPORTS_FORGET,
    };
    enum db_rc rc;

    while ((rc = remove_positions(db, device_id)) == DB_OK) {
    }
    if (rc != DB_NONE)
        return rc;
    rc = db_begin(db);
    if (rc != DB_OK)
        return rc;
    for (size_t i = 0; rc == DB_OK && i < sizeof parts / sizeof parts[0]; i++)
        rc = of_device(db, parts[i], device_id);
    if (rc == DB_OK) {
        struct query q = sql_query(db, SQL_DEVICE_REMOVE);
        sql_bind_int(&q, device_id);
        rc = sql_exec_some(&q);
    }
    return db_end(db, rc);
}

enum db_rc db_device_give(struct db *db, int64_t device_id, int64_t owner_id, struct str username)
{
    /* What the old owner removed is not for the new one to bring back. */
    static const enum sql_id of_former[] = {
        SQL_DEVICE_SHARES_REMOVE,   SQL_DEVICE_LIMITED_REMOVE, SQL_DEVICE_LINKS_REMOVE,
        SQL_DEVICE_COMMANDS_REMOVE, SQL_DEVICE_REMOVED_FORGET, SQL_DEVICE_REMOVALS_FORGET
    };
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    struct query q = sql_query(db, SQL_DEVICE_GIVE);
    sql_bind_int(&q, device_id);
    sql_bind_id(&q, owner_id);
    sql_bind_text(&q, username);
    rc = sql_exec_some(&q);
    for (size_t i = 0; rc == DB_OK && i < sizeof of_former / sizeof of_former[0]; i++)
        rc = of_device(db, of_former[i], device_id);
    return db_end(db, rc);
}
