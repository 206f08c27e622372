#include "pki.h"

#include "sql.h"

/* Statements by kind; SQL_STATEMENTS: the kind has no such thing. */
static const struct statements {
    enum sql_id list, get, active, retire, insert, deactivate, delete;
} statements[CERT_KINDS] = {
    [CERT_CA] = { SQL_CA_LIST, SQL_CA_GET, SQL_CA_ACTIVE, SQL_CA_RETIRE, SQL_CA_INSERT,
                  SQL_CA_DEACTIVATE, SQL_STATEMENTS },
    [CERT_SERVER] = { SQL_SERVER_LIST, SQL_SERVER_GET, SQL_SERVER_ACTIVE, SQL_SERVER_RETIRE,
                      SQL_SERVER_INSERT, SQL_SERVER_DEACTIVATE, SQL_SERVER_DELETE },
    [CERT_CLIENT] = { SQL_CLIENT_LIST, SQL_CLIENT_GET, SQL_STATEMENTS, SQL_CLIENT_RETIRE,
                      SQL_CLIENT_INSERT, SQL_STATEMENTS, SQL_CLIENT_DELETE },
};

/* ---------------------------------------------------------------- reading */
static bool read_certificate(struct query *q, struct arena *a, struct certificate *c)
{
    c->id = sql_col_int(q);
    c->pem = sql_col_text(q, a);
    c->sealed_key = arena_dup(a, sql_col_view(q));
    c->common_name = sql_col_text(q, a);
    c->fingerprint = sql_col_text(q, a);
    c->key_size = sql_col_int(q);
    c->not_before = sql_col_time(q);
    c->not_after = sql_col_time(q);
    c->is_active = sql_col_bool(q);
    c->created_at = sql_col_time(q);
    c->issuing_ca_id = sql_col_id(q);
    c->issuing_ca_name = sql_col_text(q, a);
    c->san_entries = sql_col_text(q, a);
    c->user_id = sql_col_id(q);
    c->username = sql_col_text(q, a);
    c->serial = sql_col_text(q, a);
    c->revoked = sql_col_bool(q);
    c->revoked_at = sql_col_opt_time(q);
    return sql_readable(q, c->id);
}

enum db_rc db_cert_list(struct db *db, enum cert_kind kind, cert_row_fn *row, void *ctx)
{
    struct query q = sql_query(db, statements[kind].list);
    struct certificate c;
    enum db_rc rc;
    bool more = true;

    while (more && (rc = sql_step(&q)) == DB_OK) {
        more = !read_certificate(&q, db->scratch, &c) || row(ctx, &c);
        arena_reset(db->scratch);
    }
    sql_end(&q);
    return !more || rc == DB_NONE ? DB_OK : rc;
}

static enum db_rc one(struct query *q, struct arena *a, struct certificate *out)
{
    enum db_rc rc = sql_step(q);

    if (rc == DB_OK && !read_certificate(q, a, out))
        rc = DB_FAIL;
    sql_end(q);
    return rc;
}

enum db_rc db_cert_get(struct db *db, struct arena *a, enum cert_kind kind, int64_t id,
                       struct certificate *out)
{
    struct query q = sql_query(db, statements[kind].get);

    sql_bind_int(&q, id);
    return one(&q, a, out);
}

enum db_rc db_cert_active(struct db *db, struct arena *a, enum cert_kind kind,
                          struct certificate *out)
{
    struct query q = sql_query(db, statements[kind].active);

    return one(&q, a, out);
}

enum db_rc db_cert_of_user(struct db *db, struct arena *a, int64_t user_id, struct certificate *out)
{
    struct query q = sql_query(db, SQL_CLIENT_OF_USER);

    sql_bind_int(&q, user_id);
    return one(&q, a, out);
}

/* ---------------------------------------------------------------- adding */
static enum db_rc retire(struct db *db, enum cert_kind kind, const struct certificate *c)
{
    struct query q = sql_query(db, statements[kind].retire);

    if (kind == CERT_CLIENT)
        sql_bind_int(&q, c->user_id);
    return sql_exec(&q);
}

static enum db_rc insert(struct db *db, enum cert_kind kind, struct certificate *c)
{
    struct query q = sql_query(db, statements[kind].insert);

    sql_bind_text(&q, c->pem);
    sql_bind_blob(&q, c->sealed_key);
    sql_bind_text(&q, c->common_name);
    sql_bind_text(&q, c->fingerprint);
    sql_bind_int(&q, c->key_size);
    sql_bind_time(&q, c->not_before);
    sql_bind_time(&q, c->not_after);
    sql_bind_time(&q, c->created_at);
    if (kind != CERT_CA)
        sql_bind_int(&q, c->issuing_ca_id);
    if (kind == CERT_SERVER)
        sql_bind_text(&q, c->san_entries);
    if (kind == CERT_CLIENT) {
        sql_bind_int(&q, c->user_id);
        sql_bind_text(&q, c->serial);
    }
    enum db_rc rc = sql_exec(&q);
    c->id = sqlite3_last_insert_rowid(db->h);
    return rc;
}

enum db_rc db_cert_add(struct db *db, enum cert_kind kind, struct certificate *c)
{
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = retire(db, kind, c);
    if (rc == DB_OK)
        rc = insert(db, kind, c);
    return db_end(db, rc);
}

/* ---------------------------------------------------------------- changing */
enum db_rc db_cert_deactivate(struct db *db, enum cert_kind kind, int64_t id)
{
    struct query q = sql_query(db, statements[kind].deactivate);

    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_cert_delete(struct db *db, enum cert_kind kind, int64_t id)
{
    struct query q = sql_query(db, statements[kind].delete);

    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_cert_revoke(struct db *db, int64_t id, usec_t now)
{
    struct query q = sql_query(db, SQL_CLIENT_REVOKE);

    sql_bind_time(&q, now);
    sql_bind_int(&q, id);
    return sql_exec_some(&q);
}

enum db_rc db_ca_issued(struct db *db, struct arena *a, int64_t id, struct ca_issued *out)
{
    struct query q = sql_query(db, SQL_CA_ISSUED);

    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK) {
        out->servers = sql_col_int(&q);
        out->clients = sql_col_int(&q);
        out->in_use = sql_col_text(&q, a);
    }
    sql_end(&q);
    return rc;
}

static enum db_rc of_authority(struct db *db, enum sql_id id, int64_t ca_id)
{
    struct query q = sql_query(db, id);

    sql_bind_int(&q, ca_id);
    return sql_exec_some(&q);
}

enum db_rc db_ca_delete(struct db *db, int64_t id)
{
    static const enum sql_id steps[] = { SQL_CA_CLIENTS_DELETE, SQL_CA_SERVERS_DELETE,
                                         SQL_CA_DELETE };
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && (rc == DB_OK || rc == DB_NONE); i++)
        rc = of_authority(db, steps[i], id);
    return db_end(db, rc);
}

/* ---------------------------------------------------------------- revocation list */
enum db_rc db_revoked_list(struct db *db, struct arena *a, int64_t ca_id, usec_t now,
                           struct pki_revoked **out, size_t *n)
{
    struct query q = sql_query(db, SQL_REVOKED_LIST);
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, ca_id);
    sql_bind_time(&q, now);
    while ((rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        struct pki_revoked *r = &(*out)[(*n)++];
        r->serial = sql_col_text(&q, a);
        r->at = sql_col_time(&q);
        if (!sql_readable(&q, ca_id)) {
            sql_end(&q);
            return DB_FAIL;
        }
    }
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_revoked_trim(struct db *db, usec_t now)
{
    struct query q = sql_query(db, SQL_REVOKED_TRIM);

    sql_bind_time(&q, now);
    return sql_exec(&q);
}
