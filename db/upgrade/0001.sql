-- Our own tables, beside those of Django. Never change this file: add the next number instead.
-- No STRICT: a Django on an older SQLite must be able to open the file.

CREATE TABLE mytracks_meta (
    key text NOT NULL PRIMARY KEY,
    value text NOT NULL
) WITHOUT ROWID;

-- How far the spool has been read: written in the transaction that stores the rows.
CREATE TABLE mytracks_spool_position (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    segment integer NOT NULL,
    pos integer NOT NULL
);
INSERT INTO mytracks_spool_position (id, segment, pos) VALUES (1, 0, 0);

-- Messages that could not be stored for their own fault, as they came.
CREATE TABLE mytracks_quarantine (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    received_at datetime NOT NULL,
    via varchar(4) NOT NULL,
    username text NOT NULL,
    address text NULL,
    topic text NOT NULL,
    raw blob NOT NULL,
    reason text NOT NULL
);

-- Rows of my_tracks_location per device, kept by triggers (counters.sql).
CREATE TABLE mytracks_location_count (
    device_id integer NOT NULL PRIMARY KEY,
    n integer NOT NULL
);
