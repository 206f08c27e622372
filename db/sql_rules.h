/* A part of the table in sql.c, which includes it there: users' own rules. */
/* clang-format off */

#define OWN_RULE_COLUMNS                                                                       \
    "r.id, r.user_id, r.name, r.event, r.amount, r.days, r.from_minute, r.until_minute, r.zone," \
    " r.cooldown, r.paused_until, r.device_id, r.place_id, r.channel, r.target, r.priority,"   \
    " r.active, r.created_at, r.language"
/* Device d may be watched by rule r. */
#define RULE_SEES                                                                           \
    "(d.owner_id = r.user_id OR EXISTS (SELECT 1 FROM my_tracks_deviceshare s"              \
    " WHERE s.device_id = d.id AND s.shared_with_id = r.user_id))"
#define DEVICE_KEY "coalesce(u.username || '/', '') || d.device_id"
/* The name that HTTP gives a new device ("Device ID") says nothing more. */
#define DEVICE_SHOWN                                                                   \
    "CASE WHEN d.name IN ('', 'Device ' || d.device_id) THEN d.device_id ELSE d.name END"
#define OWN_RULES                                                                            \
    "SELECT " OWN_RULE_COLUMNS ", coalesce(" DEVICE_KEY ", ''), coalesce(" DEVICE_SHOWN      \
    ", ''), coalesce(w.label, ''), (SELECT max(t.happened_at) FROM mytracks_rule_log t"       \
    " WHERE t.rule_id = r.id AND NOT t.test) FROM mytracks_rule r"                           \
    " LEFT JOIN my_tracks_device d ON d.id = r.device_id AND " RULE_SEES                      \
    " LEFT JOIN auth_user u ON u.id = d.owner_id"                                            \
    " LEFT JOIN my_tracks_waypoint w ON w.id = r.place_id AND w.is_active"                   \
    " WHERE r.user_id = ?1"
#define RULE_STATE_COLUMNS                                                                   \
    "coalesce(m.place, 0), coalesce(m.told, 0), m.seen_at, m.region_at, m.since, m.fired_at," \
    " m.due_at"
/* What a rule needs to judge a device. */
#define WATCH_COLUMNS                                                                      \
    "SELECT " OWN_RULE_COLUMNS ", " RULE_STATE_COLUMNS ", coalesce(w.label, ''), w.latitude," \
    " w.longitude, coalesce(w.radius, 0), d.id, " DEVICE_KEY ", " DEVICE_SHOWN ", "        \
    RULE_SEES " AND EXISTS (SELECT 1 FROM auth_user o WHERE o.id = r.user_id AND o.is_active)" \
    " AND (r.place_id IS NULL OR w.id IS NOT NULL)"
#define WATCH_JOINS                                                                        \
    " LEFT JOIN auth_user u ON u.id = d.owner_id"                                          \
    " LEFT JOIN my_tracks_waypoint w ON w.id = r.place_id AND w.is_active"
#define LATEST_OF_DEVICE \
    " LEFT JOIN my_tracks_location l ON l.id = d.latest_location_id"
#define RULE_LOG_COLUMNS                                                                     \
    "t.id, t.rule_id, t.event, t.amount, t.device, t.device_name, t.place, t.battery,"       \
    " t.latitude, t.longitude, t.happened_at, t.test"
#define PUSH_COLUMNS                                                                       \
    "id, user_id, endpoint, p256dh, auth, language, agent, created_at, told_at"            \
    " FROM mytracks_push"

/* ---------------------------------------------------------------- rules.c */
S(SQL_RULES_LIST, 0, OWN_RULES " ORDER BY r.id"),
S(SQL_RULES_GET, 0, OWN_RULES " AND r.id = ?2"),
S(SQL_RULES_INSERT, SQL_WRITES,
  "INSERT INTO mytracks_rule (user_id, name, event, device_id, place_id, amount, days, from_minute,"
  " until_minute, zone, channel, target, priority, cooldown, active, paused_until, language,"
  " created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
  " ?18 WHERE (SELECT count(*) FROM mytracks_rule WHERE user_id = ?1) < ?19"),
S(SQL_RULES_UPDATE, SQL_WRITES,
  "UPDATE mytracks_rule SET name = ?2, event = ?3, device_id = ?4, place_id = ?5, amount = ?6,"
  " days = ?7, from_minute = ?8, until_minute = ?9, zone = ?10, channel = ?11, target = ?12,"
  " priority = ?13, cooldown = ?14, active = ?15, paused_until = ?16, language = ?17"
  " WHERE user_id = ?1 AND id = ?18"),
S(SQL_RULES_DELETE, SQL_WRITES, "DELETE FROM mytracks_rule WHERE user_id = ?1 AND id = ?2"),
S(SQL_RULES_LOG_DELETE, SQL_WRITES, "DELETE FROM mytracks_rule_log WHERE rule_id = ?1"),
S(SQL_RULES_FORGET, SQL_WRITES, "DELETE FROM mytracks_rule_state WHERE rule_id = ?1"),
/* Of a device that falls silent no message may ever come: its timer is there from the start. One
   that has been silent since before ?3 is no news. */
S(SQL_RULES_LISTEN, SQL_WRITES,
  "INSERT INTO mytracks_rule_state (rule_id, device_id, place, told, due_at)"
  " SELECT r.id, d.id, 0, 0, ?2 FROM mytracks_rule r JOIN my_tracks_device d"
  " ON d.id = r.device_id OR (r.device_id IS NULL AND d.owner_id = r.user_id)"
  " WHERE r.id = ?1 AND r.active AND r.event = 'silence' AND (SELECT l.received_at"
  " FROM my_tracks_location l WHERE l.device_id = d.id ORDER BY l.id DESC LIMIT 1) > ?3"),
S(SQL_RULES_OF_PLACE_FORGET, SQL_WRITES,
  "DELETE FROM mytracks_rule_state WHERE rule_id IN (SELECT id FROM mytracks_rule WHERE place_id ="
  " (SELECT id FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?2))"),
S(SQL_RULES_OF_PLACE_DELETE, SQL_WRITES,
  "DELETE FROM mytracks_rule WHERE place_id ="
  " (SELECT id FROM my_tracks_waypoint WHERE user_id = ?1 AND id = ?2)"),
S(SQL_RULES_LOG, 0,
  "SELECT " RULE_LOG_COLUMNS ", t.created_at, t.state, t.attempts, t.error, t.finished_at"
  " FROM mytracks_rule_log t WHERE t.rule_id = ?1 ORDER BY t.id DESC LIMIT ?2"),
S(SQL_RULES_NEWS, 0,
  "SELECT " RULE_LOG_COLUMNS ", " OWN_RULE_COLUMNS ", o.username, o.is_staff"
  " FROM mytracks_rule_log t"
  " JOIN mytracks_rule r ON r.id = t.rule_id JOIN auth_user o ON o.id = r.user_id"
  " WHERE t.id = ?1"),
S(SQL_RULES_TRIM_LOG, SQL_WRITES,
  "DELETE FROM mytracks_rule_log WHERE created_at < ?1"
  " OR rule_id NOT IN (SELECT id FROM mytracks_rule)"),
S(SQL_RULES_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_rule WHERE user_id NOT IN (SELECT id FROM auth_user)"
  " OR device_id NOT IN (SELECT id FROM my_tracks_device)"
  " OR place_id NOT IN (SELECT id FROM my_tracks_waypoint)"),
S(SQL_RULES_TRIM_STATE, SQL_WRITES,
  "DELETE FROM mytracks_rule_state WHERE rule_id NOT IN (SELECT id FROM mytracks_rule)"
  " OR device_id NOT IN (SELECT id FROM my_tracks_device)"),

/* ---------------------------------------------------------------- rules_watch.c */
S(SQL_RULES_WATCHING, 0,
  WATCH_COLUMNS " FROM mytracks_rule r JOIN my_tracks_device d ON d.id = ?1" WATCH_JOINS
  " LEFT JOIN mytracks_rule_state m ON m.rule_id = r.id AND m.device_id = ?1"
  " WHERE r.active AND (r.device_id = ?1 OR (r.device_id IS NULL AND r.user_id = ?2))"),
S(SQL_RULES_DUE, 0,
  WATCH_COLUMNS " FROM mytracks_rule_state m CROSS JOIN mytracks_rule r ON r.id = m.rule_id"
  " JOIN my_tracks_device d ON d.id = m.device_id" WATCH_JOINS
  " WHERE m.due_at <= ?1 ORDER BY m.due_at LIMIT ?2"),
S(SQL_RULES_REMEMBER, SQL_WRITES,
  "INSERT INTO mytracks_rule_state (rule_id, device_id, place, told, seen_at, region_at, since,"
  " fired_at, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
  " ON CONFLICT (rule_id, device_id) DO UPDATE SET place = excluded.place, told = excluded.told,"
  " seen_at = excluded.seen_at, region_at = excluded.region_at, since = excluded.since,"
  " fired_at = excluded.fired_at, due_at = excluded.due_at"),
S(SQL_RULES_UNWATCH, SQL_WRITES,
  "DELETE FROM mytracks_rule_state WHERE rule_id = ?1 AND device_id = ?2"),
S(SQL_RULES_CONTACT, 0,
  "SELECT max(coalesce((SELECT received_at FROM my_tracks_location WHERE device_id = ?1"
  " ORDER BY id DESC LIMIT 1), ''), coalesce((SELECT received_at FROM my_tracks_transition"
  " WHERE device_id = ?1 ORDER BY id DESC LIMIT 1), ''))"),
S(SQL_RULES_TRANSITION, 0,
  "SELECT t.event, t.waypoint_id, coalesce(nullif(w.label, ''), nullif(t.description, ''),"
  " t.region_id), t.timestamp, t.latitude, t.longitude FROM my_tracks_transition t"
  " LEFT JOIN my_tracks_waypoint w ON w.id = t.waypoint_id WHERE t.id = ?1"),
S(SQL_RULES_LOCATION, 0,
  "SELECT timestamp, latitude, longitude, accuracy, battery_level FROM my_tracks_location"
  " WHERE id = ?1"),

/* ---------------------------------------------------------------- rules_tell.c */
S(SQL_RULES_LATEST, 0,
  "SELECT " DEVICE_KEY ", " DEVICE_SHOWN ", l.latitude, l.longitude, l.battery_level"
  " FROM my_tracks_device d LEFT JOIN auth_user u ON u.id = d.owner_id" LATEST_OF_DEVICE
  " WHERE d.id = ?1 OR (?1 = 0 AND d.owner_id = ?2) ORDER BY l.timestamp DESC LIMIT 1"),
S(SQL_RULES_LOG_ADD, SQL_WRITES,
  "INSERT INTO mytracks_rule_log (rule_id, event, amount, device, device_name, place, battery,"
  " latitude, longitude, happened_at, created_at, test, state, attempts, error)"
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, '')"),
S(SQL_RULES_LOG_UNSENT, SQL_WRITES,
  "UPDATE mytracks_rule_log SET state = 2, finished_at = created_at, error = ?2 WHERE id = ?1"),
S(SQL_RULES_SEND, SQL_WRITES,
  OUTBOX_INSERT "SELECT ?1, 5, ?2, ?3, ?4, ?5, ?5, 0, 0, '', NULL WHERE (SELECT count(*) FROM"
  " (SELECT 1 FROM mytracks_outbox o WHERE o.user_id = ?2 AND o.way = ?1 AND o.created_at > ?6"
  " LIMIT ?7)) < ?7"),
/* A row for each browser; together they count as one. */
S(SQL_RULES_SEND_PUSH, SQL_WRITES,
  OUTBOX_INSERT "SELECT ?1, 5, ?2, ?3, CAST(p.id AS text), ?4, ?4, 0, 0, '', NULL"
  " FROM mytracks_push p WHERE p.user_id = ?2 AND (SELECT count(*) FROM"
  " (SELECT DISTINCT o.ref_id FROM mytracks_outbox o WHERE o.user_id = ?2 AND o.way = ?1"
  " AND o.created_at > ?5 LIMIT ?6)) < ?6 ORDER BY p.id"),

/* ---------------------------------------------------------------- push.c */
S(SQL_PUSH_LIST, 0, "SELECT " PUSH_COLUMNS " WHERE user_id = ?1 ORDER BY id LIMIT ?2"),
S(SQL_PUSH_GET, 0, "SELECT " PUSH_COLUMNS " WHERE user_id = ?1 AND id = ?2"),
S(SQL_PUSH_COUNT, 0, "SELECT count(*) FROM mytracks_push WHERE user_id = ?1"),
S(SQL_PUSH_ADD, SQL_WRITES,
  "INSERT INTO mytracks_push (user_id, endpoint, p256dh, auth, language, agent, created_at)"
  " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM mytracks_push"
  " WHERE user_id = ?1 AND endpoint <> ?2) < ?8"
  " ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, p256dh = excluded.p256dh,"
  " auth = excluded.auth, language = excluded.language, agent = excluded.agent RETURNING id"),
S(SQL_PUSH_REMOVE, SQL_WRITES, "DELETE FROM mytracks_push WHERE user_id = ?1 AND id = ?2"),
S(SQL_PUSH_TOLD, SQL_WRITES, "UPDATE mytracks_push SET told_at = ?2 WHERE id = ?1"),
S(SQL_PUSH_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_push WHERE user_id NOT IN (SELECT id FROM auth_user)"),

/* ---------------------------------------------------------------- rules_past.c */
S(SQL_RULES_DEVICES, 0,
  "SELECT d.id, " DEVICE_KEY ", " DEVICE_SHOWN " FROM my_tracks_device d"
  " LEFT JOIN auth_user u ON u.id = d.owner_id WHERE (d.id = ?1 OR ?1 = 0 AND d.owner_id = ?2)"
  " AND d.id IN (" SEEN_WHOLE("?2") ") ORDER BY d.id"),
S(SQL_RULES_PAST, 0,
  "SELECT 2, l.timestamp, l.received_at, l.latitude, l.longitude, l.accuracy, l.battery_level,"
  " NULL, '' FROM my_tracks_location l WHERE l.device_id = ?1 AND l.timestamp BETWEEN ?2 AND ?3"
  " UNION ALL SELECT CASE t.event WHEN 'enter' THEN 0 WHEN 'leave' THEN 1 ELSE 3 END, t.timestamp,"
  " t.received_at, t.latitude, t.longitude, NULL, NULL, t.waypoint_id,"
  " coalesce(nullif(w.label, ''), nullif(t.description, ''), t.region_id)"
  " FROM my_tracks_transition t LEFT JOIN my_tracks_waypoint w ON w.id = t.waypoint_id"
  " WHERE t.device_id = ?1 AND t.timestamp BETWEEN ?2 AND ?3 ORDER BY 2, 1 LIMIT ?4"),
