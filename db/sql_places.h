/* A part of the table in sql.c, which includes it there: geofences and their rules. */
/* clang-format off */

#define PLACE_COLUMNS "SELECT id, label, latitude, longitude, radius, rid, is_active, updated_at"
#define RULE_ROWS                                                                               \
    "SELECT r.id, r.waypoint_id, coalesce(w.label, ''), r.event, r.email_address, r.is_active" \
    " FROM my_tracks_transitionaction r LEFT JOIN my_tracks_waypoint w ON w.id = r.waypoint_id" \
    " WHERE r.user_id = ?1"
#define RULE_INSERT                                                                  \
    "INSERT INTO my_tracks_transitionaction (user_id, event, email_address, action_type," \
    " is_active, created_at, waypoint_id) "

/* By the index of device and time, whoever's they are. */
#define PASSAGES(devices)                                                                      \
    "SELECT t.id, d.device_id, u.username, t.event,"                                           \
    " coalesce(nullif(w.label, ''), t.description), t.timestamp, t.latitude, t.longitude"      \
    " FROM my_tracks_transition t JOIN my_tracks_device d ON d.id = t.device_id"               \
    " LEFT JOIN auth_user u ON u.id = d.owner_id"                                              \
    " LEFT JOIN my_tracks_waypoint w ON w.id = t.waypoint_id"                                  \
    " WHERE t.device_id " devices " AND t.timestamp BETWEEN ?1 AND ?2"                         \
    " ORDER BY t.timestamp DESC, t.id DESC LIMIT ?3"

/* All of my_tracks_waypoint, also of removed ones. */
#define ALL_OF_PLACE                                                               \
    "id, label, latitude, longitude, radius, rid, is_active, created_at, updated_at," \
    " user_id"
/* A member of an object that json_object() makes of a row r, and back. */
#define KEPT(column) "'" column "', r." column
#define BACK(column) "j.value ->> '" column "'"
/* The id that a row had, or another one if that is taken. */
#define ID_BACK(table) \
    "iif(EXISTS (SELECT 1 FROM " table " o WHERE o.id = " BACK("id") "), NULL, " BACK("id") ")"

/* ---------------------------------------------------------------- places.c */
S(SQL_PLACE_LIST, 0,
  PLACE_COLUMNS " FROM my_tracks_waypoint WHERE user_id = ?1 AND is_active ORDER BY label, id"),
S(SQL_PLACE_GET, 0, PLACE_COLUMNS " FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?2"),
S(SQL_PLACE_INSERT, SQL_WRITES,
  "INSERT INTO my_tracks_waypoint (user_id, label, latitude, longitude, radius, rid, is_active,"
  " created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)"),
S(SQL_PLACE_UPDATE, SQL_WRITES,
  "UPDATE my_tracks_waypoint SET label = ?2, latitude = ?3, longitude = ?4, radius = ?5,"
  " updated_at = ?7 WHERE user_id = ?1 AND id = ?6"),
S(SQL_PLACE_DELETE, SQL_WRITES, "DELETE FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?2"),
S(SQL_PLACE_RULES_DELETE, SQL_WRITES,
  "DELETE FROM my_tracks_transitionaction WHERE waypoint_id ="
  " (SELECT id FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?2)"),
S(SQL_PLACE_UNLINK, SQL_WRITES,
  "UPDATE my_tracks_transition SET waypoint_id = NULL WHERE waypoint_id ="
  " (SELECT id FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?2)"),
/* ---------------------------------------------------------------- removed_places.c */
S(SQL_REMOVED_PLACE_KEEP, SQL_WRITES,
  "INSERT OR REPLACE INTO mytracks_removed_place (" ALL_OF_PLACE ", mails, rules, events,"
  " removed_at) SELECT " ALL_OF_PLACE ", (SELECT json_group_array(json_object("
  KEPT("id") ", " KEPT("event") ", " KEPT("action_type") ", " KEPT("email_address") ", "
  KEPT("is_active") ", " KEPT("created_at") ", " KEPT("user_id")
  ")) FROM my_tracks_transitionaction r WHERE r.waypoint_id = w.id),"
  " (SELECT json_group_array(json_object("
  KEPT("id") ", " KEPT("user_id") ", " KEPT("name") ", " KEPT("event") ", " KEPT("device_id") ", "
  KEPT("amount") ", " KEPT("days") ", " KEPT("from_minute") ", " KEPT("until_minute") ", "
  KEPT("zone") ", " KEPT("channel") ", " KEPT("target") ", " KEPT("priority") ", "
  KEPT("cooldown") ", " KEPT("active") ", " KEPT("paused_until") ", " KEPT("language") ", "
  KEPT("created_at") ")) FROM mytracks_rule r WHERE r.place_id = w.id),"
  " (SELECT json_group_array(t.id) FROM my_tracks_transition t WHERE t.waypoint_id = w.id), ?3"
  " FROM my_tracks_waypoint w WHERE w.user_id = ?1 AND w.id = ?2"),
S(SQL_REMOVED_PLACE_LIST, 0,
  "SELECT p.id, p.label, u.username, json_array_length(p.mails) + json_array_length(p.rules),"
  " p.removed_at FROM mytracks_removed_place p JOIN auth_user u ON u.id = p.user_id"
  " WHERE (?1 OR p.user_id = ?2) ORDER BY p.removed_at DESC, p.id DESC LIMIT ?3"),
S(SQL_REMOVED_PLACE_BACK, SQL_WRITES,
  "INSERT INTO my_tracks_waypoint (" ALL_OF_PLACE ") SELECT " ALL_OF_PLACE
  " FROM mytracks_removed_place WHERE id = ?1 AND (?2 OR user_id = ?3)"),
S(SQL_REMOVED_PLACE_MAILS, SQL_WRITES,
  "INSERT INTO my_tracks_transitionaction (id, event, action_type, email_address, is_active,"
  " created_at, user_id, waypoint_id) SELECT " ID_BACK("my_tracks_transitionaction") ", "
  BACK("event") ", " BACK("action_type") ", " BACK("email_address") ", " BACK("is_active") ", "
  BACK("created_at") ", u.id, p.id FROM mytracks_removed_place p CROSS JOIN json_each(p.mails) j"
  " JOIN auth_user u ON u.id = " BACK("user_id") " WHERE p.id = ?1"),
S(SQL_REMOVED_PLACE_RULES, SQL_WRITES,
  "INSERT INTO mytracks_rule (id, user_id, name, event, device_id, place_id, amount, days,"
  " from_minute, until_minute, zone, channel, target, priority, cooldown, active, paused_until,"
  " language, created_at) SELECT " ID_BACK("mytracks_rule") ", " BACK("user_id") ", "
  BACK("name") ", " BACK("event") ", " BACK("device_id") ", p.id, " BACK("amount") ", "
  BACK("days") ", "
  BACK("from_minute") ", " BACK("until_minute") ", " BACK("zone") ", " BACK("channel") ", "
  BACK("target") ", " BACK("priority") ", " BACK("cooldown") ", " BACK("active") ", "
  BACK("paused_until") ", " BACK("language") ", " BACK("created_at")
  " FROM mytracks_removed_place p CROSS JOIN json_each(p.rules) j WHERE p.id = ?1 AND ("
  BACK("device_id") " IS NULL OR " BACK("device_id") " IN (SELECT id FROM my_tracks_device))"),
S(SQL_REMOVED_PLACE_EVENTS, SQL_WRITES,
  "UPDATE my_tracks_transition SET waypoint_id = ?1 WHERE waypoint_id IS NULL AND id IN"
  " (SELECT j.value FROM mytracks_removed_place p CROSS JOIN json_each(p.events) j"
  " WHERE p.id = ?1)"),
S(SQL_REMOVED_PLACE_FORGET, SQL_WRITES,
  "DELETE FROM mytracks_removed_place WHERE id = ?1 AND (?2 OR user_id = ?3)"),
S(SQL_REMOVED_PLACES_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_removed_place WHERE removed_at < ?1"
  " OR user_id NOT IN (SELECT id FROM auth_user)"),
S(SQL_USER_REMOVED_PLACES, SQL_WRITES, "DELETE FROM mytracks_removed_place WHERE user_id = ?1"),

/* ---------------------------------------------------------------- places.c: rules */
S(SQL_RULE_LIST, 0, RULE_ROWS " ORDER BY r.id"),
S(SQL_RULE_GET, 0, RULE_ROWS " AND r.id = ?2"),
S(SQL_RULE_INSERT, SQL_WRITES,
  RULE_INSERT "SELECT ?1, ?2, ?3, 'email', 1, ?4, ?5 WHERE ?5 IS NULL"
  " OR EXISTS (SELECT 1 FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?5)"),
S(SQL_RULE_INSERT_ALL, SQL_WRITES,
  RULE_INSERT "SELECT ?1, ?2, ?3, 'email', 1, ?4, id FROM my_tracks_waypoint"
  " WHERE user_id = ?1 AND is_active ORDER BY label, id"),
S(SQL_RULE_DELETE, SQL_WRITES,
  "DELETE FROM my_tracks_transitionaction WHERE user_id = ?1 AND id = ?2"),
S(SQL_TRANSITION_LIST, 0,
  "SELECT t.id, d.device_id, t.event, t.region_id, t.description, t.timestamp, t.received_at,"
  " w.label FROM my_tracks_transition t JOIN my_tracks_device d ON d.id = t.device_id"
  " LEFT JOIN my_tracks_waypoint w ON w.id = t.waypoint_id"
  " WHERE d.owner_id = ?1 ORDER BY t.timestamp DESC, t.id DESC LIMIT ?2"),

/* ---------------------------------------------------------------- transitions.c */
S(SQL_PASSAGES_OF_DEVICE, 0, PASSAGES("= ?4")),
S(SQL_PASSAGES_VISIBLE, 0,
  PASSAGES("IN " VISIBLE("?4") " AND NOT EXISTS (SELECT 1 FROM mytracks_share x"
           " WHERE x.device_id = t.device_id AND x.viewer_id = ?4 AND (x.precision = 'area'"
           " OR x.history = 'live' OR t.timestamp < x.since))")),
S(SQL_PASSAGES_ALL, 0, PASSAGES("IN (SELECT id FROM my_tracks_device)")),
