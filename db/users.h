/* Users as administrators manage them; signing in and one's own account are in account.h. */
#ifndef MYTRACKS_DB_USERS_H
#define MYTRACKS_DB_USERS_H

#include "db.h"

/* Everybody, by name. A row's texts live until its call returns; row returns false to stop. */
typedef bool user_row_fn(void *ctx, const struct user *u);
enum db_rc db_user_list(struct db *db, user_row_fn *row, void *ctx) DB_USED;

/* DB_NONE from these: there is no such user. Each is a transaction of its own. */
enum db_rc db_user_set_active(struct db *db, int64_t id, bool active) DB_USED;
/* Staff or not becomes its opposite, and superuser the same; *is_staff is the new value. */
enum db_rc db_user_toggle_staff(struct db *db, int64_t id, bool *is_staff) DB_USED;
/* The user and all that Django's cascades take along (reference/schema.md, "What goes when a row
   goes"): devices stay, without an owner, and so do their positions. */
enum db_rc db_user_delete(struct db *db, int64_t id) DB_USED;

#endif
