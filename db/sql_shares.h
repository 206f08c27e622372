/* A part of the table in sql.c, which includes it there: shares within limits, and public links. */
/* clang-format off */

/* Shares s of both tables. counts: the viewer sees the device now. */
#define ALL_SHARES                                                                               \
    "SELECT d.id, d.device_id, d.name, o.id, o.username, o.first_name, o.last_name, u.id,"       \
    " u.username, u.first_name, u.last_name, s.precision = 'area', s.history, s.since,"          \
    " s.expires_at, s.paused_at, s.created_at, s.counts"                                         \
    " FROM (SELECT device_id, shared_with_id AS viewer_id, 'exact' AS precision,"                \
    " 'all' AS history, NULL AS since, NULL AS expires_at, NULL AS paused_at, created_at,"       \
    " 1 AS counts FROM my_tracks_deviceshare UNION ALL SELECT x.device_id, x.viewer_id,"         \
    " x.precision, x.history, x.since, x.expires_at, x.paused_at, x.created_at, " COUNTS("x")    \
    " FROM mytracks_share x WHERE NOT EXISTS (SELECT 1 FROM my_tracks_deviceshare p"             \
    " WHERE p.device_id = x.device_id AND p.shared_with_id = x.viewer_id)) s"                    \
    " JOIN my_tracks_device d ON d.id = s.device_id JOIN auth_user o ON o.id = d.owner_id"       \
    " JOIN auth_user u ON u.id = s.viewer_id"
#define OWN_DEVICE "SELECT id FROM my_tracks_device WHERE owner_id = ?1 AND device_id = ?3"
#define LINK_COLUMNS                                                                      \
    "SELECT k.id, k.device_id, d.device_id, d.name, k.label, k.precision = 'area', k.trail," \
    " k.created_at, k.expires_at, k.used_at, " NEWEST " FROM mytracks_link k"      \
    " JOIN my_tracks_device d ON d.id = k.device_id AND d.owner_id = k.owner_id"

/* ---------------------------------------------------------------- sight.c */
S(SQL_SIGHTS, 0,
  "SELECT w.id, 0, 0, NULL, NULL, NULL FROM (" SEEN_WHOLE("?1") ") w UNION ALL SELECT"
  SIGHT_COLUMNS SIGHT_FROM " WHERE x.viewer_id = ?1 AND " COUNTS("x")),
S(SQL_SIGHT, 0,
  "SELECT ?1, 0, 0, NULL, NULL, NULL WHERE ?1 IN (" SEEN_WHOLE("?2") ") UNION ALL SELECT"
  SIGHT_COLUMNS SIGHT_FROM " WHERE x.device_id = ?1 AND x.viewer_id = ?2 AND " COUNTS("x")),
S(SQL_SIGHT_LIMITS, 0, "SELECT EXISTS (SELECT 1 FROM mytracks_share)"),
S(SQL_SIGHT_AUDIENCE, 0,
  "SELECT x.viewer_id," SIGHT_COLUMNS SIGHT_FROM " WHERE x.device_id = ?1 AND " COUNTS("x")),

/* ---------------------------------------------------------------- shares.c */
S(SQL_SHARES_GIVEN, 0,
  ALL_SHARES " WHERE d.owner_id = ?1 AND (?2 IS NULL OR u.id = ?2)"
  " AND (?3 IS NULL OR d.device_id = ?3) ORDER BY u.username, d.device_id"),
S(SQL_SHARES_RECEIVED, 0,
  ALL_SHARES " WHERE u.id = ?1 AND s.counts ORDER BY o.username, d.device_id"),
S(SQL_SHARES_SEEN, 0,
  "SELECT d.id, (SELECT count(*) FROM my_tracks_deviceshare s WHERE s.device_id = d.id)"
  " + (SELECT count(*) FROM mytracks_share x WHERE x.device_id = d.id AND " COUNTS("x") "),"
  " (SELECT count(*) FROM mytracks_link k WHERE k.owner_id = ?1 AND k.device_id = d.id"
  " AND k.expires_at > " SQL_NOW ") FROM my_tracks_device d WHERE d.owner_id = ?1 ORDER BY d.id"),
S(SQL_SHARE_DEVICE, 0,
  "SELECT count(*) FROM my_tracks_device WHERE owner_id = ?1 AND device_id = ?2"),
S(SQL_SHARE_LIMIT, SQL_WRITES,
  "INSERT INTO mytracks_share (device_id, viewer_id, precision, history, since, expires_at,"
  " paused_at, created_at) SELECT id, ?2, ?4, ?5, ?6, ?7, ?8, ?9 FROM my_tracks_device"
  " WHERE owner_id = ?1 AND device_id = ?3 ON CONFLICT (device_id, viewer_id) DO UPDATE SET"
  " precision = excluded.precision, history = excluded.history, since = excluded.since,"
  " expires_at = excluded.expires_at, paused_at = excluded.paused_at"),
S(SQL_SHARE_UNLIMIT, SQL_WRITES,
  "DELETE FROM mytracks_share WHERE viewer_id = ?2 AND device_id IN (" OWN_DEVICE ")"),
S(SQL_FRIEND_END_LIMITED, SQL_WRITES,
  "DELETE FROM mytracks_share WHERE (viewer_id = ?1 AND device_id IN"
  " (SELECT id FROM my_tracks_device WHERE owner_id = ?2)) OR (viewer_id = ?2 AND device_id IN"
  " (SELECT id FROM my_tracks_device WHERE owner_id = ?1))"),
S(SQL_SHARES_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_share AS x WHERE x.expires_at <= ?1 OR EXISTS (SELECT 1 FROM"
  " my_tracks_deviceshare s WHERE s.device_id = x.device_id AND s.shared_with_id = x.viewer_id)"
  " OR NOT EXISTS (SELECT 1 FROM my_tracks_device d JOIN my_tracks_friendrequest r"
  " ON r.status = 'accepted' AND ((r.from_user_id = d.owner_id AND r.to_user_id = x.viewer_id)"
  " OR (r.to_user_id = d.owner_id AND r.from_user_id = x.viewer_id)) WHERE d.id = x.device_id)"),

/* ---------------------------------------------------------------- links.c */
S(SQL_LINK_ADD, SQL_WRITES,
  "INSERT INTO mytracks_link (token, owner_id, device_id, label, precision, trail, created_at,"
  " expires_at) SELECT ?2, ?1, id, ?4, ?5, ?6, ?7, ?8 FROM my_tracks_device"
  " WHERE owner_id = ?1 AND device_id = ?3"),
S(SQL_LINK_LIST, 0, LINK_COLUMNS " WHERE k.owner_id = ?1 ORDER BY k.id DESC LIMIT ?2"),
S(SQL_LINK_COUNT, 0, "SELECT count(*) FROM mytracks_link WHERE owner_id = ?1"),
S(SQL_LINK_REMOVE, SQL_WRITES, "DELETE FROM mytracks_link WHERE owner_id = ?1 AND id = ?2"),
S(SQL_LINK_OPEN, 0,
  LINK_COLUMNS " JOIN auth_user u ON u.id = k.owner_id AND u.is_active"
  " WHERE k.token = ?1 AND k.expires_at > ?2"),
S(SQL_LINK_USED, SQL_WRITES,
  "UPDATE mytracks_link SET used_at = ?2 WHERE id = ?1 AND (used_at IS NULL OR used_at < ?3)"),
S(SQL_LINKS_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_link AS k WHERE k.expires_at <= ?1 OR NOT EXISTS"
  " (SELECT 1 FROM my_tracks_device d WHERE d.id = k.device_id AND d.owner_id = k.owner_id)"),
