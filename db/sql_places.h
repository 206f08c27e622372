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
