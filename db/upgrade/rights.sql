-- Counts changes of rights in mytracks_rights, whoever makes them: users, friends, shares, and whose a device is. Run
-- when a trigger is missing, as counters.sql.

DROP TRIGGER IF EXISTS mytracks_rights_user_insert;
DROP TRIGGER IF EXISTS mytracks_rights_user_update;
DROP TRIGGER IF EXISTS mytracks_rights_user_delete;
DROP TRIGGER IF EXISTS mytracks_rights_share_insert;
DROP TRIGGER IF EXISTS mytracks_rights_share_update;
DROP TRIGGER IF EXISTS mytracks_rights_share_delete;
DROP TRIGGER IF EXISTS mytracks_rights_limited_insert;
DROP TRIGGER IF EXISTS mytracks_rights_limited_update;
DROP TRIGGER IF EXISTS mytracks_rights_limited_delete;
DROP TRIGGER IF EXISTS mytracks_rights_friend_insert;
DROP TRIGGER IF EXISTS mytracks_rights_friend_update;
DROP TRIGGER IF EXISTS mytracks_rights_friend_delete;
DROP TRIGGER IF EXISTS mytracks_rights_device_update;

CREATE TRIGGER mytracks_rights_user_insert AFTER INSERT ON auth_user
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_user_update AFTER UPDATE OF username, is_active, is_superuser ON auth_user
    WHEN old.username IS NOT new.username OR old.is_active IS NOT new.is_active OR old.is_superuser IS NOT new.is_superuser
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_user_delete AFTER DELETE ON auth_user
BEGIN UPDATE mytracks_rights SET version = version + 1; END;

CREATE TRIGGER mytracks_rights_share_insert AFTER INSERT ON my_tracks_deviceshare
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_share_update AFTER UPDATE ON my_tracks_deviceshare
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_share_delete AFTER DELETE ON my_tracks_deviceshare
BEGIN UPDATE mytracks_rights SET version = version + 1; END;

CREATE TRIGGER mytracks_rights_limited_insert AFTER INSERT ON mytracks_share
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_limited_update AFTER UPDATE ON mytracks_share
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_limited_delete AFTER DELETE ON mytracks_share
BEGIN UPDATE mytracks_rights SET version = version + 1; END;

CREATE TRIGGER mytracks_rights_friend_insert AFTER INSERT ON my_tracks_friendrequest
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_friend_update AFTER UPDATE ON my_tracks_friendrequest
BEGIN UPDATE mytracks_rights SET version = version + 1; END;
CREATE TRIGGER mytracks_rights_friend_delete AFTER DELETE ON my_tracks_friendrequest
BEGIN UPDATE mytracks_rights SET version = version + 1; END;

CREATE TRIGGER mytracks_rights_device_update AFTER UPDATE OF owner_id, device_id, mqtt_user ON my_tracks_device
    WHEN old.owner_id IS NOT new.owner_id OR old.device_id IS NOT new.device_id OR old.mqtt_user IS NOT new.mqtt_user
BEGIN UPDATE mytracks_rights SET version = version + 1; END;

UPDATE mytracks_rights SET version = version + 1;
