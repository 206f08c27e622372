-- Serial numbers of revoked client certificates whose rows are gone: they stay on the revocation list
-- until they expire. Filled by a trigger (revoked.sql). No foreign key: a row of Django's must not be
-- held back by one of ours.
CREATE TABLE mytracks_revoked_serial (
    issuing_ca_id integer NOT NULL,
    serial_number text NOT NULL,
    revoked_at datetime NOT NULL,
    not_valid_after datetime NOT NULL,
    PRIMARY KEY (issuing_ca_id, serial_number)
) WITHOUT ROWID;
