/* A part of the table in sql.c, which includes it there: commands that wait for phones. */
/* clang-format off */

#define COMMAND_COLUMNS                                                                        \
    "id, device_id, created_by, action, answer, topic, target, payload, state, created_at," \
    " expires_at, delivered_at, delivered_via, confirmed_at"

/* ---------------------------------------------------------------- commands.c */
S(SQL_COMMAND_ADD, SQL_WRITES,
  "INSERT INTO mytracks_command (device_id, created_by, action, answer, topic, target, payload,"
  " state, attempts, created_at, expires_at, due_at, delivered_via)"
  " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8, ?9, ?8, '' WHERE (SELECT count(*) FROM"
  " mytracks_command WHERE device_id = ?1 AND state = 0) < ?10"),
S(SQL_COMMAND_RELAY, SQL_WRITES,
  "INSERT INTO mytracks_command (device_id, created_by, action, answer, topic, target, payload,"
  " state, attempts, created_at, expires_at, due_at, delivered_via)"
  " SELECT d.id, ?1, 'reportLocation', 'location', 'owntracks/' || d.mqtt_user || '/'"
  " || d.device_id || '/cmd', d.mqtt_user,"
  " '{\"_type\": \"cmd\", \"action\": \"reportLocation\"}', 0, 0, ?2, ?3, ?2, ''"
  " FROM my_tracks_device d WHERE d.mqtt_user <> '' AND d.owner_id <> ?1"
  " AND (d.owner_id IN (SELECT to_user_id FROM my_tracks_friendrequest"
  " WHERE from_user_id = ?1 AND status = 'accepted' UNION SELECT from_user_id"
  " FROM my_tracks_friendrequest WHERE to_user_id = ?1 AND status = 'accepted')"
  " OR d.id IN (SELECT device_id FROM my_tracks_deviceshare WHERE shared_with_id = ?1))"
  " AND NOT EXISTS (SELECT 1 FROM mytracks_command c WHERE c.device_id = d.id AND c.state = 0"
  " AND c.created_by = ?1 AND c.action = 'reportLocation')"),
S(SQL_COMMAND_LIST, 0,
  "SELECT " COMMAND_COLUMNS " FROM mytracks_command WHERE device_id = ?1"
  " AND (?2 IS NULL OR created_by = ?2) AND (?3 IS NULL OR id = ?3) ORDER BY id DESC LIMIT ?4"),
S(SQL_COMMAND_NEXT, 0,
  "SELECT due_at, " COMMAND_COLUMNS " FROM mytracks_command WHERE state = 0"
  " ORDER BY due_at, id LIMIT 1"),
S(SQL_COMMAND_TRIED, SQL_WRITES,
  "UPDATE mytracks_command SET attempts = attempts + 1, due_at = ?2, sent = ?3 WHERE id = ?1"),
S(SQL_COMMAND_TAKEN, SQL_WRITES,
  "UPDATE mytracks_command SET state = 1, delivered_at = ?3, delivered_via = 'mqtt' WHERE id ="
  " (SELECT id FROM mytracks_command WHERE state = 0 AND topic = ?1"
  " AND coalesce(sent, payload) = ?2 AND attempts > 0 ORDER BY id LIMIT 1)"),
S(SQL_COMMAND_WAITS, 0,
  "SELECT count(*) FROM (SELECT 1 FROM mytracks_command WHERE state = 0 AND target = ?1 LIMIT 1)"),
S(SQL_COMMAND_LISTENS, SQL_WRITES,
  "UPDATE mytracks_command SET due_at = created_at WHERE state = 0 AND target = ?1"
  " AND due_at > ?2"),
S(SQL_COMMAND_EXPIRE, SQL_WRITES,
  "UPDATE mytracks_command SET state = 3 WHERE state = 0 AND expires_at <= ?1"),
S(SQL_COMMAND_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_command WHERE state > 0 AND created_at < ?1 AND expires_at < ?1"),
S(SQL_COMMAND_FETCH, 0,
  "SELECT " COMMAND_COLUMNS " FROM mytracks_command WHERE device_id = ?1 AND expires_at > ?2"
  " AND (state = 0 OR (?3 AND state = 1 AND delivered_via = 'http' AND delivered_at > ?4))"
  " ORDER BY id LIMIT ?5"),
S(SQL_COMMAND_DELIVERED, SQL_WRITES,
  "UPDATE mytracks_command SET state = 1, delivered_via = ?2, delivered_at = ?3 WHERE id = ?1"),
S(SQL_COMMAND_CONFIRM, SQL_WRITES,
  "UPDATE mytracks_command SET state = 2, confirmed_at = ?3,"
  " delivered_at = coalesce(delivered_at, ?3) WHERE device_id = ?1 AND answer = ?2"
  " AND (state = 1 OR (state = 0 AND attempts > 0))"),

/* ---------------------------------------------------------------- device_key.c */
S(SQL_DEVICE_KEY_GET, 0,
  "SELECT sealed, set_at, failed, failed_at FROM mytracks_device_key WHERE device_id = ?1"),
S(SQL_DEVICE_KEY_OF_TOPIC, 0,
  "SELECT k.sealed FROM my_tracks_device d JOIN mytracks_device_key k ON k.device_id = d.id"
  " LEFT JOIN auth_user u ON u.id = d.owner_id WHERE d.device_id = ?2"
  " AND (d.mqtt_user = ?1 OR (d.mqtt_user = '' AND u.username = ?1)) ORDER BY d.id LIMIT 1"),
S(SQL_DEVICE_KEY_SET, SQL_WRITES,
  "INSERT INTO mytracks_device_key (device_id, sealed, set_at) VALUES (?1, ?2, ?3)"
  " ON CONFLICT (device_id) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at,"
  " failed = 0, failed_at = NULL"),
S(SQL_DEVICE_KEY_REMOVE, SQL_WRITES, "DELETE FROM mytracks_device_key WHERE device_id = ?1"),
S(SQL_DEVICE_KEY_FAILED, SQL_WRITES,
  "UPDATE mytracks_device_key SET failed = failed + 1, failed_at = ?2 WHERE device_id = ?1"),
S(SQL_DEVICE_KEY_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_device_key WHERE device_id NOT IN (SELECT id FROM my_tracks_device)"),

/* ---------------------------------------------------------------- device_look.c */
S(SQL_DEVICE_RENAME, SQL_WRITES, "UPDATE my_tracks_device SET name = ?2 WHERE id = ?1"),
S(SQL_DEVICE_COLOUR, 0, "SELECT colour FROM mytracks_device_look WHERE device_id = ?1"),
S(SQL_DEVICE_COLOURS, 0,
  "SELECT device_id, colour FROM mytracks_device_look"
  " WHERE ?1 OR device_id IN " VISIBLE("?2") " ORDER BY device_id"),
S(SQL_DEVICE_COLOUR_SET, SQL_WRITES,
  "INSERT INTO mytracks_device_look (device_id, colour) VALUES (?1, ?2)"
  " ON CONFLICT (device_id) DO UPDATE SET colour = excluded.colour"),
S(SQL_DEVICE_COLOUR_REMOVE, SQL_WRITES,
  "DELETE FROM mytracks_device_look WHERE device_id = ?1"),
S(SQL_DEVICE_COLOUR_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_device_look WHERE device_id NOT IN (SELECT id FROM my_tracks_device)"),
S(SQL_DEVICE_FORGET_LATEST, SQL_WRITES,
  "UPDATE my_tracks_device SET latest_location_id = NULL, last_location_at = NULL WHERE id = ?1"),
S(SQL_DEVICE_LOCATIONS_REMOVE, SQL_WRITES,
  "DELETE FROM my_tracks_location WHERE id IN"
  " (SELECT id FROM my_tracks_location WHERE device_id = ?1 LIMIT ?2)"),
S(SQL_DEVICE_REST_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_location WHERE device_id = ?1"),
S(SQL_DEVICE_TRANSITIONS_REMOVE, SQL_WRITES,
  "DELETE FROM my_tracks_transition WHERE device_id = ?1"),
S(SQL_DEVICE_MESSAGES_REMOVE, SQL_WRITES,
  "DELETE FROM my_tracks_owntracksmessage WHERE device_id = ?1"),
S(SQL_DEVICE_SHARES_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_deviceshare WHERE device_id = ?1"),
S(SQL_DEVICE_LIMITED_REMOVE, SQL_WRITES, "DELETE FROM mytracks_share WHERE device_id = ?1"),
S(SQL_DEVICE_LINKS_REMOVE, SQL_WRITES, "DELETE FROM mytracks_link WHERE device_id = ?1"),
S(SQL_DEVICE_COMMANDS_REMOVE, SQL_WRITES, "DELETE FROM mytracks_command WHERE device_id = ?1"),
S(SQL_DEVICE_GIVE, SQL_WRITES,
  "UPDATE my_tracks_device SET owner_id = ?2, mqtt_user = iif(?2 IS NULL, mqtt_user, ?3)"
  " WHERE id = ?1"),
S(SQL_DEVICE_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_device WHERE id = ?1"),
S(SQL_ENCRYPTED_COUNT, 0,
  "SELECT count(*) FROM my_tracks_owntracksmessage WHERE device_id = ?1"
  " AND message_type = 'encrypted'"),
S(SQL_ENCRYPTED_NEXT, 0,
  "SELECT id, payload, ip_address, received_at FROM my_tracks_owntracksmessage"
  " WHERE device_id = ?1 AND message_type = 'encrypted' AND id > ?2 ORDER BY id LIMIT 1"),
