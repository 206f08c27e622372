-- Positions that somebody removed, kept for a while so that they can come back (db/removed.c): one row for each
-- removal of each device, and the rows of my_tracks_location as they were. No types: values stay what they are.
CREATE TABLE mytracks_removal (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    device_id integer NOT NULL,
    removed_by integer NOT NULL,
    removed_at datetime NOT NULL
);
CREATE UNIQUE INDEX mytracks_removal_once ON mytracks_removal (device_id, removed_at, removed_by);
CREATE TABLE mytracks_removed (
    removal_id integer NOT NULL,
    id integer NOT NULL,
    latitude, longitude, timestamp, accuracy, altitude, velocity, battery_level, connection_type, tracker_id, ip_address,
    received_at, received_via, battery_status, course, fix_source, in_regions, monitoring_mode, owntracks_created_at,
    owntracks_message_id, "trigger", vertical_accuracy, wifi_bssid, wifi_ssid
);
CREATE INDEX mytracks_removed_removal ON mytracks_removed (removal_id, id);
CREATE INDEX mytracks_removed_id ON mytracks_removed (id);
-- Histories that were imported from files (db/import.c): how far each is, and what came of it.
CREATE TABLE mytracks_import (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id integer NOT NULL,
    device_id integer NOT NULL,
    name text NOT NULL, -- of the file
    state integer NOT NULL, -- 0: goes on, 1: done, 2: stopped
    done integer NOT NULL, -- bytes of the file
    size integer NOT NULL, -- bytes; 0: not known
    found integer NOT NULL, -- positions in the file
    stored integer NOT NULL,
    known integer NOT NULL, -- were there already
    refused integer NOT NULL,
    report text NOT NULL, -- JSON: the first that were refused, and why
    started_at datetime NOT NULL,
    updated_at datetime NOT NULL
);
CREATE INDEX mytracks_import_user ON mytracks_import (user_id, id);
-- Ids of imported positions: the live feed tells of the last of each row of this table alone.
CREATE TABLE mytracks_quiet (
    first_id integer NOT NULL PRIMARY KEY,
    last_id integer NOT NULL,
    stored_at datetime NOT NULL
);
