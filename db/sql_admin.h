/* A part of the table in sql.c, which includes it there: what administrators look at. */
/* clang-format off */

#define UP_TO(table) "(SELECT count(*) FROM (SELECT 1 FROM " table " LIMIT ?1))"

#define OUTBOX_ROWS \
    "SELECT o.id, o.way, o.kind, o.user_id, o.ref_id, o.recipient, o.created_at, o.due_at," \
    " o.attempts, o.state = 2, o.error, coalesce(u.username, ''), o.finished_at" \
    " FROM mytracks_outbox o LEFT JOIN auth_user u ON u.id = o.user_id"

/* ---------------------------------------------------------------- stats.c */
S(SQL_STATS, 0,
  "SELECT (SELECT count(*) FROM auth_user), (SELECT count(*) FROM my_tracks_device),"
  " (SELECT coalesce(sum(n), 0) FROM mytracks_location_count),"
  " " UP_TO("my_tracks_owntracksmessage") ", " UP_TO("my_tracks_transition") ","
  " " UP_TO("my_tracks_waypoint") ", (SELECT count(*) FROM mytracks_quarantine),"
  " (SELECT coalesce(sum(length(raw)), 0) FROM mytracks_quarantine),"
  " (SELECT min(timestamp) FROM my_tracks_location),"
  " (SELECT max(timestamp) FROM my_tracks_location),"
  " (SELECT received_at FROM my_tracks_location WHERE id ="
  " (SELECT max(id) FROM my_tracks_location))"),
S(SQL_OUTBOX_LIST, 0,
  OUTBOX_ROWS " WHERE o.state IN (0, 2) ORDER BY o.id DESC LIMIT ?1"),
S(SQL_OUTBOX_DELIVERED, 0,
  OUTBOX_ROWS " WHERE o.state = 1 ORDER BY o.finished_at DESC LIMIT ?1"),
S(SQL_OUTBOX_SENT, 0,
  "SELECT count(*) FROM mytracks_outbox WHERE state = 1 AND finished_at > ?1 AND way = ?2"),
S(SQL_OUTBOX_AGAIN, SQL_WRITES,
  "UPDATE mytracks_outbox SET state = 0, due_at = ?2, finished_at = NULL"
  " WHERE (id = ?1 OR ?1 = 0) AND state IN (0, 2)"),
S(SQL_OUTBOX_DROP, SQL_WRITES, "DELETE FROM mytracks_outbox WHERE id = ?1 AND state IN (0, 2)"),

/* ---------------------------------------------------------------- signins.c */
S(SQL_SIGNIN_AGAIN, SQL_WRITES,
  "UPDATE mytracks_signin SET times = times + 1, at = ?4 WHERE id ="
  " (SELECT max(id) FROM mytracks_signin WHERE ok = 0 AND username = ?1 AND address = ?2"
  " AND at > ?3 AND way = ?5)"),
S(SQL_SIGNIN_INSERT, SQL_WRITES,
  "INSERT INTO mytracks_signin (username, ok, times, address, agent, at, way)"
  " VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)"),
S(SQL_SIGNIN_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_signin WHERE id <= (SELECT max(id) FROM mytracks_signin) - ?1"),
S(SQL_SIGNIN_LIST, 0,
  "SELECT username, ok, times, address, agent, at, way FROM mytracks_signin"
  " WHERE ?1 = '' OR username = ?1 ORDER BY at DESC, id DESC LIMIT ?2"),
