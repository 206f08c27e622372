/* A part of the table in sql.c, which includes it there: what follows from a message. */
/* clang-format off */

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
