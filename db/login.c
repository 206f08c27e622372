#include "login.h"

#include "lib/crypto.h"
#include "lib/signing.h"

enum db_rc db_login_state(struct db *db, struct arena *a, struct str secret_key,
                          const struct jval *object, enum login_state *state, struct user *out)
{
    const struct jval *id = jval_get(object, SESSION_USER_KEY);
    const struct jval *backend = jval_get(object, SESSION_BACKEND_KEY);
    const struct jval *hash = jval_get(object, SESSION_HASH_KEY);
    int64_t user_id;

    *state = LOGIN_NONE;
    if (id == NULL || (id->type != J_STR && id->type != J_INT) ||
        num_py_int(id->text, &user_id) != NUM_OK || backend == NULL || backend->type != J_STR ||
        !str_eq(backend->text, SESSION_BACKEND)) {
        return DB_OK;
    }
    enum db_rc rc = db_user_by_id(db, a, user_id, out);
    if (rc != DB_OK || !out->is_active) {
        return rc == DB_NONE ? DB_OK : rc;
    }
    struct str wanted = session_auth_hash(a, secret_key, out->password);
    bool fits = hash != NULL && hash->type == J_STR && crypto_equal(hash->text, wanted);
    *state = fits ? LOGIN_GOOD : LOGIN_STALE;
    return DB_OK;
}

enum db_rc db_login_of_session(struct db *db, struct arena *a, struct str secret_key,
                               struct str session_key, usec_t now, struct user *out)
{
    struct session s;
    enum login_state state = LOGIN_NONE;
    enum db_rc rc = db_session_get(db, a, session_key, &s);

    if (rc != DB_OK) {
        return rc;
    }
    const struct jval *object = s.expires > now ? session_decode(a, secret_key, s.data) : NULL;
    if (object == NULL) {
        return DB_NONE;
    }
    rc = db_login_state(db, a, secret_key, object, &state, out);
    if (rc != DB_OK) {
        return rc;
    }
    return state == LOGIN_GOOD ? DB_OK : DB_NONE;
}
