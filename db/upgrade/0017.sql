-- Places that somebody removed, kept for a while so that they can come back (db/removed_places.c): rows of
-- my_tracks_waypoint as they were, and what went along, as JSON: mails: rows of my_tracks_transitionaction, rules: rows of
-- mytracks_rule, events: ids of my_tracks_transition that named the place. No types: values stay what they are.
CREATE TABLE mytracks_removed_place (
    id integer NOT NULL PRIMARY KEY,
    label, latitude, longitude, radius, rid, is_active, created_at, updated_at,
    user_id integer NOT NULL,
    mails text NOT NULL,
    rules text NOT NULL,
    events text NOT NULL,
    removed_at datetime NOT NULL
);
CREATE INDEX mytracks_removed_place_user ON mytracks_removed_place (user_id);
