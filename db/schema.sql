-- The schema of the reference (my-tracks, Django 5.2.17, migrations up to my_tracks 0024) and the rows
-- that its migrations write. Django compares texts and names: keep every statement as it is.

CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE UNIQUE INDEX "auth_user_groups_user_id_group_id_94350c0c_uniq" ON "auth_user_groups" ("user_id", "group_id");
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id");
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id");
CREATE UNIQUE INDEX "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq" ON "auth_user_user_permissions" ("user_id", "permission_id");
CREATE INDEX "auth_user_user_permissions_user_id_a95ead1b" ON "auth_user_user_permissions" ("user_id");
CREATE INDEX "auth_user_user_permissions_permission_id_1fbb5f2c" ON "auth_user_user_permissions" ("permission_id");
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "action_time" datetime NOT NULL);
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id");
CREATE INDEX "django_admin_log_user_id_c564eba6" ON "django_admin_log" ("user_id");
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "my_tracks_certificateauthority" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "certificate_pem" text NOT NULL, "encrypted_private_key" BLOB NOT NULL, "common_name" varchar(200) NOT NULL, "fingerprint" varchar(100) NOT NULL, "not_valid_before" datetime NOT NULL, "not_valid_after" datetime NOT NULL, "key_size" integer NOT NULL, "is_active" bool NOT NULL, "created_at" datetime NOT NULL);
CREATE TABLE "my_tracks_smtpconfig" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "host" varchar(255) NOT NULL, "port" integer unsigned NOT NULL CHECK ("port" >= 0), "username" varchar(255) NOT NULL, "encrypted_password" BLOB NOT NULL, "use_tls" bool NOT NULL, "use_ssl" bool NOT NULL, "from_address" varchar(254) NOT NULL, "updated_at" datetime NOT NULL);
CREATE TABLE "my_tracks_clientcertificate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "certificate_pem" text NOT NULL, "encrypted_private_key" BLOB NOT NULL, "common_name" varchar(200) NOT NULL, "fingerprint" varchar(100) NOT NULL, "serial_number" varchar(100) NOT NULL, "key_size" integer NOT NULL, "not_valid_before" datetime NOT NULL, "not_valid_after" datetime NOT NULL, "is_active" bool NOT NULL, "revoked" bool NOT NULL, "revoked_at" datetime NULL, "created_at" datetime NOT NULL, "issuing_ca_id" bigint NOT NULL REFERENCES "my_tracks_certificateauthority" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my_tracks_servercertificate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "certificate_pem" text NOT NULL, "encrypted_private_key" BLOB NOT NULL, "common_name" varchar(200) NOT NULL, "fingerprint" varchar(100) NOT NULL, "san_entries" text NOT NULL CHECK ((JSON_VALID("san_entries") OR "san_entries" IS NULL)), "key_size" integer NOT NULL, "not_valid_before" datetime NOT NULL, "not_valid_after" datetime NOT NULL, "is_active" bool NOT NULL, "created_at" datetime NOT NULL, "issuing_ca_id" bigint NOT NULL REFERENCES "my_tracks_certificateauthority" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my_tracks_userprofile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "home_latitude" decimal NULL, "home_longitude" decimal NULL, "home_label" varchar(100) NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my_tracks_waypoint" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "label" varchar(200) NOT NULL, "latitude" decimal NOT NULL, "longitude" decimal NOT NULL, "radius" integer NOT NULL, "rid" varchar(36) NOT NULL UNIQUE, "is_active" bool NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my_tracks_transitionaction" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "event" varchar(10) NOT NULL, "action_type" varchar(20) NOT NULL, "email_address" varchar(254) NOT NULL, "is_active" bool NOT NULL, "created_at" datetime NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "waypoint_id" bigint NULL REFERENCES "my_tracks_waypoint" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my_tracks_transition" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "event" varchar(10) NOT NULL, "region_id" varchar(36) NOT NULL, "description" varchar(200) NOT NULL, "timestamp" datetime NOT NULL, "latitude" decimal NULL, "longitude" decimal NULL, "accuracy" integer NULL, "received_at" datetime NOT NULL, "device_id" bigint NOT NULL REFERENCES "my_tracks_device" ("id") DEFERRABLE INITIALLY DEFERRED, "waypoint_id" bigint NULL REFERENCES "my_tracks_waypoint" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my_tracks_owntracksmessage" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "message_type" varchar(50) NOT NULL, "payload" text NOT NULL CHECK ((JSON_VALID("payload") OR "payload" IS NULL)), "ip_address" char(39) NULL, "received_at" datetime NOT NULL, "device_id" bigint NULL REFERENCES "my_tracks_device" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "my_tracks_w_user_id_55804a_idx" ON "my_tracks_waypoint" ("user_id", "is_active");
CREATE INDEX "ta_user_active_idx" ON "my_tracks_transitionaction" ("user_id", "is_active");
CREATE INDEX "my_tracks_t_device__15c108_idx" ON "my_tracks_transition" ("device_id", "timestamp" DESC);
CREATE INDEX "my_tracks_t_waypoin_a6e7d7_idx" ON "my_tracks_transition" ("waypoint_id", "timestamp" DESC);
CREATE INDEX "my_tracks_clientcertificate_issuing_ca_id_36a6a2ad" ON "my_tracks_clientcertificate" ("issuing_ca_id");
CREATE INDEX "my_tracks_clientcertificate_user_id_3c49d747" ON "my_tracks_clientcertificate" ("user_id");
CREATE INDEX "my_tracks_servercertificate_issuing_ca_id_843668d7" ON "my_tracks_servercertificate" ("issuing_ca_id");
CREATE INDEX "my_tracks_waypoint_user_id_aeea1fee" ON "my_tracks_waypoint" ("user_id");
CREATE INDEX "my_tracks_transitionaction_user_id_4ee76517" ON "my_tracks_transitionaction" ("user_id");
CREATE INDEX "my_tracks_transitionaction_waypoint_id_d0c19de0" ON "my_tracks_transitionaction" ("waypoint_id");
CREATE INDEX "my_tracks_transition_device_id_6421a794" ON "my_tracks_transition" ("device_id");
CREATE INDEX "my_tracks_transition_waypoint_id_cbe956f4" ON "my_tracks_transition" ("waypoint_id");
CREATE INDEX "my_tracks_owntracksmessage_message_type_1f6c6220" ON "my_tracks_owntracksmessage" ("message_type");
CREATE INDEX "my_tracks_owntracksmessage_received_at_c768039d" ON "my_tracks_owntracksmessage" ("received_at");
CREATE INDEX "my_tracks_owntracksmessage_device_id_6508cfc0" ON "my_tracks_owntracksmessage" ("device_id");
CREATE INDEX "my_tracks_o_device__5862db_idx" ON "my_tracks_owntracksmessage" ("device_id", "received_at" DESC);
CREATE INDEX "my_tracks_o_message_941b46_idx" ON "my_tracks_owntracksmessage" ("message_type", "received_at" DESC);
CREATE TABLE "my_tracks_device" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "device_id" varchar(100) NOT NULL, "name" varchar(200) NOT NULL, "created_at" datetime NOT NULL, "last_seen" datetime NOT NULL, "is_online" bool NOT NULL, "mqtt_user" varchar(100) NOT NULL, "owner_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "last_location_at" datetime NULL, "latest_location_id" bigint NULL REFERENCES "my_tracks_location" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "unique_device_id_per_owner" UNIQUE ("owner_id", "device_id"));
CREATE INDEX "my_tracks_device_device_id_e0f0199a" ON "my_tracks_device" ("device_id");
CREATE INDEX "my_tracks_device_owner_id_37c2afb2" ON "my_tracks_device" ("owner_id");
CREATE TABLE "my_tracks_locationqualitysettings" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "filter_accuracy_enabled" bool NOT NULL, "minimum_accuracy_meters" integer unsigned NOT NULL CHECK ("minimum_accuracy_meters" >= 0));
CREATE TABLE "my_tracks_deviceshare" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created_at" datetime NOT NULL, "device_id" bigint NOT NULL REFERENCES "my_tracks_device" ("id") DEFERRABLE INITIALLY DEFERRED, "shared_with_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "my_tracks_deviceshare_device_id_shared_with_id_24986ab1_uniq" ON "my_tracks_deviceshare" ("device_id", "shared_with_id");
CREATE INDEX "my_tracks_deviceshare_device_id_96a13eb7" ON "my_tracks_deviceshare" ("device_id");
CREATE INDEX "my_tracks_deviceshare_shared_with_id_cc54fe4d" ON "my_tracks_deviceshare" ("shared_with_id");
CREATE TABLE "my_tracks_friendrequest" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "status" varchar(10) NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "from_user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "to_user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "auto_accept_reciprocal" bool NOT NULL);
CREATE UNIQUE INDEX "my_tracks_friendrequest_from_user_id_to_user_id_c084eeb1_uniq" ON "my_tracks_friendrequest" ("from_user_id", "to_user_id");
CREATE INDEX "my_tracks_friendrequest_from_user_id_242e1233" ON "my_tracks_friendrequest" ("from_user_id");
CREATE INDEX "my_tracks_friendrequest_to_user_id_1fa60466" ON "my_tracks_friendrequest" ("to_user_id");
CREATE INDEX "my_tracks_device_latest_location_id_9bd6bb90" ON "my_tracks_device" ("latest_location_id");
CREATE TABLE "my_tracks_location" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "latitude" decimal NOT NULL, "longitude" decimal NOT NULL, "timestamp" datetime NOT NULL, "accuracy" integer NULL, "altitude" integer NULL, "velocity" integer NULL, "battery_level" integer NULL, "connection_type" varchar(1) NOT NULL, "tracker_id" varchar(10) NOT NULL, "ip_address" char(39) NULL, "received_at" datetime NOT NULL, "device_id" bigint NOT NULL REFERENCES "my_tracks_device" ("id") DEFERRABLE INITIALLY DEFERRED, "received_via" varchar(4) NOT NULL, "battery_status" integer NULL, "course" integer NULL, "fix_source" varchar(20) NOT NULL, "in_regions" text NULL CHECK ((JSON_VALID("in_regions") OR "in_regions" IS NULL)), "monitoring_mode" integer NULL, "owntracks_created_at" datetime NULL, "owntracks_message_id" varchar(64) NOT NULL, "trigger" varchar(10) NOT NULL, "vertical_accuracy" integer NULL, "wifi_bssid" varchar(32) NOT NULL, "wifi_ssid" varchar(64) NOT NULL);
CREATE INDEX "my_tracks_location_timestamp_d4acaea4" ON "my_tracks_location" ("timestamp");
CREATE INDEX "my_tracks_location_device_id_3249104e" ON "my_tracks_location" ("device_id");
CREATE INDEX "my_tracks_l_device__a6677d_idx" ON "my_tracks_location" ("device_id", "timestamp" DESC);
CREATE INDEX "my_tracks_l_timesta_2f234e_idx" ON "my_tracks_location" ("timestamp" DESC);
CREATE TABLE "my_tracks_domestibotconfig" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "domesti_base_url" varchar(500) NOT NULL, "encrypted_api_key" BLOB NOT NULL, "paired_at" datetime NULL, "location_updates_enabled" bool NOT NULL, "recent_webhook_log" text NOT NULL CHECK ((JSON_VALID("recent_webhook_log") OR "recent_webhook_log" IS NULL)), "updated_at" datetime NOT NULL, "user_location_update_url" varchar(500) NOT NULL, "user_location_test_url" varchar(500) NOT NULL, "last_relayed_location_by_user" text NOT NULL CHECK ((JSON_VALID("last_relayed_location_by_user") OR "last_relayed_location_by_user" IS NULL)), "remote_request_location_enabled" bool NOT NULL, "last_location_request_at_by_user" text NOT NULL CHECK ((JSON_VALID("last_location_request_at_by_user") OR "last_location_request_at_by_user" IS NULL)), "location_request_device_cooldown_seconds" integer unsigned NOT NULL CHECK ("location_request_device_cooldown_seconds" >= 0), "last_location_request_at_by_device" text NOT NULL CHECK ((JSON_VALID("last_location_request_at_by_device") OR "last_location_request_at_by_device" IS NULL)), "location_request_user_cooldown_seconds" integer unsigned NOT NULL CHECK ("location_request_user_cooldown_seconds" >= 0));
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");

INSERT INTO django_migrations (id, app, name, applied) VALUES
    (1, 'contenttypes', '0001_initial', datetime('now')),
    (2, 'auth', '0001_initial', datetime('now')),
    (3, 'admin', '0001_initial', datetime('now')),
    (4, 'admin', '0002_logentry_remove_auto_add', datetime('now')),
    (5, 'admin', '0003_logentry_add_action_flag_choices', datetime('now')),
    (6, 'contenttypes', '0002_remove_content_type_name', datetime('now')),
    (7, 'auth', '0002_alter_permission_name_max_length', datetime('now')),
    (8, 'auth', '0003_alter_user_email_max_length', datetime('now')),
    (9, 'auth', '0004_alter_user_username_opts', datetime('now')),
    (10, 'auth', '0005_alter_user_last_login_null', datetime('now')),
    (11, 'auth', '0006_require_contenttypes_0002', datetime('now')),
    (12, 'auth', '0007_alter_validators_add_error_messages', datetime('now')),
    (13, 'auth', '0008_alter_user_username_max_length', datetime('now')),
    (14, 'auth', '0009_alter_user_last_name_max_length', datetime('now')),
    (15, 'auth', '0010_alter_group_name_max_length', datetime('now')),
    (16, 'auth', '0011_update_proxy_permissions', datetime('now')),
    (17, 'auth', '0012_alter_user_first_name_max_length', datetime('now')),
    (18, 'my_tracks', '0001_initial', datetime('now')),
    (19, 'my_tracks', '0002_device_unique_per_owner', datetime('now')),
    (20, 'my_tracks', '0003_fix_device_unique_constraint_no_condition', datetime('now')),
    (21, 'my_tracks', '0004_add_device_last_location_at', datetime('now')),
    (22, 'my_tracks', '0005_add_location_received_via', datetime('now')),
    (23, 'my_tracks', '0006_backfill_location_received_via_mqtt', datetime('now')),
    (24, 'my_tracks', '0007_alter_waypoint_rid', datetime('now')),
    (25, 'my_tracks', '0008_add_global_automation_rule', datetime('now')),
    (26, 'my_tracks', '0009_location_quality_settings', datetime('now')),
    (27, 'my_tracks', '0010_phase11_friends', datetime('now')),
    (28, 'my_tracks', '0011_friendrequest_auto_accept_reciprocal', datetime('now')),
    (29, 'my_tracks', '0012_domesti_bot_config', datetime('now')),
    (30, 'my_tracks', '0013_domesti_bot_test_url', datetime('now')),
    (31, 'my_tracks', '0014_domesti_bot_user_location_urls', datetime('now')),
    (32, 'my_tracks', '0015_nomenclature_help_text', datetime('now')),
    (33, 'my_tracks', '0016_device_latest_location', datetime('now')),
    (34, 'my_tracks', '0017_remove_global_automation_rule', datetime('now')),
    (35, 'my_tracks', '0018_domesti_bot_relay_dedup', datetime('now')),
    (36, 'my_tracks', '0019_location_optional_fields', datetime('now')),
    (37, 'my_tracks', '0020_domesti_bot_remote_request_location', datetime('now')),
    (38, 'my_tracks', '0021_domesti_bot_device_location_cooldown', datetime('now')),
    (39, 'my_tracks', '0022_domesti_bot_user_location_cooldown', datetime('now')),
    (40, 'my_tracks', '0023_domesti_bot_cooldown_min_value', datetime('now')),
    (41, 'my_tracks', '0024_alter_device_latest_location', datetime('now')),
    (42, 'sessions', '0001_initial', datetime('now'));
INSERT INTO django_content_type (id, app_label, model) VALUES
    (1, 'admin', 'logentry'),
    (2, 'auth', 'permission'),
    (3, 'auth', 'group'),
    (4, 'auth', 'user'),
    (5, 'contenttypes', 'contenttype'),
    (6, 'sessions', 'session'),
    (7, 'my_tracks', 'certificateauthority'),
    (8, 'my_tracks', 'smtpconfig'),
    (9, 'my_tracks', 'clientcertificate'),
    (10, 'my_tracks', 'device'),
    (11, 'my_tracks', 'servercertificate'),
    (12, 'my_tracks', 'userprofile'),
    (13, 'my_tracks', 'waypoint'),
    (14, 'my_tracks', 'transitionaction'),
    (15, 'my_tracks', 'transition'),
    (16, 'my_tracks', 'location'),
    (17, 'my_tracks', 'owntracksmessage'),
    (18, 'my_tracks', 'locationqualitysettings'),
    (19, 'my_tracks', 'deviceshare'),
    (20, 'my_tracks', 'friendrequest'),
    (21, 'my_tracks', 'domestibotconfig');
INSERT INTO auth_permission (id, content_type_id, codename, name) VALUES
    (1, 1, 'add_logentry', 'Can add log entry'),
    (2, 1, 'change_logentry', 'Can change log entry'),
    (3, 1, 'delete_logentry', 'Can delete log entry'),
    (4, 1, 'view_logentry', 'Can view log entry'),
    (5, 2, 'add_permission', 'Can add permission'),
    (6, 2, 'change_permission', 'Can change permission'),
    (7, 2, 'delete_permission', 'Can delete permission'),
    (8, 2, 'view_permission', 'Can view permission'),
    (9, 3, 'add_group', 'Can add group'),
    (10, 3, 'change_group', 'Can change group'),
    (11, 3, 'delete_group', 'Can delete group'),
    (12, 3, 'view_group', 'Can view group'),
    (13, 4, 'add_user', 'Can add user'),
    (14, 4, 'change_user', 'Can change user'),
    (15, 4, 'delete_user', 'Can delete user'),
    (16, 4, 'view_user', 'Can view user'),
    (17, 5, 'add_contenttype', 'Can add content type'),
    (18, 5, 'change_contenttype', 'Can change content type'),
    (19, 5, 'delete_contenttype', 'Can delete content type'),
    (20, 5, 'view_contenttype', 'Can view content type'),
    (21, 6, 'add_session', 'Can add session'),
    (22, 6, 'change_session', 'Can change session'),
    (23, 6, 'delete_session', 'Can delete session'),
    (24, 6, 'view_session', 'Can view session'),
    (25, 7, 'add_certificateauthority', 'Can add Certificate Authority'),
    (26, 7, 'change_certificateauthority', 'Can change Certificate Authority'),
    (27, 7, 'delete_certificateauthority', 'Can delete Certificate Authority'),
    (28, 7, 'view_certificateauthority', 'Can view Certificate Authority'),
    (29, 8, 'add_smtpconfig', 'Can add SMTP configuration'),
    (30, 8, 'change_smtpconfig', 'Can change SMTP configuration'),
    (31, 8, 'delete_smtpconfig', 'Can delete SMTP configuration'),
    (32, 8, 'view_smtpconfig', 'Can view SMTP configuration'),
    (33, 9, 'add_clientcertificate', 'Can add Client Certificate'),
    (34, 9, 'change_clientcertificate', 'Can change Client Certificate'),
    (35, 9, 'delete_clientcertificate', 'Can delete Client Certificate'),
    (36, 9, 'view_clientcertificate', 'Can view Client Certificate'),
    (37, 10, 'add_device', 'Can add Device'),
    (38, 10, 'change_device', 'Can change Device'),
    (39, 10, 'delete_device', 'Can delete Device'),
    (40, 10, 'view_device', 'Can view Device'),
    (41, 11, 'add_servercertificate', 'Can add Server Certificate'),
    (42, 11, 'change_servercertificate', 'Can change Server Certificate'),
    (43, 11, 'delete_servercertificate', 'Can delete Server Certificate'),
    (44, 11, 'view_servercertificate', 'Can view Server Certificate'),
    (45, 12, 'add_userprofile', 'Can add User Profile'),
    (46, 12, 'change_userprofile', 'Can change User Profile'),
    (47, 12, 'delete_userprofile', 'Can delete User Profile'),
    (48, 12, 'view_userprofile', 'Can view User Profile'),
    (49, 13, 'add_waypoint', 'Can add Waypoint'),
    (50, 13, 'change_waypoint', 'Can change Waypoint'),
    (51, 13, 'delete_waypoint', 'Can delete Waypoint'),
    (52, 13, 'view_waypoint', 'Can view Waypoint'),
    (53, 14, 'add_transitionaction', 'Can add Transition Action'),
    (54, 14, 'change_transitionaction', 'Can change Transition Action'),
    (55, 14, 'delete_transitionaction', 'Can delete Transition Action'),
    (56, 14, 'view_transitionaction', 'Can view Transition Action'),
    (57, 15, 'add_transition', 'Can add Transition'),
    (58, 15, 'change_transition', 'Can change Transition'),
    (59, 15, 'delete_transition', 'Can delete Transition'),
    (60, 15, 'view_transition', 'Can view Transition'),
    (61, 16, 'add_location', 'Can add Location'),
    (62, 16, 'change_location', 'Can change Location'),
    (63, 16, 'delete_location', 'Can delete Location'),
    (64, 16, 'view_location', 'Can view Location'),
    (65, 17, 'add_owntracksmessage', 'Can add OwnTracks Message'),
    (66, 17, 'change_owntracksmessage', 'Can change OwnTracks Message'),
    (67, 17, 'delete_owntracksmessage', 'Can delete OwnTracks Message'),
    (68, 17, 'view_owntracksmessage', 'Can view OwnTracks Message'),
    (69, 18, 'add_locationqualitysettings', 'Can add Location quality settings'),
    (70, 18, 'change_locationqualitysettings', 'Can change Location quality settings'),
    (71, 18, 'delete_locationqualitysettings', 'Can delete Location quality settings'),
    (72, 18, 'view_locationqualitysettings', 'Can view Location quality settings'),
    (73, 19, 'add_deviceshare', 'Can add device share'),
    (74, 19, 'change_deviceshare', 'Can change device share'),
    (75, 19, 'delete_deviceshare', 'Can delete device share'),
    (76, 19, 'view_deviceshare', 'Can view device share'),
    (77, 20, 'add_friendrequest', 'Can add friend request'),
    (78, 20, 'change_friendrequest', 'Can change friend request'),
    (79, 20, 'delete_friendrequest', 'Can delete friend request'),
    (80, 20, 'view_friendrequest', 'Can view friend request'),
    (81, 21, 'add_domestibotconfig', 'Can add domesti-bot configuration'),
    (82, 21, 'change_domestibotconfig', 'Can change domesti-bot configuration'),
    (83, 21, 'delete_domestibotconfig', 'Can delete domesti-bot configuration'),
    (84, 21, 'view_domestibotconfig', 'Can view domesti-bot configuration');
