/* A part of the table in sql.c, which includes it there: tables as administrators look through
   them, a page at a time behind a cursor. The order of the parameters is in browse.c. */
/* clang-format off */

#define OWNED_NAME "coalesce(u.username || '/', '') || d.device_id"
#define OF_OWNED                                                                               \
    " JOIN my_tracks_device d ON d.id = r.device_id LEFT JOIN auth_user u ON u.id = d.owner_id"
#define PEEK_CHARACTERS "300"
#define HAS(haystack, needle) "instr(lower(" haystack "), lower(" needle ")) > 0"

/* Keys behind a cursor (time ?1, id ?2) from ?3 to ?4: the rest of the cursor's own time, then what
   follows it, through the index of that order. */
#define BEHIND(table, time, same, tie, where)                                              \
    "(SELECT id, " time " AS at FROM " table " WHERE " time " = ?1 AND " same " AND " time \
    " >= ?3" where " UNION ALL SELECT id, " time " FROM " table " WHERE " time " < ?1 AND " \
    time " <= ?4 AND " time " >= ?3" where " ORDER BY at DESC, " tie " LIMIT ?5) k"

#define BROWSE_LOCATIONS(where)                                                                \
    "SELECT r.id, " OWNED_NAME ", r.timestamp, r.received_at, r.latitude, r.longitude,"        \
    " r.accuracy, r.altitude, r.velocity, r.course, r.battery_level, r.connection_type,"       \
    " r.\"trigger\", r.received_via, r.ip_address, k.at FROM "                                 \
    BEHIND("my_tracks_location", "timestamp", "id > ?2", "id", where)                          \
    " CROSS JOIN my_tracks_location r ON r.id = k.id" OF_OWNED " ORDER BY k.at DESC, k.id"

#define MESSAGE_COLUMNS(payload)                                                              \
    "SELECT r.id, " OWNED_NAME ", r.message_type, r.received_at, r.ip_address, " payload ","  \
    " length(CAST(r.payload AS blob)), "
#define OF_ANY                                            \
    " LEFT JOIN my_tracks_device d ON d.id = r.device_id" \
    " LEFT JOIN auth_user u ON u.id = d.owner_id"
#define BROWSE_MESSAGES(where)                                                                \
    MESSAGE_COLUMNS("substr(r.payload, 1, " PEEK_CHARACTERS ")") "k.at FROM "                 \
    BEHIND("my_tracks_owntracksmessage", "received_at", "id < ?2", "id DESC", where)          \
    " CROSS JOIN my_tracks_owntracksmessage r ON r.id = k.id" OF_ANY                          \
    " ORDER BY k.at DESC, k.id DESC"

#define BROWSE_TRANSITIONS(where)                                                             \
    "SELECT r.id, " OWNED_NAME ", r.event, coalesce(w.label, r.description), r.region_id,"    \
    " r.timestamp, r.received_at, r.latitude, r.longitude, r.accuracy, ''"                    \
    " FROM my_tracks_transition r" OF_OWNED                                                   \
    " LEFT JOIN my_tracks_waypoint w ON w.id = r.waypoint_id WHERE r.id < ?1"                 \
    " AND +r.timestamp >= ?2 AND +r.timestamp <= ?3 AND (?4 = '' OR r.event = ?4)" where      \
    " ORDER BY r.id DESC LIMIT ?5"

#define QUARANTINE_ROWS(raw)                                                                  \
    "SELECT id, received_at, via, username, address, topic, reason, length(raw), " raw ", ''" \
    " FROM mytracks_quarantine"
#define QUARANTINE_WHERE(from, to, search)                                                    \
    "received_at >= " from " AND received_at <= " to " AND "                                  \
    HAS("username || ' ' || topic || ' ' || reason", search)

/* Rows of mytracks_share have no id of their own: both of their key in one number, which a browser
   keeps exact (53 bits). There are no two million users. */
#define USER_BITS "21"
#define USER_MASK "2097151"
#define LIMITS_ID "(r.device_id << " USER_BITS " | r.viewer_id)"

/* ---------------------------------------------------------------- browse.c */
S(SQL_BROWSE_DEVICES, 0,
  "SELECT d.id, d.device_id, d.name, u.username, d.mqtt_user, d.is_online, d.created_at,"
  " d.last_seen, d.last_location_at,"
  " coalesce((SELECT c.n FROM mytracks_location_count c WHERE c.device_id = d.id), 0), ''"
  " FROM my_tracks_device d LEFT JOIN auth_user u ON u.id = d.owner_id WHERE d.id < ?1"
  " AND (?2 = 0 OR coalesce(d.owner_id, -1) = ?2) AND (?3 = 0 OR d.is_online = (?3 > 0)) AND "
  HAS("d.device_id || ' ' || d.name || ' ' || coalesce(u.username, '')", "?4")
  " ORDER BY d.id DESC LIMIT ?5"),
S(SQL_BROWSE_LOCATIONS, 0, BROWSE_LOCATIONS("")),
S(SQL_BROWSE_LOCATIONS_DEVICE, 0, BROWSE_LOCATIONS(" AND device_id = ?6")),
S(SQL_BROWSE_MESSAGES, 0, BROWSE_MESSAGES("")),
S(SQL_BROWSE_MESSAGES_DEVICE, 0, BROWSE_MESSAGES(" AND device_id = ?6")),
S(SQL_BROWSE_MESSAGES_TYPE, 0, BROWSE_MESSAGES(" AND message_type = ?6")),
S(SQL_BROWSE_MESSAGES_BOTH, 0, BROWSE_MESSAGES(" AND device_id = ?6 AND +message_type = ?7")),
S(SQL_BROWSE_MESSAGE, 0,
  MESSAGE_COLUMNS("r.payload") "'' FROM my_tracks_owntracksmessage r" OF_ANY " WHERE r.id = ?1"),
S(SQL_BROWSE_TRANSITIONS, 0, BROWSE_TRANSITIONS("")),
S(SQL_BROWSE_TRANSITIONS_DEVICE, 0, BROWSE_TRANSITIONS(" AND r.device_id = ?6")),
S(SQL_BROWSE_GEOFENCES, 0,
  "SELECT w.id, w.label, u.username, w.latitude, w.longitude, w.radius, w.is_active,"
  " w.created_at, w.updated_at, w.rid, '' FROM my_tracks_waypoint w"
  " JOIN auth_user u ON u.id = w.user_id WHERE w.id < ?1 AND (?2 = 0 OR w.user_id = ?2) AND "
  HAS("w.label || ' ' || u.username", "?3") " ORDER BY w.id DESC LIMIT ?4"),
S(SQL_BROWSE_QUARANTINE, 0,
  QUARANTINE_ROWS("substr(raw, 1, " PEEK_CHARACTERS ")") " WHERE id < ?1 AND "
  QUARANTINE_WHERE("?2", "?3", "?4") " ORDER BY id DESC LIMIT ?5"),
S(SQL_BROWSE_RULES, 0,
  "SELECT r.id, u.username, w.label, r.event, r.action_type, r.email_address, r.is_active,"
  " r.created_at, '' FROM my_tracks_transitionaction r JOIN auth_user u ON u.id = r.user_id"
  " LEFT JOIN my_tracks_waypoint w ON w.id = r.waypoint_id WHERE r.id < ?1"
  " AND (?2 = 0 OR r.user_id = ?2) AND "
  HAS("r.email_address || ' ' || u.username || ' ' || coalesce(w.label, '')", "?3")
  " ORDER BY r.id DESC LIMIT ?4"),
S(SQL_BROWSE_PROFILES, 0,
  "SELECT p.id, u.username, p.home_label, p.home_latitude, p.home_longitude, p.created_at,"
  " p.updated_at, '' FROM my_tracks_userprofile p JOIN auth_user u ON u.id = p.user_id"
  " WHERE p.id < ?1 AND (?2 = 0 OR p.user_id = ?2) AND "
  HAS("p.home_label || ' ' || u.username", "?3") " ORDER BY p.id DESC LIMIT ?4"),
S(SQL_BROWSE_REQUESTS, 0,
  "SELECT r.id, f.username, t.username, r.status, r.auto_accept_reciprocal, r.created_at,"
  " r.updated_at, '' FROM my_tracks_friendrequest r JOIN auth_user f ON f.id = r.from_user_id"
  " JOIN auth_user t ON t.id = r.to_user_id WHERE r.id < ?1 AND (?2 = '' OR r.status = ?2) AND "
  HAS("f.username || ' ' || t.username", "?3") " ORDER BY r.id DESC LIMIT ?4"),
S(SQL_BROWSE_SHARES, 0,
  "SELECT r.id, " OWNED_NAME ", v.username, r.created_at, '' FROM my_tracks_deviceshare r" OF_OWNED
  " JOIN auth_user v ON v.id = r.shared_with_id WHERE r.id < ?1 AND "
  HAS(OWNED_NAME " || ' ' || v.username", "?2") " ORDER BY r.id DESC LIMIT ?3"),
S(SQL_BROWSE_LIMITS, 0,
  "SELECT " LIMITS_ID ", " OWNED_NAME ", v.username, r.precision, r.history, r.since, r.expires_at,"
  " r.paused_at, r.created_at, " COUNTS("r") ", '' FROM mytracks_share r" OF_OWNED
  " JOIN auth_user v ON v.id = r.viewer_id WHERE r.viewer_id <= " USER_MASK " AND " LIMITS_ID
  " < ?1 AND (?2 = 0 OR d.owner_id = ?2) AND " HAS(OWNED_NAME " || ' ' || v.username", "?3")
  " ORDER BY " LIMITS_ID " DESC LIMIT ?4"),
S(SQL_BROWSE_LINKS, 0,
  "SELECT r.id, " OWNED_NAME ", o.username, r.label, r.precision, r.trail, r.created_at, r.used_at,"
  " r.expires_at, r.expires_at > " SQL_NOW " AND d.owner_id IS r.owner_id"
  " AND coalesce(o.is_active, 0), '' FROM mytracks_link r" OF_ANY
  " LEFT JOIN auth_user o ON o.id = r.owner_id WHERE r.id < ?1 AND (?2 = 0 OR r.owner_id = ?2) AND "
  HAS("coalesce(" OWNED_NAME ", '') || ' ' || r.label || ' ' || coalesce(o.username, '')", "?3")
  " ORDER BY r.id DESC LIMIT ?4"),
S(SQL_QUARANTINE_OF, 0,
  "SELECT received_at, topic, reason FROM mytracks_quarantine WHERE username = ?1"
  " AND received_at >= ?2 ORDER BY id DESC LIMIT ?3"),
S(SQL_BROWSE_QUARANTINED, 0, QUARANTINE_ROWS("raw") " WHERE id = ?1"),

/* ---------------------------------------------------------------- browse_remove.c */
S(SQL_LATEST_BACK, SQL_WRITES,
  "UPDATE my_tracks_device SET latest_location_id = (SELECT l.id FROM my_tracks_location l"
  " WHERE l.device_id = my_tracks_device.id AND l.id <> ?1 ORDER BY l.timestamp DESC, l.id"
  " LIMIT 1) WHERE latest_location_id = ?1"),
S(SQL_LATEST_BACK_RANGE, SQL_WRITES,
  "UPDATE my_tracks_device SET latest_location_id = coalesce("
  "(SELECT l.id FROM my_tracks_location l WHERE l.device_id = ?1 AND l.timestamp > ?3"
  " ORDER BY l.timestamp DESC, l.id LIMIT 1),"
  " (SELECT l.id FROM my_tracks_location l WHERE l.device_id = ?1 AND l.timestamp < ?2"
  " ORDER BY l.timestamp DESC, l.id LIMIT 1)) WHERE id = ?1 AND EXISTS (SELECT 1"
  " FROM my_tracks_location l WHERE l.id = my_tracks_device.latest_location_id"
  " AND l.timestamp >= ?2 AND l.timestamp <= ?3)"),
S(SQL_MESSAGE_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_owntracksmessage WHERE id = ?1"),
S(SQL_MESSAGES_REMOVE, SQL_WRITES,
  "DELETE FROM my_tracks_owntracksmessage WHERE id IN (SELECT id FROM my_tracks_owntracksmessage"
  " WHERE received_at >= ?1 AND received_at <= ?2 AND (?3 = 0 OR device_id = ?3)"
  " AND (?4 = '' OR message_type = ?4) LIMIT ?5)"),
S(SQL_MESSAGES_COUNT, 0,
  "SELECT count(*) FROM my_tracks_owntracksmessage WHERE received_at >= ?1 AND received_at <= ?2"
  " AND (?3 = 0 OR device_id = ?3) AND (?4 = '' OR message_type = ?4)"),
S(SQL_TRANSITION_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_transition WHERE id = ?1"),
S(SQL_PLACE_OWNER, 0, "SELECT user_id FROM my_tracks_waypoint WHERE id = ?1"),
S(SQL_QUARANTINED_REMOVE, SQL_WRITES, "DELETE FROM mytracks_quarantine WHERE id = ?1"),
S(SQL_RULE_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_transitionaction WHERE id = ?1"),
S(SQL_PROFILE_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_userprofile WHERE id = ?1"),
S(SQL_SHARE_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_deviceshare WHERE id = ?1"),
S(SQL_LIMITS_REMOVE, SQL_WRITES,
  "DELETE FROM mytracks_share WHERE device_id = ?1 >> " USER_BITS
  " AND viewer_id = (?1 & " USER_MASK ")"),
S(SQL_LINK_REMOVE_ANY, SQL_WRITES, "DELETE FROM mytracks_link WHERE id = ?1"),
S(SQL_REQUEST_REMOVE, SQL_WRITES, "DELETE FROM my_tracks_friendrequest WHERE id = ?1"),
S(SQL_REQUEST_FRIENDS, 0,
  "SELECT from_user_id, to_user_id FROM my_tracks_friendrequest WHERE id = ?1"
  " AND status = 'accepted'"),
S(SQL_QUARANTINE_REMOVE, SQL_WRITES,
  "DELETE FROM mytracks_quarantine WHERE id IN (SELECT id FROM mytracks_quarantine WHERE "
  QUARANTINE_WHERE("?1", "?2", "?3") " LIMIT ?4)"),
S(SQL_QUARANTINE_COUNT, 0,
  "SELECT count(*) FROM mytracks_quarantine WHERE " QUARANTINE_WHERE("?1", "?2", "?3")),
