#include "account.h"

#include "db/profile.h"
#include "lib/log.h"
#include "lib/password.h"
#include "session.h"

/* The end of a transaction that db_begin has begun. */
static enum db_rc finish(struct db *db, enum db_rc rc)
{
    return db_end(db, rc);
}

enum db_rc account_store_names(struct request *r, const struct user *u)
{
    struct db *db = r->app->db;
    enum db_rc rc = db_begin(db);

    return rc == DB_OK ? finish(db, db_user_set_names(db, u, r->now)) : rc;
}

static enum db_rc replace_password(struct request *r, struct user *u, struct str encoded,
                                   bool keep_session)
{
    struct db *db = r->app->db;
    struct user present;
    enum db_rc rc = db_user_by_id(db, r->arena, u->id, &present);

    if (rc == DB_OK && !str_eq(present.password, u->password)) {
        return DB_CONFLICT;
    }
    if (rc == DB_OK) {
        rc = db_user_set_password(db, u->id, encoded);
    }
    if (rc == DB_OK) {
        u->password = encoded;
        rc = keep_session ? session_renew(r, u) : DB_OK;
    }
    return rc;
}

enum db_rc account_store_password(struct request *r, struct user *u, struct str password,
                                  bool keep_session)
{
    struct str encoded = password_hash(r->arena, password, r->app->pbkdf2_iterations);
    struct db *db = r->app->db;
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK) {
        return rc;
    }
    rc = finish(db, replace_password(r, u, encoded, keep_session));
    if (rc == DB_OK) {
        log_info("password-changed", LOG_S("user", u->username));
    }
    return rc;
}
