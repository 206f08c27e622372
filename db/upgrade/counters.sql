-- Counts locations per device in mytracks_location_count, whoever writes them, so that a page of a
-- list knows its total without walking an index. Run when a trigger is missing: at first, and after
-- a Django migration has built my_tracks_location anew. No ON CONFLICT in the triggers: the clause of
-- the statement that fires them would win.

DROP TRIGGER IF EXISTS mytracks_location_insert;
DROP TRIGGER IF EXISTS mytracks_location_delete;
DROP TRIGGER IF EXISTS mytracks_location_move;

CREATE TRIGGER mytracks_location_insert AFTER INSERT ON my_tracks_location
BEGIN
    INSERT INTO mytracks_location_count (device_id, n) SELECT new.device_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM mytracks_location_count WHERE device_id = new.device_id);
    UPDATE mytracks_location_count SET n = n + 1 WHERE device_id = new.device_id;
END;

CREATE TRIGGER mytracks_location_delete AFTER DELETE ON my_tracks_location
BEGIN
    UPDATE mytracks_location_count SET n = n - 1 WHERE device_id = old.device_id;
END;

CREATE TRIGGER mytracks_location_move AFTER UPDATE OF device_id ON my_tracks_location
BEGIN
    UPDATE mytracks_location_count SET n = n - 1 WHERE device_id = old.device_id;
    INSERT INTO mytracks_location_count (device_id, n) SELECT new.device_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM mytracks_location_count WHERE device_id = new.device_id);
    UPDATE mytracks_location_count SET n = n + 1 WHERE device_id = new.device_id;
END;

DELETE FROM mytracks_location_count;
INSERT INTO mytracks_location_count (device_id, n)
    SELECT device_id, count(*) FROM my_tracks_location GROUP BY device_id;
