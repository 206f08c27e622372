#include "device_key.h"

#include "sql.h"

enum db_rc db_device_key_get(struct db *db, struct arena *a, int64_t device_id,
                             struct device_key *out)
{
    struct query q = sql_query(db, SQL_DEVICE_KEY_GET);

    sql_bind_int(&q, device_id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->sealed = sql_col_text(&q, a);
        out->set_at = sql_col_time(&q);
        out->failed = sql_col_int(&q);
        out->failed_at = sql_col_opt_time(&q);
        if (!sql_readable(&q, 1))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_device_key_of_topic(struct db *db, struct arena *a, struct str user,
                                  struct str device, struct str *sealed)
{
    struct query q = sql_query(db, SQL_DEVICE_KEY_OF_TOPIC);

    sql_bind_text(&q, user);
    sql_bind_text(&q, device);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK)
        *sealed = sql_col_text(&q, a);
    sql_end(&q);
    return rc;
}

enum db_rc db_device_key_set(struct db *db, int64_t device_id, struct str sealed, usec_t now)
{
    struct query q = sql_query(db, SQL_DEVICE_KEY_SET);

    sql_bind_int(&q, device_id);
    sql_bind_text(&q, sealed);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_device_key_remove(struct db *db, int64_t device_id)
{
    struct query q = sql_query(db, SQL_DEVICE_KEY_REMOVE);

    sql_bind_int(&q, device_id);
    return sql_exec_some(&q);
}

enum db_rc db_device_key_failed(struct db *db, int64_t device_id, usec_t now)
{
    struct query q = sql_query(db, SQL_DEVICE_KEY_FAILED);

    sql_bind_int(&q, device_id);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_device_key_trim(struct db *db)
{
    struct query q = sql_query(db, SQL_DEVICE_KEY_TRIM);

    return sql_exec(&q);
}

enum db_rc db_encrypted_count(struct db *db, int64_t device_id, int64_t *n)
{
    struct query q = sql_query(db, SQL_ENCRYPTED_COUNT);

    sql_bind_int(&q, device_id);
    return sql_one_int(&q, n);
}

enum db_rc db_encrypted_next(struct db *db, struct arena *a, int64_t device_id, int64_t after,
                             struct encrypted_message *out)
{
    struct query q = sql_query(db, SQL_ENCRYPTED_NEXT);

    sql_bind_int(&q, device_id);
    sql_bind_int(&q, after);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->id = sql_col_int(&q);
        out->payload = sql_col_text(&q, a);
        out->address = sql_col_text_or_null(&q, a);
        out->received_at = sql_col_time(&q);
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_encrypted_remove(struct db *db, int64_t id)
{
    struct query q = sql_query(db, SQL_MESSAGE_REMOVE);

    sql_bind_int(&q, id);
    return sql_exec(&q);
}
