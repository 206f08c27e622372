-- Remembers revoked client certificates whose row is deleted, whoever deletes it: an expunge here or by
-- Django, or a user's deletion. Run when a trigger is missing, as counters.sql.

DROP TRIGGER IF EXISTS mytracks_revoked_delete;

CREATE TRIGGER mytracks_revoked_delete AFTER DELETE ON my_tracks_clientcertificate WHEN old.revoked
BEGIN
    INSERT INTO mytracks_revoked_serial (issuing_ca_id, serial_number, revoked_at, not_valid_after)
        SELECT old.issuing_ca_id, old.serial_number, coalesce(old.revoked_at, old.not_valid_before),
            old.not_valid_after
        WHERE NOT EXISTS (SELECT 1 FROM mytracks_revoked_serial
            WHERE issuing_ca_id = old.issuing_ca_id AND serial_number = old.serial_number);
END;
