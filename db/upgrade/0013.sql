-- Devices shared with a friend within limits; my_tracks_deviceshare has those without any, so that Django, which knows
-- of no limits, never shows more than was allowed. precision: exact, area (lib/area.h). history: all, since (that time),
-- live (the latest position alone). A row counts as long as its two are friends, it is not paused and not over.
CREATE TABLE mytracks_share (
    device_id integer NOT NULL,
    viewer_id integer NOT NULL,
    precision text NOT NULL CHECK (precision IN ('exact', 'area')),
    history text NOT NULL CHECK (history IN ('all', 'since', 'live')),
    since datetime NULL CHECK ((since IS NULL) = (history <> 'since')),
    expires_at datetime NULL,
    paused_at datetime NULL,
    created_at datetime NOT NULL,
    PRIMARY KEY (device_id, viewer_id)
) WITHOUT ROWID;
CREATE INDEX mytracks_share_viewer ON mytracks_share (viewer_id);
CREATE INDEX mytracks_share_expires ON mytracks_share (expires_at) WHERE expires_at IS NOT NULL;

-- Links by which anybody sees one device. token: SHA-256 of the secret, in hex. trail: also the way since the link was
-- made, not the present position alone. Without the right owner of the device it shows nothing.
CREATE TABLE mytracks_link (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    token text NOT NULL UNIQUE,
    owner_id integer NOT NULL,
    device_id integer NOT NULL,
    label text NOT NULL,
    precision text NOT NULL CHECK (precision IN ('exact', 'area')),
    trail integer NOT NULL,
    created_at datetime NOT NULL,
    expires_at datetime NOT NULL,
    used_at datetime NULL
);
CREATE INDEX mytracks_link_owner ON mytracks_link (owner_id, id);
