-- The colour that its owner chose for a device; without a row the interface picks one.
CREATE TABLE mytracks_device_look (
    device_id integer NOT NULL PRIMARY KEY,
    colour text NOT NULL -- "#rrggbb", small letters
);
