/* What users keep about themselves: my_tracks_userprofile, and the names in auth_user. */
#ifndef MYTRACKS_DB_PROFILE_H
#define MYTRACKS_DB_PROFILE_H

#include "db.h"

struct profile {
    usec_t created_at, updated_at;
};

/* DB_NONE: the user has no row yet. */
enum db_rc db_profile_get(struct db *db, int64_t user_id, struct profile *out) DB_USED;
/* A row as the reference makes it at the first visit. Within the caller's transaction. */
enum db_rc db_profile_make(struct db *db, int64_t user_id, usec_t now) DB_USED;
/* Writes first_name, last_name and email of u, and the profile's updated_at; its row is made when
   it is missing. Within the caller's transaction. */
enum db_rc db_user_set_names(struct db *db, const struct user *u, usec_t now) DB_USED;

#endif
