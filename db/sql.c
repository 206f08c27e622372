/* The statement table: every SQL text of the project that is run again and again. The schema is in
   schema.sql and upgrade/, the settings of a connection in db.c. */
#include "sql.h"
#include "sql_sight.h"

#define USER_COLUMNS                                                                            \
    "id, username, password, first_name, last_name, email, is_active, is_staff, is_superuser, " \
    "last_login, date_joined"

#define DEVICE_COLUMNS                                                                   \
    "d.id, d.device_id, d.name, d.mqtt_user, d.owner_id, coalesce(u.username, ''), "     \
    "d.created_at, d.last_seen, d.last_location_at, d.is_online, d.latest_location_id, " \
    "coalesce((SELECT c.n FROM mytracks_location_count c WHERE c.device_id = d.id), 0)"
#define DEVICE_FROM " FROM my_tracks_device d LEFT JOIN auth_user u ON u.id = d.owner_id "

#define LOCATION_COLUMNS                                                                        \
    "l.id, l.device_id, d.device_id, coalesce(u.username, ''), d.owner_id, l.latitude, "        \
    "l.longitude, l.timestamp, l.received_at, l.owntracks_created_at, l.accuracy, l.altitude, " \
    "l.velocity, l.battery_level, l.battery_status, l.vertical_accuracy, l.course, "            \
    "l.monitoring_mode, l.connection_type, l.tracker_id, l.received_via, "                      \
    "l.owntracks_message_id, l.\"trigger\", l.fix_source, l.wifi_bssid, l.wifi_ssid, "          \
    "l.ip_address, l.in_regions"
#define LOCATION_OWNER \
    " JOIN my_tracks_device d ON d.id = l.device_id LEFT JOIN auth_user u ON u.id = d.owner_id"
#define LOCATION_FROM " FROM my_tracks_location l" LOCATION_OWNER
/* CROSS JOIN: from the few devices to their one row each, never the other way. */
#define LATEST_FROM                                                                           \
    " FROM my_tracks_device d CROSS JOIN my_tracks_location l ON l.id = d.latest_location_id" \
    " LEFT JOIN auth_user u ON u.id = d.owner_id"

/* The device that stands for its owner where others ask for one. */
#define FIRST_DEVICE(d)                                                         \
    " ORDER BY " d ".last_location_at IS NULL, " d ".last_location_at DESC, " d \
    ".last_seen DESC, " d ".id LIMIT 1"
#define PLACES_OF(user) "(SELECT id FROM my_tracks_waypoint WHERE user_id = " user ")"
/* A device for a message: less than DEVICE_COLUMNS, read thousands of times a second. */
#define REPORTER                                                                     \
    "d.id, d.device_id, d.name, d.mqtt_user, d.owner_id, coalesce(u.username, ''), " \
    "d.created_at, d.last_seen, d.last_location_at, d.is_online, d.latest_location_id"
/* A device's latest location, when it is a newer report than the one of time ?2, fix ?3, id ?4. */
#define NEWER_LATEST                                                                          \
    "(SELECT l.id FROM my_tracks_location l WHERE l.id = my_tracks_device.latest_location_id" \
    " AND (coalesce(l.owntracks_created_at, l.received_at), l.timestamp, l.id) > (?2, ?3, ?4))"

/* Columns of a new location in the order of their parameters, ?1 to ?24 (ingest_location.c). */
#define LOCATION_INSERTED                                                                     \
    "device_id, latitude, longitude, timestamp, accuracy, altitude, velocity, battery_level," \
    " connection_type, tracker_id, owntracks_message_id, owntracks_created_at, \"trigger\","  \
    " battery_status, fix_source, vertical_accuracy, course, monitoring_mode, wifi_bssid,"    \
    " wifi_ssid, in_regions, ip_address, received_at, received_via"
#define LOCATION_VALUES                                                           \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17," \
    " ?18, ?19, ?20, ?21, ?22, ?23, ?24"

/* The same columns for the three kinds of certificates. */
#define CERT_COLUMNS                                                                          \
    "SELECT c.id, c.certificate_pem, c.encrypted_private_key, c.common_name, c.fingerprint, " \
    "c.key_size, c.not_valid_before, c.not_valid_after, c.is_active, c.created_at, "
#define CA_ROWS                                          \
    CERT_COLUMNS "NULL, '', '[]', NULL, '', '', 0, NULL" \
                 " FROM my_tracks_certificateauthority c"
#define CERT_ISSUER " JOIN my_tracks_certificateauthority a ON a.id = c.issuing_ca_id"
#define SERVER_ROWS                                                                     \
    CERT_COLUMNS "c.issuing_ca_id, a.common_name, c.san_entries, NULL, '', '', 0, NULL" \
                 " FROM my_tracks_servercertificate c" CERT_ISSUER
#define CLIENT_ROWS                                                \
    CERT_COLUMNS                                                   \
    "c.issuing_ca_id, a.common_name, '[]', c.user_id, u.username," \
    " c.serial_number, c.revoked, c.revoked_at"                    \
    " FROM my_tracks_clientcertificate c JOIN auth_user u ON u.id = c.user_id" CERT_ISSUER
#define INACTIVE_CA \
    "(SELECT id FROM my_tracks_certificateauthority WHERE id = ?1 AND NOT is_active)"
#define NEWEST_FIRST " ORDER BY c.created_at DESC, c.id DESC"
#define CERT_INSERT                                                                 \
    " (certificate_pem, encrypted_private_key, common_name, fingerprint, key_size," \
    " not_valid_before, not_valid_after, created_at, is_active"

#define S(id, flags, text) [id] = { #id, text, flags }

const struct sql_def sql_table[SQL_STATEMENTS] = {
    /* ---------------------------------------------------------------- db.c */
    S(SQL_BEGIN_READ, 0, "BEGIN"),
    S(SQL_BEGIN_WRITE, SQL_WRITES, "BEGIN IMMEDIATE"),
    S(SQL_COMMIT, 0, "COMMIT"),
    S(SQL_ROLLBACK, 0, "ROLLBACK"),
    S(SQL_DATA_VERSION, 0, "PRAGMA data_version"),
    S(SQL_META_GET, 0, "SELECT CAST(value AS integer) FROM mytracks_meta WHERE key = ?1"),
    S(SQL_META_PUT, SQL_WRITES,
      "INSERT INTO mytracks_meta (key, value) VALUES (?1, ?2)"
      " ON CONFLICT (key) DO UPDATE SET value = excluded.value"),

    /* ---------------------------------------------------------------- schema.c */
    S(SQL_SCHEMA_META, 0,
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'mytracks_meta'"),
    S(SQL_SCHEMA_PAGES, SQL_SCANS, "PRAGMA quick_check(1)"),
    S(SQL_SCHEMA_TRIGGERS, 0,
      "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'mytracks_*'"
      " AND tbl_name <> 'mytracks_outbox'"), /* no migration builds that anew */
    S(SQL_SCHEMA_COLUMNS, 0,
      "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
      " WHERE t.type = 'table' AND t.name <> 'sqlite_sequence'"),
    S(SQL_SCHEMA_COLUMN, 0, "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2"),
    S(SQL_SCHEMA_MIGRATION, 0,
      "SELECT count(*) FROM django_migrations WHERE app = ?1 AND name = ?2"),

    /* ---------------------------------------------------------------- upkeep.c */
    S(SQL_SESSIONS_EXPIRE, SQL_WRITES,
      "DELETE FROM django_session WHERE session_key IN"
      " (SELECT session_key FROM django_session WHERE expire_date < ?1 LIMIT ?2)"),
    S(SQL_QUARANTINE_TRIM, SQL_WRITES,
      "DELETE FROM mytracks_quarantine WHERE received_at < ?1"
      " OR id <= (SELECT max(id) FROM mytracks_quarantine) - ?2"
      " OR id <= (SELECT max(id) FROM (SELECT id, sum(length(raw)) OVER (ORDER BY id DESC) AS held"
      " FROM mytracks_quarantine) WHERE held > ?3)"),

    S(SQL_INTEGRITY_CHECK, SQL_SCANS, "PRAGMA integrity_check(20)"),
    S(SQL_FOREIGN_KEY_CHECK, SQL_SCANS, "PRAGMA foreign_key_check"),
    S(SQL_COUNTERS_CHECK, SQL_SCANS,
      "SELECT coalesce(sum(abs(n)), 0) FROM (SELECT sum(n) AS n FROM"
      " (SELECT device_id, count(*) AS n FROM my_tracks_location GROUP BY device_id"
      " UNION ALL SELECT device_id, -n FROM mytracks_location_count) GROUP BY device_id)"),

    /* ---------------------------------------------------------------- account.c */
    S(SQL_USER_BY_NAME, 0, "SELECT " USER_COLUMNS " FROM auth_user WHERE username = ?1"),
    S(SQL_USER_BY_ID, 0, "SELECT " USER_COLUMNS " FROM auth_user WHERE id = ?1"),
    S(SQL_USERS_MADE, 0,
      "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'auth_user'), 0)"),
    S(SQL_ANY_STAFF, 0, "SELECT EXISTS (SELECT 1 FROM auth_user WHERE is_staff)"),
    S(SQL_USER_INSERT, SQL_WRITES,
      "INSERT INTO auth_user (username, password, first_name, last_name, email, is_active,"
      " is_staff, is_superuser, last_login, date_joined)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
    S(SQL_PROFILE_INSERT, SQL_WRITES,
      "INSERT INTO my_tracks_userprofile (home_latitude, home_longitude, home_label, created_at,"
      " updated_at, user_id) VALUES (NULL, NULL, 'Home', ?1, ?1, ?2)"),
    S(SQL_USER_SET_PASSWORD, SQL_WRITES, "UPDATE auth_user SET password = ?1 WHERE id = ?2"),
    S(SQL_USER_TOUCH_LOGIN, SQL_WRITES, "UPDATE auth_user SET last_login = ?1 WHERE id = ?2"),
    S(SQL_SESSION_GET, 0,
      "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = ?1"),
    S(SQL_SESSION_PUT, SQL_WRITES,
      "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?1, ?2, ?3)"
      " ON CONFLICT (session_key) DO UPDATE SET session_data = excluded.session_data,"
      " expire_date = excluded.expire_date"),
    S(SQL_SESSION_TOUCH, SQL_WRITES,
      "UPDATE django_session SET expire_date = ?1 WHERE session_key = ?2"),
    S(SQL_SESSION_DELETE, SQL_WRITES, "DELETE FROM django_session WHERE session_key = ?1"),
    S(SQL_SESSION_LIST, 0,
      "SELECT session_key, session_data, expire_date FROM django_session WHERE expire_date > ?1"),
    /* The end of a share changes no row. */
    S(SQL_GRANTS_VERSION, 0,
      "SELECT version * 1000000 + (SELECT count(*) FROM mytracks_share WHERE expires_at IS NOT NULL"
      " AND expires_at <= " SQL_NOW ") FROM mytracks_rights"),
    S(SQL_GRANTS_USER, 0, "SELECT id, is_active, is_superuser FROM auth_user WHERE username = ?1"),
    S(SQL_GRANTS_READABLE, 0,
      "SELECT o.username, d.device_id FROM my_tracks_device d JOIN auth_user o"
      " ON o.id = d.owner_id WHERE d.id IN (SELECT device_id FROM my_tracks_deviceshare"
      " WHERE shared_with_id = ?1 UNION SELECT x.device_id FROM mytracks_share x"
      " WHERE x.viewer_id = ?1 AND " WHOLE_MESSAGES("x") ") ORDER BY o.username, d.device_id"),
    S(SQL_GRANTS_COMMANDABLE, 0,
      "SELECT username FROM auth_user WHERE id <> ?1 AND id IN"
      " (SELECT to_user_id FROM my_tracks_friendrequest"
      " WHERE from_user_id = ?1 AND status = 'accepted'"
      " UNION ALL SELECT from_user_id FROM my_tracks_friendrequest"
      " WHERE to_user_id = ?1 AND status = 'accepted'"
      " UNION ALL SELECT d.owner_id FROM my_tracks_deviceshare s"
      " JOIN my_tracks_device d ON d.id = s.device_id WHERE s.shared_with_id = ?1"
      " UNION ALL SELECT s.shared_with_id FROM my_tracks_device d"
      " JOIN my_tracks_deviceshare s ON s.device_id = d.id WHERE d.owner_id = ?1)"
      " ORDER BY username"),
    S(SQL_QUALITY, 0,
      "SELECT filter_accuracy_enabled, minimum_accuracy_meters"
      " FROM my_tracks_locationqualitysettings WHERE id = 1"),
    S(SQL_QUALITY_SET, SQL_WRITES,
      "INSERT INTO my_tracks_locationqualitysettings"
      " (id, filter_accuracy_enabled, minimum_accuracy_meters) VALUES (1, ?1, ?2)"
      " ON CONFLICT (id) DO UPDATE SET filter_accuracy_enabled = excluded.filter_accuracy_enabled,"
      " minimum_accuracy_meters = excluded.minimum_accuracy_meters"),

    /* ---------------------------------------------------------------- profile.c */
    S(SQL_PROFILE_GET, 0,
      "SELECT created_at, updated_at, home_latitude, home_longitude, home_label"
      " FROM my_tracks_userprofile WHERE user_id = ?1"),
    S(SQL_PROFILE_TOUCH, SQL_WRITES,
      "UPDATE my_tracks_userprofile SET updated_at = ?1 WHERE user_id = ?2"),
    S(SQL_PROFILE_SET_HOME, SQL_WRITES,
      "UPDATE my_tracks_userprofile SET home_latitude = ?1, home_longitude = ?2, home_label = ?3"
      " WHERE user_id = ?4"),
    S(SQL_USER_SET_NAMES, SQL_WRITES,
      "UPDATE auth_user SET first_name = ?1, last_name = ?2, email = ?3 WHERE id = ?4"),

    /* ---------------------------------------------------------------- users.c */
    S(SQL_USER_LIST, 0, "SELECT " USER_COLUMNS " FROM auth_user ORDER BY username"),
    S(SQL_USER_SET_ACTIVE, SQL_WRITES, "UPDATE auth_user SET is_active = ?1 WHERE id = ?2"),
    S(SQL_USER_TOGGLE_STAFF, SQL_WRITES,
      "UPDATE auth_user SET is_staff = NOT is_staff, is_superuser = NOT is_staff WHERE id = ?1"
      " RETURNING is_staff"),
    S(SQL_USER_PLACE_RULES, SQL_WRITES,
      "DELETE FROM my_tracks_transitionaction WHERE waypoint_id IN " PLACES_OF("?1")),
    S(SQL_USER_ADMIN_LOG, SQL_WRITES, "DELETE FROM django_admin_log WHERE user_id = ?1"),
    S(SQL_USER_GROUPS, SQL_WRITES, "DELETE FROM auth_user_groups WHERE user_id = ?1"),
    S(SQL_USER_PERMISSIONS, SQL_WRITES,
      "DELETE FROM auth_user_user_permissions WHERE user_id = ?1"),
    S(SQL_USER_CERTS, SQL_WRITES, "DELETE FROM my_tracks_clientcertificate WHERE user_id = ?1"),
    S(SQL_USER_PROFILE, SQL_WRITES, "DELETE FROM my_tracks_userprofile WHERE user_id = ?1"),
    S(SQL_USER_RULES, SQL_WRITES, "DELETE FROM my_tracks_transitionaction WHERE user_id = ?1"),
    S(SQL_USER_FRIENDS, SQL_WRITES,
      "DELETE FROM my_tracks_friendrequest WHERE from_user_id = ?1 OR to_user_id = ?1"),
    S(SQL_USER_SHARES, SQL_WRITES, "DELETE FROM my_tracks_deviceshare WHERE shared_with_id = ?1"),
    S(SQL_USER_LIMITED_SHARES, SQL_WRITES,
      "DELETE FROM mytracks_share WHERE viewer_id = ?1"
      " OR device_id IN (SELECT id FROM my_tracks_device WHERE owner_id = ?1)"),
    S(SQL_USER_LINKS, SQL_WRITES, "DELETE FROM mytracks_link WHERE owner_id = ?1"),
    S(SQL_USER_BROWSERS, SQL_WRITES, "DELETE FROM mytracks_push WHERE user_id = ?1"),
    S(SQL_USER_DEVICES, SQL_WRITES,
      "UPDATE my_tracks_device SET owner_id = NULL WHERE owner_id = ?1"),
    S(SQL_USER_PLACE_REFERENCES, SQL_WRITES,
      "UPDATE my_tracks_transition SET waypoint_id = NULL WHERE waypoint_id IN " PLACES_OF("?1")),
    S(SQL_USER_PLACES, SQL_WRITES, "DELETE FROM my_tracks_waypoint WHERE user_id = ?1"),
    S(SQL_USER_DELETE, SQL_WRITES, "DELETE FROM auth_user WHERE id = ?1"),

#include "sql_friends.h"

    /* ---------------------------------------------------------------- domesti.c */
    S(SQL_DOMESTI_GET, 0,
      "SELECT domesti_base_url, user_location_update_url, user_location_test_url,"
      " encrypted_api_key, paired_at, location_updates_enabled, remote_request_location_enabled,"
      " location_request_device_cooldown_seconds, location_request_user_cooldown_seconds,"
      " recent_webhook_log, last_location_request_at_by_user, last_location_request_at_by_device"
      " FROM my_tracks_domestibotconfig WHERE id = 1"),
    S(SQL_DOMESTI_PUT, SQL_WRITES,
      "INSERT INTO my_tracks_domestibotconfig (id, domesti_base_url, user_location_update_url,"
      " user_location_test_url, encrypted_api_key, paired_at, location_updates_enabled,"
      " remote_request_location_enabled, location_request_device_cooldown_seconds,"
      " location_request_user_cooldown_seconds, recent_webhook_log,"
      " last_location_request_at_by_user, last_location_request_at_by_device, updated_at,"
      " last_relayed_location_by_user)"
      " VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '{}')"
      " ON CONFLICT (id) DO UPDATE SET domesti_base_url = excluded.domesti_base_url,"
      " user_location_update_url = excluded.user_location_update_url,"
      " user_location_test_url = excluded.user_location_test_url,"
      " encrypted_api_key = excluded.encrypted_api_key, paired_at = excluded.paired_at,"
      " location_updates_enabled = excluded.location_updates_enabled,"
      " remote_request_location_enabled = excluded.remote_request_location_enabled,"
      " location_request_device_cooldown_seconds ="
      " excluded.location_request_device_cooldown_seconds,"
      " location_request_user_cooldown_seconds ="
      " excluded.location_request_user_cooldown_seconds,"
      " recent_webhook_log = excluded.recent_webhook_log,"
      " last_location_request_at_by_user = excluded.last_location_request_at_by_user,"
      " last_location_request_at_by_device = excluded.last_location_request_at_by_device,"
      " updated_at = excluded.updated_at"),
    S(SQL_DOMESTI_DEVICES, 0,
      "SELECT device_id, mqtt_user FROM my_tracks_device"
      " WHERE owner_id = ?1 AND (?2 IS NULL OR device_id = ?2) ORDER BY id"),
    S(SQL_DOMESTI_DEVICE, 0,
      "SELECT d.device_id, d.mqtt_user FROM auth_user u JOIN my_tracks_device d"
      " ON d.owner_id = u.id WHERE u.username = ?1" FIRST_DEVICE("d")),
    S(SQL_DOMESTI_STAFF, 0,
      "SELECT username FROM auth_user u WHERE is_staff AND is_active"
      " AND EXISTS (SELECT 1 FROM my_tracks_device d WHERE d.owner_id = u.id)"
      " ORDER BY username LIMIT 1"),

    /* ---------------------------------------------------------------- devices.c */
    S(SQL_DEVICE_BY_ID, 0, "SELECT " DEVICE_COLUMNS DEVICE_FROM "WHERE d.id = ?1"),
    S(SQL_DEVICE_FIND_OWNED, 0,
      "SELECT " DEVICE_COLUMNS DEVICE_FROM "WHERE u.username = ?1 AND d.device_id = ?2"
      " AND (?3 OR d.id IN " VISIBLE("?4") ") LIMIT 2"),
    S(SQL_DEVICE_FIND_OWNERLESS, 0,
      "SELECT " DEVICE_COLUMNS DEVICE_FROM "WHERE d.owner_id IS NULL AND d.device_id = ?1"
      " AND (?2 OR d.id IN " VISIBLE("?3") ") LIMIT 2"),
    S(SQL_DEVICE_FIND_BARE, 0,
      "SELECT " DEVICE_COLUMNS DEVICE_FROM "WHERE d.device_id = ?1"
      " AND (?2 OR d.id IN " VISIBLE("?3") ") LIMIT 2"),
    S(SQL_DEVICE_COUNT_ALL, 0, "SELECT count(*) FROM my_tracks_device"),
    S(SQL_DEVICE_COUNT_VISIBLE, 0, "SELECT count(*) FROM " VISIBLE("?1")),
    S(SQL_DEVICE_LIST_ALL, 0,
      "SELECT " DEVICE_COLUMNS DEVICE_FROM "ORDER BY d.last_seen DESC, d.id LIMIT ?1 OFFSET ?2"),
    S(SQL_DEVICE_LIST_VISIBLE, 0,
      "SELECT " DEVICE_COLUMNS DEVICE_FROM
      "WHERE d.id IN " VISIBLE("?3") " ORDER BY d.last_seen DESC, d.id LIMIT ?1 OFFSET ?2"),
    S(SQL_DEVICE_AUDIENCE, 0,
      "SELECT owner_id FROM my_tracks_device WHERE id = ?1 AND owner_id IS NOT NULL"
      " UNION SELECT shared_with_id FROM my_tracks_deviceshare WHERE device_id = ?1"),

    /* ---------------------------------------------------------------- locations.c */
    S(SQL_ALL_DEVICES, 0, "SELECT id FROM my_tracks_device"),
    S(SQL_COUNT_ALL, 0, "SELECT coalesce(sum(n), 0) FROM mytracks_location_count"),
    S(SQL_COUNT_DEVICE, 0,
      "SELECT coalesce((SELECT n FROM mytracks_location_count WHERE device_id = ?1), 0)"),
    S(SQL_COUNT_DEVICE_SINCE, 0,
      "SELECT count(*) FROM my_tracks_location WHERE device_id = ?1 AND id > ?2"),
    S(SQL_COUNT_DEVICE_TIME, 0,
      "SELECT count(*) FROM my_tracks_location WHERE device_id = ?1 AND timestamp >= ?2"
      " AND timestamp <= ?3 AND id > ?4"),
    S(SQL_LOCATION_BY_ID, 0, "SELECT " LOCATION_COLUMNS LOCATION_FROM " WHERE l.id = ?1"),
    S(SQL_LAST_KNOWN_ALL, 0,
      "SELECT " LOCATION_COLUMNS LATEST_FROM " ORDER BY l.timestamp DESC, l.id"),
    S(SQL_LAST_KNOWN_VISIBLE, 0,
      "SELECT " LOCATION_COLUMNS LATEST_FROM
      " WHERE d.id IN " VISIBLE("?1") " ORDER BY l.timestamp DESC, l.id"),
    S(SQL_LOCATION_FEED, 0,
      "SELECT " LOCATION_COLUMNS LOCATION_FROM
      " WHERE l.id > ?1 AND coalesce((SELECT q.last_id FROM mytracks_quiet q"
      " WHERE q.first_id <= l.id ORDER BY q.first_id DESC LIMIT 1), 0) <= l.id"
      " ORDER BY l.id LIMIT ?2"),
    S(SQL_LOCATION_LAST_ID, 0, "SELECT coalesce(max(id), 0) FROM my_tracks_location"),
    S(SQL_OFFLINE_FEED, 0,
      "SELECT m.id, m.device_id, d.device_id, coalesce(u.username, ''), m.received_at"
      " FROM my_tracks_owntracksmessage m JOIN my_tracks_device d ON d.id = m.device_id"
      " LEFT JOIN auth_user u ON u.id = d.owner_id"
      " WHERE m.message_type = 'lwt' AND m.id > ?1"
      " AND json_extract(m.payload, '$.event') = 'offline' ORDER BY m.id"),
    S(SQL_MESSAGE_LAST_ID, 0, "SELECT coalesce(max(id), 0) FROM my_tracks_owntracksmessage"),
    S(SQL_LATEST_FORGET, SQL_WRITES,
      "UPDATE my_tracks_device SET latest_location_id = NULL WHERE latest_location_id = ?1"),
    S(SQL_LOCATION_DELETE, SQL_WRITES, "DELETE FROM my_tracks_location WHERE id = ?1"),

    /* ---------------------------------------------------------------- pki.c */
    S(SQL_CA_LIST, 0, CA_ROWS NEWEST_FIRST),
    S(SQL_CA_GET, 0, CA_ROWS " WHERE c.id = ?1"),
    S(SQL_CA_ACTIVE, 0, CA_ROWS " WHERE c.is_active" NEWEST_FIRST " LIMIT 1"),
    S(SQL_CA_RETIRE, SQL_WRITES,
      "UPDATE my_tracks_certificateauthority SET is_active = 0 WHERE is_active"),
    S(SQL_CA_INSERT, SQL_WRITES,
      "INSERT INTO my_tracks_certificateauthority" CERT_INSERT
      ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)"),
    S(SQL_CA_DEACTIVATE, SQL_WRITES,
      "UPDATE my_tracks_certificateauthority SET is_active = 0 WHERE id = ?1 AND is_active"),
    S(SQL_SERVER_LIST, 0, SERVER_ROWS NEWEST_FIRST),
    S(SQL_SERVER_GET, 0, SERVER_ROWS " WHERE c.id = ?1"),
    S(SQL_SERVER_ACTIVE, 0, SERVER_ROWS " WHERE c.is_active" NEWEST_FIRST " LIMIT 1"),
    S(SQL_SERVER_RETIRE, SQL_WRITES,
      "UPDATE my_tracks_servercertificate SET is_active = 0 WHERE is_active"),
    S(SQL_SERVER_INSERT, SQL_WRITES,
      "INSERT INTO my_tracks_servercertificate" CERT_INSERT
      ", issuing_ca_id, san_entries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10)"),
    S(SQL_SERVER_DEACTIVATE, SQL_WRITES,
      "UPDATE my_tracks_servercertificate SET is_active = 0 WHERE id = ?1 AND is_active"),
    S(SQL_SERVER_DELETE, SQL_WRITES,
      "DELETE FROM my_tracks_servercertificate WHERE id = ?1 AND NOT is_active"),
    S(SQL_CLIENT_LIST, 0, CLIENT_ROWS NEWEST_FIRST),
    S(SQL_CLIENT_GET, 0, CLIENT_ROWS " WHERE c.id = ?1"),
    S(SQL_CLIENT_OF_USER, 0,
      CLIENT_ROWS " WHERE c.user_id = ?1 AND c.is_active AND NOT c.revoked" NEWEST_FIRST
                  " LIMIT 1"),
    S(SQL_CA_ISSUED, 0,
      "SELECT (SELECT count(*) FROM my_tracks_servercertificate WHERE issuing_ca_id = ?1),"
      " (SELECT count(*) FROM my_tracks_clientcertificate WHERE issuing_ca_id = ?1),"
      " coalesce((SELECT common_name FROM my_tracks_servercertificate"
      " WHERE issuing_ca_id = ?1 AND is_active LIMIT 1), '')"),
    S(SQL_CA_CLIENTS_DELETE, SQL_WRITES,
      "DELETE FROM my_tracks_clientcertificate WHERE issuing_ca_id IN " INACTIVE_CA),
    S(SQL_CA_SERVERS_DELETE, SQL_WRITES,
      "DELETE FROM my_tracks_servercertificate WHERE issuing_ca_id IN " INACTIVE_CA),
    S(SQL_CA_DELETE, SQL_WRITES,
      "DELETE FROM my_tracks_certificateauthority WHERE id IN " INACTIVE_CA),
    S(SQL_CLIENT_RETIRE, SQL_WRITES,
      "UPDATE my_tracks_clientcertificate SET is_active = 0 WHERE user_id = ?1 AND is_active"),
    S(SQL_CLIENT_INSERT, SQL_WRITES,
      "INSERT INTO my_tracks_clientcertificate" CERT_INSERT
      ", issuing_ca_id, user_id, serial_number, revoked, revoked_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10, ?11, 0, NULL)"),
    S(SQL_CLIENT_REVOKE, SQL_WRITES,
      "UPDATE my_tracks_clientcertificate SET revoked = 1, is_active = 0, revoked_at = ?1"
      " WHERE id = ?2 AND NOT revoked"),
    S(SQL_CLIENT_DELETE, SQL_WRITES,
      "DELETE FROM my_tracks_clientcertificate WHERE id = ?1 AND NOT is_active"),
    S(SQL_REVOKED_LIST, 0,
      "SELECT serial_number, coalesce(revoked_at, not_valid_before)"
      " FROM my_tracks_clientcertificate WHERE issuing_ca_id = ?1 AND revoked"
      " UNION SELECT serial_number, revoked_at FROM mytracks_revoked_serial"
      " WHERE issuing_ca_id = ?1 AND not_valid_after > ?2"),
    S(SQL_REVOKED_TRIM, SQL_WRITES,
      "DELETE FROM mytracks_revoked_serial WHERE not_valid_after <= ?1"),

    /* ---------------------------------------------------------------- ingest*.c
       "Received before ?n" tells a message that is sent again from a new one: '' is before all
       times, '~' after all. */
    S(SQL_INGEST_USER, 0, "SELECT id FROM auth_user WHERE username = ?1"),
    S(SQL_INGEST_DEVICE_OWNED, 0,
      "SELECT " REPORTER " FROM auth_user u CROSS JOIN my_tracks_device d ON d.owner_id = u.id"
      " WHERE u.username = ?1 AND d.device_id = ?2"),
    S(SQL_INGEST_DEVICE_UNOWNED, 0,
      "SELECT " REPORTER DEVICE_FROM "WHERE d.device_id = ?1 AND d.owner_id IS NULL"
      " AND d.mqtt_user IN ('', ?2) ORDER BY d.mqtt_user = '', d.id LIMIT 1"),
    S(SQL_INGEST_DEVICE_ANY, 0,
      "SELECT " REPORTER DEVICE_FROM "WHERE d.device_id = ?1 AND (?2 OR d.owner_id IS NULL)"
      " ORDER BY u.username IS NOT ?3, d.id LIMIT 2"),
    S(SQL_INGEST_DEVICE_INSERT, SQL_WRITES,
      "INSERT INTO my_tracks_device (device_id, name, created_at, last_seen, is_online, mqtt_user,"
      " owner_id, last_location_at, latest_location_id)"
      " VALUES (?1, ?2, ?3, ?3, 0, ?4, ?5, NULL, NULL)"),
    S(SQL_INGEST_DEVICE_CLAIM, SQL_WRITES,
      "UPDATE my_tracks_device SET owner_id = ?1, mqtt_user = ?2 WHERE id = ?3"),
    S(SQL_INGEST_DEVICE_ONLINE, SQL_WRITES,
      "UPDATE my_tracks_device SET latest_location_id = coalesce(" NEWER_LATEST
      ", ?4, latest_location_id), last_seen = ?5, last_location_at = ?5, is_online = 1,"
      " mqtt_user = ?6 WHERE id = ?1"),
    S(SQL_INGEST_DEVICE_OFFLINE, SQL_WRITES,
      "UPDATE my_tracks_device SET is_online = 0, last_seen = ?2 WHERE id = ?1"),
    S(SQL_INGEST_LATEST, SQL_WRITES,
      "UPDATE my_tracks_device SET latest_location_id = ?4"
      " WHERE id = ?1 AND NOT EXISTS " NEWER_LATEST),
    S(SQL_INGEST_LOCATION, SQL_WRITES,
      "INSERT INTO my_tracks_location (" LOCATION_INSERTED ") SELECT " LOCATION_VALUES
      " WHERE NOT EXISTS (SELECT 1 FROM my_tracks_location"
      " WHERE device_id = ?1 AND timestamp = ?4 AND received_at < ?25 AND latitude = ?2"
      " AND longitude = ?3 AND accuracy IS ?5 AND altitude IS ?6 AND velocity IS ?7"
      " AND battery_level IS ?8 AND connection_type = ?9 AND tracker_id = ?10"
      " AND owntracks_message_id = ?11 AND owntracks_created_at IS ?12 AND \"trigger\" = ?13"
      " AND battery_status IS ?14 AND fix_source = ?15 AND vertical_accuracy IS ?16"
      " AND course IS ?17 AND monitoring_mode IS ?18 AND wifi_bssid = ?19 AND wifi_ssid = ?20"
      " AND in_regions IS ?21)"),
    S(SQL_INGEST_REWRITE, SQL_WRITES,
      "UPDATE my_tracks_location SET device_id = ?1, latitude = ?2, longitude = ?3,"
      " timestamp = ?4, accuracy = ?5, altitude = ?6, velocity = ?7, battery_level = ?8,"
      " connection_type = ?9, tracker_id = ?10, owntracks_message_id = ?11,"
      " owntracks_created_at = ?12, \"trigger\" = ?13, battery_status = ?14, fix_source = ?15,"
      " vertical_accuracy = ?16, course = ?17, monitoring_mode = ?18, wifi_bssid = ?19,"
      " wifi_ssid = ?20, in_regions = ?21 WHERE id = ?22"),
    S(SQL_INGEST_MESSAGE, SQL_WRITES,
      "INSERT INTO my_tracks_owntracksmessage (device_id, message_type, payload, ip_address,"
      " received_at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS"
      " (SELECT 1 FROM my_tracks_owntracksmessage WHERE device_id = ?1 AND received_at >= ?6"
      " AND received_at < ?7 AND +message_type = ?2 AND substr(payload, 1, length(?8)) = ?8)"),
    S(SQL_INGEST_REGION_BY_RID, 0,
      "SELECT id FROM my_tracks_waypoint WHERE rid = ?1 AND user_id = ?2"),
    S(SQL_INGEST_REGION_BY_LABEL, 0,
      "SELECT id FROM my_tracks_waypoint WHERE user_id = ?1 AND is_active AND label = ?2"
      " AND NOT EXISTS (SELECT 1 FROM my_tracks_waypoint WHERE rid = ?3) ORDER BY id LIMIT 1"),
    S(SQL_INGEST_TRANSITION, SQL_WRITES,
      "INSERT INTO my_tracks_transition (device_id, timestamp, event, region_id, description,"
      " latitude, longitude, accuracy, waypoint_id, received_at)"
      " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE NOT EXISTS"
      " (SELECT 1 FROM my_tracks_transition WHERE device_id = ?1 AND timestamp = ?2"
      " AND received_at < ?11 AND event = ?3 AND region_id = ?4 AND description = ?5"
      " AND latitude IS ?6 AND longitude IS ?7 AND accuracy IS ?8)"),
    S(SQL_INGEST_WAYPOINT, SQL_WRITES,
      "INSERT INTO my_tracks_waypoint (user_id, label, latitude, longitude, radius, rid, is_active,"
      " created_at, updated_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7"
      " WHERE NOT EXISTS (SELECT 1 FROM my_tracks_waypoint WHERE rid = ?6)"),
    S(SQL_INGEST_QUARANTINE, SQL_WRITES,
      "INSERT INTO mytracks_quarantine (received_at, via, username, address, topic, raw, reason)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
    S(SQL_SPOOL_POSITION, 0, "SELECT segment, pos FROM mytracks_spool_position WHERE id = 1"),
    S(SQL_SPOOL_ADVANCE, SQL_WRITES,
      "INSERT INTO mytracks_spool_position (id, segment, pos) VALUES (1, ?1, ?2)"
      " ON CONFLICT (id) DO UPDATE SET segment = excluded.segment, pos = excluded.pos"),

#include "sql_admin.h"
#include "sql_browse.h"
#include "sql_commands.h"
#include "sql_history.h"
#include "sql_keys.h"
#include "sql_outbox.h"
#include "sql_peers.h"
#include "sql_places.h"
#include "sql_rules.h"
#include "sql_shares.h"
#include "sql_statistics.h"
};

/* VACUUM also drops the free pages, where deleted sessions and messages would still be found. */
const char *const sql_finish_backup[2] = {
    "PRAGMA journal_mode = DELETE; DELETE FROM django_session; VACUUM;",
    "PRAGMA journal_mode = DELETE;",
};
