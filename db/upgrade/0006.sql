-- What a user's OwnTracks apps show of devices that are shared with the user. In HTTP mode they know a friend by two
-- characters alone, so each viewer has another set. told: what a phone (one of the viewer's devices) has heard last.
CREATE TABLE mytracks_peer (
    viewer_id integer NOT NULL,
    device_id integer NOT NULL,
    tid text NOT NULL,
    PRIMARY KEY (viewer_id, device_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX mytracks_peer_tid ON mytracks_peer (viewer_id, tid);
CREATE TABLE mytracks_peer_told (
    phone_id integer NOT NULL,
    device_id integer NOT NULL,
    location_id integer NOT NULL,
    card text NOT NULL,
    PRIMARY KEY (phone_id, device_id)
) WITHOUT ROWID;
-- A user's name and picture (base64 of a PNG or JPEG) in friends' apps.
CREATE TABLE mytracks_card (
    user_id integer NOT NULL PRIMARY KEY,
    name text NOT NULL,
    face text NOT NULL,
    updated_at datetime NOT NULL
);
