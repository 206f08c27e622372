/* What users keep about themselves: my_tracks_userprofile, and the names in auth_user. */
#ifndef MYTRACKS_DB_PROFILE_H
#define MYTRACKS_DB_PROFILE_H

#include "db.h"

struct profile {
    usec_t created_at, updated_at;
    bool has_home;
    double home_latitude, home_longitude; /* degrees; only with has_home */
    struct str home_label;
};

/* DB_NONE: the user has no row yet. */
enum db_rc db_profile_get(struct db *db, struct arena *a, int64_t user_id,
                          struct profile *out) DB_USED;
/* The same; a row that is missing is made, as the reference does at the first visit. A transaction
   of its own. */
enum db_rc db_profile_need(struct db *db, struct arena *a, int64_t user_id, usec_t now,
                           struct profile *out) DB_USED;
/* Writes first_name, last_name and email of u, and the profile's updated_at; its row is made when
   it is missing. Within the caller's transaction. */
enum db_rc db_user_set_names(struct db *db, const struct user *u, usec_t now) DB_USED;
/* Writes the home place of p; updated_at stays, as in the reference. DB_NONE: no row. Within the
   caller's transaction. */
enum db_rc db_profile_set_home(struct db *db, int64_t user_id, const struct profile *p) DB_USED;

#endif
