-- Lists of regions that told something new: the live feed reads them, a day later they go.
CREATE TABLE mytracks_region_news (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    received_at datetime NOT NULL,
    device text NOT NULL,
    new_count integer NOT NULL
);
