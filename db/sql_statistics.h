/* A part of the table in sql.c, which includes it there: statistics of days, and addresses. */
/* clang-format off */

/* ---------------------------------------------------------------- day_stats.c */
S(SQL_DAY_STAMP, 0,
  "SELECT count(*), max(id) FROM my_tracks_location WHERE device_id = ?1"
  " AND timestamp >= ?2 AND timestamp < ?3"),
S(SQL_TRACK_FIRST, 0,
  "SELECT timestamp FROM my_tracks_location WHERE device_id = ?1 AND length(timestamp) < 40"
  " ORDER BY timestamp LIMIT 1"),
S(SQL_TRACK_LAST, 0,
  "SELECT timestamp FROM my_tracks_location WHERE device_id = ?1 AND length(timestamp) < 40"
  " ORDER BY timestamp DESC LIMIT 1"),
S(SQL_DAY_STAT_GET, 0,
  "SELECT numbers FROM mytracks_day_stat WHERE device_id = ?1 AND day_from = ?2 AND day_to = ?3"
  " AND accuracy = ?4 AND stamp = ?5"),
S(SQL_DAY_STAT_PUT, SQL_WRITES,
  "INSERT OR REPLACE INTO mytracks_day_stat"
  " (device_id, day_from, day_to, accuracy, stamp, numbers, made_at)"
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
S(SQL_DAY_STAT_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_day_stat WHERE device_id NOT IN (SELECT id FROM my_tracks_device)"
  " OR made_at <= (SELECT made_at FROM mytracks_day_stat ORDER BY made_at DESC"
  " LIMIT 1 OFFSET ?1)"),

/* ---------------------------------------------------------------- addresses.c */
S(SQL_ADDRESS_GET, 0,
  "SELECT answer, failed, asked_at, answered_at FROM mytracks_address"
  " WHERE lat = ?1 AND lon = ?2 AND language = ?3"),
S(SQL_ADDRESS_WAITING, 0,
  "SELECT count(*) FROM mytracks_address WHERE answer IS NULL AND failed IS NULL"
  " AND asked_by = ?1 AND asked_at > ?2"),
S(SQL_ADDRESS_ASK, SQL_WRITES,
  "INSERT INTO mytracks_address (lat, lon, language, asked_by, asked_at)"
  " VALUES (?1, ?2, ?3, ?4, ?5)"
  " ON CONFLICT (lat, lon, language) DO UPDATE SET asked_by = excluded.asked_by,"
  " asked_at = excluded.asked_at, failed = NULL, answered_at = NULL WHERE answer IS NULL"),
S(SQL_ADDRESS_NEXT, 0,
  "SELECT id, lat, lon, language, asked_by FROM mytracks_address"
  " WHERE answer IS NULL AND failed IS NULL ORDER BY id LIMIT 1"),
S(SQL_ADDRESS_ANSWER, SQL_WRITES,
  "UPDATE mytracks_address SET answer = ?2, failed = ?3, answered_at = ?4 WHERE id = ?1"),
S(SQL_ADDRESS_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_address WHERE id <="
  " (SELECT id FROM mytracks_address ORDER BY id DESC LIMIT 1 OFFSET ?1)"),
