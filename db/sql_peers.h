/* A part of the table in sql.c, which includes it there: friends in the apps; tracks;
   exports. */
/* clang-format off */

/* ---------------------------------------------------------------- peers.c */
S(SQL_PEER_LIST, 0,
  "SELECT d.id, p.tid, u.username, coalesce(nullif(c.name, ''),"
  " nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), coalesce(c.face, ''),"
  " (SELECT count(*) FROM my_tracks_device e WHERE e.owner_id = d.owner_id"
  " AND e.id IN " VISIBLE("?1") ") = 1,"
  " coalesce(t.location_id, 0), coalesce(t.card, ''), " LOCATION_COLUMNS
  " FROM my_tracks_device d JOIN auth_user u"
  " ON u.id = d.owner_id AND u.is_active AND u.id <> ?1"
  " CROSS JOIN my_tracks_location l ON l.id = d.latest_location_id"
  " LEFT JOIN mytracks_card c ON c.user_id = u.id"
  " LEFT JOIN mytracks_peer p ON p.viewer_id = ?1 AND p.device_id = d.id"
  " LEFT JOIN mytracks_peer_told t ON t.phone_id = ?2 AND t.device_id = d.id"
  " WHERE d.id IN " VISIBLE("?1") " ORDER BY d.id LIMIT ?3"),
S(SQL_PEER_NAME, SQL_WRITES,
  "INSERT INTO mytracks_peer (viewer_id, device_id, tid) VALUES (?1, ?2, ?3)"
  " ON CONFLICT DO NOTHING"),
S(SQL_PEER_TOLD, SQL_WRITES,
  "INSERT INTO mytracks_peer_told (phone_id, device_id, location_id, card) VALUES (?1, ?2, ?3, ?4)"
  " ON CONFLICT (phone_id, device_id) DO UPDATE SET location_id = excluded.location_id,"
  " card = excluded.card"),
S(SQL_PEER_NEWS, 0,
  "SELECT count(*) FROM my_tracks_device d WHERE d.id = (SELECT device_id FROM my_tracks_location"
  " WHERE id = ?1) AND d.latest_location_id = ?1 AND d.owner_id IS NOT NULL"
  " AND (EXISTS (SELECT 1 FROM my_tracks_deviceshare s WHERE s.device_id = d.id) OR EXISTS"
  " (SELECT 1 FROM mytracks_share x WHERE x.device_id = d.id AND " WHOLE_MESSAGES("x") "))"),
S(SQL_CARD_GET, 0, "SELECT name, face, updated_at FROM mytracks_card WHERE user_id = ?1"),
S(SQL_CARD_PUT, SQL_WRITES,
  "INSERT INTO mytracks_card (user_id, name, face, updated_at) VALUES (?1, ?2, ?3, ?4)"
  " ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, face = excluded.face,"
  " updated_at = excluded.updated_at, told_device = 0"),
S(SQL_CARD_DUE, 0,
  "SELECT c.user_id, d.id, d.device_id, d.mqtt_user, u.username, coalesce(nullif(c.name, ''),"
  " nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), c.face"
  " FROM mytracks_card c JOIN auth_user u ON u.id = c.user_id"
  " CROSS JOIN my_tracks_device d ON d.owner_id = c.user_id AND d.id > c.told_device"
  " ORDER BY c.user_id, d.id LIMIT 1"),
S(SQL_CARD_TOLD, SQL_WRITES, "UPDATE mytracks_card SET told_device = ?2 WHERE user_id = ?1"),
S(SQL_CARD_DELETE, SQL_WRITES, "DELETE FROM mytracks_card WHERE user_id = ?1"),

/* ---------------------------------------------------------------- tracks.c */
S(SQL_TRACK, 0,
  "SELECT id, timestamp, latitude, longitude, accuracy, velocity, altitude"
  " FROM my_tracks_location WHERE device_id = ?1 AND timestamp >= ?2 AND timestamp <= ?3"
  " AND coalesce(accuracy, 0) <= ?4 AND length(timestamp) < 40 ORDER BY timestamp"),
S(SQL_TRACK_COUNT, 0,
  "SELECT count(*) FROM (SELECT 1 FROM my_tracks_location WHERE device_id = ?1"
  " AND timestamp >= ?2 AND timestamp < ?3 LIMIT ?4)"),

/* ---------------------------------------------------------------- export.c */
S(SQL_EXPORT_PEOPLE, 0,
  "SELECT u.id, u.username, u.first_name, u.last_name, d.device_id, l.id, l.latitude,"
  " l.longitude, l.accuracy, coalesce(l.owntracks_created_at, l.received_at), l.timestamp"
  " FROM auth_user u CROSS JOIN my_tracks_device d ON d.id ="
  " (SELECT f.id FROM my_tracks_device f WHERE f.owner_id = u.id" FIRST_DEVICE("f") ")"
  " LEFT JOIN my_tracks_location l ON l.id = d.latest_location_id"
  " WHERE u.is_active ORDER BY u.username"),
S(SQL_EXPORT_PLACES, 0,
  "SELECT w.id, u.username, w.label, w.latitude, w.longitude, w.radius, w.rid"
  " FROM my_tracks_waypoint w JOIN auth_user u ON u.id = w.user_id"
  " WHERE w.is_active ORDER BY u.username, w.label, w.id"),
