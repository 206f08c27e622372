#include "trust.h"

#include "sql.h"

static enum db_rc name_of(struct db *db, struct arena *a, enum sql_id statement,
                          struct certificate_name *out)
{
    struct query q = sql_query(db, statement);
    enum db_rc rc = sql_step(&q);

    *out = (struct certificate_name){ STR_NULL, STR_NULL };
    if (rc == DB_OK) {
        int64_t id = sql_col_int(&q);
        out->common_name = sql_col_text(&q, a);
        out->fingerprint = sql_col_text(&q, a);
        if (!sql_readable(&q, id))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_active_ca_name(struct db *db, struct arena *a, struct certificate_name *out)
{
    return name_of(db, a, SQL_ACTIVE_CA_NAME, out);
}

enum db_rc db_active_server_name(struct db *db, struct arena *a, struct certificate_name *out)
{
    return name_of(db, a, SQL_ACTIVE_SERVER_NAME, out);
}
