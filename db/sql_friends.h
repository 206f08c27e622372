/* A part of the table in sql.c, which includes it there: friends.c. */
/* clang-format off */

/* Requests r of friendship, and devices s shared by their owner. */
#define BETWEEN(user, other)                                       \
    "((r.from_user_id = " user " AND r.to_user_id = " other ") OR" \
    " (r.from_user_id = " other " AND r.to_user_id = " user "))"
#define REQUEST_ROWS                                                               \
    "SELECT r.id, r.from_user_id, r.to_user_id, f.username, t.username, r.status," \
    " r.auto_accept_reciprocal, r.created_at FROM my_tracks_friendrequest r"       \
    " JOIN auth_user f ON f.id = r.from_user_id JOIN auth_user t ON t.id = r.to_user_id"
#define SHARE_ROWS                                                                \
    "SELECT s.id, d.device_id, o.username, s.shared_with_id, s.created_at"        \
    " FROM my_tracks_deviceshare s JOIN my_tracks_device d ON d.id = s.device_id" \
    " JOIN auth_user o ON o.id = d.owner_id"

S(SQL_FRIEND_LIST, 0,
  "SELECT u.id, u.username, u.first_name, u.last_name FROM"
  " (SELECT iif(from_user_id = ?1, to_user_id, from_user_id) AS other, max(created_at) AS at"
  " FROM my_tracks_friendrequest WHERE (from_user_id = ?1 OR to_user_id = ?1)"
  " AND status = 'accepted' GROUP BY other) f JOIN auth_user u ON u.id = f.other"
  " ORDER BY f.at DESC, u.id"),
S(SQL_FRIEND_SEARCH, 0,
  "SELECT u.id, u.username, u.first_name, u.last_name FROM auth_user u WHERE u.id <> ?1"
  " AND substr(u.username, 1, length(?2)) = ?2 COLLATE NOCASE AND NOT EXISTS"
  " (SELECT 1 FROM my_tracks_friendrequest r WHERE r.status IN ('pending', 'accepted')"
  " AND " BETWEEN("?1", "u.id") ") ORDER BY u.username LIMIT ?3"),
S(SQL_FRIENDS, 0,
  "SELECT 1 FROM my_tracks_friendrequest r WHERE r.status = 'accepted' AND "
  BETWEEN("?1", "?2")),
S(SQL_FRIEND_END, SQL_WRITES,
  "DELETE FROM my_tracks_friendrequest AS r WHERE r.status = 'accepted' AND "
  BETWEEN("?1", "?2")),
S(SQL_FRIEND_END_SHARES, SQL_WRITES,
  "DELETE FROM my_tracks_deviceshare WHERE"
  " (shared_with_id = ?1 AND device_id IN"
  " (SELECT id FROM my_tracks_device WHERE owner_id = ?2)) OR"
  " (shared_with_id = ?2 AND device_id IN"
  " (SELECT id FROM my_tracks_device WHERE owner_id = ?1))"),
S(SQL_FRIEND_REQUESTS_SENT, 0,
  REQUEST_ROWS " WHERE r.from_user_id = ?1 AND r.status = 'pending'"
               " ORDER BY r.created_at DESC, r.id DESC"),
S(SQL_FRIEND_REQUESTS_RECEIVED, 0,
  REQUEST_ROWS " WHERE r.to_user_id = ?1 AND r.status = 'pending'"
               " ORDER BY r.created_at DESC, r.id DESC"),
S(SQL_FRIEND_REQUEST_BETWEEN, 0,
  REQUEST_ROWS " WHERE r.from_user_id = ?1 AND r.to_user_id = ?2"),
S(SQL_FRIEND_REQUEST_GET, 0, REQUEST_ROWS " WHERE r.id = ?1"),
S(SQL_FRIEND_REQUEST_SET, SQL_WRITES,
  "UPDATE my_tracks_friendrequest SET status = ?1, updated_at = ?2 WHERE id = ?3"),
S(SQL_FRIEND_REQUEST_DROP, SQL_WRITES,
  "DELETE FROM my_tracks_friendrequest WHERE from_user_id = ?1 AND to_user_id = ?2"),
S(SQL_FRIEND_REQUEST_INSERT, SQL_WRITES,
  "INSERT INTO my_tracks_friendrequest (status, created_at, updated_at, from_user_id,"
  " to_user_id, auto_accept_reciprocal) VALUES ('pending', ?4, ?4, ?1, ?2, ?3)"),
S(SQL_FRIEND_REQUEST_BACK, SQL_WRITES,
  "INSERT INTO my_tracks_friendrequest (status, created_at, updated_at, from_user_id,"
  " to_user_id, auto_accept_reciprocal) VALUES ('accepted', ?3, ?3, ?1, ?2, 1)"
  " ON CONFLICT (from_user_id, to_user_id) DO UPDATE SET status = 'accepted',"
  " auto_accept_reciprocal = 1, updated_at = excluded.updated_at"),
S(SQL_FRIEND_REQUEST_CANCEL, SQL_WRITES,
  "DELETE FROM my_tracks_friendrequest WHERE id = ?2 AND from_user_id = ?1"
  " AND status = 'pending'"),
S(SQL_SHARE_LIST, 0,
  SHARE_ROWS " WHERE d.owner_id = ?1 AND s.shared_with_id = ?2"
             " ORDER BY s.created_at DESC, s.id DESC"),
S(SQL_SHARE_GET, 0,
  SHARE_ROWS " WHERE d.owner_id = ?1 AND s.shared_with_id = ?2 AND d.device_id = ?3"),
S(SQL_SHARE_INSERT, SQL_WRITES,
  "INSERT INTO my_tracks_deviceshare (created_at, device_id, shared_with_id)"
  " SELECT ?4, id, ?2 FROM my_tracks_device WHERE owner_id = ?1 AND device_id = ?3"
  " ON CONFLICT (device_id, shared_with_id) DO NOTHING"),
S(SQL_SHARE_DELETE, SQL_WRITES,
  "DELETE FROM my_tracks_deviceshare WHERE shared_with_id = ?2 AND device_id IN"
  " (SELECT id FROM my_tracks_device WHERE owner_id = ?1 AND device_id = ?3)"),
