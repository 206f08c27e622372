#include "smtp.h"

#include "sql.h"

enum db_rc db_smtp_get(struct db *db, struct arena *a, struct smtp_settings *out, usec_t *changed)
{
    struct query q = sql_query(db, SQL_SMTP_GET);
    enum db_rc rc = sql_step(&q);

    if (rc == DB_OK) {
        out->host = sql_col_text(&q, a);
        out->port = sql_col_int(&q);
        out->username = sql_col_text(&q, a);
        out->sealed_password = arena_dup(a, sql_col_view(&q));
        bool starttls = sql_col_bool(&q), tls = sql_col_bool(&q);
        out->tls = tls ? SMTP_TLS : starttls ? SMTP_STARTTLS : SMTP_NONE;
        out->from = sql_col_text(&q, a);
        usec_t t = sql_col_time(&q);
        if (changed)
            *changed = t;
        if (!sql_readable(&q, 1))
            rc = DB_FAIL;
    }
    sql_end(&q);
    return rc;
}

enum db_rc db_smtp_put(struct db *db, const struct smtp_settings *s, usec_t now)
{
    struct query q = sql_query(db, SQL_SMTP_PUT);

    sql_bind_text(&q, s->host);
    sql_bind_int(&q, s->port);
    sql_bind_text(&q, s->username);
    sql_bind_blob(&q, s->sealed_password);
    sql_bind_bool(&q, s->tls == SMTP_STARTTLS);
    sql_bind_bool(&q, s->tls == SMTP_TLS);
    sql_bind_text(&q, s->from);
    sql_bind_time(&q, now);
    return sql_exec(&q);
}

enum db_rc db_smtp_reset(struct db *db)
{
    struct query q = sql_query(db, SQL_SMTP_RESET);

    return sql_exec_some(&q);
}
