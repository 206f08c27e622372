-- A position that is changed where it stands leaves the stamps of mytracks_day_stat as they are: what was made of it goes.
-- New and deleted rows, which are many, change the stamps and need no trigger. Run when a trigger is missing, as counters.sql.

DROP TRIGGER IF EXISTS mytracks_day_stat_change;

CREATE TRIGGER mytracks_day_stat_change AFTER UPDATE OF device_id, latitude, longitude, timestamp, accuracy ON my_tracks_location
BEGIN
    DELETE FROM mytracks_day_stat WHERE device_id = old.device_id OR device_id = new.device_id;
END;

DELETE FROM mytracks_day_stat;
