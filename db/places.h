/* Geofences of users (my_tracks_waypoint), what happened there (my_tracks_transition), and the
   e-mail rules that follow from it (my_tracks_transitionaction). Everything is of one user: what
   belongs to somebody else is not there. */
#ifndef MYTRACKS_DB_PLACES_H
#define MYTRACKS_DB_PLACES_H

#include "db.h"

#define PLACE_LABEL_MAX 200 /* characters */
#define RULE_EMAIL_MAX 254  /* characters */

struct place {
    int64_t id;
    struct str label;
    dec10 latitude, longitude;
    int64_t radius; /* metres */
    struct str rid; /* what phones know it by */
    bool is_active;
    usec_t updated_at;
};

/* The active ones by label, as an array in the arena. */
enum db_rc db_place_list(struct db *db, struct arena *a, int64_t user_id, struct place **out,
                         size_t *n) DB_USED;
/* Active or not. */
enum db_rc db_place_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                        struct place *out) DB_USED;
/* A new active one. p->id is set. */
enum db_rc db_place_add(struct db *db, int64_t user_id, struct place *p, usec_t now) DB_USED;
/* Label, position and radius of p; rid and creation stay. DB_NONE: there is no such place. */
enum db_rc db_place_update(struct db *db, int64_t user_id, const struct place *p,
                           usec_t now) DB_USED;
/* The place and its rules; its transitions stay without it. They are kept for a while
   (removed_places.h). DB_NONE as above. */
enum db_rc db_place_delete(struct db *db, int64_t user_id, int64_t id, usec_t now) DB_USED;

/* "Send a mail to ADDRESS when one of my devices enters or leaves PLACE". */
struct place_rule {
    int64_t id;
    int64_t place_id;       /* 0: any */
    struct str place_label; /* "" for any */
    struct str event;       /* "enter", "leave", "any" */
    struct str email;
    bool is_active;
};

/* In the order of their making. */
enum db_rc db_rule_list(struct db *db, struct arena *a, int64_t user_id, struct place_rule **out,
                        size_t *n) DB_USED;
enum db_rc db_rule_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                       struct place_rule *out) DB_USED;
/* DB_NONE: the user has no such place. */
enum db_rc db_rule_add(struct db *db, int64_t user_id, const struct place_rule *rule,
                       usec_t now) DB_USED;
/* One for each active place of the user; rule->place_id is not looked at. */
enum db_rc db_rule_add_everywhere(struct db *db, int64_t user_id, const struct place_rule *rule,
                                  usec_t now) DB_USED;
/* DB_NONE: there is no such rule. */
enum db_rc db_rule_delete(struct db *db, int64_t user_id, int64_t id) DB_USED;

/* The latest transitions of the user's devices by fix time, at most max, as an array in the arena.
 */
enum db_rc db_transition_list(struct db *db, struct arena *a, int64_t user_id, int64_t max,
                              struct transition **out, size_t *n) DB_USED;

#endif
