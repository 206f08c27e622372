/* A part of the table in sql.c, which includes it there: what follows from a message. */
/* clang-format off */

/* Active rules of user ?1 that fit region ?2 and event ?3. */
#define RULES_THAT_FIT                                                                         \
    " FROM my_tracks_transitionaction r WHERE r.user_id = ?1 AND r.is_active"                  \
    " AND r.action_type = 'email' AND (r.waypoint_id IS NULL OR r.waypoint_id = ?2)"           \
    " AND r.event IN ('any', ?3) AND EXISTS (SELECT 1 FROM my_tracks_smtpconfig WHERE id = 1" \
    " AND host <> '')"
/* Mails that a user has caused since a time, counted up to a limit. */
#define MAILS_OF(user, since, most)                                                   \
    "(SELECT count(*) FROM (SELECT 1 FROM mytracks_outbox o WHERE o.user_id = " user \
    " AND o.way = 1 AND o.created_at > " since " LIMIT " most "))"
#define OUTBOX_INSERT                                                                        \
    "INSERT INTO mytracks_outbox (way, kind, user_id, ref_id, recipient, created_at, due_at," \
    " attempts, state, error, finished_at) "
#define MAILS_TO(address, since, most)                                                  \
    "(SELECT count(*) FROM (SELECT 1 FROM mytracks_outbox t WHERE t.recipient = " address \
    " AND t.finished_at > " since " AND t.state = 1 AND t.way = 1 LIMIT " most "))"

/* ---------------------------------------------------------------- outbox.c */
S(SQL_OUTBOX_TRANSITION, SQL_WRITES,
  OUTBOX_INSERT "SELECT 1, 1, ?1, ?4, r.email_address, ?5, ?5, 0, 0, '', NULL" RULES_THAT_FIT
  " ORDER BY r.id LIMIT max(0, ?7 - " MAILS_OF("?1", "?6", "?7") ")"),
S(SQL_OUTBOX_RULES, 0, "SELECT count(*)" RULES_THAT_FIT),
S(SQL_OUTBOX_FRIEND, SQL_WRITES,
  OUTBOX_INSERT "SELECT 1, 2, ?1, ?1, u.email, ?3, ?3, 0, 0, '', NULL FROM auth_user u"
  " WHERE u.id = ?2 AND u.email <> '' AND u.is_active"
  " AND EXISTS (SELECT 1 FROM my_tracks_smtpconfig WHERE id = 1 AND host <> '')"
  " AND " MAILS_OF("?1", "?4", "?5") " < ?5"),
S(SQL_OUTBOX_POSITION, SQL_WRITES,
  OUTBOX_INSERT "SELECT 2, 4, ?1, ?3, CAST(?2 AS text), ?4, ?4, 0, 0, '', NULL"
  " FROM my_tracks_domestibotconfig c WHERE c.id = 1 AND c.location_updates_enabled"
  " AND c.user_location_update_url <> ''"),
S(SQL_OUTBOX_TEST, SQL_WRITES,
  OUTBOX_INSERT "SELECT 1, 3, ?1, 0, ?2, ?3, ?3, 1, 1, '', ?3"
  " WHERE " MAILS_OF("?1", "?4", "?5") " < ?5 AND " MAILS_TO("?2", "?6", "?7") " < ?7"),
S(SQL_OUTBOX_HURRY, SQL_WRITES,
  "UPDATE mytracks_outbox SET due_at = ?2 WHERE state = 0 AND way = ?1 AND due_at > ?2"),
S(SQL_OUTBOX_NEXT, 0,
  "SELECT id, kind, user_id, ref_id, recipient, created_at, due_at, attempts FROM mytracks_outbox"
  " WHERE state = 0 AND way = ?1 ORDER BY due_at, id LIMIT 1"),
S(SQL_OUTBOX_NEWER, 0,
  "SELECT EXISTS (SELECT 1 FROM mytracks_outbox WHERE state = 0 AND way = 2"
  " AND recipient = ?1 AND id > ?2) OR EXISTS (SELECT 1 FROM mytracks_outbox WHERE state = 1"
  " AND way = 2 AND recipient = ?1 AND finished_at >= ?3 AND id > ?2)"),
S(SQL_OUTBOX_SENT_TO, 0, "SELECT " MAILS_TO("?1", "?2", "?3")),
S(SQL_OUTBOX_FINISH, SQL_WRITES,
  "UPDATE mytracks_outbox SET state = ?2, error = ?3, finished_at = ?4, attempts = attempts + 1"
  " WHERE id = ?1"),
S(SQL_OUTBOX_RETRY, SQL_WRITES,
  "UPDATE mytracks_outbox SET error = ?2, attempts = attempts + ?3, due_at = ?4 WHERE id = ?1"),
S(SQL_OUTBOX_POSTPONE, SQL_WRITES,
  "UPDATE mytracks_outbox SET due_at = ?2 WHERE state = 0 AND way = ?1 AND due_at < ?2"
  " AND (?3 IS NULL OR recipient = ?3)"),
S(SQL_OUTBOX_TRANSITION_FACTS, 0,
  "SELECT CASE WHEN trim(u.first_name || u.last_name) = '' THEN u.username"
  " ELSE trim(u.first_name || ' ' || u.last_name) END, t.event,"
  " coalesce(nullif(w.label, ''), nullif(t.description, ''), t.region_id),"
  " u.username || '/' || d.device_id, t.timestamp, t.latitude, t.longitude, w.latitude, w.longitude"
  " FROM my_tracks_transition t JOIN my_tracks_device d ON d.id = t.device_id"
  " JOIN auth_user u ON u.id = d.owner_id LEFT JOIN my_tracks_waypoint w ON w.id = t.waypoint_id"
  " WHERE t.id = ?1"),
S(SQL_OUTBOX_POSITION_FACTS, 0,
  "SELECT d.device_id, d.mqtt_user, u.username, l.latitude, l.longitude, l.timestamp"
  " FROM my_tracks_location l JOIN my_tracks_device d ON d.id = l.device_id"
  " JOIN auth_user u ON u.id = d.owner_id WHERE l.id = ?1"),
S(SQL_OUTBOX_COUNTS, 0,
  "SELECT (SELECT count(*) FROM mytracks_outbox WHERE state = 0 AND way = ?1),"
  " (SELECT count(*) FROM mytracks_outbox WHERE state = 0 AND way = ?1 AND attempts > 0),"
  " (SELECT count(*) FROM mytracks_outbox WHERE state = 2 AND way = ?1),"
  " (SELECT min(created_at) FROM mytracks_outbox WHERE state = 0 AND way = ?1),"
  " coalesce((SELECT error FROM mytracks_outbox WHERE way = ?1 AND error <> ''"
  " AND (state = 2 OR state = 0) ORDER BY id DESC LIMIT 1), '')"),
S(SQL_OUTBOX_TRIM, SQL_WRITES,
  "DELETE FROM mytracks_outbox WHERE (state = 1 AND finished_at < ?1)"
  " OR (state = 2 AND finished_at < ?2)"),

/* ---------------------------------------------------------------- smtp.c */
S(SQL_SMTP_GET, 0,
  "SELECT host, port, username, encrypted_password, use_tls, use_ssl, from_address, updated_at"
  " FROM my_tracks_smtpconfig WHERE id = 1"),
S(SQL_SMTP_PUT, SQL_WRITES,
  "INSERT INTO my_tracks_smtpconfig (id, host, port, username, encrypted_password, use_tls,"
  " use_ssl, from_address, updated_at) VALUES (1, ?1, ?2, ?3, coalesce(?4, x''), ?5, ?6, ?7, ?8)"
  " ON CONFLICT (id) DO UPDATE SET host = excluded.host, port = excluded.port,"
  " username = excluded.username, encrypted_password = coalesce(?4, encrypted_password),"
  " use_tls = excluded.use_tls, use_ssl = excluded.use_ssl,"
  " from_address = excluded.from_address, updated_at = excluded.updated_at"),
S(SQL_SMTP_RESET, SQL_WRITES, "DELETE FROM my_tracks_smtpconfig WHERE id = 1"),

/* ---------------------------------------------------------------- events.c */
S(SQL_TRANSITION_FEED, 0,
  "SELECT t.id, d.device_id, coalesce(u.username, ''), t.event, t.region_id, t.description,"
  " t.timestamp, w.label, t.received_at FROM my_tracks_transition t"
  " JOIN my_tracks_device d ON d.id = t.device_id LEFT JOIN auth_user u ON u.id = d.owner_id"
  " LEFT JOIN my_tracks_waypoint w ON w.id = t.waypoint_id"
  " WHERE t.id > ?1 ORDER BY t.id LIMIT ?2"),
S(SQL_TRANSITION_LAST_ID, 0, "SELECT coalesce(max(id), 0) FROM my_tracks_transition"),
S(SQL_REGION_NEWS_ADD, SQL_WRITES,
  "INSERT INTO mytracks_region_news (received_at, device, new_count) VALUES (?1, ?2, ?3)"),
S(SQL_REGION_NEWS_FEED, 0,
  "SELECT id, received_at, device, new_count FROM mytracks_region_news WHERE id > ?1"
  " ORDER BY id LIMIT ?2"),
S(SQL_REGION_NEWS_LAST_ID, 0, "SELECT coalesce(max(id), 0) FROM mytracks_region_news"),
S(SQL_REGION_NEWS_TRIM, SQL_WRITES, "DELETE FROM mytracks_region_news WHERE received_at < ?1"),
