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
