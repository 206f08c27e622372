-- What the statistics know of a finished day of a device, in somebody's zone: from day_from up to day_to (Unix seconds),
-- of positions at least so accurate (metres; 0: all). stamp: of the rows that it was made from (db/day_stats.h).
CREATE TABLE mytracks_day_stat (
    device_id integer NOT NULL,
    day_from integer NOT NULL,
    day_to integer NOT NULL,
    accuracy integer NOT NULL,
    stamp text NOT NULL,
    numbers text NOT NULL, -- lib/daystats.h
    made_at integer NOT NULL, -- Unix seconds
    PRIMARY KEY (device_id, day_from, day_to, accuracy)
) WITHOUT ROWID;
CREATE INDEX mytracks_day_stat_made ON mytracks_day_stat (made_at);
-- Addresses that were asked for, of a point in 1e-4 degrees, in a language. answer: NULL until there is one, '' for none.
CREATE TABLE mytracks_address (
    id integer NOT NULL PRIMARY KEY,
    lat integer NOT NULL,
    lon integer NOT NULL,
    language text NOT NULL,
    asked_by integer NOT NULL,
    asked_at integer NOT NULL, -- Unix seconds
    answer text,
    failed text, -- why there is no answer: the service's trouble, to be tried again when somebody asks again
    answered_at integer
);
CREATE UNIQUE INDEX mytracks_address_point ON mytracks_address (lat, lon, language);
