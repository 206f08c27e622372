/* What people change about themselves, by the API and by the profile page. */
#ifndef MYTRACKS_FCGI_ACCOUNT_H
#define MYTRACKS_FCGI_ACCOUNT_H

#include "db/account.h"
#include "request.h"

/* Stores first_name, last_name and email of u. A transaction of its own. */
enum db_rc account_store_names(struct request *r, const struct user *u) DB_USED;
/* Gives u a new password. keep_session: this session goes on under a new key,
   as Django's update_session_auth_hash does. All other sessions of the user end. DB_CONFLICT: the
   password was changed elsewhere since u was read. A transaction of its own. */
enum db_rc account_store_password(struct request *r, struct user *u, struct str password,
                                  bool keep_session) DB_USED;

#endif
