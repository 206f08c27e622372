/* A part of the table in sql.c, which includes it there: positions that go and come back
   (removed.c), and histories that are imported (import.c). */
/* clang-format off */

/* All of my_tracks_location but its id and its device. */
#define FIX_COLUMNS \
    "latitude, longitude, timestamp, accuracy, altitude, velocity, " \
    "battery_level, connection_type, tracker_id, ip_address, received_at, " \
    "received_via, battery_status, course, fix_source, in_regions, " \
    "monitoring_mode, owntracks_created_at, owntracks_message_id, " \
    "\"trigger\", vertical_accuracy, wifi_bssid, wifi_ssid"
/* A removal: one device, one moment, one person. */
#define REMOVAL_OF(device, at, by)                                              \
    "(SELECT id FROM mytracks_removal WHERE device_id = " device                \
    " AND removed_at = " at " AND removed_by = " by ")"
/* A batch of a device's positions from ?2 to ?3: both the copy and the deletion read these rows. */
#define IN_RANGE                                                                \
    " FROM my_tracks_location WHERE device_id = ?1 AND timestamp >= ?2"         \
    " AND timestamp <= ?3 ORDER BY timestamp, id DESC LIMIT ?4"
#define OF_REMOVAL "(SELECT id FROM mytracks_removal WHERE device_id = ?1)"
#define OF_USERS_DEVICES                                                        \
    " WHERE device_id IN (SELECT id FROM my_tracks_device WHERE owner_id = ?1)"

/* ---------------------------------------------------------------- removed.c */
S(SQL_REMOVAL_ADD, SQL_WRITES,
  "INSERT INTO mytracks_removal (device_id, removed_at, removed_by) VALUES (?1, ?2, ?3)"
  " ON CONFLICT DO NOTHING"),
S(SQL_REMOVAL_ADD_FOR, SQL_WRITES,
  "INSERT INTO mytracks_removal (device_id, removed_at, removed_by)"
  " SELECT device_id, ?2, ?3 FROM my_tracks_location WHERE id = ?1 ON CONFLICT DO NOTHING"),
S(SQL_REMOVED_KEEP, SQL_WRITES,
  "INSERT INTO mytracks_removed (removal_id, id, " FIX_COLUMNS ") SELECT "
  REMOVAL_OF("l.device_id", "?2", "?3") ", id, " FIX_COLUMNS
  " FROM my_tracks_location l WHERE id = ?1"),
S(SQL_REMOVED_KEEP_RANGE, SQL_WRITES,
  "INSERT INTO mytracks_removed (removal_id, id, " FIX_COLUMNS ") SELECT "
  REMOVAL_OF("?1", "?5", "?6") ", id, " FIX_COLUMNS IN_RANGE),
S(SQL_LOCATIONS_REMOVE, SQL_WRITES,
  "DELETE FROM my_tracks_location WHERE id IN (SELECT id" IN_RANGE ")"),
S(SQL_REMOVAL_ID, 0, "SELECT " REMOVAL_OF("?1", "?2", "?3")),
S(SQL_REMOVAL_LIST, 0,
  "SELECT r.id, d.device_id, coalesce(u.username, ''), r.removed_at, r.device_id,"
  " count(*), min(p.timestamp), max(p.timestamp)"
  " FROM mytracks_removal r CROSS JOIN my_tracks_device d ON d.id = r.device_id"
  " LEFT JOIN auth_user u ON u.id = d.owner_id CROSS JOIN mytracks_removed p ON p.removal_id = r.id"
  " WHERE (?1 OR d.owner_id = ?2) GROUP BY r.id ORDER BY r.id DESC LIMIT ?3"),
S(SQL_REMOVAL_DEVICE, 0, "SELECT device_id FROM mytracks_removal WHERE id = ?1"),
S(SQL_REMOVED_WHERE, 0, "SELECT max(removal_id) FROM mytracks_removed WHERE id = ?1"),
S(SQL_REMOVED_NEWEST, 0,
  "SELECT id, coalesce(owntracks_created_at, received_at), timestamp FROM mytracks_removed"
  " WHERE removal_id = ?1 AND (?2 = 0 OR id = ?2)"
  " ORDER BY coalesce(owntracks_created_at, received_at) DESC, timestamp DESC, id DESC LIMIT 1"),
S(SQL_REMOVED_RESTORE, SQL_WRITES,
  "INSERT INTO my_tracks_location (id, device_id, " FIX_COLUMNS ")"
  " SELECT iif(EXISTS (SELECT 1 FROM my_tracks_location l WHERE l.id = p.id), NULL, p.id), ?2, "
  FIX_COLUMNS " FROM mytracks_removed p WHERE removal_id = ?1 AND (?3 = 0 OR id = ?3)"
  " ORDER BY p.id LIMIT ?4"),
S(SQL_RESTORED_LATEST, SQL_WRITES,
  "UPDATE my_tracks_device SET latest_location_id = ?4 WHERE id = ?1 AND EXISTS"
  " (SELECT 1 FROM my_tracks_location r WHERE r.id = ?4 AND r.device_id = ?1)"
  " AND NOT EXISTS " NEWER_LATEST),
S(SQL_REMOVED_FORGET, SQL_WRITES,
  "DELETE FROM mytracks_removed WHERE rowid IN (SELECT rowid FROM mytracks_removed"
  " WHERE removal_id = ?1 AND (?2 = 0 OR id = ?2) ORDER BY id LIMIT ?3)"),
S(SQL_REMOVAL_END, SQL_WRITES,
  "DELETE FROM mytracks_removal WHERE id = ?1"
  " AND NOT EXISTS (SELECT 1 FROM mytracks_removed WHERE removal_id = ?1)"),
S(SQL_REMOVAL_DUE, 0,
  "SELECT min(id) FROM mytracks_removal WHERE removed_at < ?1"
  " OR device_id NOT IN (SELECT id FROM my_tracks_device)"),
S(SQL_DEVICE_REMOVED_FORGET, SQL_WRITES,
  "DELETE FROM mytracks_removed WHERE removal_id IN " OF_REMOVAL),
S(SQL_DEVICE_REMOVALS_FORGET, SQL_WRITES, "DELETE FROM mytracks_removal WHERE device_id = ?1"),
S(SQL_DEVICE_IMPORTS_FORGET, SQL_WRITES, "DELETE FROM mytracks_import WHERE device_id = ?1"),
S(SQL_USER_REMOVED, SQL_WRITES,
  "DELETE FROM mytracks_removed WHERE removal_id IN"
  " (SELECT id FROM mytracks_removal" OF_USERS_DEVICES ")"),
S(SQL_USER_REMOVALS, SQL_WRITES, "DELETE FROM mytracks_removal" OF_USERS_DEVICES),
S(SQL_USER_IMPORTS, SQL_WRITES, "DELETE FROM mytracks_import WHERE user_id = ?1"),

/* ---------------------------------------------------------------- import.c
   The same place within 6 cm: files round what is stored. */
S(SQL_IMPORT_LOCATION, SQL_WRITES,
  "INSERT INTO my_tracks_location (" LOCATION_INSERTED ") SELECT " LOCATION_VALUES
  " WHERE NOT EXISTS (SELECT 1 FROM my_tracks_location WHERE device_id = ?1 AND timestamp = ?4"
  " AND abs(latitude - ?2) < 5e-7 AND abs(longitude - ?3) < 5e-7)"),
S(SQL_IMPORT_KNOWN, 0,
  "SELECT EXISTS (SELECT 1 FROM my_tracks_location WHERE device_id = ?1 AND timestamp = ?4"
  " AND abs(latitude - ?2) < 5e-7 AND abs(longitude - ?3) < 5e-7)"),
S(SQL_IMPORT_QUIET_MORE, SQL_WRITES,
  "UPDATE mytracks_quiet SET last_id = ?2, stored_at = ?3 WHERE first_id ="
  " (SELECT max(first_id) FROM mytracks_quiet) AND last_id = ?1 - 1"),
S(SQL_IMPORT_QUIET, SQL_WRITES,
  "INSERT OR REPLACE INTO mytracks_quiet (first_id, last_id, stored_at) VALUES (?1, ?2, ?3)"),
S(SQL_IMPORT_BEGIN, SQL_WRITES,
  "INSERT INTO mytracks_import (user_id, device_id, name, state, done, size, found, stored, known,"
  " refused, report, started_at, updated_at)"
  " VALUES (?1, ?2, ?3, 0, 0, ?4, 0, 0, 0, 0, '[]', ?5, ?5)"),
S(SQL_IMPORT_PROGRESS, SQL_WRITES,
  "UPDATE mytracks_import SET state = ?2, done = ?3, found = ?4, stored = ?5, known = ?6,"
  " refused = ?7, report = ?8, updated_at = ?9 WHERE id = ?1"),
S(SQL_IMPORT_LIST, 0,
  "SELECT i.id, d.device_id, coalesce(u.username, ''), i.name, i.state, i.done, i.size, i.found,"
  " i.stored, i.known, i.refused, i.report, i.started_at, i.updated_at FROM mytracks_import i"
  " JOIN my_tracks_device d ON d.id = i.device_id LEFT JOIN auth_user u ON u.id = d.owner_id"
  " WHERE i.user_id = ?1 AND (?2 = 0 OR i.id = ?2) ORDER BY i.id DESC LIMIT ?3"),
S(SQL_IMPORT_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_import WHERE started_at < ?1"
  " OR device_id NOT IN (SELECT id FROM my_tracks_device)"),
S(SQL_IMPORT_QUIET_TRIM, SQL_WRITES, "DELETE FROM mytracks_quiet WHERE stored_at < ?1"),
