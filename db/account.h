/* Users and sessions. */
#ifndef MYTRACKS_DB_ACCOUNT_H
#define MYTRACKS_DB_ACCOUNT_H

#include "db.h"

enum db_rc db_user_by_name(struct db *db, struct arena *a, struct str username,
                           struct user *out) DB_USED;
/* Accounts ever made, also those that are gone. */
enum db_rc db_users_made(struct db *db, int64_t *n) DB_USED;
enum db_rc db_user_by_id(struct db *db, struct arena *a, int64_t id, struct user *out) DB_USED;
/* True in *any when a staff user exists (the login page's first-run banner). */
enum db_rc db_any_staff(struct db *db, bool *any) DB_USED;
/* Row in auth_user and its userprofile, in one transaction. DB_CONFLICT: the name is taken. u->id
 * is set. */
enum db_rc db_user_create(struct db *db, struct user *u) DB_USED;
/* Password column alone. */
enum db_rc db_user_set_password(struct db *db, int64_t id, struct str encoded) DB_USED;
enum db_rc db_user_touch_login(struct db *db, int64_t id, usec_t now) DB_USED;

/* Whatever its expiry; the caller compares. */
enum db_rc db_session_get(struct db *db, struct arena *a, struct str key,
                          struct session *out) DB_USED;
/* INSERT or UPDATE by key. */
enum db_rc db_session_put(struct db *db, const struct session *s) DB_USED;
/* UPDATE of expire_date alone; DB_NONE when the row is gone. */
enum db_rc db_session_touch(struct db *db, struct str key, usec_t expires) DB_USED;
/* Those that have not expired, Django's too. Texts live until row returns; false stops. */
typedef bool session_row_fn(void *ctx, const struct session *s);
enum db_rc db_session_list(struct db *db, usec_t now, session_row_fn *row, void *ctx) DB_USED;
enum db_rc db_session_delete(struct db *db, struct str key) DB_USED;

/* A number that grows whenever anybody's grants may have changed. */
enum db_rc db_grants_version(struct db *db, int64_t *version) DB_USED;
/* What topic_allowed() needs of a user; DB_NONE: no such user. Arrays in the arena. */
struct topic_grants;
enum db_rc db_user_grants(struct db *db, struct arena *a, struct str username,
                          struct topic_grants *out) DB_USED;

/* Accuracy filter of the map (my_tracks_locationqualitysettings). */
struct quality {
    bool enabled;
    int64_t metres;
};
/* DB_NONE: there is no row yet; *out holds the reference's defaults. */
enum db_rc db_quality(struct db *db, struct quality *out) DB_USED;
enum db_rc db_quality_set(struct db *db, const struct quality *quality) DB_USED;

#endif
